// The index of all samples, kept in step with the project, and the labels given through it.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <tuple>
#include <unordered_set>

#include "store/changes.h"
#include "verbs/browse/browse.h"
#include "verbs/browse/sample_index.h"
#include "verbs/browse/thumbnails.h"

namespace dew::verbs {
namespace {

using IndexPtr = std::shared_ptr<const SampleIndex>;
using Places = std::shared_ptr<const std::vector<uint32_t>>;

constexpr size_t kMostSteps = 200;  // that can be taken back
constexpr size_t kMostFilters = 8;  // whose results are kept

auto key_of(const SampleFilter& filter) {
  return std::tuple(filter.answer_class, filter.split, filter.origin, filter.source, filter.text,
                    filter.order);
}

/// dewdrop.toml is read once an open project; its time tells when that must be done again.
std::string settings_mark(const fs::path& folder) {
  std::error_code code;
  const auto at = fs::last_write_time(folder / "dewdrop.toml", code);
  return code ? "gone" : std::to_string(at.time_since_epoch().count());
}

}  // namespace

struct SampleBrowser::Inside {
  Inside(Project to_edit, Project to_read, Changes to_undo, Changes to_watch, SampleIndex first)
      : project(std::move(to_edit)),
        changes(std::move(to_undo)),
        reader(std::move(to_read)),
        watcher(std::move(to_watch)),
        folder(project.folder()),
        thumbnails(folder),
        index(std::make_shared<const SampleIndex>(std::move(first))) {}

  std::mutex editing;  ///< guards the project, changes and steps: labels are given one after the other
  Project project;
  Changes changes;
  std::deque<std::vector<Label>> steps;
  int64_t steps_taken = 0;

  std::mutex refreshing;  ///< guards the reader, the watcher and the mark
  Project reader;
  Changes watcher;
  std::string mark;

  const fs::path folder;
  Thumbnails thumbnails;

  std::mutex mutex;  ///< guards what is below; held for moments only
  IndexPtr index;
  std::shared_ptr<const Suspicions> suspicions = std::make_shared<const Suspicions>();
  int64_t version = 1;
  int64_t edits = 0;
  std::deque<std::pair<decltype(key_of({})), Places>> filtered;  ///< of this index

