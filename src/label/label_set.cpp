// Label sets: their names, and the labels in them.
#include "label/label_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <map>
#include <string_view>
#include <unordered_map>

#include "label/label.h"
#include "store/settings.h"

namespace dew::label {
namespace {

constexpr size_t kShortHash = 8;

/// "openai:gpt-4o", as the teacher is named on the command line.
std::string name_of(const Voter& voter) {
  return voter.teacher + ":" + voter.model;
}

std::vector<std::string> names_of(const std::vector<Voter>& voters) {
  std::vector<std::string> names;
  for (const Voter& voter : voters)
    if (std::find(names.begin(), names.end(), name_of(voter)) == names.end()) names.push_back(name_of(voter));
  return names;
}

std::string list_of(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) shown.push_back("teacher:" + printable(name, 60));
  return join(shown);
}

/// What to write instead of a teacher that is not there.
std::string hint(const std::string& wrong, const std::vector<Voter>& voters, bool only_teachers) {
  const std::vector<std::string> names = names_of(voters);
  if (names.empty() && only_teachers) return "no teacher has answered in this project yet: dewdrop label";
  std::vector<std::string> known = names;
  for (const Voter& voter : voters) known.push_back(voter.model);
  if (!only_teachers)
    for (const char* word : {"current", "people", "human", "policy", "teachers"}) known.emplace_back(word);
  if (const std::string near = closest(wrong, known); !near.empty())
    return fmt::format("did you mean '{}'?", printable(near, 80));
  const std::string teachers = names.empty() ? "teacher:NAME" : list_of(names);
  if (only_teachers) return "those that answered in this project: " + teachers;
  return "it is one of: current, people, policy, policy:POLICY, " + teachers;
}

/// The voters called `name`: the teacher with its model, the model alone, or recorded answers by their file's
/// name without its end.
std::vector<Voter> called(const std::string& name, const std::vector<Voter>& voters) {
  std::vector<Voter> found;
  std::copy_if(voters.begin(), voters.end(), std::back_inserter(found),
               [&](const Voter& voter) { return name_of(voter) == name; });
  if (!found.empty()) return found;
  std::copy_if(voters.begin(), voters.end(), std::back_inserter(found),
               [&](const Voter& voter) { return voter.model == name; });
  if (!found.empty()) return found;
  std::copy_if(voters.begin(), voters.end(), std::back_inserter(found), [&](const Voter& voter) {
    return voter.teacher == "replay" && std::filesystem::path(voter.model).stem() == name;
  });
  return found;
}

/// One prompt's hash by its beginning.
Result<std::string> find_prompt(const std::string& beginning, const std::vector<Voter>& voters,
                                const std::string& text) {
  std::vector<std::string> fit;
  std::vector<std::string> shown;
  for (const Voter& voter : voters) {
    shown.push_back(voter.prompt.substr(0, kShortHash));
    if (voter.prompt.starts_with(beginning)) fit.push_back(voter.prompt);
  }
  if (fit.size() == 1) return fit[0];
  if (const auto whole = std::find(fit.begin(), fit.end(), beginning); whole != fit.end()) return *whole;
  return usage_error(
      fmt::format("{} of this teacher's prompts {} with '{}'", fit.empty() ? "none" : "several",
                  fit.empty() ? "begins" : "begin", printable(beginning, 40)),
      printable(text, 80), "its prompts: " + join(shown));
}

/// Nothing: no teacher is called so.
Result<std::optional<LabelSet>> teacher_set(const std::string& name, const std::vector<Voter>& voters,
                                            const std::string& text) {
  std::vector<Voter> found = called(name, voters);
  std::string prompt;
  if (found.empty()) {
    const size_t hash = name.rfind('#');  // a model's name may hold one of its own
    if (hash == std::string::npos) return std::nullopt;
    found = called(name.substr(0, hash), voters);
    if (found.empty()) return std::nullopt;
    prompt = name.substr(hash + 1);
  }
  if (const auto names = names_of(found); names.size() > 1)
    return usage_error(fmt::format("several teachers have a model '{}'", printable(found[0].model, 60)),
                       printable(text, 80), "name one of them: " + list_of(names));
  if (!prompt.empty()) {
    DEW_TRY(prompt, find_prompt(prompt, found, text));
  }
  LabelSet set;
  set.kind = LabelSet::Kind::kTeacher;
  set.teacher = found[0].teacher;
  set.model = found[0].model;
  set.prompt = prompt;
  return set;
}

std::optional<double> share_in(const std::string& text) {
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1))
    return std::nullopt;
  return value;
}

