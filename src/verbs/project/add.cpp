// The verb `add`: pictures and videos become samples.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <set>

#include "store/adding.h"
#include "verbs/common/open.h"
#include "verbs/project/add_opened.h"
#include "verbs/project/data_sets.h"
#include "verbs/project/data_sets_found.h"
#include "verbs/project/own_pictures.h"
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
std::string with_one_more_folder(const std::string& name, const fs::path& place) {
  const std::string path = place.lexically_normal().generic_string();
  if (!path.ends_with("/" + name) || path.size() < name.size() + 2) return name;
  return path.substr(path.rfind('/', path.size() - name.size() - 2) + 1);
}

/// Of files of one name, those that lie in several places.
std::vector<uint32_t> ambiguous(const FileList& files) {
  std::vector<uint32_t> order(files.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return files.name(a) < files.name(b); });
  std::vector<uint32_t> found;
  for (auto first = order.begin(); first != order.end();) {
    const auto last = std::find_if(first, order.end(),
                                   [&](uint32_t file) { return files.name(file) != files.name(*first); });
    std::set<fs::path> places;
    if (last - first > 1)
      for (auto at = first; at != last; ++at) places.insert(files.path(*at).lexically_normal());
    if (places.size() > 1) found.insert(found.end(), first, last);
    first = last;
  }
  return found;
}

/// Files of one name from several places get as many folders before it as tell them apart.
void tell_apart(FileList& files, const OpenedArchives& archives) {
  constexpr int kMostFolders = 64;
  bool changed = true;
  for (int round = 0; changed && round < kMostFolders; ++round) {
    changed = false;
    for (const uint32_t file : ambiguous(files)) {
      const std::string name(files.name(file));
      const std::string longer = with_one_more_folder(name, archives.origin_of(files.path(file)));
      if (longer == name) continue;
      changed = true;
      files.rename(file, longer);
    }
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
  sets.add_named_pictures(found.files);
  tell_apart(found.files, archives);
  found.left_out.rename([&](const fs::path& path) { return archives.origin_of(path); });
  found.left_out.add(archives.left_out());
  return found;
}

constexpr int64_t kNamedSkips = 20;  ///< as they happen; the summary counts all of them

/// Adds the files one by one, and remembers what is said of those that were taken.
class FilesToAdd {
 public:
  FilesToAdd(Project& project, const AddArgs& args, const DataSets& sets, const OpenedArchives& archives,
             FoundFiles found)
      : adding_(project, args.cut),
        sets_(sets),
        archives_(archives),
        files_(std::move(found.files)),
        labels_(sets) {
    total_.left_out = std::move(found.left_out);
    alone_ = files_.size() == 1 && total_.left_out.all().empty();
  }

  /// Pictures of samples that the project has are not added again.
  Result<void> look_for_own(const Project& project, const Cut& cut, Watch& watch) {
    if (cut.columns > 1 || cut.rows > 1) return {};
    DEW_TRY(own_, OwnPictures::find(project, files_, watch));
    if (own_.count() > 0)
      watch.inform(plural(own_.count(),
                          "picture was exported from this project, and is the sample that is there",
                          "pictures were exported from this project, and are the samples that are there"));
    return {};
  }

  Result<void> add_all(Watch& watch) {
    FilesWatch files_watch(watch, static_cast<int64_t>(files_.size()));
    for (size_t file = 0; file < files_.size(); ++file) {
      if (watch.interrupted()) return interrupted_error();
      files_watch.show_files(static_cast<int64_t>(file));
      DEW_CHECK(add(file, files_watch));
    }
    files_watch.show_files(static_cast<int64_t>(files_.size()));
    files_watch.finish();
    total_.skipped = total_.left_out.missed();
    DEW_TRY(const auto added, adding_.finish());
    count(added);
    total_.transparent = adding_.transparent();
    return {};
  }

  AddOutcome& total() { return total_; }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] bool alone() const { return alone_; }
  [[nodiscard]] const std::optional<Error>& last_refused() const { return last_refused_; }
  void tell_drawn(Watch& watch) const {
    if (drawn_ > 0)
      watch.warn(fmt::format("--splits keep: {} in none of the data's splits and drawn as always; first {}",
                             plural(drawn_, "file is", "files are"), printable(first_drawn_.string())));
  }
  Result<LabelsTaken> store_labels(Project& project, Watch& watch) {
    return labels_.store(project, files_, watch);
  }

 private:
  Result<void> add(size_t file, FilesWatch& watch) {
    const fs::path path = files_.path(file);
    const fs::path shown = archives_.origin_of(path);
    const auto words = sets_.number_of(path);
    if (const auto own = own_.of(file)) {
      ++total_.already_there;
      any_ = true;
      if (words) labels_.add(own->source, file, *words, own->sample);
      return {};
    }
    const Placing placing{words ? sets_.split(*words) : std::nullopt, shown == path ? fs::path() : shown};
    const bool tested = !words || sets_.may_be_tested(*words);
    DEW_TRY(const auto refused, adding_.offer(path, std::string(files_.name(file)), placing, watch, tested));
    if (!refused) {
      if (sets_.is_drawn_beside_kept(words) && drawn_++ == 0) first_drawn_ = shown;
      offered_.push_back({file, words});
      count(adding_.committed());
      return {};
    }
    last_refused_ = refused->error;
    if (!placing.origin.empty()) last_refused_->where = printable(shown.string());
    total_.left_out.add(left_out(refused->why), shown);
    if (!alone_ && total_.left_out.missed() <= kNamedSkips)
      watch.warn(fmt::format("skipped {}: {}", printable(shown.string()), printable(last_refused_->what)));
    return {};
  }

  void count(const std::vector<Added>& added) {
    for (const Added& one : added) {
      total_.samples_added += one.samples;
      total_.already_there += one.already_there;
      any_ = true;
      const Offered offered = offered_.front();
      offered_.pop_front();
      if (offered.words) labels_.add(one.source, offered.file, *offered.words);
    }
  }

  /// A file whose batch is not committed yet, and the number of what is said of it.
  struct Offered {
    size_t file = 0;
    std::optional<size_t> words;
  };

  Adding adding_;
  const DataSets& sets_;
  const OpenedArchives& archives_;
  FileList files_;
  LabelsToStore labels_;
  OwnPictures own_;
  AddOutcome total_;
  std::deque<Offered> offered_;
  std::optional<Error> last_refused_;
  int64_t drawn_ = 0;  ///< files whose splits are drawn beside such that are kept
  fs::path first_drawn_;
  bool any_ = false;
  bool alone_ = false;
};

