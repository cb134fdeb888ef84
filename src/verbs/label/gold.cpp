// Scores prompt versions side by side, and says what they differ in.
#include "verbs/label/gold.h"

#include <fmt/format.h>

#include <algorithm>

#include "verbs/common/prompt_settings.h"
#include "verbs/label/teachers.h"

namespace dew::verbs {
namespace {

std::string value_of(const PromptSettings& settings, const std::string& key) {
  const auto at =
      std::find_if(settings.begin(), settings.end(), [&](const auto& one) { return one.first == key; });
  return at == settings.end() ? std::string() : at->second;
}

std::string quoted_where_blank(const std::string& value) {
  return value.find(' ') == std::string::npos ? value : "'" + printable(value, 60) + "'";
}

/// The keys that not all recorded prompts have the same value for.
std::vector<std::string> varying_keys(const std::vector<PromptScore>& versions) {
  std::map<std::string, std::set<std::string>> values;
  for (const PromptScore& version : versions)
    for (const auto& [key, value] : version.settings) values[key];
  for (auto& [key, seen] : values)
    for (const PromptScore& version : versions)
      if (!version.settings.empty()) seen.insert(value_of(version.settings, key));
  std::vector<std::string> keys;
  for (const auto& [key, seen] : values)
    if (seen.size() > 1) keys.push_back(key);
  return keys;
}

/// "detail low, instructions 'Rings are no discs.'".
void set_differences(std::vector<PromptScore>& versions) {
  const auto keys = varying_keys(versions);
  for (PromptScore& version : versions) {
    std::vector<std::string> parts;
    for (const std::string& key : keys)
      if (const std::string value = value_of(version.settings, key); !value.empty())
        parts.push_back(key + " " + quoted_where_blank(value));
    version.differs = version.settings.empty() ? "(not recorded)" : join(parts);
  }
}

/// The same prompt, asked of another model.
bool is_other_model(const PromptScore& one, const PromptScore& other) {
  return one.score.voter.model != other.score.voter.model && !one.settings.empty() &&
         one.settings == other.settings;
}

/// The most accurate of `versions` that `fits` and is not `one` itself; null: there is none that gave a
/// label.
template <typename Fits>
const label::Score* best_of(const PromptScore& one, const std::vector<PromptScore>& versions,
                            const Fits& fits) {
  const label::Score* best = nullptr;
  for (const PromptScore& version : versions) {
    const label::Score& other = version.score;
    if (other.voter == one.score.voter || other.accuracy.of == 0 || !fits(version)) continue;
    if (best == nullptr || other.accuracy.value() > best->accuracy.value()) best = &other;
  }
  return best;
}

void set_rival(PromptScore& version, const std::vector<PromptScore>& versions) {
  const label::Score* best =
      best_of(version, versions, [&](const PromptScore& other) { return is_other_model(version, other); });
  if (best == nullptr) best = best_of(version, versions, [](const PromptScore&) { return true; });
  if (best == nullptr) return;
  const label::PairedComparison duel = label::compare(version.score, *best);
  if (duel.both > 0) version.rival = {best->voter.model, best->voter.prompt, duel};
}

/// Removes what looks like an example; gives how many samples that were.
Result<int64_t> remove_like(std::map<int64_t, int>& gold, const Project& project,
                            const std::vector<teacher::PromptExample>& examples, int bits, Watch& watch) {
  std::vector<uint64_t> shown;
  for (const teacher::PromptExample& example : examples) shown.push_back(difference_hash(example.picture));
  DEW_TRY(auto samples, project.samples());
  std::erase_if(samples, [&](const Sample& sample) { return gold.count(sample.id) == 0; });
  int64_t removed = 0;
  const auto compare_picture = [&](size_t index, const Image& image) -> Result<void> {
    const uint64_t hash = difference_hash(image);
    const auto near = [&](uint64_t other) { return hash_distance(hash, other) <= bits; };
    if (std::any_of(shown.begin(), shown.end(), near))
      removed += static_cast<int64_t>(gold.erase(samples[index].id));
    return {};
  };
  DEW_CHECK(project.pictures(samples, compare_picture, watch));
  return removed;
}

}  // namespace

Result<GoldSamples> gold_samples(const Project& project, const std::vector<teacher::PromptExample>& examples,
                                 const std::set<int64_t>& shown, int bits, Watch& watch) {
  GoldSamples gold;
  DEW_TRY(gold.class_of, label::gold_labels(project, shown));
  if (!examples.empty()) {
    DEW_TRY(gold.like_examples, remove_like(gold.class_of, project, examples, bits, watch));
  }
  if (gold.like_examples > 0)
    watch.inform(fmt::format("{} gold samples look like an example and are not scored", gold.like_examples));
  if (gold.class_of.empty())
    return usage_error(examples.empty() ? "no person has labelled anything yet"
                                        : "no person has labelled anything but the examples yet",
                       "--gold", "label some with dewdrop review, then score the prompt against them");
  return gold;
}

Result<GoldReport> score_prompts(Project& project, const GoldSamples& gold,
                                 const std::vector<label::Voter>& current) {
  GoldReport report;
  report.samples = static_cast<int64_t>(gold.class_of.size());
  report.like_examples = gold.like_examples;
  DEW_TRY(auto scores, label::score_gold(project, gold.class_of));
  std::vector<label::Calibration> calibrations;
  for (label::Score& score : scores) {
    if (score.calibration) calibrations.push_back(*score.calibration);
    PromptScore version;
    DEW_TRY(version.settings, prompt_settings(project, score.voter.prompt));
    version.current = std::find(current.begin(), current.end(), score.voter) != current.end();
    version.focus = version.current;
    version.score = std::move(score);
    report.versions.push_back(std::move(version));
  }
  DEW_CHECK(label::set_calibrations(project, calibrations));
  if (report.versions.empty()) return report;
  if (current.empty()) report.versions.back().focus = true;
  set_differences(report.versions);
  for (PromptScore& version : report.versions)
    if (version.focus) set_rival(version, report.versions);
  DEW_TRY(const auto decided,
          current.empty() ? label::decisions(project) : label::decisions(project, current));
  report.policy = label::score_policy(decided, gold.class_of, project.settings().classes.size());
  return report;
}

}  // namespace dew::verbs
