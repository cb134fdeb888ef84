// XML files of strangers, whole in memory.
#pragma once

#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "exchange/boxed_pictures.h"

namespace dew::exchange {

/// The name of the root element of the document that begins with `head`; empty: it is no XML.
std::string root_element(std::string_view head);

class XmlFile {
 public:
  /// Entities of a document type are not expanded. Errors: the file cannot be read or is larger than `limit`
  /// bytes; (usage) it is not XML, or it uses entities that it declares itself, with the line.
  static Result<XmlFile> read(const LabelFile& file, int64_t limit);

  [[nodiscard]] pugi::xml_node root() const { return document_->document_element(); }
  /// "a.xml:12". Reads the file again: for errors.
  [[nodiscard]] std::string where(const pugi::xml_node& node) const;

 private:
  XmlFile(LabelFile file, std::unique_ptr<pugi::xml_document> document)
      : file_(std::move(file)), document_(std::move(document)) {}
  LabelFile file_;
  std::unique_ptr<pugi::xml_document> document_;
};

/// The text of a child without blanks around; empty where there is none.
std::string child_text(const pugi::xml_node& node, const char* child);

}  // namespace dew::exchange
