#include "verbs/compare/compare.h"

#include "student/features.h"
#include "verbs/common/open.h"
#include "verbs/compare/arms.h"
#include "verbs/compare/gather.h"
#include "verbs/train/wanted_net.h"

namespace dew::verbs {

Result<CompareOutcome> compare(const CompareArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  Settings settings = project.settings();
  for (const auto& change : args.changes) change(settings);
  DEW_CHECK(project.settle_splits(watch));
  DEW_TRY(const Side a, parse_side(project, args.a));
  DEW_TRY(const Side b, parse_side(project, args.b));
  student::TrainSettings wanted = train_settings(settings);
  if (wanted.backbone.empty()) wanted.backbone = student::fitting_backbone(wanted);
  DEW_TRY(const Gathered all, gather(project, a, b, args, wanted.input, watch));
  DEW_TRY(const Cells cells, Cells::open(project, wanted));
  std::vector<Cell> wanted_cells;
  for (const Arm& arm : main_arms(all, args.seeds)) {
    const auto own = cells_of(all, arm);
    wanted_cells.insert(wanted_cells.end(), own.begin(), own.end());
  }
  DEW_TRY(const auto nets, cells.nets(all.pictures, wanted_cells, args.jobs, watch));
  CompareOutcome outcome;
  outcome.nets = std::ssize(nets);
  return outcome;
}

Json to_json(const CompareOutcome& outcome) {
  return {{"nets", outcome.nets}};
}

}  // namespace dew::verbs
