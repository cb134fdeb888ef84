// page: the built page's files, which lie beside the program.
#pragma once

#include <map>
#include <string>

#include "base/base.h"

namespace dew::studio {

struct PageFile {
  std::string bytes;
  std::string type;  ///< "text/javascript; charset=utf-8"
  std::string etag;  ///< with its quotation marks
};

/// All files below a folder, by their path in URLs: "/assets/index.js". What is asked for is looked up here
/// and never opened as a path: no request can name another file.
class Page {
 public:
  /// Regular files only: links are not followed. Empty where the folder is not there. Error: a file that
  /// cannot be read, more than 64 MiB in all.
  static Result<Page> load(const fs::path& folder);
  /// Null: there is none. "/" is index.html.
  [[nodiscard]] const PageFile* find(const std::string& path) const;
  [[nodiscard]] bool empty() const { return files_.empty(); }

 private:
  std::map<std::string, PageFile> files_;
};

/// Where the page lies: share/dewdrop/studio beside the program (a build tree), or ../share/dewdrop/studio
/// (an installed one).
fs::path page_folder();

/// What a browser is told where the page was not built; plain text.
std::string page_is_missing(const fs::path& folder);

}  // namespace dew::studio
