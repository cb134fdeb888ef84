// `label --gold` on the terminal: prompt versions side by side, classes, reliability.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "cli/table.h"
#include "cli/tell.h"

namespace dew::cli {
namespace {

constexpr size_t kShortHash = 8;
constexpr size_t kMostClasses = 30;

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

/// "93.7 % (92.7-94.6)".
std::string with_interval(const Share& share) {
  if (share.of == 0) return "-";
  return fmt::format("{:.1f} % ({:.1f}-{:.1f})", 100 * share.value(), 100 * share.low, 100 * share.high);
}

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

void tell_classes(const label::Score& score, const std::vector<std::string>& classes, Console& console) {
  std::vector<std::vector<std::string>> rows{{"class", "people", "named", "precision", "recall"}};
  const auto order = order_of_classes(score, classes.size());
  for (size_t i = 0; i < std::min(order.size(), kMostClasses); ++i) {
    const size_t at = order[i];
    rows.push_back({printable(classes[at], 40), std::to_string(score.recall[at].of),
                    std::to_string(score.precision[at].of), with_interval(score.precision[at]),
                    with_interval(score.recall[at])});
  }
  console.say(table(rows));
  if (order.size() > kMostClasses)
    console.say("... and {} more classes with fewer mistakes (--json has all)", order.size() - kMostClasses);
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

void tell_reliability(const label::Score& score, Console& console) {
  if (!score.calibration) {
    console.say(
        "{} gold labels are too few to calibrate the teacher's confidence: it takes at least {}, better a "
        "hundred",
        score.judged.size(), label::kEnoughGold);
    return;
  }
  console.say(calibration_sentence(score));
  if (score.judged.size() < 3 * label::kEnoughGold)
    console.say("(rough: this rests on only {} gold labels)", score.judged.size());
  std::vector<std::vector<std::string>> rows{{"calibrated", "labels", "confidence", "right"}};
  for (const auto& bin : score.calibrated.bins)
    rows.push_back({fmt::format("{:.1f}-{:.1f}", bin.from, bin.to), std::to_string(bin.samples),
                    percent(bin.confidence), with_interval(share_of(bin.right, bin.samples))});
  if (rows.size() > 1) console.say(table(rows));
}

void tell_rival(const verbs::PromptScore::Rival& rival, Console& console) {
  const label::PairedComparison& duel = rival.duel;
  console.say(
      "against {} ({}), on the {} that both labelled: {} would change ({}); only this one right {}, only the "
      "other {}{}",
      short_hash(rival.prompt_hash), printable(rival.model, 40), duel.both,
      plural(duel.differ, "label", "labels"),
      percent(static_cast<double>(duel.differ) / static_cast<double>(duel.both)), duel.only_first,
      duel.only_second,
      duel.only_first + duel.only_second == 0
          ? std::string()
          : fmt::format("; between equals such a difference arises in {} of cases", percent(duel.chance)));
}

void tell_versions(const std::vector<verbs::PromptScore>& versions, Console& console) {
  std::vector<std::vector<std::string>> rows{
      {"prompt", "teacher", "model", "gold", "set aside", "right", "cost", "off by", "asked with"}};
  for (const verbs::PromptScore& version : versions) {
    const label::Score& score = version.score;
    rows.push_back({short_hash(score.voter.prompt) + (version.current ? " *" : ""), score.voter.teacher,
                    printable(score.voter.model, 40), std::to_string(score.asked),
                    std::to_string(score.unsure), with_interval(score.accuracy),
                    score.cost_usd > 0 ? verbs::dollars(score.cost_usd) : "-",
                    score.calibrated.samples > 0 ? percent(score.calibrated.error) : "-",
                    version.differs.empty() ? "-" : version.differs});
  }
  console.say(table(rows));
}

}  // namespace

void tell_gold(const verbs::GoldReport& gold, const Settings& settings, Console& console) {
  console.say("{} samples labelled by people", with_commas(gold.samples));
  if (gold.versions.empty()) return console.say("no teacher has answered about any of them yet");
  tell_versions(gold.versions, console);
  for (const verbs::PromptScore& version : gold.versions) {
    if (!version.focus) continue;
    const label::Voter& voter = version.score.voter;
    console.say("\n{}, {} {}:", short_hash(voter.prompt), voter.teacher, printable(voter.model, 40));
    tell_classes(version.score, settings.classes, console);
    tell_reliability(version.score, console);
    if (version.rival) tell_rival(*version.rival, console);
  }
  if (const auto& policy = gold.policy)
    console.say("\nas labels by the policy ({}, threshold {}): {} of {} set aside, {} right", settings.policy,
                settings.threshold, policy->unsure, policy->asked, with_interval(policy->accuracy));
}

}  // namespace dew::cli
