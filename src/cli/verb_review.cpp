// dewdrop review: people look at labels, the most suspicious first, and decide.
#include <fmt/format.h>

#include <algorithm>

#include "cli/review_ask.h"
#include "cli/review_import.h"
#include "cli/review_rank.h"
#include "cli/review_score.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "verbs/common/open.h"

namespace dew {
namespace {

Json to_json(const Suspect& suspect, const std::vector<std::string>& classes) {
  const Opinion& opinion = suspect.opinion;
  return Json{{"sample", suspect.sample.name},
              {"split", split_name(suspect.sample.split)},
              {"label", classes[static_cast<size_t>(suspect.label)]},
              {"label_probability", opinion.given},
              {"classifier", classes[static_cast<size_t>(opinion.said)]},
              {"classifier_probability", opinion.probability},
              {"suspicion", opinion.suspicion},
              {"confidence", suspect.confidence ? Json(*suspect.confidence) : Json(nullptr)},
              {"reason", suspect.reason}};
}

Json list(const Ranking& ranking, const std::vector<size_t>& queue, size_t count, const Settings& settings,
          Console& console) {
  std::vector<std::vector<std::string>> rows{{"suspicion", "sample", "label", "", "classifier", ""}};
  Json entries = Json::array();
  for (size_t i = 0; i < std::min(count, queue.size()); ++i) {
    const Suspect& suspect = ranking.suspects[queue[i]];
    const Opinion& opinion = suspect.opinion;
    entries.push_back(to_json(suspect, settings.classes));
    rows.push_back({fmt::format("{:.2f}", opinion.suspicion), printable(suspect.sample.name),
                    settings.classes[static_cast<size_t>(suspect.label)],
                    fmt::format("{:.3f}", opinion.given), settings.classes[static_cast<size_t>(opinion.said)],
                    fmt::format("{:.3f}", opinion.probability)});
  }
  console.say(table(rows));
  return Json{{"queue_length", queue.size()}, {"queue", entries}};
}

Json to_json(const Reviewed& reviewed) {
  return Json{{"decided", reviewed.decided}, {"changed", reviewed.changed}, {"unsure", reviewed.unsure},
              {"skipped", reviewed.skipped}, {"undone", reviewed.undone},   {"left", reviewed.left}};
}

Result<Json> ask(Project& project, Ranking& ranking, const std::vector<size_t>& queue, const ReviewArgs& args,
                 Console& console) {
  Reviewed reviewed;
  const auto asked = ask_person(project, ranking, queue, args, console, reviewed);
  console.say(fmt::format("{} decided, {} of them changed, {} set aside; {} skipped, {} left in the queue",
                          reviewed.decided, reviewed.changed, reviewed.unsure, reviewed.skipped,
                          reviewed.left));
  if (asked) return to_json(reviewed);
  console.partial(to_json(reviewed));
  return tl::unexpected(asked.error());
}

}  // namespace

Result<Json> verb_review(const ReviewArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  if (!args.import_file.empty()) return import_labels(project, args, console);
  DEW_TRY(Ranking ranking, gather_labels(project, args, console));
  if (!args.score.empty()) return score_review(project, ranking, args, console);
  DEW_TRY(const auto queue, review_queue(ranking, args, console));
  if (args.list) return list(ranking, queue, static_cast<size_t>(*args.list), project.settings(), console);
  if (queue.empty()) {
    console.say("nothing to review: people decided about all of it");
    return to_json(Reviewed());
  }
  return ask(project, ranking, queue, args, console);
}

}  // namespace dew