  struct State {
    IndexPtr index;
    std::shared_ptr<const Suspicions> suspicions;
    int64_t version = 0;
  };
  State state() {
    const std::lock_guard lock(mutex);
    return {index, suspicions, version};
  }
  /// With `mutex` locked.
  void show(SampleIndex changed) {
    index = std::make_shared<const SampleIndex>(std::move(changed));
    filtered.clear();
    ++version;
  }
  Result<bool> read_again();
  /// With `editing` locked: the labels of these samples were changed.
  Result<void> show_labels(const std::vector<int64_t>& samples);
  Result<Places> places(const SampleFilter& filter, State& state);
};

SampleBrowser::SampleBrowser(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
SampleBrowser::SampleBrowser(SampleBrowser&&) noexcept = default;
SampleBrowser& SampleBrowser::operator=(SampleBrowser&&) noexcept = default;
SampleBrowser::~SampleBrowser() = default;

Result<SampleBrowser> SampleBrowser::open(const fs::path& folder) {
  DEW_TRY(Project project, Project::open(folder));
  DEW_TRY(Project reader, Project::open(folder));
  DEW_TRY(Changes changes, Changes::open(project));
  DEW_TRY(Changes watcher, Changes::open(project));
  DEW_TRY(std::string mark, watcher.mark());
  DEW_TRY(SampleIndex index, SampleIndex::read(reader));
  auto inside = std::make_unique<Inside>(std::move(project), std::move(reader), std::move(changes),
                                         std::move(watcher), std::move(index));
  inside->mark = std::move(mark) + settings_mark(inside->project.folder());
  return SampleBrowser(std::move(inside));
}

Result<bool> SampleBrowser::Inside::read_again() {
  const std::lock_guard alone(refreshing);
  const std::string settings = settings_mark(folder);
  DEW_TRY(std::string now, watcher.mark());
  now += settings;
  if (now == mark) return false;
  if (!mark.ends_with(settings)) {
    DEW_TRY(reader, Project::open(folder));
    DEW_TRY(Project again, Project::open(folder));
    const std::lock_guard lock(editing);
    project = std::move(again);
  }
  while (true) {
    int64_t before = 0;
    {
      const std::lock_guard lock(mutex);
      before = edits;
    }
    DEW_TRY(SampleIndex read, SampleIndex::read(reader));
    const std::lock_guard lock(mutex);
    if (edits != before) continue;  // a label given meanwhile may not be in what was read
    show(std::move(read));
    break;
  }
  mark = std::move(now);
  return true;
}

Result<bool> SampleBrowser::refresh() {
  return inside_->read_again();
}

int64_t SampleBrowser::version() const {
  return inside_->state().version;
}

SetSummary SampleBrowser::summary() const {
  const auto state = inside_->state();
  SetSummary summary = state.index->summary();
  summary.folder = inside_->folder;
  summary.version = state.version;
  return summary;
}

Result<Places> SampleBrowser::Inside::places(const SampleFilter& filter, State& wanted) {
  {
    const std::lock_guard lock(mutex);
    wanted = {index, suspicions, version};
    for (const auto& [key, found] : filtered)
      if (key == key_of(filter)) return found;
  }
  DEW_TRY(auto made, wanted.index->filter(filter, *wanted.suspicions));
  const auto found = std::make_shared<const std::vector<uint32_t>>(std::move(made));
  const std::lock_guard lock(mutex);
  if (version == wanted.version) filtered.emplace_front(key_of(filter), found);
  if (filtered.size() > kMostFilters) filtered.pop_back();
  return found;
}

Result<SamplePage> SampleBrowser::page(const SampleFilter& filter, int64_t offset, int64_t count) const {
  Inside::State state;
  DEW_TRY(const Places places, inside_->places(filter, state));
  SamplePage page{std::ssize(*places), offset, state.version, {}};
  const int64_t end = std::min(page.total, offset + count);
  for (int64_t i = std::max<int64_t>(0, offset); i < end; ++i)
    page.samples.push_back(
        state.index->listed(state.index->samples()[(*places)[static_cast<size_t>(i)]], *state.suspicions));
  return page;
}

Result<SampleColumns> SampleBrowser::columns(const SampleFilter& filter) const {
  Inside::State state;
  DEW_TRY(const Places places, inside_->places(filter, state));
  SampleColumns columns{state.version, {}, {}, {}};
  columns.ids.reserve(places->size());
  columns.labels.reserve(places->size());
  columns.splits.reserve(places->size());
  for (const uint32_t place : *places) {
    const IndexedSample& sample = state.index->samples()[place];
    columns.ids.push_back(sample.id);
    columns.labels.push_back(sample.label);
    columns.splits.push_back(sample.split);
  }
  return columns;
}

std::string SampleBrowser::samples_mark() const {
  return inside_->state().index->mark();
}

std::shared_ptr<const Settings> SampleBrowser::settings() const {
  const auto index = inside_->state().index;
  return {index, &index->settings()};
}

std::optional<ListedSample> SampleBrowser::listed(int64_t sample) const {
  const auto state = inside_->state();
  const IndexedSample* const found = state.index->find(sample);
  if (found == nullptr) return std::nullopt;
  return state.index->listed(*found, *state.suspicions);
}

Result<std::optional<SampleDetail>> SampleBrowser::detail(int64_t sample) const {
  const auto state = inside_->state();
  const IndexedSample* const found = state.index->find(sample);
  if (found == nullptr) return std::optional<SampleDetail>();
  SampleDetail detail;
  detail.listed = state.index->listed(*found, *state.suspicions);
  detail.source = state.index->source_name(found->source);
  const std::lock_guard lock(inside_->editing);
  DEW_TRY(detail.answers, inside_->project.answers_about({sample}));
  DEW_TRY(const auto labels, inside_->project.labels_about({sample}));
  if (!labels.empty()) {
    detail.label_at = labels.front().at;
    detail.basis = labels.front().basis;
  }
  return std::optional(std::move(detail));
}

Result<std::shared_ptr<const std::string>> SampleBrowser::picture(int64_t sample, int side) const {
  const auto state = inside_->state();
  const IndexedSample* const found = state.index->find(sample);
  if (found == nullptr) return std::shared_ptr<const std::string>();
  return inside_->thumbnails.get(sample_of(*found), side);
}

Result<void> SampleBrowser::Inside::show_labels(const std::vector<int64_t>& samples) {
  DEW_TRY(const auto labels, project.labels_about(samples));
  const std::lock_guard lock(mutex);
  SampleIndex changed = *index;
  changed.relabel(samples, labels);
  show(std::move(changed));
  ++edits;
  return {};
}

Result<LabelStep> SampleBrowser::set_labels(const std::vector<int64_t>& samples,
                                            const std::string& answer_class, const std::string& by) {
  Inside& in = *inside_;
  const auto state = in.state();
  const Settings& settings = state.index->settings();
  const bool aside = !settings.unsure.empty() && answer_class == settings.unsure;
  const auto& classes = settings.classes;
  if (!aside && std::find(classes.begin(), classes.end(), answer_class) == classes.end()) {
    const std::string near = closest(answer_class, classes);
    return usage_error("there is no class '" + printable(answer_class, 60) + "'", {},
                       near.empty() ? "the classes are " + join(classes) : "did you mean '" + near + "'?");
  }
  for (const int64_t id : samples)
    if (state.index->find(id) == nullptr)
      return usage_error(fmt::format("the project has no sample {}", id), {}, "load the page again");
  const std::lock_guard lock(in.editing);
  DEW_TRY(const auto before, in.project.labels_about(samples));
  std::unordered_map<int64_t, const Label*> standing;
  for (const Label& label : before) standing[label.sample] = &label;
  std::unordered_set<int64_t> named;
  std::vector<Label> given;
  for (const int64_t id : samples) {
    Label label{id, aside ? std::string() : answer_class, "human", by, utc_now()};
    const auto found = standing.find(id);
    // What somebody has decided in the same way stands as it is: taking this step back must not take theirs.
    if (found != standing.end() && found->second->origin == "human" &&
        found->second->answer_class == label.answer_class)
      continue;
    if (named.insert(id).second) given.push_back(std::move(label));
  }
  if (given.empty()) return LabelStep{};
  DEW_CHECK(in.project.set_labels(given));
  const int64_t changed = std::ssize(given);
  in.steps.push_back(std::move(given));
  if (in.steps.size() > kMostSteps) in.steps.pop_front();
  DEW_CHECK(in.show_labels(samples));
  return LabelStep{changed, ++in.steps_taken};
}

Result<UndoneLabels> SampleBrowser::undo() {
  Inside& in = *inside_;
  const std::lock_guard lock(in.editing);
  if (in.steps.empty()) return UndoneLabels{};
  const std::vector<Label> given = in.steps.back();
  UndoneLabels undone;
  DEW_TRY(undone.samples, in.changes.withdraw(given));
  in.steps.pop_back();
  undone.stand = std::ssize(given) - std::ssize(undone.samples);
  undone.result = undone.stand == 0 ? Undo::kTakenBack : Undo::kOverruled;
  DEW_CHECK(in.show_labels(undone.samples));
  return undone;
}

void SampleBrowser::set_suspicions(Suspicions suspicions) {
  const auto kept = std::make_shared<const Suspicions>(std::move(suspicions));
  const std::lock_guard lock(inside_->mutex);
  inside_->suspicions = kept;
  inside_->filtered.clear();
  ++inside_->version;
}

}  // namespace dew::verbs
