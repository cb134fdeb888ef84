// Which nets fit: every shape is sketched and compiled; those that may fit are measured on the board.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "search/search.h"

namespace dew::search {
namespace {

using student::TrainSettings;
using target::Bytes;

/// The trained net's numbers differ from the sketch's, and a few instructions with them.
constexpr int64_t kSpareRam = 128;
constexpr int64_t kSpareFlash = 2048;

constexpr int kInputs[] = {160, 128, 112, 96, 80, 64, 48, 32};

/// A shape but for its input.
struct Kind {
  std::string net;
  double alpha;
  int head;
  int blocks;
};

/// Widths that backbones are published for first: with few pictures they learn far more.
const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all = {{"mobilenet_v2", 0.35, 0, 0},
                                        {"mobilenet_v2", 0.35, 512, 0},
                                        {"mobilenet_v2", 0.35, 256, 0},
                                        {"mobilenet_v2", 0.35, 256, 13},
                                        {"mobilenet_v2", 0.35, 128, 10},
                                        {"mobilenet_v2", 0.35, 128, 6},
                                        {"mobilenet_v2", 0.5, 0, 0},
                                        {"mobilenet_v2", 0.5, 512, 13},
                                        {"mobilenet_v1", 0.25, 0, 0},
                                        {"mobilenet_v1", 0.125, 0, 0},
                                        {"tiny", 2.0, 0, 0},
                                        {"tiny", 1.0, 0, 0}};
  return all;
}

TrainSettings shape_of(const Task& task, const Kind& kind, int input) {
  TrainSettings settings = task.settings;
  settings.net = kind.net;
  settings.alpha = kind.alpha;
  settings.head = kind.head;
  settings.blocks = kind.blocks;
  settings.input = input;
  settings.classes = static_cast<int>(task.classes.size());
  settings.backbone = student::fitting_backbone(settings);
  if (settings.epochs == 0) settings.epochs = student::usual_epochs(settings.backbone);
  return settings;
}

Result<compiler::Plan> plan_of(const Task& task, const TrainSettings& settings) {
  DEW_TRY(const graph::Graph graph, student::sketch(settings, task.options.symbol, task.classes));
  return compiler::compile(graph, task.options);
}

/// What the plan alone tells: code and stack come on top, so one that is too large here is too large.
target::Figures least(const compiler::Plan& plan) {
  target::Figures figures;
  figures.ram_bytes = plan.arena_bytes + plan.input.bytes();
  figures.flash_bytes = plan.weights_bytes;
  return figures;
}

/// The limits with room for what training changes.
Limits tightened(Limits limits) {
  if (limits.ram_bytes) *limits.ram_bytes -= kSpareRam;
  if (limits.flash_bytes) *limits.flash_bytes -= kSpareFlash;
  if (limits.instructions) *limits.instructions -= *limits.instructions / 100;
  return limits;
}

std::string figures_text(const target::Figures& figures) {
  return fmt::format("{} B of RAM, {} B of flash and {} instructions", with_commas(figures.ram_bytes),
                     with_commas(figures.flash_bytes), with_commas(figures.instructions));
}

/// Tries the inputs of a kind from the largest down.
class Fitter {
 public:
  Fitter(const Task& task, Watch& watch) : task_(task), watch_(watch), limits_(tightened(task.limits)) {}

  /// The largest that fits; nothing where none does.
  Result<std::optional<Candidate>> largest(const Kind& kind) {
    for (const int input : kInputs) {
      if (watch_.interrupted()) return interrupted_error();
      const TrainSettings settings = shape_of(task_, kind, input);
      DEW_TRY(const compiler::Plan plan, plan_of(task_, settings));
      const bool last = input == kInputs[std::size(kInputs) - 1];
      if (!fits(least(plan), limits_) && !last) continue;
      const Bytes blank(static_cast<size_t>(plan.input.bytes()));
      Watch silent;
      auto run = target::run_on_board(plan, task_.board, {&blank, 1}, silent);
      if (!run && !last) continue;  // larger than the board itself
      if (!run) return tl::unexpected(run.error());
      if (fits(run->figures, limits_)) return Candidate{settings, plan.macs, run->figures, 0, 0, 0, false};
      if (!smallest_ || run->figures.ram_bytes < smallest_->figures.ram_bytes)
        smallest_ = Candidate{settings, plan.macs, run->figures, 0, 0, 0, false};
    }
    return std::optional<Candidate>();
  }

  [[nodiscard]] tl::unexpected<Error> none_fits() const {
    return work_error("no net that is known keeps to these limits on " + task_.board.name,
                      smallest_ ? describe(smallest_->settings) + " needs " + figures_text(smallest_->figures)
                                : std::string(),
                      "allow more, or take another board: dewdrop train --board ...");
  }

 private:
  const Task& task_;
  Watch& watch_;
  const Limits limits_;
  std::optional<Candidate> smallest_;
};

/// With a backbone before without; then the one that computes more.
bool more_promising(const Candidate& a, const Candidate& b) {
  const bool taught_a = a.settings.backbone != "random";
  const bool taught_b = b.settings.backbone != "random";
  return taught_a != taught_b ? taught_a : a.macs > b.macs;
}

}  // namespace

bool fits(const target::Figures& figures, const Limits& limits) {
  const auto within = [](int64_t figure, const std::optional<int64_t>& limit) {
    return !limit || figure <= *limit;
  };
  return within(figures.ram_bytes, limits.ram_bytes) && within(figures.flash_bytes, limits.flash_bytes) &&
         within(figures.instructions, limits.instructions);
}

std::string describe(const TrainSettings& settings) {
  std::string text = fmt::format("{} {}, {} px", settings.net, settings.alpha, settings.input);
  if (settings.head > 0) text += fmt::format(", head {}", settings.head);
  if (settings.blocks > 0) text += fmt::format(", {} blocks", settings.blocks);
  return text;
}

Result<std::vector<Candidate>> fitting(const Task& task, Watch& watch) {
  std::vector<Candidate> found;
  Fitter fitter(task, watch);
  watch.begin("compiling candidates", std::ssize(kinds()));
  int64_t done = 0;
  for (const Kind& kind : kinds()) {
    DEW_TRY(auto candidate, fitter.largest(kind));
    if (candidate) found.push_back(std::move(*candidate));
    watch.advance(++done, fmt::format("{} fit", found.size()));
  }
  watch.end();
  if (found.empty()) return fitter.none_fits();
  std::stable_sort(found.begin(), found.end(), more_promising);
  if (found.size() > task.candidates) found.resize(task.candidates);
  return found;
}

}  // namespace dew::search
