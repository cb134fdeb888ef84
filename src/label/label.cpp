// From answers to labels: the policy, applied to a whole project, and what training may use of it.
#include "label/label.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace dew {
namespace {

std::optional<int> class_index(const Settings& settings, const std::string& name) {
  const auto at = std::find(settings.classes.begin(), settings.classes.end(), name);
  if (at == settings.classes.end()) return std::nullopt;
  return static_cast<int>(at - settings.classes.begin());
}

std::map<int64_t, Label> by_sample(const std::vector<Label>& labels) {
  std::map<int64_t, Label> result;
  for (const Label& label : labels) result[label.sample] = label;
  return result;
}

/// The newest answer of each sample: its id and class. Nothing else is kept of it, so that memory does not
/// grow with what teachers say.
using Newest = std::map<int64_t, std::pair<int64_t, std::string>>;

void consider(Newest& newest, const Answer& answer, const Settings& settings) {
  const bool unsure = !settings.unsure.empty() && answer.answer_class == settings.unsure;
  if (unsure || class_index(settings, answer.answer_class))
    newest[answer.sample] = {answer.id, answer.answer_class};
}

std::vector<Label> decide(const Newest& newest, const Settings& settings) {
  std::vector<Label> labels;
  labels.reserve(newest.size());
  const std::string now = utc_now();
  for (const auto& [sample, answer] : newest) {
    Label label;
    label.sample = sample;
    if (class_index(settings, answer.second)) label.answer_class = answer.second;
    label.origin = "policy";
    label.basis = std::to_string(answer.first);
    label.at = now;
    labels.push_back(std::move(label));
  }
  return labels;
}

/// Decides, spreads and keeps.
Result<void> apply_policy(Project& project) {
  const Settings& settings = project.settings();
  Newest newest;
  DEW_CHECK(project.each_answer([&](const Answer& answer) { consider(newest, answer, settings); }));
  auto decided = decide(newest, settings);
  newest.clear();
  DEW_TRY(const auto spreads, project.spreads());
  auto lent = spread_labels(decided, spreads);
  std::move(lent.begin(), lent.end(), std::back_inserter(decided));
  return project.set_labels(decided);
}

}  // namespace

std::vector<Label> decide(const std::vector<Answer>& answers, const Settings& settings) {
  Newest newest;
  for (const Answer& answer : answers) consider(newest, answer, settings);
  return decide(newest, settings);
}

Result<LabelCounts> relabel(Project& project) {
  DEW_CHECK(apply_policy(project));
  std::map<int64_t, std::string> class_of;
  {
    DEW_TRY(const auto labels, project.labels());
    for (const Label& label : labels) class_of[label.sample] = label.answer_class;
  }
  DEW_TRY(const auto samples, project.samples());
  LabelCounts counts;
  for (const std::string& name : project.settings().classes) counts.by_class[name] = 0;
  for (const Sample& sample : samples) {
    const auto at = class_of.find(sample.id);
    if (at != class_of.end() && class_index(project.settings(), at->second)) {
      ++counts.labelled;
      ++counts.by_class[at->second];
    } else if (at != class_of.end() && at->second.empty()) {
      ++counts.unsure;
    } else {
      ++counts.unlabelled;  // or labelled with a class that the settings no longer have
    }
  }
  return counts;
}

Result<std::vector<Labelled>> labelled_samples(const Project& project) {
  DEW_TRY(const auto labels, project.labels());
  DEW_TRY(auto samples, project.samples());
  const auto label_of = by_sample(labels);
  std::vector<Labelled> result;
  for (Sample& sample : samples) {
    const auto at = label_of.find(sample.id);
    if (at == label_of.end()) continue;
    if (const auto index = class_index(project.settings(), at->second.answer_class))
      result.push_back({std::move(sample), *index});
  }
  return result;
}

}  // namespace dew
