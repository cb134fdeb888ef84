// Which nets fit: every shape is sketched and compiled; those that may fit are measured on the board.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

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
  const std::string& chosen = task.settings.backbone;
  const bool takes = kind.net == "mobilenet_v2" && std::abs(kind.alpha - task.backbone_alpha) < 1e-9;
  if (chosen.empty())
    settings.backbone = student::fitting_backbone(settings);
  else
    settings.backbone = takes ? chosen : "random";
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

/// A plan at a larger input.
struct Planned {
  int input = 0;
  int64_t arena_bytes = 0;
  int64_t weights_bytes = 0;
};

/// What can be told without a plan: the image; the same weights; an arena that shrinks with the pixels at
/// most.
target::Figures before_planning(int input, const std::optional<Planned>& larger) {
  const int64_t pixels = int64_t{input} * input;
  target::Figures figures;
  figures.ram_bytes = 3 * pixels;
  if (!larger) return figures;
  figures.ram_bytes += larger->arena_bytes * pixels / (int64_t{larger->input} * larger->input);
  figures.flash_bytes = larger->weights_bytes;
  return figures;
}

/// A net that was measured, to tell what the same at a smaller input needs at least: as much stack and code,
/// and as many instructions a multiplication, for the fewer pixels the more weigh the layers themselves.
struct Measured {
  target::Figures least;
  target::Figures figures;
  int64_t macs = 0;
};

target::Figures expected(const compiler::Plan& plan, const std::optional<Measured>& larger) {
  target::Figures figures = least(plan);
  if (!larger) return figures;
  figures.ram_bytes += std::max<int64_t>(0, larger->figures.ram_bytes - larger->least.ram_bytes - kSpareRam);
  figures.flash_bytes +=
      std::max<int64_t>(0, larger->figures.flash_bytes - larger->least.flash_bytes - kSpareFlash);
  figures.instructions = static_cast<int64_t>(static_cast<double>(larger->figures.instructions) *
                                              static_cast<double>(plan.macs) /
                                              static_cast<double>(std::max<int64_t>(larger->macs, 1)));
  return figures;
}

/// By what factor the figures exceed the limit they exceed most.
double excess(const target::Figures& figures, const Limits& limits) {
  double most = 0;
  const auto look = [&most](int64_t figure, const std::optional<int64_t>& limit) {
    if (limit)
      most = std::max(most, static_cast<double>(figure) / static_cast<double>(std::max<int64_t>(*limit, 1)));
  };
  look(figures.ram_bytes, limits.ram_bytes);
  look(figures.flash_bytes, limits.flash_bytes);
  look(figures.instructions, limits.instructions);
  return most;
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

/// Tries the inputs of a kind from the largest down. Compiling and linking for the board is what takes time:
/// what cannot fit by its plan, or by what a larger input took, is not measured.
class Fitter {
 public:
  Fitter(const Task& task, Watch& watch) : task_(task), watch_(watch), limits_(tightened(task.limits)) {}

  /// The largest that fits; nothing where none does.
  Result<std::optional<Candidate>> largest(const Kind& kind) {
    std::optional<Measured> larger;
    std::optional<Planned> planned;
    for (const int input : kInputs) {
      if (watch_.interrupted()) return interrupted_error();
      if (input != kSmallest && !fits(before_planning(input, planned), limits_)) continue;
      const TrainSettings settings = shape_of(task_, kind, input);
      DEW_TRY(const compiler::Plan plan, plan_of(task_, settings));
      planned = Planned{input, plan.arena_bytes, plan.weights_bytes};
      const target::Figures at_least = expected(plan, larger);
      if (input == kSmallest) smallest_.push_back({settings, plan, excess(at_least, limits_), {}});
      if (!fits(at_least, limits_)) continue;
      const auto figures = measure(plan);
      if (!figures) {  // larger than the board itself, or no tools
        trouble_ = figures.error();
        continue;
      }
      if (fits(*figures, limits_)) return Candidate{settings, plan.macs, *figures, 0, 0, 0, false};
      larger = Measured{least(plan), *figures, plan.macs};
      if (input == kSmallest) smallest_.back().figures = *figures;
    }
    return std::optional<Candidate>();
  }

  /// Says what the net needs that comes nearest to the limits.
  [[nodiscard]] tl::unexpected<Error> none_fits() {
    std::stable_sort(smallest_.begin(), smallest_.end(),
                     [](const Smallest& a, const Smallest& b) { return a.excess < b.excess; });
    const Smallest* nearest = nullptr;
    double least_excess = std::numeric_limits<double>::infinity();
    for (Smallest& one : smallest_) {
      if (one.excess >= least_excess) break;  // at least by so much, and so do all behind it
      if (!one.figures) {
        const auto figures = measure(one.plan);
        if (!figures) return tl::unexpected(figures.error());
        one.figures = *figures;
      }
      const double by = excess(*one.figures, limits_);
      if (by < least_excess) least_excess = by, nearest = &one;
    }
    if (nearest == nullptr) return tl::unexpected(trouble_);
    return work_error(
        "no net that is known keeps to these limits on " + task_.board.name,
        "the nearest, " + describe(nearest->settings) + ", needs " + figures_text(*nearest->figures),
        "allow more, or take another board: board in dewdrop.toml");
  }

 private:
  static constexpr int kSmallest = kInputs[std::size(kInputs) - 1];

  /// The smallest of a kind, and by what factor it exceeds the limits at least.
  struct Smallest {
    TrainSettings settings;
    compiler::Plan plan;
    double excess = 0;
    std::optional<target::Figures> figures;  ///< where it was measured
  };

  [[nodiscard]] Result<target::Figures> measure(const compiler::Plan& plan) const {
    const Bytes blank(static_cast<size_t>(plan.input.bytes()));
    Watch silent;
    DEW_TRY(const auto run, target::run_on_board(plan, task_.board, {&blank, 1}, silent));
    return run.figures;
  }

  const Task& task_;
  Watch& watch_;
  const Limits limits_;
  std::vector<Smallest> smallest_;
  Error trouble_;
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
