// The verb `add`: pictures and videos become samples.
#include <fmt/format.h>

#include <algorithm>

#include "verbs/common/open.h"
#include "verbs/project/project.h"

namespace dew::verbs {
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

Result<AddOutcome> add(const AddArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_TRY(const auto files, candidates(args.files));
  AddOutcome total;
  for (const Candidate& file : files) {
    if (watch.interrupted()) return interrupted_error();
    auto added = project.add(file.path, file.name, args.cut, watch);
    if (added) {
      total.samples_added += added->samples;
      total.already_there += added->already_there;
      continue;
    }
    // One bad picture in a folder of thousands is told and left out; a file the user named is an error.
    std::error_code unknown;
    if (file.named_by_user || watch.interrupted() || !fs::exists(file.path, unknown))
      return tl::unexpected(added.error());
    watch.warn(fmt::format("skipped {}: {}", file.path.string(), added.error().what));
    ++total.skipped;
  }
  if (total.skipped == static_cast<int64_t>(files.size()))
    return work_error("no file could be read", args.files[0].string(),
                      "the warnings above say why, file by file");
  DEW_TRY(const auto samples, project.samples());
  total.samples_total = static_cast<int64_t>(samples.size());
  return total;
}

Json to_json(const AddOutcome& outcome) {
  return Json{{"samples_added", outcome.samples_added},
              {"samples_total", outcome.samples_total},
              {"already_there", outcome.already_there},
              {"skipped", outcome.skipped}};
}

}  // namespace dew::verbs
