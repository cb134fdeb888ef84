#include "verbs/measure/against.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "label/label_pages.h"
#include "label/label_set.h"

namespace dew::verbs {
namespace {

using label::LabelSet;

/// "openai:gpt-4o, replay:answers.jsonl": whose answers the labels of the set come from.
Result<std::string> teachers_of(const Project& project, const LabelSet& set) {
  if (set.kind == LabelSet::Kind::kTeacher) return set.teacher + ":" + set.model;
  DEW_TRY(const auto voters, label::voters_of(project));
  std::vector<std::string> names;
  for (const label::Voter& voter : voters)
    if (const std::string name = voter.teacher + ":" + voter.model;
        std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  return join(names);
}

void count(const Label& label, MeasuredAgainst& against) {
  ++against.samples;
  ++(label.origin == "human" ? against.people : label.origin == "local" ? against.local : against.teacher);
}

/// By sample; one that was set aside has no class.
Result<std::map<int64_t, Label>> labels_of(const Project& project, const LabelSet& set,
                                           const std::vector<Sample>& samples) {
  constexpr size_t kTogether = 500;
  std::map<int64_t, Label> label_of;
  DEW_TRY(const auto pages, label::LabelPages::open(project, set));
  for (size_t from = 0; from < samples.size(); from += kTogether) {
    std::vector<int64_t> ids;
    for (size_t i = from; i < std::min(from + kTogether, samples.size()); ++i) ids.push_back(samples[i].id);
    DEW_TRY(auto page, pages.about(ids));
    for (label::RatedLabel& one : page.labels) label_of.emplace(one.label.sample, std::move(one.label));
  }
  return label_of;
}

}  // namespace

Result<MeasuredAgainst> measured_against(const Project& project, const LabelSet& set,
                                         const Evaluation& evaluation) {
  std::set<int64_t> readable;
  for (const Sample& sample : evaluation.samples) readable.insert(sample.id);
  DEW_TRY(auto samples, project.samples());
  std::erase_if(samples, [](const Sample& sample) { return sample.split != Split::kTest; });
  DEW_TRY(const auto label_of, labels_of(project, set, samples));
  MeasuredAgainst against;
  DEW_TRY(against.teachers, teachers_of(project, set));
  const auto& classes = project.settings().classes;
  for (const Sample& sample : samples) {
    const auto found = label_of.find(sample.id);
    if (!readable.contains(sample.id))
      ++against.unreadable;
    else if (found == label_of.end())
      ++against.unlabelled;
    else if (std::find(classes.begin(), classes.end(), found->second.answer_class) == classes.end())
      ++against.unsure;
    else
      count(found->second, against);
  }
  return against;
}

std::string to_text(const MeasuredAgainst& against) {
  const std::array<std::pair<std::string, int64_t>, 3> all{
      {{"people's labels", against.people},
       {against.teachers.empty() ? "a teacher's answers" : "the answers of " + against.teachers,
        against.teacher},
       {"the local classifier's labels", against.local}}};
  std::vector<std::string> who;
  for (const auto& [name, labels] : all)
    if (labels == against.samples && labels > 0)
      who.push_back(name);
    else if (labels > 0)
      who.push_back(fmt::format("{} ({})", name, with_commas(labels)));
  const std::array<std::pair<const char*, int64_t>, 3> why{{{"set aside as unsure", against.unsure},
                                                            {"without a label", against.unlabelled},
                                                            {"unreadable", against.unreadable}}};
  std::vector<std::string> left;
  int64_t left_out = 0;
  for (const auto& [reason, samples] : why) {
    left_out += samples;
    if (samples > 0) left.push_back(fmt::format("{} {}", with_commas(samples), reason));
  }
  return fmt::format(
      "accuracy is measured against {}, on {} of {} samples of the test split; {}", join(who, " and "),
      with_commas(against.samples), with_commas(against.samples + left_out),
      left.empty() ? "none is left out" : fmt::format("{} left out: {}", with_commas(left_out), join(left)));
}

Json to_json(const MeasuredAgainst& against) {
  return Json{{"text", against.samples > 0 ? Json(to_text(against)) : Json(nullptr)},
              {"people", against.people},
              {"teacher", against.teacher},
              {"local", against.local},
              {"teachers", against.teachers},
              {"unsure", against.unsure},
              {"unlabelled", against.unlabelled},
              {"unreadable", against.unreadable}};
}

}  // namespace dew::verbs
