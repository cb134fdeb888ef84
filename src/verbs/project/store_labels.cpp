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

/// People's labels before.
struct Before {
  std::set<int64_t> here;                 ///< samples that were labelled here, not by way of a data set
  std::map<int64_t, std::string> by_set;  ///< classes that data sets gave
};

Result<Before> labels_before(const Project& project) {
  DEW_TRY(const auto labels, project.labels());
  Before before;
  for (const Label& label : labels) {
    if (label.origin != "human") continue;
    if (label.basis.starts_with(kImported))
      before.by_set[label.sample] = label.answer_class;
    else
      before.here.insert(label.sample);
  }
  return before;
}

std::string in_words(const std::string& answer_class) {
  return answer_class.empty() ? "unsure" : answer_class;
}

void count_change(const Before& before, int64_t sample, const std::string& name, const FileWords& words,
                  LabelsTaken& taken) {
  const auto at = before.by_set.find(sample);
  if (at == before.by_set.end() || at->second == words.reading.name) return;
  ++taken.changed;
  if (taken.first_changed.size() < kShown)
    taken.first_changed.push_back(fmt::format("{} ({} becomes {})", printable(name), in_words(at->second),
                                              in_words(words.reading.name)));
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
  DEW_TRY(const Before before, labels_before(project));
  std::unordered_map<int64_t, Split> split_of;
  for (const Sample& sample : samples) split_of[sample.id] = sample.split;
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
    if (words.split && split_of[sample] != *words.split) ++taken.other_split;
    if (!labelled) continue;
    if (before.here.contains(sample)) {
      ++taken.kept;
      continue;
    }
    count_change(before, sample, said.name, words, taken);
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
