// Prompt versions side by side, classes, reliability, and what to make of them.
#include "cli/bridge.h"
#include "cli/label_gold.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/label_askers.h"
#include "cli/label_plan.h"
#include "cli/table.h"
#include "label/label.h"

namespace dew {
namespace {

constexpr size_t kShortHash = 8;

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100 * share);
}

/// "93.7 % (92.7-94.6)".
std::string told(const Share& share) {
  if (share.of == 0) return "-";
  return fmt::format("{:.1f} % ({:.1f}-{:.1f})", 100 * share.value(), 100 * share.low, 100 * share.high);
}

Json share_json(const Share& share) {
  return {{"right", share.hits},
          {"of", share.of},
          {"share", share.of == 0 ? Json(nullptr) : Json(share.value())},
          {"interval95", {share.low, share.high}}};
}

/// What a prompt has that not all of them have: "detail low, instructions 'Rings are no discs.'".
std::vector<std::string> differences(const std::vector<Json>& prompts) {
  std::set<std::string> keys;
  for (const Json& prompt : prompts)
    for (const auto& [key, value] : prompt.items()) keys.insert(key);
  std::vector<std::string> result(prompts.size());
  for (const std::string& key : keys) {
    std::set<std::string> values;
    for (const Json& prompt : prompts)
      if (!prompt.empty()) values.insert(prompt.value(key, ""));
    if (values.size() < 2) continue;
    for (size_t i = 0; i < prompts.size(); ++i) {
      const std::string value = prompts[i].empty() ? "" : prompts[i].value(key, "");
      if (value.empty()) continue;
      result[i] += (result[i].empty() ? "" : ", ") + key + " ";
      result[i] += value.find(' ') == std::string::npos ? value : "'" + printable(value, 60) + "'";
    }
  }
  for (size_t i = 0; i < prompts.size(); ++i)
    if (prompts[i].empty()) result[i] = "(not recorded)";
  return result;
}

Json reliability_json(const Reliability& reliability) {
  Json bins = Json::array();
  for (const auto& bin : reliability.bins)
    bins.push_back({{"from", bin.from},
                    {"to", bin.to},
                    {"samples", bin.samples},
                    {"confidence", bin.confidence},
                    {"accuracy", static_cast<double>(bin.right) / static_cast<double>(bin.samples)}});
  return {{"samples", reliability.samples},
          {"ece", reliability.samples > 0 ? Json(reliability.error) : Json(nullptr)},
          {"bins", bins}};
}

Json score_json(const Score& score, const Settings& settings) {
  Json classes = Json::array();
  for (size_t i = 0; i < settings.classes.size(); ++i)
    classes.push_back({{"class", settings.classes[i]},
                       {"precision", share_json(score.precision[i])},
                       {"recall", share_json(score.recall[i])}});
  Json calibration = nullptr;
  if (score.calibration) {
    const auto& fitted = *score.calibration;
    calibration = {{"samples", fitted.samples},
                   {"temperature", fitted.temperature ? Json(*fitted.temperature) : Json(nullptr)},
                   {"accuracy", fitted.accuracy}};
  }
  return {{"answered", score.asked},
          {"unsure", score.unsure},
          {"labelled", score.accuracy.of},
          {"right", score.accuracy.hits},
          {"accuracy", score.accuracy.of == 0 ? Json(nullptr) : Json(score.accuracy.value())},
          {"interval95", {score.accuracy.low, score.accuracy.high}},
          {"cost_usd", score.cost_usd},
          {"calibration", calibration},
          {"told", reliability_json(score.told)},
          {"calibrated", reliability_json(score.calibrated)},
          {"classes", classes}};
}

