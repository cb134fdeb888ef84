// The verb `add`: pictures and videos become samples.
#include <fmt/format.h>

#include <map>
#include <set>

#include "store/adding.h"
#include "verbs/common/open.h"
#include "verbs/project/add_opened.h"
#include "verbs/project/data_sets.h"
#include "verbs/project/project.h"
#include "verbs/project/store_labels.h"

namespace dew::verbs {
namespace {

/// Progress over all files, into which a video puts its own.
class FilesWatch : public Watch {
 public:
  FilesWatch(Watch& outer, int64_t total) : outer_(outer), total_(total) {}
  void begin(std::string_view what, int64_t total) override {
    outer_.begin(what, total);
    shows_files_ = false;
  }
  void advance(int64_t done, std::string_view note) override { outer_.advance(done, note); }
  void end() override { outer_.end(); }
  void inform(const std::string& message) override { outer_.inform(message); }
  void warn(const std::string& message) override { outer_.warn(message); }
  [[nodiscard]] bool interrupted() const override { return outer_.interrupted(); }

  void show_files(int64_t done) {
    if (total_ < 2) return;
    if (!shows_files_) outer_.begin("adding files", total_);
    shows_files_ = true;
    outer_.advance(done);
  }
  void finish() {
    if (shows_files_) outer_.end();
  }

