// The verb `test`: the net against the test split; accuracies, board figures and report.html.
#include <fmt/format.h>

#include "verbs/common/open.h"
#include "verbs/common/pictures.h"
#include "verbs/common/run_record.h"
#include "verbs/measure/against.h"
#include "verbs/measure/evaluation.h"
#include "verbs/measure/report_data.h"
#include "verbs/runs/runs.h"

namespace dew::verbs {
namespace {

/// Debian packages of the programs that the board needs and this machine lacks.
std::vector<std::string> missing_packages(const target::Board& board, const Watch& watch) {
  std::vector<std::string> packages;
  for (const target::Tool& tool : target::tools(watch))
    if (!tool.path && (tool.program == board.compiler || tool.program == board.emulator))
      packages.push_back(tool.package);
  return packages;
}

/// The board to run on; absent where none is wanted, or its tools are missing and nobody named it.
Result<std::optional<target::Target>> choose_target(const TestArgs& args, const Settings& settings,
                                                    Watch& watch) {
  if (args.no_board) return std::optional<target::Target>();
  DEW_TRY(target::Target where, target::find_target(args.board.empty() ? settings.board : args.board));
  if (args.board.empty())
    if (const auto missing = missing_packages(where.board, watch); !missing.empty()) {
      watch.warn(fmt::format("{} is left out, its tools are missing: apt install {}", where.board.name,
                             join(missing, " ")));
      return std::optional<target::Target>();
    }
  if (where.stands_in()) watch.inform(target::stand_in_text(where));
  return std::optional(std::move(where));
}

ModelArgs model_of(const Project& project, const Run& run, const std::optional<target::Target>& where) {
  const Settings& settings = project.settings();
  ModelArgs which;
  which.project = project.folder();
  which.model = project.folder() / run.folder / "model.tflite";
  which.symbol = settings.name;
  which.rounding = settings.rounding;
  which.classes = settings.classes;
  if (where) which.core = where->board.core;
  return which;
}

Result<void> write_inputs(const fs::path& path, const Evaluation& evaluation) {
  std::string bytes;
  for (const target::Bytes& input : evaluation.inputs) bytes.append(input.begin(), input.end());
  return write_file(path, bytes);
}

/// What the nets said of every labelled sample, so that faces can show what they confuse.
Result<void> keep_predictions(const fs::path& folder, const Project& project, const Evaluation& evaluation) {
  Predictions kept{project.settings().classes, {}};
  for (size_t i = 0; i < evaluation.samples.size(); ++i) {
    if (evaluation.truth[i] < 0) continue;
    const std::vector<double>& scores = evaluation.on_host.scores[i];
    const int said = largest(scores);
    kept.samples.push_back({evaluation.samples[i].id, evaluation.truth[i],
                            largest(evaluation.in_float.scores[i]), said, scores[static_cast<size_t>(said)]});
  }
  return write_file(folder / kPredictionsFile, to_text(kept));
}

/// `board`: the project's, where nothing ran.
TestOutcome outcome_of(const Run& run, const Model& model, const Evaluation& evaluation,
                       const std::optional<target::Target>& where, const std::string& board) {
  TestOutcome outcome;
  outcome.run = run.id;
  outcome.folder = run.folder;
  outcome.float_accuracy = accuracy(evaluation, evaluation.in_float);
  outcome.host_accuracy = accuracy(evaluation, evaluation.on_host);
  if (evaluation.on_board) {
    outcome.board_accuracy = accuracy(evaluation, *evaluation.on_board);
    outcome.board = where->board.name;
  }
  if (!model.plan.thresholds.empty() || model.plan.gate)
    outcome.decided = decided(evaluation, evaluation.on_host, model);
  outcome.bit_equal = evaluation.bit_equal;
  outcome.samples = std::ssize(evaluation.samples);
  outcome.figures = figures_of(model, !where ? board : where->device ? where->name : where->board.name);
  outcome.figures.where = where;
  outcome.figures.measured = evaluation.figures;
  return outcome;
}

Json share_json(const std::optional<Share>& share) {
  if (!share) return Json{{"accuracy", nullptr}};
  return Json{
      {"accuracy", share->value()}, {"right", share->hits}, {"interval95", {share->low, share->high}}};
}

Json decided_json(const std::optional<DecidedFigures>& all) {
  if (!all) return nullptr;
  return Json{
      {"said", all->decided},
      {"coverage", share_of(all->decided, all->samples).value()},
      {"right", all->right},
      {"accuracy", all->decided > 0 ? Json(share_of(all->right, all->decided).value()) : Json(nullptr)},
      {"thresholds", all->thresholds},
      {"strange", all->gated ? Json(all->strange) : Json(nullptr)},
      {"strange_right", all->gated ? Json(all->strange_right) : Json(nullptr)}};
}

/// What is kept with the run: everything but where the report is.
Json figures_json(const TestOutcome& outcome) {
  const bool on_board = outcome.bit_equal.has_value();
  Json keys{{"run", outcome.run},
            {"folder", outcome.folder},
            {"float", share_json(outcome.float_accuracy)},
            {"int8_host", share_json(outcome.host_accuracy)},
            {"int8_board", share_json(outcome.board_accuracy)},
            {"decided", decided_json(outcome.decided)},
            {"bit_equal", on_board ? Json(*outcome.bit_equal) : Json(nullptr)},
            {"samples", outcome.float_accuracy.of},
            {"labels", outcome.labels},
            {"against", to_json(outcome.against)},
            {"bit_compared", on_board ? Json(outcome.samples) : Json(nullptr)},
            {"board", on_board ? Json(outcome.board) : Json(nullptr)}};
  keys.update(to_json(outcome.figures));
  return keys;
}

}  // namespace

Result<TestOutcome> test(const TestArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_CHECK(project.settle_splits(watch));  // an add that was stopped left them as they were drawn
  DEW_TRY(Run run, finished_run(project, args.run));
  DEW_TRY(Json results, run_results(project, run));
  DEW_TRY(const label::LabelSet set, label_set_of(project, args.labels));
  DEW_TRY(const auto where, choose_target(args, project.settings(), watch));
  DEW_TRY(const Model model, load_model(model_of(project, run, where)));
  const auto board = where ? std::optional(where->board) : std::nullopt;
  DEW_TRY(const Evaluation evaluation, evaluate(project, run, model, board, set, watch));
  if (!args.inputs_out.empty()) DEW_CHECK(write_inputs(args.inputs_out, evaluation));

  TestOutcome outcome = outcome_of(run, model, evaluation, where, project.settings().board);
  if (board) outcome.figures.rows_ram_bytes = rows_ram_bytes(model, *board, watch);
  outcome.labels = label::to_text(set);
  DEW_TRY(outcome.against, measured_against(project, set, evaluation));
  results["test"] = figures_json(outcome);
  run.results_json = results.dump();
  const fs::path folder = project.folder() / run.folder;
  outcome.report = folder / "report.html";
  DEW_TRY(const auto data, gather_report(project, run, model, evaluation, to_text(outcome.against), watch));
  DEW_CHECK(write_file(outcome.report, report::to_html(data)));
  DEW_CHECK(keep_predictions(folder, project, evaluation));
  DEW_CHECK(write_file(folder / "metrics.json", results.dump(2) + "\n"));
  DEW_CHECK(project.update_run(run));
  outcome.next = "deploy --to c";
  return outcome;
}

Json to_json(const TestOutcome& outcome) {
  Json keys = figures_json(outcome);
  keys["report"] = outcome.report.string();
  return keys;
}

}  // namespace dew::verbs