void tell_classes(const Score& score, const Settings& settings, Console& console) {
  constexpr size_t kMostClasses = 30;
  std::vector<std::vector<std::string>> rows{{"class", "people", "named", "precision", "recall"}};
  std::vector<size_t> order(settings.classes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  // Where there are many, the worst are what matters.
  if (order.size() > kMostClasses)
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      const auto wrong = [&](size_t i) {
        return score.precision[i].of - score.precision[i].hits + score.recall[i].of - score.recall[i].hits;
      };
      return wrong(a) > wrong(b);
    });
  for (size_t i = 0; i < std::min(order.size(), kMostClasses); ++i) {
    const size_t at = order[i];
    rows.push_back({printable(settings.classes[at], 40), std::to_string(score.recall[at].of),
                    std::to_string(score.precision[at].of), told(score.precision[at]),
                    told(score.recall[at])});
  }
  console.say(table(rows));
  if (order.size() > kMostClasses)
    console.say(fmt::format("... and {} classes more, with fewer mistakes (--json has all)",
                            order.size() - kMostClasses));
}

void tell_reliability(const Score& score, Console& console) {
  if (!score.calibration) {
    console.say(fmt::format(
        "{} labels against people's are too few to learn from how sure the teacher is: {} are the least, a "
        "hundred are better",
        score.judged.size(), kEnoughGold));
    return;
  }
  const Calibration& fitted = *score.calibration;
  if (score.told.samples == 0)
    console.say("the teacher tells no confidence: how often it is right when it names a class stands for it");
  else if (fitted.temperature)
    console.say(fmt::format(
        "confidence is off by {} on average as it is told; with temperature {:.2f}, learnt from the other "
        "gold labels, by {}",
        percent(score.told.error), *fitted.temperature, percent(score.calibrated.error)));
  else
    console.say(fmt::format("only {} answers tell a confidence: {} are the least to calibrate it",
                            score.told.samples, kEnoughGold));
  if (score.judged.size() < 3 * kEnoughGold)
    console.say(fmt::format("(this rests on {} gold labels only: take it as rough)", score.judged.size()));
  std::vector<std::vector<std::string>> rows{{"calibrated", "labels", "confidence", "right"}};
  for (const auto& bin : score.calibrated.bins)
    rows.push_back({fmt::format("{:.1f}-{:.1f}", bin.from, bin.to), std::to_string(bin.samples),
                    percent(bin.confidence), told(share_of(bin.right, bin.samples))});
  if (rows.size() > 1) console.say(table(rows));
}

/// All versions, a row each; gives what their prompts differ in.
void tell_versions(const std::vector<Score>& scores, const std::vector<std::string>& differ,
                   const std::vector<Voter>& current, Console& console) {
  std::vector<std::vector<std::string>> rows{
      {"prompt", "teacher", "model", "gold", "set aside", "right", "cost", "off by", "asked with"}};
  for (size_t i = 0; i < scores.size(); ++i) {
    const Score& score = scores[i];
    const bool now = std::find(current.begin(), current.end(), score.voter) != current.end();
    rows.push_back({score.voter.prompt.substr(0, kShortHash) + (now ? " *" : ""), score.voter.teacher,
                    printable(score.voter.model, 40), std::to_string(score.asked),
                    std::to_string(score.unsure), told(score.accuracy),
                    score.cost_usd > 0 ? dollars(score.cost_usd) : "-",
                    score.calibrated.samples > 0 ? percent(score.calibrated.error) : "-",
                    differ[i].empty() ? "-" : differ[i]});
  }
  console.say(table(rows));
}

void tell_duel(const Score& now, const std::vector<Score>& scores, Console& console) {
  const Score* best = nullptr;
  for (const Score& other : scores)
    if (other.voter != now.voter && other.accuracy.of > 0 &&
        (best == nullptr || other.accuracy.value() > best->accuracy.value()))
      best = &other;
  if (best == nullptr) return;
  const Duel duel = compare(now, *best);
  if (duel.both == 0) return;
  console.say(
      fmt::format("against {}, on the {} that both labelled: only this one right {}, only the other {}{}",
                  best->voter.prompt.substr(0, kShortHash), duel.both, duel.only_first, duel.only_second,
                  duel.only_first + duel.only_second == 0
                      ? std::string()
                      : fmt::format("; among equals a difference like that comes up in {} of cases",
                                    percent(duel.chance))));
}

}  // namespace