/// Splits that were to be kept, and of what there are none.
void tell_without_splits(const std::vector<FoundSet>& found, Watch& watch) {
  const auto silent = [](const FoundSet& set) { return set.splits.empty(); };
  if (std::all_of(found.begin(), found.end(), silent))
    return watch.warn(
        "--splits keep: the data has no splits (folders or a column called train, val, test); they are "
        "drawn as always");
  std::vector<fs::path> folders;
  for (const FoundSet& set : found)
    if (silent(set) && set.pictures > 0) folders.emplace_back(set.folder);
  if (!folders.empty())
    watch.warn("--splits keep: drawn as always for what has none: " + listed_files(folders) +
               "; give the folder around train, val and test, and theirs are kept");
}

/// What is added and said, with all that is held for it; splits are not settled yet.
Result<AddOutcome> add_with_labels(Project& project, const AddArgs& args, const AddArgs& given,
                                   const OpenedArchives& archives, Watch& watch) {
  DEW_TRY(const DataSets sets, DataSets::read(
                                   args, project.settings(),
                                   [&](const fs::path& path) { return archives.origin_of(path); }, watch));
  FilesToAdd files(project, args, sets, archives, files_to_add(args, sets, archives));
  DEW_CHECK(files.look_for_own(project, args.cut, watch));
  DEW_CHECK(files.add_all(watch));
  AddOutcome& total = files.total();
  if (!files.any()) {
    if (!files.alone())
      for (const std::string& line : lines_about(total.left_out)) watch.warn(line);
    return nothing_added(given, total, files.last_refused());
  }
  if (total.transparent > 0)
    watch.inform(
        plural(total.transparent, "picture has see-through parts", "pictures have see-through parts") +
        ", which were put on white");
  DEW_TRY(total.labels, files.store_labels(project, watch));
  sets.describe(total.labels);
  if (args.keep_splits) tell_without_splits(total.labels.sets, watch);
  files.tell_drawn(watch);
  return std::move(total);
}

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
  DEW_TRY(AddOutcome total, add_with_labels(project, args, given, archives, watch));
  DEW_TRY(total.grouped, project.settle_splits(watch));
  DEW_TRY(total.samples_total, project.count_samples());
  total.next = total.labels.labelled == total.samples_total ? "train" : "label";
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
              {"transparent", outcome.transparent},
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
