// From figures to verdicts, and to words: what is different, what is not, and what cannot be told.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/base.h"
#include "compare/findings.h"

namespace dew::compare {
namespace {

constexpr double kLevel = 0.05;
constexpr double kOfInterest = 0.02;  ///< a difference in accuracy that people would want to see

std::optional<double> chance_of(const Figure& figure) {
  return figure ? std::optional(figure->chance) : std::nullopt;
}

std::string points(double share) {
  return fmt::format("{:.1f}", 100 * std::abs(share));
}

/// "2.9 points (95 % interval 1.8 to 4.0)", of the figure's distance from 0 in its own direction.
std::string points_of(const Estimate& figure) {
  const double sign = figure.value < 0 ? -1 : 1;
  const double low = 100 * sign * (sign > 0 ? figure.low : figure.high);
  const double high = 100 * sign * (sign > 0 ? figure.high : figure.low);
  return fmt::format("{} points (95 % interval {:.1f} to {:.1f})", points(figure.value), low, high);
}

std::string percent_of(const Figure& figure) {
  return figure ? fmt::format("{:.1f} %", 100 * figure->value) : "an unknown share";
}

const Verdict* verdict(const Findings& findings, const std::string& key) {
  for (const Verdict& one : findings.verdicts)
    if (one.key == key) return &one;
  return nullptr;
}

bool is_different(const Findings& findings, const std::string& key) {
  const Verdict* one = verdict(findings, key);
  return one != nullptr && one->different;
}

/// How many pictures would show a difference of interest, if the spread stays as it is.
void tell_what_is_too_few(const Findings& findings, std::vector<std::string>& cannot) {
  const Figure& figure = findings.accuracy.difference;
  if (!figure || is_different(findings, "accuracy")) return;
  const double half = (figure->high - figure->low) / 2;
  if (half <= kOfInterest) return;
  const double needed =
      std::ceil(static_cast<double>(findings.pictures) * half * half / (kOfInterest * kOfInterest));
  cannot.push_back(
      fmt::format("A difference in accuracy of less than {} points cannot be seen with {}; for one of {} "
                  "points it takes about {}.",
                  points(half), plural(findings.pictures, "tested picture", "tested pictures"),
                  points(kOfInterest), with_commas(static_cast<int64_t>(needed))));
}

std::string named(const std::vector<std::string>& all) {
  constexpr size_t kMost = 8;
  std::vector<std::string> some(all.begin(), all.begin() + std::ptrdiff_t(std::min(kMost, all.size())));
  return join(some) + (all.size() > kMost ? fmt::format(" and {} more", all.size() - kMost) : "");
}

void tell_classes(const Observed& seen, std::vector<std::string>& cannot) {
  constexpr int64_t kFew = 10;
  const std::set<int> said_by_a(seen.label_a.begin(), seen.label_a.end());
  const std::set<int> said_by_b(seen.label_b.begin(), seen.label_b.end());
  std::vector<std::string> untested;
  std::vector<std::string> few;
  std::vector<std::string> without_a;
  std::vector<std::string> without_b;
  for (size_t c = 0; c < seen.classes.size(); ++c) {
    const auto answer = static_cast<int>(c);
    const auto count = std::count(seen.gold.begin(), seen.gold.end(), answer);
    if (count == 0) untested.push_back(seen.classes[c]);
    if (count > 0 && count < kFew) few.push_back(seen.classes[c]);
    if (count > 0 && said_by_a.count(answer) == 0) without_a.push_back(seen.classes[c]);
    if (count > 0 && said_by_b.count(answer) == 0) without_b.push_back(seen.classes[c]);
  }
  if (!untested.empty())
    cannot.push_back("No tested picture shows " + named(untested) + ": nothing is said of it.");
  if (!few.empty())
    cannot.push_back(fmt::format("Fewer than {} tested pictures show {}: their own figures say little.", kFew,
                                 named(few)));
  for (const auto& [arm, missing] : {std::pair("A", &without_a), std::pair("B", &without_b)})
    if (!missing->empty())
      cannot.push_back(
          fmt::format("{} never says {} of the tested pictures: its nets may never have been shown it.", arm,
                      named(*missing)));
}

/// Nets that are no better than the most frequent class have learned nothing that could be compared.
void tell_guessing(const Findings& findings, const Observed& seen, std::vector<std::string>& cannot) {
  std::vector<int64_t> count(seen.classes.size(), 0);
  for (const int gold : seen.gold) ++count[static_cast<size_t>(gold)];
  const double guess = static_cast<double>(*std::max_element(count.begin(), count.end())) /
                       static_cast<double>(std::max<size_t>(1, seen.gold.size()));
  for (const auto& [arm, figure] :
       {std::pair("A", &findings.accuracy.a), std::pair("B", &findings.accuracy.b)})
    if (*figure && (*figure)->low <= guess)
      cannot.push_back(
          fmt::format("Nets of {} are hardly better than always saying the most frequent class ({:.0f} %): "
                      "they have learned too little to be compared.",
                      arm, 100 * guess));
  if (seen.label_a == seen.label_b) cannot.push_back("A and B say the same of every tested picture.");
}

void tell_what_is_missing(const Findings& findings, const Observed& seen, std::vector<std::string>& cannot) {
  constexpr size_t kFewSeeds = 3;
  if (findings.seeds < kFewSeeds)
    cannot.push_back(
        fmt::format("{} an arm: how much nets of the same labels differ is not known. Give --seeds 5.",
                    plural(static_cast<int64_t>(findings.seeds), "net", "nets")));
  if (!findings.accuracy.difference)
    cannot.push_back(
        "There are too few pictures of different sources for an interval: nothing is concluded.");
  if (seen.noise.empty())
    cannot.push_back(
        "People have labelled too little of what teaches for an arm of matched noise: whether A's errors "
        "cost more than "
        "random ones as frequent cannot be told.");
  if (findings.inheritance.wrong == 0)
    cannot.push_back(
        "A's labels agree with people's on every tested picture: there is no mistake to inherit.");
  if (!findings.consistency.gap)
    cannot.push_back(
        "Error consistency cannot be told: there are too few nets or errors, or nets that say the same of "
        "every picture.");
  if (!findings.holes.chance)
    cannot.push_back("Holes are looked for from 50 tested pictures and two nets an arm on.");
}

/// The smallest chance that exchanges of so few nets can give: with one fold all exchanges are made, each
/// with its mirror; with several, some are drawn.
void tell_few_exchanges(const Findings& findings, const Observed& seen, std::vector<std::string>& cannot) {
  if (!findings.holes.chance || findings.holes.exchanges < 2 || is_different(findings, "holes")) return;
  const bool folds = *std::max_element(seen.fold.begin(), seen.fold.end()) > 0;
  const double least = (folds ? 1.0 : 2.0) / static_cast<double>(findings.holes.exchanges);
  const auto tests = std::count_if(findings.verdicts.begin(), findings.verdicts.end(),
                                   [](const Verdict& one) { return one.chance.has_value(); });
  if (least * static_cast<double>(tests) >= kLevel)
    cannot.push_back(
        fmt::format("With {} an arm a hole cannot be told from chance by itself; it takes six (--seeds 6).",
                    plural(static_cast<int64_t>(findings.seeds), "net", "nets")));
}

/// Whether a difference of interest would have shown.
bool is_narrow(const Estimate& figure) {
  return (figure.high - figure.low) / 2 <= kOfInterest;
}

std::string hole_part(const Findings& findings) {
  if (!is_different(findings, "holes")) return "";
  const Hole& hole = findings.holes.slices[0];
  return fmt::format("{} on a slice of {} ({})", hole.gap > 0 ? "fail" : "do better",
                     plural(std::ssize(hole.pictures), "picture", "pictures"), hole.name);
}

/// "a, b, and c".
std::string listed(const std::vector<std::string>& parts) {
  if (parts.size() < 3) return join(parts, " and ");
  return join({parts.begin(), parts.end() - 1}) + ", and " + parts.back();
}

std::string structure_part(const Findings& findings) {
  const Figure& structure = findings.accuracy.structure;
  if (!structure) return "";
  if (!is_different(findings, "structure"))
    return is_narrow(*structure)
               ? "random mistakes as frequent cost about as much"
               : "whether random mistakes as frequent would cost more or less cannot be told";
  return fmt::format("random mistakes as frequent cost {} {}", points_of(*structure),
                     structure->value < 0 ? "less" : "more");
}

std::string errors_part(const Findings& findings) {
  if (!findings.consistency.gap) return "";
  return is_different(findings, "errors") ? "fail on other pictures than nets of the same labels do"
                                          : "fail on much the same pictures as nets of the same labels do";
}

std::string drift_part(const Findings& findings) {
  if (!findings.drift || !findings.drift->area) return "";
  const Estimate& area = *findings.drift->area;
  if (!is_different(findings, "drift"))
    return is_narrow(area) ? "lose about as much when pictures drift" : "";
  return fmt::format("lose {} {} when pictures drift", points_of(area), area.value > 0 ? "more" : "less");
}

/// That both are none: no larger than either's (an intersection-union test). Labels that are wrong in a way
/// that teaches are repeated by the nets of both sides where both have them, and tell nothing of A then.
std::optional<double> chance_of_both(const Figure& one, const Figure& other) {
  const auto first = chance_of(one);
  const auto second = chance_of(other);
  return first && second ? std::optional(std::max(*first, *second)) : std::nullopt;
}

}  // namespace

void conclude(Findings& findings, const Observed& seen) {
  auto& verdicts = findings.verdicts;
  verdicts = {
      {"accuracy",
       "Are nets taught by A less or more accurate than those taught by B?",
       chance_of(findings.accuracy.difference),
       {},
       false},
      {"structure",
       "Does it cost or help where A errs, beyond how often?",
       chance_of(findings.accuracy.structure),
       {},
       false},
      {"errors",
       "Do nets of A and B fail on other pictures than nets of the same labels?",
       chance_of(findings.consistency.gap),
       {},
       false},
      {"inheritance",
       "Do nets of A repeat A's own mistakes more than nets of B, and of random ones as frequent?",
       chance_of_both(findings.inheritance.beyond_noise, findings.inheritance.beyond_b),
       {},
       false},
      {"holes", "Is there a slice of pictures where only one side fails?", findings.holes.chance, {}, false}};
  if (findings.drift)
    verdicts.push_back({"drift",
                        "Do nets of A lose more or less on corrupted pictures?",
                        chance_of(findings.drift->area),
                        {},
                        false});
  for (const DriftFindings& set : findings.shifted)
    verdicts.push_back({"shifted:" + set.name,
                        "Do nets of A lose more or less on " + set.name + "?",
                        chance_of(set.area),
                        {},
                        false});
  std::vector<std::optional<double>> chances;
  for (const Verdict& one : verdicts) chances.push_back(one.chance);
  const auto together = holm(chances);
  for (size_t i = 0; i < verdicts.size(); ++i) {
    verdicts[i].together = together[i];
    verdicts[i].different = together[i] && *together[i] < kLevel;
  }
  tell_guessing(findings, seen, findings.cannot);
  tell_what_is_missing(findings, seen, findings.cannot);
  tell_few_exchanges(findings, seen, findings.cannot);
  tell_what_is_too_few(findings, findings.cannot);
  tell_classes(seen, findings.cannot);
}

std::string answer_of(const Findings& findings, const std::string& a, const std::string& b) {
  const Figure& difference = findings.accuracy.difference;
  if (!difference) return "Nothing can be concluded: there are too few tested pictures.";
  std::string text = fmt::format(
      "Nets taught by {} are right about {} of the tested pictures, nets taught by {} about {}: ", a,
      percent_of(findings.accuracy.a), b, percent_of(findings.accuracy.b));
  if (is_different(findings, "accuracy"))
    text += fmt::format("{} {}.", points_of(*difference), difference->value < 0 ? "fewer" : "more");
  else
    text += fmt::format("{} {}, which may be chance.", points_of(*difference),
                        difference->value < 0 ? "fewer" : "more");
  std::vector<std::string> parts;
  if (const std::string errors = errors_part(findings); !errors.empty()) parts.push_back(errors);
  const Figure& beyond = findings.inheritance.beyond_noise;
  if (beyond && is_different(findings, "inheritance"))
    parts.push_back(fmt::format("repeat the mistakes in their labels {} often than random ones",
                                beyond->value > 0 ? "more" : "less"));
  if (const std::string hole = hole_part(findings); !hole.empty()) parts.push_back(hole);
  if (const std::string drift = drift_part(findings); !drift.empty()) parts.push_back(drift);
  const std::string own = parts.empty() ? "" : fmt::format("nets taught by {} {}", a, listed(parts));
  const std::string random = structure_part(findings);
  if (own.empty() && random.empty()) return text;
  std::string second = random.empty() ? own : own.empty() ? random : random + "; " + own;
  second[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(second[0])));
  return text + " " + second + ".";
}

}  // namespace dew::compare
