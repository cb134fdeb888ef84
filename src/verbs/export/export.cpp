#include "verbs/export/export.h"

#include "verbs/common/open.h"
#include "verbs/common/pictures.h"
#include "verbs/export/gather.h"

namespace dew::verbs {
Result<ExportOutcome> export_samples(const ExportArgs& args, Watch& watch) {
  DEW_CHECK(exchange::check_writing(args.to, args.out));  // before a large project is read
  std::optional<Split> split;
  if (!args.split.empty()) {
    DEW_TRY(split, parse_split(args.split));
  }
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_CHECK(project.settle_splits(watch));  // an add that was stopped left them as they were drawn
  DEW_TRY(const label::LabelSet labels, label_set_of(project, args.labels));
  DEW_TRY(const auto origins, ProjectOrigins::open(project, labels, split));
  ExportOutcome outcome;
  outcome.format = args.to;
  outcome.folder = args.out;
  outcome.labels = label::to_text(labels);
  DEW_TRY(outcome.written, exchange::write(args.to, *origins, args.out, watch, args.skip_missing));
  return outcome;
}

Json to_json(const ExportOutcome& outcome) {
  const exchange::Written& written = outcome.written;
  return Json{{"format", outcome.format},         {"folder", outcome.folder.string()},
              {"labels", outcome.labels},         {"pictures", written.pictures},
              {"labelled", written.labelled},     {"by_people", written.people},
              {"unlabelled", written.unlabelled}, {"unlabelled_left_out", written.unlabelled_left_out},
              {"unreadable", written.unreadable}, {"converted", written.converted},
              {"by_class", written.by_class},     {"notes", written.notes}};
}

}  // namespace dew::verbs
