// `label --gold` in words: prompt versions side by side, classes, reliability.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "base/table.h"
#include "verbs/label/label.h"

namespace dew::verbs {
namespace {

using Lines = std::vector<std::string>;

constexpr size_t kShortHash = 8;
constexpr size_t kMostClasses = 30;

std::string short_hash(const std::string& prompt_hash) {
  return prompt_hash.substr(0, kShortHash);
}

/// Indices of the classes; where there are many, those with the most mistakes first.
std::vector<size_t> order_of_classes(const label::Score& score, size_t classes) {
  std::vector<size_t> order(classes);
  std::iota(order.begin(), order.end(), size_t{0});
  const auto mistakes = [&](size_t i) {
    return score.precision[i].of - score.precision[i].hits + score.recall[i].of - score.recall[i].hits;
  };
  if (classes > kMostClasses)
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return mistakes(a) > mistakes(b); });
  return order;
}

void add_classes(const label::Score& score, const std::vector<std::string>& classes, Lines& lines) {
  std::vector<std::vector<std::string>> rows{{"class", "people", "named", "precision", "recall"}};
  const auto order = order_of_classes(score, classes.size());
  for (size_t i = 0; i < std::min(order.size(), kMostClasses); ++i) {
    const size_t at = order[i];
    rows.push_back({printable(classes[at], 40), std::to_string(score.recall[at].of),
                    std::to_string(score.precision[at].of), with_interval(score.precision[at]),
                    with_interval(score.recall[at])});
  }
  lines.push_back(text_table(rows));
  if (order.size() > kMostClasses)
    lines.push_back(fmt::format("... and {} more classes with fewer mistakes (--json has all)",
                                order.size() - kMostClasses));
}

std::string calibration_sentence(const label::Score& score) {
  if (score.told.samples == 0)
    return "the teacher gives no confidence; its precision for each class is used instead";
  if (!score.calibration->temperature)
    return fmt::format("only {} answers have a confidence; calibration needs at least {}", score.told.samples,
                       label::kEnoughGold);
  return fmt::format(
      "the teacher's confidence is off by {} on average; with temperature {:.2f}, fitted on the other gold "
      "labels, by {}",
      percent(score.told.error), *score.calibration->temperature, percent(score.calibrated.error));
}

void add_reliability(const label::Score& score, Lines& lines) {
  if (!score.calibration) {
    lines.push_back(fmt::format(
        "{} gold labels are too few to calibrate the teacher's confidence: it takes at least {}, better a "
        "hundred",
        score.judged.size(), label::kEnoughGold));
    return;
  }
  lines.push_back(calibration_sentence(score));
  if (score.judged.size() < 3 * label::kEnoughGold)
    lines.push_back(fmt::format("(rough: this rests on only {} gold labels)", score.judged.size()));
  std::vector<std::vector<std::string>> rows{{"calibrated", "labels", "confidence", "right"}};
  for (const auto& bin : score.calibrated.bins)
    rows.push_back({fmt::format("{:.1f}-{:.1f}", bin.from, bin.to), std::to_string(bin.samples),
                    percent(bin.confidence), with_interval(share_of(bin.right, bin.samples))});
  if (rows.size() > 1) lines.push_back(text_table(rows));
}

void add_rival(const PromptScore::Rival& rival, Lines& lines) {
  const label::PairedComparison& duel = rival.duel;
  lines.push_back(fmt::format(
      "against {} ({}), on the {} that both labelled: {} would change ({}); only this one right {}, only the "
      "other {}{}",
      short_hash(rival.prompt_hash), printable(rival.model, 40), duel.both,
      plural(duel.differ, "label", "labels"),
      percent(static_cast<double>(duel.differ) / static_cast<double>(duel.both)), duel.only_first,
      duel.only_second,
      duel.only_first + duel.only_second == 0
          ? std::string()
          : fmt::format("; between equals such a difference arises in {} of cases", percent(duel.chance))));
}

void add_versions(const std::vector<PromptScore>& versions, Lines& lines) {
  std::vector<std::vector<std::string>> rows{
      {"prompt", "teacher", "model", "gold", "set aside", "right", "cost", "off by", "asked with"}};
  for (const PromptScore& version : versions) {
    const label::Score& score = version.score;
    rows.push_back({short_hash(score.voter.prompt) + (version.current ? " *" : ""), score.voter.teacher,
                    printable(score.voter.model, 40), std::to_string(score.asked),
                    std::to_string(score.unsure), with_interval(score.accuracy),
                    score.cost_usd > 0 ? dollars(score.cost_usd) : "-",
                    score.calibrated.samples > 0 ? percent(score.calibrated.error) : "-",
                    version.differs.empty() ? "-" : version.differs});
  }
  lines.push_back(text_table(rows));
}

}  // namespace

std::vector<std::string> describe(const GoldReport& gold, const Settings& settings) {
  Lines lines;
  lines.push_back(fmt::format("{} samples labelled by people", with_commas(gold.samples)));
  if (gold.versions.empty()) {
    lines.emplace_back("no teacher has answered about any of them yet");
    return lines;
  }
  add_versions(gold.versions, lines);
  for (const PromptScore& version : gold.versions) {
    if (!version.focus) continue;
    const label::Voter& voter = version.score.voter;
    lines.push_back(
        fmt::format("\n{}, {} {}:", short_hash(voter.prompt), voter.teacher, printable(voter.model, 40)));
    add_classes(version.score, settings.classes, lines);
    add_reliability(version.score, lines);
    if (version.rival) add_rival(*version.rival, lines);
  }
  if (const auto& policy = gold.policy)
    lines.push_back(fmt::format("\nas labels by the policy ({}, threshold {}): {} of {} set aside, {} right",
                                settings.policy, settings.threshold, policy->unsure, policy->asked,
                                with_interval(policy->accuracy)));
  return lines;
}

}  // namespace dew::verbs
