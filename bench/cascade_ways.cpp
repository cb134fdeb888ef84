// Ways to choose the frames that a large model sees, on the same recordings: how many events are among what
// is sent, how much is sent, and how much of it shows nothing. docs/cascade.md has the table.
//
//     cascade_ways PROJECT --answers person-answers.jsonl --from 55.65 vtest.avi              # twelve tile
//     cameras cascade_ways PROJECT --answers person-answers.jsonl --from 55.65 vtest.avi --splices 6  # an
//     hour of them cascade_ways PROJECT --truth yard.truth.csv yard.mp4
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "bench/splices.h"
#include "bench/ways.h"
#include "media/fragment.h"
#include "media/frames.h"
#include "verbs/cascade/truth.h"
#include "verbs/cascade/watch_setup.h"

namespace dew::bench {
namespace {

using cascade::TrueEvent;

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

struct Options {
  fs::path project, video, answers, truth, picture, look;
  double from = 0;
  int splices = 0;
  double apart = 50;
};

using TileTruth = std::map<Rect, std::vector<TrueEvent>>;

/// The tiles as they are.
Result<std::vector<Camera>> watch_tiles(FrameSource& frames, const Options& options, const TileTruth& truth,
                                        verbs::Scorer& scorer) {
  std::vector<Camera> cameras(std::max<size_t>(truth.size(), 1));  // without tiles one: the whole frame
  size_t at = 0;
  for (const auto& [tile, spans] : truth) {
    cameras[at].region = tile;
    cameras[at++].truth = spans;
  }
  Watch watch;
  while (true) {
    DEW_TRY(const bool more, frames.advance(watch));
    if (!more) return cameras;
    if (frames.seconds() < options.from) continue;
    DEW_TRY(const Image image, frames.image());
    for (Camera& camera : cameras)
      see(camera, camera.region ? crop(image, *camera.region) : image, frames.seconds(), scorer);
  }
}

Result<std::vector<TileFilm>> films_of(FrameSource& frames, const Options& options, const TileTruth& truth) {
  constexpr int kBetweenSamples = 8;
  std::vector<TileFilm> films(truth.size());
  Watch watch;
  std::optional<double> first;
  while (true) {
    DEW_TRY(const bool more, frames.advance(watch));
    if (!more) break;
    const bool late = frames.seconds() >= options.from;
    if (late && !first) first = frames.seconds();
    if (!late && frames.number() % kBetweenSamples != 0) continue;
    DEW_TRY(const Image image, frames.image());
    size_t at = 0;
    for (const auto& [tile, spans] : truth) {
      TileFilm& film = films[at++];
      if (frames.number() % kBetweenSamples == 0) film.sampled.push_back(crop(image, tile));
      if (late) film.frames.push_back(crop(image, tile));
    }
  }
  size_t at = 0;
  for (const auto& [tile, spans] : truth) {
    for (const TrueEvent& one : spans)
      films[at].present.push_back({one.start - first.value_or(0), one.end - first.value_or(0)});
    ++at;
  }
  return films;
}

/// People of each tile in the scenes of the others. Some frames are written to `look`, for eyes.
Result<std::vector<Camera>> watch_splices(FrameSource& frames, const Options& options, const TileTruth& truth,
                                          verbs::Scorer& scorer) {
  const double fps = frames.frames_per_second();
  DEW_TRY(auto films, films_of(frames, options, truth));
  Splices splices(std::move(films), fps, 1);
  std::cerr << splices.walks() << " walks, " << splices.scenes() << " scenes\n";
  std::vector<Camera> cameras(splices.scenes());
  Result<void> written;
  for (size_t scene = 0; scene < cameras.size(); ++scene) {
    int64_t number = 0;
    cameras[scene].truth =
        splices.play(scene, options.splices, options.apart, [&](const Image& frame, double seconds) {
          constexpr int kBetweenLooks = 10;
          see(cameras[scene], frame, seconds, scorer);
          if (!options.look.empty() && number % kBetweenLooks == 0 && written)
            written = write_file(options.look / fmt::format("{:02}-{:05}.jpg", scene, number),
                                 encode_jpeg(frame, 92));
          ++number;
        });
  }
  DEW_CHECK(written);
  return cameras;
}

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
  if (options.answers.empty()) {
    DEW_TRY(const auto truth, verbs::read_truth(options.truth, {events[0].rule.event_class}));
    DEW_TRY(cameras, watch_tiles(frames, options, {}, scorer));
    cameras[0].truth = truth.events.begin()->second;
  } else {
    const TileTruth truth = truth_of(options.answers, frames.frames_per_second(), options.from);
    DEW_TRY(cameras, options.splices > 0 ? watch_splices(frames, options, truth, scorer)
                                         : watch_tiles(frames, options, truth, scorer));
  }
  const auto ways = all_ways(cameras, events[0].rule, settings.pictures);
  if (!options.picture.empty()) DEW_CHECK(write_file(options.picture, ways_picture(ways)));
  double hours = 0;
  for (const Camera& camera : cameras) hours += (camera.seconds.back() - camera.seconds.front()) / 3600;
  return fmt::format("{:.2f} hours of {}\n{}", hours, plural(std::ssize(cameras), "camera", "cameras"),
                     ways_table(ways));
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
  app.add_option("--splices", options.splices,
                 "with --answers: so many walks into the empty scene of each tile");
  app.add_option("--apart", options.apart, "seconds between them");
  app.add_option("--picture", options.picture, "an SVG file of the table");
  app.add_option("--look", options.look, "a folder for some of the spliced frames");
  CLI11_PARSE(app, argc, argv);
  const auto text = dew::bench::run(options);
  std::cout << (text ? *text : text.error().what + " " + text.error().where) << "\n";
  return text ? 0 : 1;
}
