#include "verbs/project/store_labels.h"

#include <fmt/format.h>

#include <set>
#include <tuple>
#include <unordered_map>

#include "label/label.h"

namespace dew::verbs {
namespace {

constexpr size_t kShown = 5;

using Why = ClassMap::Why;

/// The only sample of each source that has one; 0 of those that were cut into several.
std::unordered_map<int64_t, int64_t> only_samples(const std::vector<Sample>& samples) {
  std::unordered_map<int64_t, int64_t> only;
  for (const Sample& sample : samples) {
    const auto [at, first] = only.try_emplace(sample.source, sample.id);
    if (!first) at->second = 0;
  }
  return only;
}

/// Samples that people have labelled here, not by way of a data set.
Result<std::set<int64_t>> labelled_here(const Project& project) {
  DEW_TRY(const auto labels, project.labels());
  std::set<int64_t> found;
  for (const Label& label : labels)
    if (label.origin == "human" && !label.basis.starts_with(kImported)) found.insert(label.sample);
  return found;
}

void count_classes(const FileWords& words, LabelsTaken& taken) {
  switch (words.reading.why) {
    case Why::kUnknown:
      for (const std::string& theirs : words.theirs) ++taken.unmatched[theirs];
      return;
    case Why::kSeveral:
      ++taken.several;
      return;
    case Why::kNothing:
      ++taken.nothing;
      return;
    case Why::kLabel:
      if (words.reading.by_absence)
        for (const std::string& theirs : words.theirs) ++taken.as_none[theirs];
      return;
    case Why::kUnseen:
      return;
  }
}

/// Adds those answers that the project does not have. Gives their number.
Result<int64_t> add_new_answers(Project& project, std::vector<Answer> answers) {
  using Question = std::tuple<std::string, std::string, std::string>;
  std::map<Question, std::set<int64_t>> open;
  for (const Answer& answer : answers) open[{answer.teacher, answer.model, answer.prompt_hash}];
  for (auto& [question, samples] : open) {
    const auto& [teacher, model, prompt] = question;
    DEW_TRY(const auto without, project.samples_without_answer(teacher, model, prompt));
    for (const Sample& sample : without) samples.insert(sample.id);
  }
  std::erase_if(answers, [&](const Answer& answer) {
    return open[{answer.teacher, answer.model, answer.prompt_hash}].erase(answer.sample) == 0;
  });
  DEW_CHECK(project.add_answers(answers));
  return std::ssize(answers);
}

}  // namespace

void LabelsToStore::add(int64_t source, const std::string& name, const FileWords& words) {
  const auto [at, first] = of_source_.try_emplace(source, Said{&words, name, {}});
  if (first) return;
  const auto& before = at->second.words->reading;
  if (before.why != words.reading.why || before.name != words.reading.name) at->second.contradicts = name;
}

Result<LabelsTaken> LabelsToStore::store(Project& project, const std::vector<Sample>& samples,
                                         Watch& watch) const {
  LabelsTaken taken;
  if (of_source_.empty()) return taken;
  watch.begin("storing labels", std::ssize(of_source_));
  const auto sample_of = only_samples(samples);
  DEW_TRY(const auto ours, labelled_here(project));
  std::vector<Label> labels;
  std::vector<Answer> answers;
  for (const auto& [source, said] : of_source_) {
    const FileWords& words = *said.words;
    if (!said.contradicts.empty()) {
      ++taken.contradicted;
      if (taken.first_contradicted.size() < kShown)
        taken.first_contradicted.push_back(fmt::format("{} and {}", said.name, said.contradicts));
      continue;
    }
    count_classes(words, taken);
    const auto at = sample_of.find(source);
    const int64_t sample = at == sample_of.end() ? 0 : at->second;
    const bool labelled = words.reading.why == Why::kLabel;
    if (sample == 0) {
      if (labelled || !words.answers.empty()) ++taken.cut;
      continue;
    }
    for (Answer answer : words.answers) {
      answer.sample = sample;
      answers.push_back(std::move(answer));
    }
    if (!labelled) continue;
    if (ours.contains(sample)) {
      ++taken.kept;
      continue;
    }
    labels.push_back({sample, words.reading.name, "human", words.by, utc_now()});
    ++(words.reading.name.empty() ? taken.unsure : taken.labelled);
    if (!words.reading.name.empty()) ++taken.by_class[words.reading.name];
  }
  DEW_CHECK(project.set_labels(labels));
  watch.advance(std::ssize(of_source_));
  if (!answers.empty()) {
    DEW_TRY(taken.answers, add_new_answers(project, std::move(answers)));
    DEW_CHECK(label::relabel(project));
  }
  watch.end();
  return taken;
}

}  // namespace dew::verbs
