// Ways to choose the frames that a large model sees, on the same recordings: how many events are among what
// is sent, how much is sent, and how much of it shows nothing. docs/cascade.md has the table.
//
//     cascade_ways PROJECT --answers person-answers.jsonl --from 55.65 vtest.avi     # twelve tile cameras
//     cascade_ways PROJECT --truth yard.truth.csv yard.mp4
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/table.h"
#include "cascade/cascade.h"
#include "media/fragment.h"
#include "media/frames.h"
#include "student/thresholds.h"
#include "verbs/cascade/scorer.h"
#include "verbs/cascade/truth.h"
#include "verbs/cascade/watch_setup.h"

namespace dew::bench {
namespace {

using cascade::TrueEvent;

/// One camera: a video or a part of it, frame by frame.
struct Camera {
  std::optional<Rect> region;
  std::vector<TrueEvent> truth;
  std::vector<double> seconds;
  std::vector<uint8_t> scores;
  std::vector<bool> moves;
  std::vector<double> change;  ///< mean step from the frame before, grey levels
  cascade::Motion motion;
  std::vector<uint8_t> before;
};

void see(Camera& camera, const Image& frame, double seconds, verbs::Scorer& scorer) {
  const Image part = camera.region ? crop(frame, *camera.region) : frame;
  const auto scores = scorer.score(part);
  camera.scores.push_back(scores ? scores->scores[0] : 0);
  camera.seconds.push_back(seconds);
  camera.moves.push_back(camera.motion.moves(part));
  std::vector<uint8_t> small = resize(part, 64, 48).rgb;
  double sum = 0;
  for (size_t i = 0; i < camera.before.size(); ++i) sum += std::abs(small[i] - camera.before[i]);
  camera.change.push_back(sum / static_cast<double>(small.size()));
  camera.before = std::move(small);
}

/// Spans of "yes" in answers about every n-th frame, half a step wider on both sides. Unsure answers go with
/// what is before them.
std::map<Rect, std::vector<TrueEvent>> truth_of(const fs::path& answers, double fps, double from) {
  std::map<Rect, std::map<int64_t, std::string>> by_tile;
  std::ifstream lines(answers);
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const auto name = Fragment::parse(json.value("sample", ""));
    if (name && name->region && name->frame) by_tile[*name->region][*name->frame] = json.value("label", "");
  }
  std::map<Rect, std::vector<TrueEvent>> truth;
  for (const auto& [tile, frames] : by_tile) {
    auto& spans = truth[tile];
    const double half =
        static_cast<double>(std::next(frames.begin())->first - frames.begin()->first) / 2 / fps;
    bool open = false;
    for (const auto& [frame, label] : frames) {
      const double at = static_cast<double>(frame) / fps;
      if (at < from) continue;
      if (label == "yes" && !open) spans.push_back({at - half, at + half});
      if (label == "yes" || (label != "no" && open)) spans.back().end = at + half;
      open = label == "yes" || (label != "no" && open);
    }
  }
  return truth;
}

using Sent = std::vector<size_t>;  ///< frames of a camera

Sent all(const Camera& camera) {
  Sent sent(camera.seconds.size());
  for (size_t i = 0; i < sent.size(); ++i) sent[i] = i;
  return sent;
}

/// Of the frames for which `wanted`, one a second at most.
template <typename Wanted>
Sent one_a_second(const Camera& camera, const Wanted& wanted) {
  Sent sent;
  for (size_t i = 0; i < camera.seconds.size(); ++i)
    if (wanted(i) && (sent.empty() || camera.seconds[i] - camera.seconds[sent.back()] >= 1))
      sent.push_back(i);
  return sent;
}

/// Of each 30 seconds the eight frames that differ most from the one before.
Sent most_different(const Camera& camera) {
  Sent sent;
  for (size_t begin = 0; begin < camera.seconds.size();) {
    size_t end = begin;
    while (end < camera.seconds.size() && camera.seconds[end] - camera.seconds[begin] < 30) ++end;
    Sent window;
    for (size_t i = begin; i < end; ++i) window.push_back(i);
    std::sort(window.begin(), window.end(),
              [&](size_t a, size_t b) { return camera.change[a] > camera.change[b]; });
    window.resize(std::min<size_t>(window.size(), 8));
    sent.insert(sent.end(), window.begin(), window.end());
    begin = end;
  }
  return sent;
}

/// As dewdrop cascade sends: from each event up to `pictures`, here evenly from its first second on.
Sent of_events(const Camera& camera, const cascade::Rule& rule, int pictures) {
  Sent sent;
  cascade::Trigger trigger(rule);
  bool open = false;
  size_t first = 0;
  const auto tell = [&](size_t last) {
    for (int k = 0; k < pictures; ++k)
      sent.push_back(first + (last - first) * static_cast<size_t>(k) / static_cast<size_t>(pictures));
  };
  for (size_t i = 0; i < camera.seconds.size(); ++i) {
    const auto change = trigger.push(camera.scores[i], camera.seconds[i]);
    if (change == cascade::Change::kNothing) continue;
    if (open) tell(i);
    open = change == cascade::Change::kBegins;
    first = i;
  }
  if (open) tell(camera.seconds.size() - 1);
  std::sort(sent.begin(), sent.end());
  sent.erase(std::unique(sent.begin(), sent.end()), sent.end());
  return sent;
}

struct Sum {
  int64_t truth = 0, found = 0, frames = 0, sent = 0, empty = 0;
};

void add(Sum& sum, const Camera& camera, const Sent& sent) {
  sum.truth += std::ssize(camera.truth);
  sum.frames += std::ssize(camera.seconds);
  sum.sent += std::ssize(sent);
  std::vector<bool> found(camera.truth.size());
  for (const size_t frame : sent) {
    bool shows = false;
    for (size_t i = 0; i < camera.truth.size(); ++i) {
      const double at = camera.seconds[frame];
      const bool within =
          at >= camera.truth[i].start - cascade::kSlack && at <= camera.truth[i].end + cascade::kSlack;
      shows = shows || within;
      if (within) found[i] = true;
    }
    sum.empty += shows ? 0 : 1;
  }
  sum.found += std::count(found.begin(), found.end(), true);
}

std::string table(const std::vector<Camera>& cameras, const cascade::Rule& rule, int pictures) {
  const cascade::Rule frigate{rule.event_class, 0.8, 0.8, 3, 3, 0};
  const std::vector<std::pair<std::string, std::function<Sent(const Camera&)>>> ways = {
      {"every frame", all},
      {"one a second", [](const Camera& c) { return one_a_second(c, [](size_t) { return true; }); }},
      {"motion, one a second",
       [](const Camera& c) { return one_a_second(c, [&c](size_t i) { return c.moves[i]; }); }},
      {"the 8 of 30 s that differ most", most_different},
      {"this net, three in a row at .8, one picture",
       [&](const Camera& c) { return of_events(c, frigate, 1); }},
      {fmt::format("dewdrop cascade, up to {} pictures", pictures),
       [&](const Camera& c) { return of_events(c, rule, pictures); }}};
  std::vector<std::vector<std::string>> rows{
      {"sent", "events", "found", "recall", "at least", "frames sent", "of them empty"}};
  for (const auto& [name, way] : ways) {
    Sum sum;
    for (const Camera& camera : cameras) add(sum, camera, way(camera));
    rows.push_back(
        {name, with_commas(sum.truth), with_commas(sum.found),
         fmt::format("{:.3f}", static_cast<double>(sum.found) / static_cast<double>(sum.truth)),
         fmt::format("{:.3f}", student::lowest_likely_share(sum.found, sum.truth)),
         fmt::format("{:.2f} %", 100.0 * static_cast<double>(sum.sent) / static_cast<double>(sum.frames)),
         fmt::format(
             "{:.0f} %",
             sum.sent == 0 ? 0.0 : 100.0 * static_cast<double>(sum.empty) / static_cast<double>(sum.sent))});
  }
  return text_table(rows);
}

struct Options {
  fs::path project, video, answers, truth;
  double from = 0;
};

Result<std::string> run(const Options& options) {
  Watch watch;
  DEW_TRY(const Project project, Project::open(options.project));
  DEW_TRY(const Settings settings, verbs::cascade_settings(project, {}));
  verbs::ModelArgs which;
  which.project = options.project;
  DEW_TRY(const verbs::Model model, verbs::net_that_watches(which, settings));
  DEW_TRY(const auto events, verbs::event_classes(settings, model.graph.classes));
  verbs::Scorer scorer(model, events, {}, settings.softness);
  DEW_TRY(FrameSource frames, FrameSource::open(options.video.string(), {}, watch));
  std::vector<Camera> cameras;
  if (!options.answers.empty()) {
    for (const auto& [tile, spans] : truth_of(options.answers, frames.frames_per_second(), options.from)) {
      cameras.emplace_back();
      cameras.back().region = tile;
      cameras.back().truth = spans;
    }
  } else {
    DEW_TRY(const auto truth, verbs::read_truth(options.truth, {events[0].rule.event_class}));
    cameras.emplace_back();
    cameras.back().truth = truth.begin()->second;
  }
  while (true) {
    DEW_TRY(const bool more, frames.advance(watch));
    if (!more) break;
    if (frames.seconds() < options.from) continue;
    DEW_TRY(const Image image, frames.image());
    for (Camera& camera : cameras) see(camera, image, frames.seconds(), scorer);
  }
  return table(cameras, events[0].rule, settings.pictures);
}

}  // namespace
}  // namespace dew::bench

int main(int argc, char** argv) {
  dew::bench::Options options;
  CLI::App app("What a large model would see, by several ways of choosing.");
  app.add_option("project", options.project, "with a trained net")->required();
  app.add_option("video", options.video)->required();
  app.add_option("--answers", options.answers, "answers about tiles: each tile is a camera");
  app.add_option("--truth", options.truth, "start_s,end_s,class");
  app.add_option("--from", options.from, "seconds: what is before taught the net");
  CLI11_PARSE(app, argc, argv);
  const auto text = dew::bench::run(options);
  std::cout << (text ? *text : text.error().what + " " + text.error().where) << "\n";
  return text ? 0 : 1;
}
