// Which nets fit: every shape is compiled with random weights, and those that may fit are measured on the
// board.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "search/search.h"
#include "store/student_options.h"
#include "student/features.h"
#include "student/quantise.h"

namespace dew::search {
namespace {

using student::TrainSettings;
using target::Bytes;

/// Reserved, because the trained net's numbers differ from the untrained one's, and its code with them.
constexpr int64_t kSpareRam = 128;
constexpr int64_t kSpareFlash = 2048;

constexpr int kInputs[] = {160, 128, 112, 96, 80, 64, 48, 32};

/// A net's shape without its input.
struct Kind {
  std::string net;
  double alpha;
  int head;
  int blocks;
};

/// First the widths that backbones exist for: with few pictures these learn far more.
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
  const bool takes = kind.net == store::kBackboneNet && std::abs(kind.alpha - task.backbone_alpha) < 1e-9;
  if (chosen.empty())
    settings.backbone = student::fitting_backbone(settings);
  else
    settings.backbone = takes ? chosen : "random";
  return student::with_usual_epochs(settings);
}

Result<compiler::Plan> plan_of(const Task& task, const TrainSettings& settings) {
  DEW_TRY(const graph::Graph graph, student::sketch(settings, task.options.symbol, task.classes));
  return compiler::compile(graph, task.options);
}

/// A lower bound from the plan alone; code and stack come on top. `rows`: one row of the image is in RAM.
target::Figures least(const compiler::Plan& plan, bool rows) {
  target::Figures figures;
  figures.ram_bytes = plan.arena_bytes + plan.input.bytes() / (rows ? plan.input.shape[1] : 1);
  figures.flash_bytes = plan.weights_bytes;
  return figures;
}

/// The plan of the same net at a larger input.
struct Planned {
  int input = 0;
  int64_t arena_bytes = 0;
  int64_t weights_bytes = 0;
};

/// A lower bound without a plan: the image or a row of it, the same weights, and an arena that shrinks at
/// most as the pixels do.
target::Figures before_planning(int input, const std::optional<Planned>& larger, bool rows) {
  const int64_t pixels = int64_t{input} * input;
  target::Figures figures;
  figures.ram_bytes = 3 * (rows ? input : pixels);
  if (!larger) return figures;
  figures.ram_bytes += larger->arena_bytes * pixels / (int64_t{larger->input} * larger->input);
  figures.flash_bytes = larger->weights_bytes;
  return figures;
}

/// The same net, measured at a larger input. At a smaller one it needs as much stack and code, and at least
/// as many instructions per multiplication, since each layer's fixed costs then weigh more.
struct Measured {
  target::Figures least;
  target::Figures figures;
  int64_t macs = 0;
};

target::Figures expected(const compiler::Plan& plan, const std::optional<Measured>& larger, bool rows) {
  target::Figures figures = least(plan, rows);
  if (!larger) return figures;
  figures.ram_bytes += std::max<int64_t>(0, larger->figures.ram_bytes - larger->least.ram_bytes - kSpareRam);
  figures.flash_bytes +=
      std::max<int64_t>(0, larger->figures.flash_bytes - larger->least.flash_bytes - kSpareFlash);
  figures.instructions = static_cast<int64_t>(static_cast<double>(larger->figures.instructions) *
                                              static_cast<double>(plan.macs) /
                                              static_cast<double>(std::max<int64_t>(larger->macs, 1)));
  return figures;
}

/// The largest factor by which a figure exceeds its limit.
double excess(const target::Figures& figures, const Limits& limits) {
  double most = 0;
  const auto compare = [&most](int64_t figure, const std::optional<int64_t>& limit) {
    if (limit)
      most = std::max(most, static_cast<double>(figure) / static_cast<double>(std::max<int64_t>(*limit, 1)));
  };
  compare(figures.ram_bytes, limits.ram_bytes);
  compare(figures.flash_bytes, limits.flash_bytes);
  compare(figures.instructions, limits.instructions);
  return most;
}

/// The limits less what training may add.
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

/// Tries the inputs of a kind from the largest down. Compiling and linking for the board takes most of the
/// time, so what cannot fit by its plan, or by what a larger input took, is not measured.
class Fitter {
 public:
  Fitter(const Task& task, Watch& watch) : task_(task), watch_(watch), limits_(tightened(task.limits)) {}

