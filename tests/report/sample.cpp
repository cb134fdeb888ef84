#include "tests/report/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace dew::report {
namespace {

/// Lowest offset at which `buffer` overlaps nobody that lives at the same time.
int64_t lowest_offset(const std::vector<Buffer>& placed, const Buffer& buffer) {
  std::vector<std::pair<int64_t, int64_t>> taken;
  for (const Buffer& other : placed)
    if (other.first_step <= buffer.last_step && buffer.first_step <= other.last_step)
      taken.emplace_back(other.offset, other.offset + other.bytes);
  std::sort(taken.begin(), taken.end());
  int64_t at = 0;
  for (const auto& [from, to] : taken) {
    if (at + buffer.bytes <= from) break;
    at = std::max(at, to);
  }
  return at;
}

struct Net {
  Report& report;
  int64_t side = 96;

  /// Adds an operator whose output is side x side x channels; its input dies with it.
  void step(const std::string& name, int64_t channels) {
    const int now = static_cast<int>(report.steps.size());
    report.steps.push_back(name);
    if (!report.buffers.empty()) report.buffers.back().last_step = now;
    report.buffers.push_back({name, 0, side * side * channels, now, now});
  }
};

}  // namespace

void add_memory_plan(Report& report) {
  Net net{report};
  report.buffers.push_back({"image", 0, int64_t{96} * 96 * 3, 0, 0});
  net.side = 48;
  net.step("conv 0", 16);
  struct Group {
    int64_t expansion, channels, repeats, stride;
  };
  constexpr Group kGroups[] = {{1, 8, 1, 1},  {6, 8, 2, 2},  {6, 16, 3, 2}, {6, 24, 4, 2},
                               {6, 32, 3, 1}, {6, 56, 3, 2}, {6, 112, 1, 1}};
  int64_t channels = 16;
  int block = 0;
  for (const Group& group : kGroups)
    for (int64_t i = 0; i < group.repeats; ++i, ++block) {
      const size_t input = report.buffers.size() - 1;
      if (group.expansion > 1) net.step(fmt::format("block {} expand", block), channels * group.expansion);
      if (i == 0) net.side /= group.stride;
      net.step(fmt::format("block {} depthwise", block), channels * group.expansion);
      net.step(fmt::format("block {} project", block), group.channels);
      if (i > 0) {
        net.step(fmt::format("block {} add", block), group.channels);
        report.buffers[input].last_step = static_cast<int>(report.steps.size()) - 1;
      }
      channels = group.channels;
    }
  net.step("conv last", 1280);
  net.side = 1;
  net.step("mean", 1280);
  net.step("fully connected", 2);
  net.step("softmax", 2);

  std::vector<Buffer*> by_size;
  for (Buffer& buffer : report.buffers) by_size.push_back(&buffer);
  std::stable_sort(by_size.begin(), by_size.end(),
                   [](const Buffer* a, const Buffer* b) { return a->bytes > b->bytes; });
  std::vector<Buffer> placed;
  for (Buffer* buffer : by_size) {
    buffer->offset = lowest_offset(placed, *buffer);
    placed.push_back(*buffer);
    report.arena_bytes = std::max(report.arena_bytes, buffer->offset + buffer->bytes);
  }
}

Report sample_report() {
  Report report;
  report.title = "person, run 0001";
  report.question = "Is there a person in this picture?";
  report.classes = {"yes", "no"};
  report.made_at = "2026-11-22T10:15:00Z";
  report.teacher = "replay: person-answers.jsonl";
  report.label_counts = {
      {"yes", 118, 13, 47, false}, {"no", 241, 27, 108, false}, {"unsure", 37, 4, 33, true}};
  report.headline = {{"Accuracy, float", "96.8 %", "150 of 155 test tiles"},
                     {"Accuracy, int8 on this computer", "96.1 %", "149 of 155 test tiles"},
                     {"Accuracy, int8 on the board", "96.1 %", "equal to the bit on all 155 tiles"},
                     {"RAM", "171,320 B", "image, arena and 2,104 B of stack, measured on the board"},
                     {"Flash", "466,912 B", "code, weights and start-up"},
                     {"Multiply-accumulates", "10,662,656", "of one inference"},
                     {"Instructions", "88,412,070", "of one inference, counted in QEMU; not cycles"},
                     {"Teacher", "size unknown", "its maker does not say, so no ratio is given"}};
  report.settings = {
      {"Command", "dewdrop train person --seed 1", ""},
      {"Backbone", "MobileNetV2, alpha 0.35, 96 x 96", ""},
      {"Epochs", "60", "batch 32, learning rate 0.002, weight decay 0.00004"},
      {"Seed", "1", ""},
      {"Split", "last 30 % of the video: test; last 10 % of the rest: validation", ""},
      {"Rounding", "dew", ""},
      {"Board", "qemu:mps2-an386", "Cortex-M4"},
      {"vtest.avi", "sha256 5f1c7b0e3a9a4d1cbb06e2f6f93e58dfb4f1c2d2be1f0a6e3c7b9f0e1d2c3b4a", ""}};
  std::mt19937 random(7);
  const auto jitter = [&] { return static_cast<double>(random() % 1000) / 1000 - 0.5; };
  for (int epoch = 1; epoch <= 60; ++epoch) {
    const double left = std::exp(-epoch / 14.0);
    report.curve.push_back({epoch, 0.02 + 0.68 * left * (1 + 0.2 * jitter()),
                            std::min(1.0, 0.995 - 0.38 * left + 0.02 * jitter()),
                            0.11 + 0.75 * std::exp(-epoch / 9.0) * (1 + 0.6 * jitter()) + 0.03 * jitter(),
                            std::min(1.0, 0.965 - 0.42 * std::exp(-epoch / 9.0) + 0.03 * jitter())});
  }
  report.confusions = {{"float", {{44, 3}, {2, 106}}},
                       {"int8 on this computer", {{43, 4}, {2, 106}}},
                       {"int8 on qemu:mps2-an386", {{43, 4}, {2, 106}}}};
  report.scored = report.confusions.back().title;
  report.class_scores = {{share_of(43, 45), share_of(43, 47)}, {share_of(106, 110), share_of(106, 108)}};
  report.lit_class = "yes";
  add_memory_plan(report);
  return report;
}

