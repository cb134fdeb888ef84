#include "exchange/numbered_classes.h"

namespace dew::exchange {

void NumberedClasses::note(const std::string& number, const std::string& name, int64_t line) {
  constexpr size_t kMost = 10'000;
  if (pairs_.size() >= kMost) return;
  Lines& lines = pairs_[{number, name}];
  if (lines.count++ == 0) lines.first = line;
}

std::optional<NumberedClasses::Odd> NumberedClasses::odd() const {
  constexpr int64_t kFew = 10;                  // one of ten
  std::map<std::string, Lines> numbers, names;  // the lines that are right
  for (const auto& [pair, lines] : pairs_) {
    const auto keep = [&lines = lines](Lines& best) {
      if (best.count == 0 || lines.beats(best)) best = lines;
    };
    keep(numbers[pair.first]);
    keep(names[pair.second]);
  }
  int64_t all = 0, odd_lines = 0;
  std::optional<Odd> first;
  for (const auto& [pair, lines] : pairs_) {
    all += lines.count;
    if (!numbers[pair.first].beats(lines) && !names[pair.second].beats(lines)) continue;
    odd_lines += lines.count;
    if (!first || lines.first < first->line) first = Odd{pair.first, pair.second, lines.first};
  }
  const bool few = odd_lines * kFew <= all;
  return few || numbers.size() == names.size() ? first : std::nullopt;
}

}  // namespace dew::exchange
