#include "studio/page.h"

#include <fmt/format.h>

#include "base/serving.h"

namespace dew::studio {
namespace {

constexpr int64_t kMostBytes = int64_t{64} << 20;  // the page is below one; a wrong folder may hold anything

}  // namespace

Result<Page> Page::load(const fs::path& folder) {
  Page page;
  std::error_code code;
  int64_t total = 0;
  for (fs::recursive_directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    if (!fs::is_regular_file(at->symlink_status())) continue;
    DEW_TRY(std::string bytes, read_file(at->path(), kMostBytes - total));
    total += std::ssize(bytes);
    PageFile file{std::move(bytes), content_type(at->path()), {}};
    file.etag = "\"" + sha256(file.bytes).substr(0, 32) + "\"";
    page.files_["/" + at->path().lexically_relative(folder).generic_string()] = std::move(file);
  }
  return page;
}

const PageFile* Page::find(const std::string& path) const {
  const auto found = files_.find(path == "/" ? "/index.html" : path);
  return found == files_.end() ? nullptr : &found->second;
}

fs::path page_folder() {
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code).parent_path();
  const fs::path below = fs::path("share") / "dewdrop" / "studio";
  if (fs::is_directory(program / below, code)) return program / below;
  return (program.parent_path() / below).lexically_normal();
}

std::string page_is_missing(const fs::path& folder) {
  return fmt::format(
      "The studio's page is not built: nothing is in {}.\n\n"
      "It is built where npm is installed (apt install npm), by: cmake --preset release && ninja -C "
      "build/release\n"
      "The server itself runs; its answers are under /api.\n",
      printable(folder.string()));
}

}  // namespace dew::studio
