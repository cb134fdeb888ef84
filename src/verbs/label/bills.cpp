// What was spent so far, by run and by teacher.
#include <map>

#include "verbs/common/open.h"
#include "verbs/label/label.h"

namespace dew::verbs {

Result<BillsOutcome> bills(const fs::path& project_folder, Watch& watch) {
  DEW_TRY(const Project project, open_project(project_folder, watch));
  BillsOutcome outcome;
  DEW_TRY(outcome.runs, project.bills());
  std::map<std::string, TeacherSpending> by_name;
  for (const Bill& bill : outcome.runs) {
    TeacherSpending& sum = by_name[bill.teacher + " " + bill.model];
    if (sum.runs++ == 0) sum.cost_usd = 0;
    sum.asked += bill.asked;
    if (!bill.cost_usd) sum.cost_usd.reset();
    if (sum.cost_usd) *sum.cost_usd += *bill.cost_usd;
    sum.estimated_usd += bill.estimated_usd;
  }
  for (auto& [name, sum] : by_name) {
    sum.name = name;
    outcome.teachers.push_back(std::move(sum));
  }
  return outcome;
}

}  // namespace dew::verbs
