// dewdrop add: pictures and videos become samples.
#include <fmt/format.h>

#include <algorithm>

#include "cli/open.h"
#include "cli/verbs.h"

namespace dew {
namespace {

/// A file and the name its samples go by.
struct Candidate {
  fs::path path;
  std::string name;
  bool named_by_user = true;  ///< on the command line, not found in a folder
};

Result<std::vector<Candidate>> candidates(const std::vector<fs::path>& paths) {
  std::vector<Candidate> found;
  for (const fs::path& path : paths) {
    std::error_code code;
    if (!fs::exists(path, code))
      return work_error("there is no such file or folder", path.string(), "check the path");
    if (!fs::is_directory(path, code)) {
      found.push_back({path, path.filename().string()});
      continue;
    }
    std::vector<Candidate> inside;
    for (auto at =
             fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, code);
         !code && at != fs::recursive_directory_iterator(); at.increment(code))
      if (at->is_regular_file(code) && media_kind(at->path()))
        inside.push_back({at->path(), fs::relative(at->path(), path).generic_string(), false});
    if (inside.empty())
      return work_error("holds no picture or video", path.string(),
                        "give a folder with .jpg, .png, .mp4, .avi ... files");
    // A folder's order is the file system's whim; the project's is not.
    std::sort(inside.begin(), inside.end(),
              [](const Candidate& a, const Candidate& b) { return a.name < b.name; });
    found.insert(found.end(), inside.begin(), inside.end());
  }
  return found;
}

}  // namespace

Result<Json> verb_add(const AddArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  DEW_TRY(const auto files, candidates(args.files));
  Added total;
  int64_t skipped = 0;
  for (const Candidate& file : files) {
    if (console.interrupted()) return interrupted_error();
    auto added = project.add(file.path, file.name, args.cut, console);
    if (added) {
      total.samples += added->samples;
      total.already_there += added->already_there;
      continue;
    }
    // One bad picture in a folder of thousands is told and left out; a file the user named is an error.
    if (file.named_by_user || console.interrupted() || fs::exists(file.path) == false)
      return tl::unexpected(added.error());
    console.warn(fmt::format("skipped {}: {}", file.path.string(), added.error().what));
    ++skipped;
  }
  if (skipped == static_cast<int64_t>(files.size()))
    return work_error("no file could be read", args.files[0].string(),
                      "the warnings above say why, file by file");
  DEW_TRY(const auto samples, project.samples());
  console.say(fmt::format("{} samples added, {} already there, {} files skipped; the project has {}",
                          with_commas(total.samples), with_commas(total.already_there), skipped,
                          with_commas(static_cast<int64_t>(samples.size()))));
  return Json{{"samples_added", total.samples},
              {"samples_total", samples.size()},
              {"already_there", total.already_there},
              {"skipped", skipped}};
}

}  // namespace dew