  /// The largest input that fits; empty where none does.
  Result<std::optional<NetCandidate>> largest(const Kind& kind) {
    std::optional<Measured> larger;
    std::optional<Planned> planned;
    for (const int input : kInputs) {
      if (watch_.interrupted()) return interrupted_error();
      if (input != kSmallest && !fits(before_planning(input, planned, limits_.rows), limits_)) continue;
      const TrainSettings settings = shape_of(task_, kind, input);
      DEW_TRY(const compiler::Plan plan, plan_of(task_, settings));
      planned = Planned{input, plan.arena_bytes, plan.weights_bytes};
      const target::Figures at_least = expected(plan, larger, limits_.rows);
      if (input == kSmallest) smallest_.push_back({settings, plan, excess(at_least, limits_), {}});
      if (!fits(at_least, limits_)) continue;
      const auto figures = measure(plan);
      if (!figures) {  // larger than the board itself, or no tools
        trouble_ = figures.error();
        continue;
      }
      if (fits(*figures, limits_)) return NetCandidate{settings, plan.macs, *figures};
      larger = Measured{least(plan, limits_.rows), *figures, plan.macs};
      if (input == kSmallest) smallest_.back().figures = *figures;
    }
    return std::optional<NetCandidate>();
  }

  /// The error that says what the net nearest to the limits needs.
  [[nodiscard]] tl::unexpected<Error> none_fits() {
    std::stable_sort(smallest_.begin(), smallest_.end(),
                     [](const Smallest& a, const Smallest& b) { return a.excess < b.excess; });
    const Smallest* nearest = nullptr;
    double least_excess = std::numeric_limits<double>::infinity();
    for (Smallest& one : smallest_) {
      if (one.excess >= least_excess) break;  // a lower bound, and those of all that follow are higher
      if (!one.figures) {
        const auto figures = measure(one.plan);
        if (!figures) return tl::unexpected(figures.error());
        one.figures = *figures;
      }
      const double by = excess(*one.figures, limits_);
      if (by < least_excess) {
        least_excess = by;
        nearest = &one;
      }
    }
    if (nearest == nullptr) return tl::unexpected(trouble_);
    return work_error(
        "no net is within these limits on " + task_.board.name,
        "the nearest, " + describe(nearest->settings) + ", needs " + figures_text(*nearest->figures),
        "raise the limits, or choose another board: board in dewdrop.toml");
  }

 private:
  static constexpr int kSmallest = kInputs[std::size(kInputs) - 1];

  /// The smallest input of a kind, and a lower bound of the factor by which it exceeds the limits.
  struct Smallest {
    TrainSettings settings;
    compiler::Plan plan;
    double excess = 0;
    std::optional<target::Figures> figures;  ///< where it was measured
  };

  [[nodiscard]] Result<target::Figures> measure(const compiler::Plan& plan) const {
    const Bytes blank(static_cast<size_t>(plan.input.bytes()));
    Watch silent;
    DEW_TRY(const auto run, target::run_on_board(plan, task_.board, {&blank, 1}, silent, feed_of(limits_)));
    return run.figures;
  }

  const Task& task_;
  Watch& watch_;
  const Limits limits_;
  std::vector<Smallest> smallest_;
  Error trouble_;
};

/// Nets with a backbone come before those without; then the one that computes more.
bool more_promising(const NetCandidate& a, const NetCandidate& b) {
  const bool pretrained_a = a.settings.backbone != "random";
  const bool pretrained_b = b.settings.backbone != "random";
  if (pretrained_a != pretrained_b) return pretrained_a;
  return a.macs > b.macs;
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

Result<std::vector<NetCandidate>> fitting(const Task& task, Watch& watch) {
  std::vector<NetCandidate> found;
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
