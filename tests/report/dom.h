// The page as a tree. Parsing is expat's, which accepts well-formed XML only; that is half of the test.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dew::report {

struct Node {
  std::string tag;  ///< empty: a piece of text
  std::map<std::string, std::string> attributes;
  std::vector<std::unique_ptr<Node>> children;
  std::string characters;  ///< of a piece of text

  [[nodiscard]] std::string get(const std::string& attribute) const;
  [[nodiscard]] double number(const std::string& attribute) const;
  [[nodiscard]] bool has_class(const std::string& name) const;
  [[nodiscard]] std::string text() const;  ///< of the whole subtree

  /// All elements below, in document order, for which `wanted` holds.
  [[nodiscard]] std::vector<const Node*> find(const std::function<bool(const Node&)>& wanted) const;
  /// By tag and, where given, by class: find("rect"), find("g", "buffer").
  [[nodiscard]] std::vector<const Node*> find(const std::string& tag, const std::string& of_class = {}) const;
  [[nodiscard]] const Node* by_id(const std::string& id) const;
};

/// Null, and why in `error`, where the page is not well-formed.
std::unique_ptr<Node> parse(const std::string& page, std::string& error);

}  // namespace dew::report
