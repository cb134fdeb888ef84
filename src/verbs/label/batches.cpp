// Lists and forgets batches: the store's book, nothing else.
#include <algorithm>
#include <map>
#include <set>

#include "verbs/common/open.h"
#include "verbs/label/label.h"

namespace dew::verbs {
namespace {

Result<std::vector<ListedBatch>> list(const Project& project) {
  DEW_TRY(const auto batches, project.batches());
  std::map<std::pair<std::string, std::string>, std::set<int64_t>> open;  // by model and prompt
  std::vector<ListedBatch> listed;
  for (const Batch& batch : batches) {
    const std::pair key(batch.model, batch.prompt_hash);
    if (open.count(key) == 0) {
      DEW_TRY(const auto samples,
              project.samples_without_answer(batch.teacher, batch.model, batch.prompt_hash));
      for (const Sample& sample : samples) open[key].insert(sample.id);
    }
    const std::set<int64_t> asked(batch.samples.begin(), batch.samples.end());
    const auto answered = std::count_if(asked.begin(), asked.end(),
                                        [&](int64_t sample) { return open[key].count(sample) == 0; });
    listed.push_back({batch, static_cast<int64_t>(batch.samples.size()), answered});
  }
  return listed;
}

bool is_named(const Batch& batch, const std::string& name) {
  return std::to_string(batch.id) == name || (!batch.job.empty() && batch.job == name);
}

}  // namespace

Result<BatchesOutcome> batches(const fs::path& project_folder, Watch& watch) {
  DEW_TRY(const Project project, open_project(project_folder, watch));
  BatchesOutcome outcome;
  DEW_TRY(outcome.batches, list(project));
  return outcome;
}

Result<BatchesOutcome> forget_batch(const fs::path& project_folder, const std::string& name, Watch& watch) {
  DEW_TRY(Project project, open_project(project_folder, watch));
  DEW_TRY(const auto known, project.batches());
  const auto at =
      std::find_if(known.begin(), known.end(), [&](const Batch& batch) { return is_named(batch, name); });
  if (at == known.end())
    return usage_error("there is no batch '" + printable(name, 60) + "'", "--forget",
                       "dewdrop label --batches lists them");
  Batch batch = *at;
  if (batch.state != "uploaded" && batch.state != "created" && batch.state != "lost")
    return usage_error("nothing is expected of batch " + std::to_string(batch.id) + ": it is " + batch.state,
                       "--forget");
  if (batch.state == "created")
    watch.warn("the server is not told: cancel the batch " + printable(batch.job, 60) +
               " there if it still runs, else its answers are paid for twice");
  batch.state = "forgotten";
  DEW_TRY(batch, project.keep_batch(batch));
  BatchesOutcome outcome;
  outcome.forgotten = batch.id;
  DEW_TRY(outcome.batches, list(project));
  return outcome;
}

Json to_json(const BatchesOutcome& outcome) {
  Json listed = Json::array();
  for (const ListedBatch& one : outcome.batches)
    listed.push_back({{"id", one.batch.id},
                      {"job", one.batch.job},
                      {"state", one.batch.state},
                      {"model", one.batch.model},
                      {"prompt_hash", one.batch.prompt_hash},
                      {"questions", one.questions},
                      {"answered", one.answered},
                      {"at", one.batch.at}});
  return Json{{"batches", listed},
              {"forgotten", outcome.forgotten ? Json(*outcome.forgotten) : Json(nullptr)}};
}

}  // namespace dew::verbs
