#include "verbs/measure/measured_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "deploy/deploy.h"

namespace dew::verbs {
namespace {

constexpr std::string_view kMark = "dew_timing ";
constexpr int64_t kMostInferences = 1'000'000'000;

/// Times between a "begin" and an "end".
struct Block {
  int64_t inferences = 0;
  double ticks_per_second = 0;  ///< 0: not known
  std::vector<std::optional<double>> ticks;
};

template <typename Number>
std::optional<Number> number(std::string_view text) {
  Number value{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (const std::string& word : split_list(line, ' '))
    if (std::string cleaned = trim(word); !cleaned.empty()) words.push_back(std::move(cleaned));
  return words;
}

class LogReader {
 public:
  LogReader(const std::string& file, const compiler::Plan& plan)
      : file_(file), mark_(deploy::timing_mark(plan)), steps_(plan.program.size()) {}

  Result<void> take(std::string_view line) {
    ++line_;
    const size_t at = line.find(kMark);
    if (at == std::string_view::npos) return {};
    const auto words = words_of(line.substr(at + kMark.size()));
    if (words.empty()) return {};
    if (words[0] == "begin") return begin(words);
    if (!open_) return {};
    if (words[0] == "end") return end();
    const auto step = number<size_t>(words[0]);
    const auto ticks = words.size() == 2 ? number<uint64_t>(words[1]) : std::nullopt;
    // A byte that a serial port lost makes the block one without this step.
    if (step && ticks && *step < steps_) open_->ticks[*step] = static_cast<double>(*ticks);
    return {};
  }

  Result<MeasuredTimes> finish() {
    if (open_) ++times_.broken;
    if (whole_.empty())
      return usage_error(times_.broken > 0 ? fmt::format("the log has no whole block of times, and {}",
                                                         plural(times_.broken, "broken one", "broken ones"))
                                           : "the log has no times of layers",
                         file_,
                         fmt::format("deploy --to c gives dew_{0}_timing.h, which says how to make one",
                                     mark_.substr(0, mark_.find(' '))));
    times_.blocks = std::ssize(whole_);
    times_.milliseconds = std::all_of(whole_.begin(), whole_.end(),
                                      [](const Block& block) { return block.ticks_per_second > 0; });
    for (const Block& block : whole_) times_.inferences += block.inferences;
    for (size_t step = 0; step < steps_; ++step) times_.steps.push_back(median_of(step));
    return std::move(times_);
  }

 private:
  Result<void> begin(const std::vector<std::string>& words) {
    if (open_) ++times_.broken;
    open_.reset();
    constexpr size_t kWords = 8;
    const auto inferences = words.size() == kWords ? number<int64_t>(words[6]) : std::nullopt;
    const auto rate = words.size() == kWords ? number<uint64_t>(words[7]) : std::nullopt;
    if (!inferences || !rate || *inferences < 1 || *inferences > kMostInferences) {
      ++times_.broken;
      return {};
    }
    const std::string mark = join({words.begin() + 1, words.begin() + 6}, " ");
    if (mark != mark_)
      return usage_error(
          fmt::format("these are times of another net: {} (name, steps, MACs, constants, kernels), not {}",
                      printable(mark, 120), mark_),
          fmt::format("{}, line {}", file_, line_),
          "name the model, --for, --isa, --schedule and --rounding that the package was made with");
    open_ = Block{*inferences, static_cast<double>(*rate), {}};
    open_->ticks.resize(steps_);
    return {};
  }

  Result<void> end() {
    const auto& ticks = open_->ticks;
    const bool whole =
        std::all_of(ticks.begin(), ticks.end(), [](const auto& one) { return one.has_value(); });
    if (whole) whole_.push_back(*std::move(open_));
    if (!whole) ++times_.broken;
    open_.reset();
    return {};
  }

  [[nodiscard]] double median_of(size_t step) const {
    std::vector<double> values;
    for (const Block& block : whole_) {
      const double ticks = *block.ticks[step] / static_cast<double>(block.inferences);
      values.push_back(times_.milliseconds ? 1e3 * ticks / block.ticks_per_second : ticks);
    }
    std::sort(values.begin(), values.end());
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  }

  const std::string& file_;
  const std::string mark_;
  const size_t steps_;
  int64_t line_ = 0;
  std::optional<Block> open_;
  std::vector<Block> whole_;
  MeasuredTimes times_;
};

}  // namespace

Result<MeasuredTimes> read_measured(std::string_view log, const std::string& file,
                                    const compiler::Plan& plan) {
  LogReader reader(file, plan);
  while (!log.empty()) {
    const size_t end = std::min(log.find('\n'), log.size());
    DEW_CHECK(reader.take(log.substr(0, end)));
    log.remove_prefix(std::min(end + 1, log.size()));
  }
  return reader.finish();
}

}  // namespace dew::verbs
