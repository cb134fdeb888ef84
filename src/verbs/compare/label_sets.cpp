// Which label sets of a project can be compared.
#include <algorithm>

#include "label/label_set.h"
#include "verbs/compare/compare.h"

namespace dew::verbs {

Result<std::vector<std::string>> label_sets(const fs::path& project) {
  DEW_TRY(const Project opened, Project::open(project));
  DEW_TRY(const auto voters, label::voters_of(opened));
  std::vector<std::string> sets{"policy", "people"};
  for (const label::Voter& voter : voters) {
    const auto same_model = [&voter](const label::Voter& other) {
      return other.teacher == voter.teacher && other.model == voter.model;
    };
    const auto first = std::find_if(voters.begin(), voters.end(), same_model);
    label::LabelSet set;
    set.kind = label::LabelSet::Kind::kTeacher;
    set.teacher = voter.teacher;
    set.model = voter.model;
    if (*first == voter) sets.push_back(label::to_text(set));
    if (std::count_if(voters.begin(), voters.end(), same_model) < 2) continue;
    set.prompt = voter.prompt;
    sets.push_back(label::to_text(set));
  }
  return sets;
}

}  // namespace dew::verbs