 private:
  Watch& outer_;
  int64_t total_;
  bool shows_files_ = false;
};

/// "B/IMG_0001.jpg" of IMG_0001.jpg at /home/ada/B; the name itself where no folder is before it.
std::string with_one_more_folder(const FoundFile& file) {
  const fs::path& place = file.origin.empty() ? file.path : file.origin;
  const std::string path = place.lexically_normal().generic_string();
  if (!path.ends_with("/" + file.name) || path.size() < file.name.size() + 2) return file.name;
  return path.substr(path.rfind('/', path.size() - file.name.size() - 2) + 1);
}

/// Files of one name from several places get as many folders before it as tell them apart.
void tell_apart(std::vector<FoundFile>& files) {
  constexpr int kMostFolders = 64;
  for (int round = 0; round < kMostFolders; ++round) {
    std::map<std::string, std::set<fs::path>> places;
    for (const FoundFile& file : files) places[file.name].insert(file.path.lexically_normal());
    bool changed = false;
    for (FoundFile& file : files) {
      if (places[file.name].size() < 2) continue;
      std::string longer = with_one_more_folder(file);
      changed = changed || longer != file.name;
      file.name = std::move(longer);
    }
    if (!changed) return;
  }
}

/// What none of the files could be added for.
tl::unexpected<Error> nothing_added(const AddArgs& args, const AddOutcome& outcome,
                                    const std::optional<Error>& only) {
  if (only && outcome.skipped == 1) return tl::unexpected(*only);
  const std::string where = printable(args.files[0].string());
  if (!only && outcome.skipped == outcome.left_out.count(LeftOut::kNotMedia))
    return work_error("holds no picture or video", where,
                      "give a folder with .jpg, .png, .mp4, .avi ... files");
  return work_error("no file could be read", where, "the warnings above say why, file by file");
}

/// The pictures and videos that are to be added, under names that tell them apart.
FoundFiles files_to_add(const AddArgs& args, const DataSets& sets, const OpenedArchives& archives) {
  std::vector<fs::path> paths;
  for (const fs::path& path : args.files)
    if (!sets.is_label_file(path)) paths.push_back(path);
  FoundFiles found = find_media_files(paths, [&](const fs::path& path) { return sets.is_label_file(path); });
  found.files.insert(found.files.end(), sets.named_pictures().begin(), sets.named_pictures().end());
  for (FoundFile& file : found.files)
    if (fs::path origin = archives.origin_of(file.path); origin != file.path) file.origin = std::move(origin);
  tell_apart(found.files);
  found.left_out.rename([&](const fs::path& path) { return archives.origin_of(path); });
  found.left_out.add(archives.left_out());
  return found;
}

constexpr int64_t kNamedSkips = 20;  ///< as they happen; the summary counts all of them

/// A file that was taken, and what is said of it.
struct Taken {
  std::string name;
  const FileWords* words = nullptr;
};

}  // namespace

Result<AddOutcome> add(const AddArgs& args, Watch& watch) {
  for (const fs::path& file : args.files)
    if (file.is_relative())
      return usage_error("this path is not absolute", printable(file.string()),
                         "give whole paths: a verb knows no folder to start from");
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_TRY(const OpenedArchives archives,
          OpenedArchives::open(args.files, project.folder() / ".dewdrop", args.cut.in_place, watch));
  return add_opened(project, args, archives, watch);
}

Result<AddOutcome> add_opened(Project& project, const AddArgs& given, const OpenedArchives& archives,
                              Watch& watch) {
  AddArgs args = given;
  args.files = archives.files();
  if (args.files.empty() && archives.refused()) return tl::unexpected(*archives.refused());
  DEW_TRY(const DataSets sets, DataSets::read(
                                   args, project.settings(),
                                   [&](const fs::path& path) { return archives.origin_of(path); }, watch));
  FoundFiles found = files_to_add(args, sets, archives);
  AddOutcome total;
  total.left_out = std::move(found.left_out);
  std::vector<Taken> taken;
  std::optional<Error> last_refused;
  const bool alone = found.files.size() == 1 && total.left_out.all().empty();
  FilesWatch files_watch(watch, std::ssize(found.files));
  Adding adding(project, args.cut);
  for (size_t i = 0; i < found.files.size(); ++i) {
    if (watch.interrupted()) return interrupted_error();
    files_watch.show_files(static_cast<int64_t>(i));
    const FoundFile& file = found.files[i];
    const FileWords* words = sets.of(file.path);
    const Placing placing{words == nullptr ? std::nullopt : words->split, file.origin};
    DEW_TRY(const auto refused, adding.offer(file.path, file.name, placing, files_watch));
    if (!refused) {
      taken.push_back({file.name, words});
      continue;
    }
    const fs::path& shown = file.origin.empty() ? file.path : file.origin;
    last_refused = refused->error;
    if (!file.origin.empty()) last_refused->where = printable(shown.string());
    total.left_out.add(left_out(refused->why), shown);
    if (!alone && total.left_out.missed() <= kNamedSkips)
      watch.warn(fmt::format("skipped {}: {}", printable(shown.string()), printable(last_refused->what)));
  }
  files_watch.show_files(std::ssize(found.files));
  files_watch.finish();
  total.skipped = total.left_out.missed();
  DEW_TRY(const auto added, adding.finish());
  LabelsToStore labels;
  for (size_t i = 0; i < added.size(); ++i) {
    total.samples_added += added[i].samples;
    total.already_there += added[i].already_there;
    if (taken[i].words != nullptr) labels.add(added[i].source, taken[i].name, *taken[i].words);
  }
  if (added.empty()) {
    DEW_TRY(total.grouped, project.settle_splits(watch));
    if (!alone)
      for (const std::string& line : lines_about(total.left_out)) watch.warn(line);
    return nothing_added(given, total, last_refused);
  }
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(total.labels, labels.store(project, samples, watch));
  DEW_TRY(total.grouped, project.settle_splits(watch));  // class by class, where labels came along
  sets.describe(total.labels);
  total.samples_total = static_cast<int64_t>(samples.size());
  return total;
}

Result<void> parse_tiles(const std::string& text, Cut& cut) {
  int columns = 0;
  int rows = 0;
  char end = 0;
  constexpr int kMostTiles = 64;
  if (std::sscanf(text.c_str(), "%dx%d%c", &columns, &rows, &end) != 2 || columns < 1 || rows < 1)
    return usage_error("'" + printable(text) + "' is not a grid", "--tiles",
                       "give columns x rows, for example 4x3");
  if (columns > kMostTiles || rows > kMostTiles)
    return usage_error(fmt::format("'{}' is more than {}x{} tiles", printable(text), kMostTiles, kMostTiles),
                       "--tiles", fmt::format("use at most {} columns and {} rows", kMostTiles, kMostTiles));
  cut.columns = columns;
  cut.rows = rows;
  return {};
}

Json to_json(const AddOutcome& outcome) {
  Json left_out = Json::object();
  for (const auto& [why, files] : outcome.left_out.all()) {
    const Advice advice = advice_on(why);
    left_out[std::string(key_of(why))] = {
        {"count", files.count}, {"first", files.first}, {"what", advice.what}, {"next", advice.next}};
  }
  return Json{{"samples_added", outcome.samples_added},
              {"samples_total", outcome.samples_total},
              {"already_there", outcome.already_there},
              {"skipped", outcome.skipped},
              {"grouped",
               {{"series", outcome.grouped.series},
                {"series_pictures", outcome.grouped.series_pictures},
                {"bursts", outcome.grouped.bursts},
                {"burst_pictures", outcome.grouped.burst_pictures},
                {"alike", outcome.grouped.alike}}},
              {"left_out", left_out},
              {"labels", to_json(outcome.labels)}};
}

}  // namespace dew::verbs
