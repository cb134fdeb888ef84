// The head of the queue, without a question.
#include <algorithm>

#include "verbs/common/open.h"
#include "verbs/review/ranking.h"

namespace dew::verbs {

Result<SuspectsOutcome> list_suspects(const ListSuspectsArgs& args, Watch& watch) {
  DEW_TRY(const Project project, open_project(args.ranking.project, watch));
  DEW_TRY(Ranking ranking, gather_labels(project, args.ranking, watch));
  DEW_TRY(const auto queue, review_queue(ranking, args.ranking.split, args.limit, watch));
  SuspectsOutcome outcome;
  outcome.queue_length = std::ssize(queue);
  const auto count = static_cast<size_t>(std::clamp(args.count, int64_t{0}, outcome.queue_length));
  for (size_t i = 0; i < count; ++i)
    outcome.suspects.push_back(suspect_of(ranking.labels[queue[i]], project.settings().classes));
  return outcome;
}

Json to_json(const Suspect& suspect) {
  return Json{{"sample", suspect.sample.name},
              {"split", split_name(suspect.sample.split)},
              {"label", suspect.label},
              {"label_probability", suspect.label_probability},
              {"classifier", suspect.classifier},
              {"classifier_probability", suspect.classifier_probability},
              {"suspicion", suspect.suspicion},
              {"confidence", suspect.confidence ? Json(*suspect.confidence) : Json(nullptr)},
              {"reason", suspect.reason}};
}

Json to_json(const SuspectsOutcome& outcome) {
  Json queue = Json::array();
  for (const Suspect& suspect : outcome.suspects) queue.push_back(to_json(suspect));
  return Json{{"queue_length", outcome.queue_length}, {"queue", queue}};
}

}  // namespace dew::verbs
