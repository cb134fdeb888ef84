#include "verbs/cascade/drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>

#include "base/hash.h"
#include "cascade/unsure_frames.h"
#include "media/fragment.h"
#include "student/thresholds.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

constexpr int64_t kLeastLooks = 30;     ///< five minutes
constexpr int64_t kLeastOfAClass = 10;  ///< or of a place
constexpr double kLeastStep = 0.02;     ///< a share that is higher by less is nothing to act on
constexpr size_t kMostPictures = 400;

/// The highest share that is likely behind `part` of `all`.
double highest_likely_share(int64_t part, int64_t all) {
  return all == 0 ? 1 : 1 - student::lowest_likely_share(all - part, all);
}

std::optional<Drift> higher(const char* what, const Looks& seen, const std::vector<Looks>& usual,
                            int64_t Looks::*part) {
  Drift drift;
  drift.what = what;
  drift.share = static_cast<double>(seen.*part) / static_cast<double>(seen.looks);
  drift.low = student::lowest_likely_share(seen.*part, seen.looks);
  bool known = false;
  for (const Looks& one : usual) {
    if (one.looks < kLeastOfAClass) continue;
    known = true;
    drift.usual = std::max(drift.usual, highest_likely_share(one.*part, one.looks));
  }
  if (!known || drift.low <= drift.usual + kLeastStep) return std::nullopt;
  return drift;
}

Json usual_json(const std::vector<Looks>& usual) {
  Json all = Json::array();
  for (const Looks& one : usual) all.push_back(to_json(one));
  return all;
}

/// As usual_json() wrote it; empty: anything else.
std::vector<Looks> usual_from(const std::string& text) {
  const Json all = Json::parse(text, nullptr, false);
  std::vector<Looks> usual;
  if (!all.is_array()) return usual;
  for (const Json& one : all) {
    const auto number = [&](const char* key) { return one.is_object() ? one.value(key, int64_t{0}) : 0; };
    usual.push_back({number("looks"), number("unknown"), number("unsure"), {}});
  }
  return usual;
}

/// Those that took no part in training, evenly chosen where they are many.
std::vector<Sample> held_out(const std::vector<Sample>& samples) {
  std::vector<Sample> held;
  for (const Sample& one : samples)
    if (one.split != Split::kTrain) held.push_back(one);
  if (held.size() <= kMostPictures) return held;
  std::vector<Sample> some;
  for (size_t i = 0; i < kMostPictures; ++i) some.push_back(held[i * held.size() / kMostPictures]);
  return some;
}

/// Which net, and what an event is by it.
Result<std::string> note_name(const Model& model, const std::vector<EventClass>& events, double temperature) {
  DEW_TRY(const std::string net, sha256_file(model.file));
  std::string text = net + fmt::format(" {}", temperature);
  for (const EventClass& one : events)
    text += fmt::format(" {} {} {}", one.output, one.rule.on, one.rule.off);
  return "cascade: usual scores, by place " + sha256(text);
}

/// Quiet, and ends when it shall.
class StoppedBy : public Watch {
 public:
  explicit StoppedBy(const std::atomic<bool>& stop) : stop_(stop) {}
  [[nodiscard]] bool interrupted() const override { return stop_; }

 private:
  const std::atomic<bool>& stop_;
};

/// By the class that the net says, the last of no event; then by place: what a camera of the project shows is
/// known to the net more or less, and another camera may well do as the worst of them.
Result<std::vector<Looks>> usual_looks(const fs::path& folder, const Model& model,
                                       const std::vector<EventClass>& events, double temperature,
                                       const std::atomic<bool>& stop) {
  StoppedBy watch(stop);
  DEW_TRY(Project project, Project::open(folder));
  DEW_TRY(const std::string name, note_name(model, events, temperature));
  DEW_TRY(const std::string noted, project.note(name));
  if (auto usual = usual_from(noted); !usual.empty()) return usual;
  DEW_TRY(const auto samples, project.samples());
  const auto held = held_out(samples);
  std::vector<Looks> usual(events.size() + 1);
  std::map<std::string, Looks> places;
  Scorer scorer(model, events, {}, temperature);
  const auto look = [&](size_t at, const Image& picture) -> Result<void> {
    DEW_TRY(const FrameScores scores, scorer.score(picture));
    const auto highest = std::max_element(scores.scores.begin(), scores.scores.end());
    const bool event = *highest >= 128;
    add_look(usual[event ? static_cast<size_t>(highest - scores.scores.begin()) : events.size()], scores,
             events);
    add_look(places[Fragment{std::to_string(held[at].source), std::nullopt, held[at].region}.str()], scores,
             events);
    return {};
  };
  DEW_TRY(const auto unreadable, readable_pictures(project, held, look, watch));
  for (const auto& [place, looks] : places)
    if (looks.looks >= kLeastOfAClass) usual.push_back(looks);
  if (!unreadable) DEW_CHECK(project.set_note(name, usual_json(usual).dump()));
  return usual;
}

}  // namespace

void add_look(Looks& looks, const FrameScores& scores, const std::vector<EventClass>& events) {
  ++looks.looks;
  looks.unknown += scores.known ? 0 : 1;
  bool wavers = false;
  uint8_t highest = 0;
  for (size_t i = 0; i < events.size(); ++i) {
    wavers = wavers || cascade::wavers(events[i].rule, scores.scores[i]);
    highest = std::max(highest, scores.scores[i]);
  }
  looks.unsure += wavers ? 1 : 0;
  const size_t tenths = looks.histogram.size();
  ++looks.histogram[std::min(tenths - 1, highest * tenths / 255)];
}

std::optional<Drift> drift_of(const Looks& seen, const std::vector<Looks>& usual) {
  if (seen.looks < kLeastLooks) return std::nullopt;
  if (auto unknown = higher("unknown", seen, usual, &Looks::unknown)) return unknown;
  return higher("unsure", seen, usual, &Looks::unsure);
}

DriftWatch::DriftWatch(fs::path project, const Model& model, const std::vector<EventClass>& events,
                       double temperature)
    : project_(std::move(project)), model_(model), events_(events), temperature_(temperature) {}

DriftWatch::~DriftWatch() {
  stop_ = true;
  if (reading_.valid()) reading_.wait();
}

std::optional<Drift> DriftWatch::look_at(const Looks& seen, bool wait) {
  if (seen.looks < kLeastLooks) return std::nullopt;
  if (!usual_ && !reading_.valid())
    reading_ = std::async(std::launch::async, [this] {
      // Without its pictures a project has nothing to compare with; that is no fault of what is watched.
      return usual_looks(project_, model_, events_, temperature_, stop_).value_or(std::vector<Looks>());
    });
  using std::chrono::seconds;
  if (!usual_ && (wait || reading_.wait_for(seconds(0)) == std::future_status::ready))
    usual_ = reading_.get();
  return usual_ ? drift_of(seen, *usual_) : std::nullopt;
}

std::string drift_text(const Drift& drift) {
  return fmt::format(
      "{} {} of what it looks at (at least {:.0f} %; with the project's own pictures at most {:.0f} %)",
      drift.what == "unknown" ? "the net does not know" : "the net is unsure about",
      fmt::format("{:.0f} %", 100 * drift.share), 100 * drift.low, 100 * drift.usual);
}

Json to_json(const Looks& looks) {
  return {{"looks", looks.looks},
          {"unknown", looks.unknown},
          {"unsure", looks.unsure},
          {"histogram", looks.histogram}};
}

}  // namespace dew::verbs