Report hostile_report() {
  std::string attack = "<script>alert(1)</script>\"'&amp;\x1b[31m\xff\u202e";
  attack += '\0';
  attack += "]]>-->";
  const std::string endless(300, 'W');
  const std::string bad = attack + endless;
  Report report;
  report.title = report.question = report.made_at = report.teacher = report.lit_class = bad;
  for (int i = 0; i < 20; ++i) report.classes.push_back(i == 7 ? bad : fmt::format("class number {}", i));
  report.classes[0] = bad;
  report.label_counts = {{bad, 1, 2, 3, false}, {bad, 1, 2, 3, true}};
  report.headline = {{bad, bad, bad}, {"short", "1", ""}};
  report.settings = {{bad, bad, bad}};
  const double nan = std::nan("");
  report.curve = {{1, nan, 0.5, 1e300, 0.5}, {2, 0.5, INFINITY, 0.5, -3}};
  Confusion confusion{bad, {}};
  for (int truth = 0; truth < 20; ++truth) {
    confusion.counts.emplace_back(20, 0);
    confusion.counts.back()[static_cast<size_t>(truth)] = 1000 + truth;
    confusion.counts.back()[static_cast<size_t>(truth * 7 % 20)] += truth;
  }
  report.confusions = {confusion, {"ragged", {{1}, {}, {1, 2, 3}}}};
  report.steps = {bad, "", bad};
  report.buffers = {{bad, 0, 1000, 0, 1}, {bad, 1000, 0, 0, 2}, {"past the steps", 0, 77, 2, 5}};
  report.layers = {{0, bad, 3, 1, 5, 0, 7, 0, 9}, {1, endless, -1, 0, INT64_MAX, 0, 0, 0, 0}};
  report.tiles = {{noise_picture(40, 20, 1), bad, bad, bad, bad, nan, false},
                  {{}, bad, bad, bad, bad, 2, true, HeatMap{1, 1, {1}, bad}},
                  {noise_picture(9, 30, 1), bad, bad, bad, bad, 1, true, HeatMap{2, 2, {1, 2}, bad}}};
  report.dots = {{1, 2, 0}, {nan, 2, 1}, {1e300, -1e300, 2}, {-5, INFINITY, 2}, {4, 4, 77}, {3, 3, 2}};
  report.scored = bad;
  report.class_scores = {{{1, 2, nan, INFINITY}, {-5, -1, 0, 0}}, {{7, 2, 3, -3}, {0, 0, 0, 1}}};
  report.lit_frames = {
      {noise_picture(200, 100, 2), bad, {{{0, 0, 50, 50}, 0.5, true, bad}, {{}, nan, false, ""}}},
      {{}, bad, {}}};
  return report;
}

Image noise_picture(int width, int height, uint32_t seed) {
  std::mt19937 random(seed);
  Image image{width, height, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c) {
        const double wave = 90 * std::sin(x * 0.11 + c) * std::cos(y * 0.07 + seed);
        image.rgb.push_back(static_cast<uint8_t>(128 + wave + static_cast<double>(random() % 24) - 12));
      }
  return image;
}

std::string elided(const std::string& page) {
  std::string result = page;
  const auto cut = [&](std::string_view from, std::string_view to) {
    for (size_t at = result.find(from); at != std::string::npos; at = result.find(from, at + from.size())) {
      const size_t begin = at + from.size();
      result.replace(begin, result.find(to, begin) - begin, "...");
    }
  };
  cut("<style>", "</style>");
  cut("base64,", "\"");
  return result;
}

}  // namespace dew::report
