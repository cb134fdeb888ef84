// Boards that publish JPEGs to a real broker, and how long it is from a frame to the line of its event:
//   scripts/build cascade_mqtt
//   build/release/bench/cascade_mqtt dewdrop-demo vtest.avi --cameras 8 --fps 5 --seconds 600
// Cameras are tiles of the video, which plays over and over. A time begins when a board publishes the frame
// that begins an event, and ends when the event is in the log and its line is said.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "intake/mqtt_client.h"
#include "media/media.h"
#include "tests/support/broker.h"
#include "verbs/cascade/cascade.h"

namespace {

using namespace dew;
using Steady = std::chrono::steady_clock;

constexpr int kColumns = 4;
constexpr int kRows = 3;

struct Options {
  std::string project;
  std::string video;
  int cameras = 8;
  double fps = 5;
  double seconds = 600;
};

class StopWatch : public Watch {
 public:
  void advance(int64_t done, std::string_view) override { frames = done; }
  void warn(const std::string& message) override { fmt::print(stderr, "{}\n", message); }
  [[nodiscard]] bool interrupted() const override { return stop; }
  std::atomic<bool> stop = false;
  std::atomic<int64_t> frames = 0;
};

/// JPEGs by camera, at about the wanted rate.
Result<std::vector<std::vector<std::string>>> read_tiles(const Options& options) {
  Watch watch;
  DEW_TRY(FrameSource frames, FrameSource::open(options.video, {}, watch));
  std::vector<std::vector<std::string>> tiles(static_cast<size_t>(options.cameras));
  double next = 0;
  while (true) {
    DEW_TRY(const bool more, frames.advance(watch));
    if (!more) return tiles;
    if (frames.seconds() < next) continue;
    next += 1 / options.fps;
    DEW_TRY(const Image image, frames.image());
    const int width = image.width / kColumns;
    const int height = image.height / kRows;
    for (int k = 0; k < options.cameras; ++k)
      tiles[static_cast<size_t>(k)].push_back(
          encode_jpeg(crop(image, {k % kColumns * width, k / kColumns * height, width, height}), 85));
  }
}

/// When each frame of each camera was published, and how long its event took.
class Times {
 public:
  explicit Times(int cameras) : published_(static_cast<size_t>(cameras)) {}
  void publish(int camera) {
    const std::lock_guard lock(mutex_);
    published_[static_cast<size_t>(camera)].push_back(Steady::now());
  }
  void line(const std::string& text) {
    const Steady::time_point now = Steady::now();
    const verbs::Json line = verbs::Json::parse(text);
    const std::string source = line.value("source", "");
    if (line.value("state", "") != "open" || source.ends_with("/warm")) return;
    const size_t camera = std::stoul(source.substr(source.rfind('/') + 1));
    const std::lock_guard lock(mutex_);
    took_.push_back(std::chrono::duration<double>(now - published_[camera].at(line["last_frame"])).count());
  }
  [[nodiscard]] std::vector<double> took() const { return took_; }
  [[nodiscard]] int64_t published() const {
    int64_t count = 0;
    for (const auto& one : published_) count += std::ssize(one);
    return count;
  }

 private:
  std::mutex mutex_;
  std::vector<std::vector<Steady::time_point>> published_;
  std::vector<double> took_;
};

std::unique_ptr<intake::MqttClient> board(const testing::Broker& broker) {
  intake::MqttListener listener;
  listener.warn = [](const std::string& text) { fmt::print(stderr, "{}\n", text); };
  return intake::MqttClient::open({*intake::parse_mqtt_address(broker.address()), "", {}, {}}, listener)
      .value();
}

void send_all(const Options& options, const testing::Broker& broker, const StopWatch& watch,
              const std::vector<std::vector<std::string>>& tiles, Times& times) {
  std::vector<std::unique_ptr<intake::MqttClient>> boards;
  for (int k = 0; k < options.cameras; ++k) boards.push_back(board(broker));
  while (watch.frames == 0) {  // until the cascade listens
    boards[0]->publish({"cams/warm", tiles[0][0]});
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  const Steady::time_point began = Steady::now();
  const auto frames = static_cast<int>(options.seconds * options.fps);
  for (int i = 0; i < frames; ++i)
    for (int k = 0; k < options.cameras; ++k) {
      const double at = (i + static_cast<double>(k) / options.cameras) / options.fps;
      std::this_thread::sleep_until(
          began + std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(at)));
      times.publish(k);
      const auto& of = tiles[static_cast<size_t>(k)];
      boards[static_cast<size_t>(k)]->publish(
          {fmt::format("cams/{}", k), of[static_cast<size_t>(i) % of.size()]});
    }
  for (const auto& one : boards)
    while (one->figures().waiting > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

double share(const std::vector<double>& sorted, double part) {
  return sorted.empty() ? 0
                        : sorted[std::min(sorted.size() - 1,
                                          static_cast<size_t>(part * static_cast<double>(sorted.size())))];
}

int report(const verbs::CascadeOutcome& outcome, const Times& times) {
  int64_t seen = 0;
  int64_t dropped = 0;
  int64_t broken = 0;
  for (const verbs::WatchedSource& one : outcome.sources) {
    if (one.source.ends_with("/warm")) continue;
    seen += one.frames;
    dropped += one.dropped;
    broken += one.broken;
  }
  std::vector<double> took = times.took();
  std::sort(took.begin(), took.end());
  fmt::print("published {}, looked at {}, dropped {}, broken {}, lost {}\n", times.published(), seen, dropped,
             broken, times.published() - seen - dropped - broken);
  fmt::print("frame to event, {} events: median {:.0f} ms, p90 {:.0f} ms, p99 {:.0f} ms, most {:.0f} ms\n",
             took.size(), 1e3 * share(took, 0.5), 1e3 * share(took, 0.9), 1e3 * share(took, 0.99),
             took.empty() ? 0 : 1e3 * took.back());
  return 0;
}

int run(const Options& options) {
  const auto tiles = read_tiles(options);
  if (!tiles || tiles->front().empty()) {
    fmt::print(stderr, "{}\n", tiles ? "the video has no frame" : tiles.error().what);
    return 1;
  }
  const testing::Broker broker;
  Times times(options.cameras);
  StopWatch watch;
  verbs::CascadeArgs args;
  args.model.project = options.project;
  args.sources = {broker.address() + "cams/+"};
  args.lines = "-";
  args.say_line = [&](const std::string& line) { times.line(line); };
  std::thread sends([&] {
    send_all(options, broker, watch, *tiles, times);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    watch.stop = true;
  });
  const auto outcome = verbs::cascade(args, watch);
  if (!outcome) {
    fmt::print(stderr, "{}\n", outcome.error().what);
    std::_Exit(1);
  }
  sends.join();
  return report(*outcome, times);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Boards that publish JPEGs: what is lost, and how long an event takes.");
  app.add_option("project", options.project, "with a trained net")->required();
  app.add_option("video", options.video, "whose tiles are the cameras")->required();
  app.add_option("--cameras", options.cameras)->check(CLI::Range(1, kColumns * kRows));
  app.add_option("--fps", options.fps)->check(CLI::Range(0.1, 100.0));
  app.add_option("--seconds", options.seconds)->check(CLI::Range(1.0, 86'400.0));
  CLI11_PARSE(app, argc, argv);
  if (!testing::Broker::there()) {
    fmt::print(stderr, "mosquitto is not installed: scripts/install test\n");
    return 1;
  }
  return run(options);
}