/// "weighted,tie=newest,threshold=0.9"
Result<LabelSet> policy_set(const std::string& parts, const std::string& text) {
  const std::vector<std::string> policies = setting_rule("label.policy").words;
  const std::vector<std::string> ties = setting_rule("label.tie").words;
  const auto is_one_of = [](const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  LabelSet set;
  set.kind = LabelSet::Kind::kPolicy;
  for (const std::string& part : split_list(parts)) {
    const size_t equals = part.find('=');
    const std::string key = equals == std::string::npos ? "policy" : trim(part.substr(0, equals));
    const std::string value = equals == std::string::npos ? part : trim(part.substr(equals + 1));
    if (key == "policy" && is_one_of(policies, value))
      set.policy = value;
    else if (key == "tie" && is_one_of(ties, value))
      set.tie = value;
    else if (key == "threshold" && share_in(value))
      set.threshold = share_in(value);
    else
      return usage_error(fmt::format("'{}' is not part of a policy", printable(part, 40)),
                         printable(text, 80),
                         fmt::format("policy: {}; tie: {}; threshold: 0 to 1. For example "
                                     "policy:weighted,tie=newest,threshold=0.9",
                                     join(policies), join(ties)));
  }
  return set;
}

Result<std::vector<Label>> kept_labels(const Project& project, bool people_only) {
  DEW_TRY(auto labels, project.labels());
  if (people_only) std::erase_if(labels, [](const Label& label) { return label.origin != "human"; });
  return labels;
}

/// What the set's policy makes of the answers; of kCurrent and kPeople, the project's of all of them.
Result<std::vector<Decision>> decisions_in(const Project& project, const LabelSet& set) {
  DEW_TRY(const auto voters, electorate(project));
  return decisions(project, voters, policy_in(set, project.settings()),
                   [&](const Voter& voter) { return counts_in(set, voter); });
}

Result<std::vector<Label>> policy_labels(const Project& project, const std::vector<Decision>& decided) {
  auto labels = labels_of(decided, project.settings());
  DEW_TRY(const auto spreads, project.spreads());
  auto lent = spread_labels(labels, spreads);
  std::move(lent.begin(), lent.end(), std::back_inserter(labels));
  return labels;
}

Result<std::vector<Label>> labels_in(const Project& project, const LabelSet& set) {
  switch (set.kind) {
    case LabelSet::Kind::kCurrent:
      return kept_labels(project, false);
    case LabelSet::Kind::kPeople:
      return kept_labels(project, true);
    case LabelSet::Kind::kPolicy:
    case LabelSet::Kind::kTeacher: {
      DEW_TRY(const auto decided, decisions_in(project, set));
      return policy_labels(project, decided);
    }
  }
  return std::vector<Label>{};
}

}  // namespace

Settings policy_in(const LabelSet& set, Settings settings) {
  if (set.policy) settings.policy = *set.policy;
  if (set.tie) settings.tie = *set.tie;
  if (set.threshold) settings.threshold = *set.threshold;
  return settings;
}

bool counts_in(const LabelSet& set, const Voter& voter) {
  if (set.kind != LabelSet::Kind::kTeacher) return true;
  return voter.teacher == set.teacher && voter.model == set.model &&
         (set.prompt.empty() || voter.prompt == set.prompt);
}

Result<std::vector<Voter>> voters_of(const Project& project) {
  std::vector<Voter> voters;
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    Voter voter = voter_of(answer);
    if (std::find(voters.begin(), voters.end(), voter) == voters.end()) voters.push_back(std::move(voter));
  }));
  return voters;
}

Result<LabelSet> parse_label_set(const Project& project, const std::string& text) {
  constexpr std::string_view kPolicy = "policy:";
  constexpr std::string_view kTeacher = "teacher:";
  const std::string name = trim(text);
  LabelSet set;
  if (name == "current") return set;
  if (name == "people" || name == "human") {
    set.kind = LabelSet::Kind::kPeople;
    return set;
  }
  if (name == "policy" || name == "teachers" || name == "teacher") {
    set.kind = LabelSet::Kind::kPolicy;
    return set;
  }
  if (name.starts_with(kPolicy)) return policy_set(name.substr(kPolicy.size()), name);
  const bool is_teacher = name.starts_with(kTeacher);
  const std::string teacher = is_teacher ? name.substr(kTeacher.size()) : name;
  DEW_TRY(const auto voters, voters_of(project));
  DEW_TRY(const auto found, teacher_set(teacher, voters, name));
  if (found) return *found;
  return usage_error(is_teacher ? fmt::format("the teacher '{}' has answered nothing in this project",
                                              printable(teacher, 60))
                                : fmt::format("there are no labels called '{}'", printable(name, 60)),
                     {}, hint(teacher, voters, is_teacher));
}

std::string to_text(const LabelSet& set) {
  switch (set.kind) {
    case LabelSet::Kind::kCurrent:
      return "current";
    case LabelSet::Kind::kPeople:
      return "people";
    case LabelSet::Kind::kTeacher:
      return "teacher:" + set.teacher + ":" + set.model + (set.prompt.empty() ? "" : "#" + set.prompt);
    case LabelSet::Kind::kPolicy:
      break;
  }
  std::vector<std::string> parts;
  if (set.policy) parts.push_back(*set.policy);
  if (set.tie) parts.push_back("tie=" + *set.tie);
  if (set.threshold) parts.push_back(fmt::format("threshold={}", *set.threshold));
  return parts.empty() ? "policy" : "policy:" + join(parts, ",");
}

Result<std::vector<Labelled>> labelled_samples(const Project& project, const LabelSet& set) {
  DEW_TRY(const auto labels, labels_in(project, set));
  std::map<int64_t, const Label*> label_of;
  for (const Label& label : labels) label_of[label.sample] = &label;
  DEW_TRY(auto samples, project.samples());
  std::vector<Labelled> result;
  for (Sample& sample : samples) {
    const auto at = label_of.find(sample.id);
    if (at == label_of.end()) continue;
    if (const auto index = class_index(project.settings(), at->second->answer_class))
      result.push_back({std::move(sample), *index});
  }
  return result;
}

}  // namespace dew::label
