// Samples without an answer, in words: one of each kind, and what to do about it.
#include <fmt/format.h>

#include <map>
#include <set>

#include "verbs/label/label.h"

namespace dew::verbs {
namespace {

constexpr size_t kNamedFailures = 10;  ///< kinds; the outcome has all failures
constexpr size_t kNextSteps = 3;       ///< what to do about them, likewise

/// What failures of a kind have in common: their words without what is quoted and without numbers.
std::string kind_of(const Error& error) {
  std::string kind;
  bool quoted = false;
  for (const char c : error.what) {
    if (c == '\'') quoted = !quoted;
    if (!quoted && (c < '0' || c > '9')) kind += c;
  }
  return kind;
}

}  // namespace

std::vector<std::string> lines_about(const std::vector<LabelFailure>& failures,
                                     const std::optional<Error>& stopped) {
  std::vector<std::string> lines;
  std::vector<std::pair<const LabelFailure*, int64_t>> kinds;
  std::map<std::string, size_t> known;
  for (const LabelFailure& failure : failures) {
    const auto [at, fresh] = known.emplace(kind_of(failure.error), kinds.size());
    if (fresh) kinds.emplace_back(&failure, 0);
    ++kinds[at->second].second;
  }
  std::set<std::string> told;
  int64_t left = std::ssize(failures);
  for (size_t i = 0; i < std::min(kNamedFailures, kinds.size()); ++i) {
    const auto& [failure, count] = kinds[i];
    const Error& error = failure->error;
    std::string text = "no answer for " + printable(failure->sample);
    if (count > 1) text += fmt::format(" and {} more", with_commas(count - 1));
    text += ": " + error.what;
    const bool repeated = stopped && stopped->next.starts_with(error.next);
    const bool worth =
        !error.next.empty() && !repeated && told.size() < kNextSteps && told.insert(error.next).second;
    if (worth) text += "\n  " + error.next;
    lines.push_back(text);
    left -= count;
  }
  if (left > 0)
    lines.push_back(fmt::format("... and for {} more (--json names them all)", with_commas(left)));
  return lines;
}

}  // namespace dew::verbs
