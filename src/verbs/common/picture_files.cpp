#include "verbs/common/picture_files.h"

#include <algorithm>

#include "media/media.h"

namespace dew::verbs {

Result<std::vector<fs::path>> pictures_at(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) return std::vector<fs::path>{path};
  std::vector<fs::path> found;
  for (auto at = fs::recursive_directory_iterator(path, failed); !failed && at != fs::end(at);
       at.increment(failed))
    if (media_kind(at->path()) == MediaKind::kImage) found.push_back(at->path());
  if (failed) return work_error("cannot be read: " + failed.message(), path.string());
  if (found.empty())
    return work_error("holds no picture", path.string(), "give a folder with JPEG, PNG, BMP or WebP files");
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace dew::verbs