Result<std::map<int64_t, int>> scored_samples(const Project& project, const std::vector<Example>& examples,
                                              const std::set<int64_t>& shown, int bits, Console& console) {
  DEW_TRY(auto gold, gold_labels(project, shown));
  if (!examples.empty()) {
    std::vector<uint64_t> seen;
    for (const Example& example : examples) seen.push_back(difference_hash(example.picture));
    DEW_TRY(auto samples, project.samples());
    std::erase_if(samples, [&](const Sample& sample) { return gold.count(sample.id) == 0; });
    int64_t alike = 0;
    const auto look = [&](size_t index, const Image& image) -> Result<void> {
      const uint64_t hash = difference_hash(image);
      const auto near = [&](uint64_t other) { return hash_distance(hash, other) <= bits; };
      if (std::any_of(seen.begin(), seen.end(), near))
        alike += static_cast<int64_t>(gold.erase(samples[index].id));
      return {};
    };
    DEW_CHECK(project.pictures(samples, look, console));
    if (alike > 0) console.say(fmt::format("{} gold samples look like an example and are not scored", alike));
  }
  if (gold.empty())
    return usage_error(examples.empty() ? "no person has labelled anything yet"
                                        : "no person has labelled anything but the examples yet",
                       "--gold", "label some with dewdrop review, then score the prompt against them");
  return gold;
}

Result<Json> tell_gold(Project& project, const std::map<int64_t, int>& gold,
                       const std::vector<Voter>& current, Console& console) {
  const Settings& settings = project.settings();
  DEW_TRY(const auto scores, score_gold(project, gold));
  std::vector<Calibration> calibrations;
  std::vector<Json> prompts;
  for (const Score& score : scores) {
    if (score.calibration) calibrations.push_back(*score.calibration);
    DEW_TRY(Json prompt, told_prompt(project, score.voter.prompt));
    prompts.push_back(std::move(prompt));
  }
  DEW_CHECK(set_calibrations(project, calibrations));
  console.say(fmt::format("{} samples labelled by people", with_commas(static_cast<int64_t>(gold.size()))));
  if (scores.empty()) {
    console.say("no teacher has answered about any of them yet");
    return Json{{"gold", gold.size()}, {"versions", Json::array()}, {"policy", nullptr}};
  }
  const auto differ = differences(prompts);
  tell_versions(scores, differ, current, console);

  const auto is_current = [&](const Score& score) {
    return std::find(current.begin(), current.end(), score.voter) != current.end();
  };
  for (const Score& score : scores) {
    const bool last = current.empty() && &score == &scores.back();
    if (!is_current(score) && !last) continue;
    console.say("");
    console.say(fmt::format("{}, {} {}:", score.voter.prompt.substr(0, kShortHash), score.voter.teacher,
                            printable(score.voter.model, 40)));
    tell_classes(score, settings, console);
    tell_reliability(score, console);
    tell_duel(score, scores, console);
  }

  DEW_TRY(const auto decided, current.empty() ? decisions(project) : decisions(project, current));
  const Score policy = score_policy(decided, gold, settings.classes.size());
  console.say("");
  console.say(fmt::format("as labels by the policy ({}, threshold {}): {} of {} set aside, {} right",
                          settings.policy, settings.threshold, policy.unsure, policy.asked,
                          told(policy.accuracy)));
  Json versions = Json::array();
  for (size_t i = 0; i < scores.size(); ++i) {
    Json one = {{"teacher", scores[i].voter.teacher},
                {"model", scores[i].voter.model},
                {"prompt_hash", scores[i].voter.prompt},
                {"name", scores[i].voter.prompt.substr(0, kShortHash)},
                {"current", is_current(scores[i])},
                {"prompt", prompts[i]},
                {"differs", differ[i]}};
    one.update(score_json(scores[i], settings));
    versions.push_back(std::move(one));
  }
  return Json{{"gold", gold.size()}, {"versions", versions}, {"policy", score_json(policy, settings)}};
}

}  // namespace dew
