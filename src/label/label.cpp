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

}  // namespace

std::vector<Label> decide(const std::vector<Answer>& answers, const Settings& settings) {
  std::map<int64_t, const Answer*> newest;
  for (const Answer& answer : answers) {
    const bool unsure = !settings.unsure.empty() && answer.answer_class == settings.unsure;
    if (unsure || class_index(settings, answer.answer_class)) newest[answer.sample] = &answer;
  }
  std::vector<Label> labels;
  labels.reserve(newest.size());
  const std::string now = utc_now();
  for (const auto& [sample, answer] : newest) {
    Label label;
    label.sample = sample;
    if (class_index(settings, answer->answer_class)) label.answer_class = answer->answer_class;
    label.origin = "policy";
    label.basis = std::to_string(answer->id);
    label.at = now;
    labels.push_back(std::move(label));
  }
  return labels;
}

Result<LabelCounts> relabel(Project& project) {
  std::vector<Answer> answers;
  DEW_CHECK(project.each_answer([&](const Answer& answer) { answers.push_back(answer); }));
  auto decided = decide(answers, project.settings());
  DEW_TRY(const auto spreads, project.spreads());
  auto lent = spread_labels(decided, spreads);
  std::move(lent.begin(), lent.end(), std::back_inserter(decided));
  DEW_CHECK(project.set_labels(decided));
  DEW_TRY(const auto labels, project.labels());
  DEW_TRY(const auto samples, project.samples());
  const auto label_of = by_sample(labels);
  LabelCounts counts;
  for (const std::string& name : project.settings().classes) counts.by_class[name] = 0;
  for (const Sample& sample : samples) {
    const auto at = label_of.find(sample.id);
    const bool known =
        at != label_of.end() && class_index(project.settings(), at->second.answer_class).has_value();
    if (known) {
      ++counts.labelled;
      ++counts.by_class[at->second.answer_class];
    } else if (at != label_of.end() && at->second.answer_class.empty()) {
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
