// The verb `run`: pictures, a split or raw tensors through the model, on the host or on a board.
#include <fmt/format.h>

#include "verbs/measure/inputs.h"
#include "verbs/measure/learned.h"

namespace dew::verbs {
namespace {

Result<void> check_args(const RunArgs& args) {
  const int kinds =
      (args.raw.empty() ? 0 : 1) + (args.pictures.empty() ? 0 : 1) + (args.split.empty() ? 0 : 1);
  if (kinds != 1)
    return usage_error("give pictures or folders, or --split test, or --raw in.bin --out out.bin", {},
                       "see: dewdrop run --help");
  if (!args.raw.empty() && args.out.empty())
    return usage_error("--raw needs --out", {}, "see: dewdrop run --help");
  if (args.rows && args.on == "host")
    return usage_error("--rows feeds a board; the host gets whole images", {},
                       "choose a board: --on qemu:mps2-an386");
  return {};
}

/// A model of the user's gets the project's classes where it is run on the project's samples.
Result<ModelArgs> which_model(const RunArgs& args) {
  ModelArgs which = args.model;
  if (args.on != "host") {
    DEW_TRY(const target::Target where, target::find_target(args.on));
    which.core = where.board.core;
  } else if (which.isa.empty()) {
    which.isa = compiler::isa_name(target::host_isa());
  }
  if (!args.split.empty() && !which.model.empty() && which.classes.empty()) {
    DEW_TRY(const Project project, Project::open(which.project));
    which.classes = project.settings().classes;
  }
  return which;
}

/// The outputs, in the order of the inputs; empty for an input that was not given. Each tensor is dropped
/// once it was run.
Result<std::vector<target::Bytes>> run_here(const compiler::Plan& plan, const Inputs& inputs, Watch& watch) {
  target::HostNet net(plan);
  std::vector<target::Bytes> outputs(inputs.all.size());
  int64_t done = 0;
  const bool shown = inputs.all.size() > 1;
  if (shown) watch.begin("running the net", std::ssize(inputs.all));
  DEW_CHECK(inputs.read(
      [&](size_t index, const target::Bytes& tensor) -> Result<void> {
        DEW_TRY(outputs[index], net.run(tensor));
        watch.advance(++done);
        return {};
      },
      watch));
  if (shown) watch.end();
  return outputs;
}

Result<target::BoardRun> run_on_the_board(const RunArgs& args, const compiler::Plan& plan,
                                          const Inputs& inputs, Watch& watch) {
  DEW_TRY(const target::Target where, target::find_target(args.on));
  if (where.stands_in()) watch.inform(target::stand_in_text(where));
  std::vector<target::Bytes> tensors;
  std::vector<size_t> places;  // of each tensor, among the inputs
  const bool shown = inputs.all.size() > 1;
  if (shown) watch.begin("reading inputs", std::ssize(inputs.all));
  DEW_CHECK(inputs.read(
      [&](size_t index, target::Bytes tensor) -> Result<void> {
        tensors.push_back(std::move(tensor));
        places.push_back(index);
        watch.advance(std::ssize(tensors));
        return {};
      },
      watch));
  if (shown) watch.end();
  if (tensors.empty()) return target::BoardRun{std::vector<target::Bytes>(inputs.all.size()), {}, {}};
  DEW_TRY(target::BoardRun run, target::run_on_board(plan, where.board, tensors, watch,
                                                     args.rows ? target::Feed::kRows : target::Feed::kImage));
  std::vector<target::Bytes> outputs(inputs.all.size());
  for (size_t i = 0; i < places.size(); ++i) outputs[places[i]] = std::move(run.outputs[i]);
  run.outputs = std::move(outputs);
  return run;
}

Result<target::BoardRun> run_inputs(const RunArgs& args, const compiler::Plan& plan, const Inputs& inputs,
                                    Watch& watch) {
  if (args.on != "host") return run_on_the_board(args, plan, inputs, watch);
  target::BoardRun run;
  DEW_TRY(run.outputs, run_here(plan, inputs, watch));
  return run;
}

/// The model's own tensors, without the gate's answers.
Result<void> write_outputs(const fs::path& file, const std::vector<target::Bytes>& outputs,
                           const compiler::Plan& plan) {
  std::string raw;
  for (const target::Bytes& output : outputs)
    raw.append(output.begin(), output.end() - (plan.gate && !output.empty() ? 1 : 0));
  return write_file(file, raw);
}

RunResult result_of(const Input& input, const Model& model, const target::Bytes& output) {
  RunResult result;
  result.input = input.name;
  result.label = input.label;
  result.scores = scores(output, model.plan);
  const auto top = static_cast<size_t>(largest(result.scores));
  result.score = result.scores[top];
  if (model.plan.gate) result.known = is_known(output, model.plan);
  result.decided = result.known.value_or(true) && is_said(model, result.scores, static_cast<int>(top));
  result.top = model.graph.classes.empty() ? fmt::format("{}", top) : model.graph.classes[top];
  return result;
}

Json decision(const RunResult& result) {
  return result.decided ? Json(result.top) : Json(nullptr);
}

}  // namespace

Result<RunOutcome> run(const RunArgs& args, Watch& watch) {
  DEW_CHECK(check_args(args));
  DEW_TRY(const ModelArgs which, which_model(args));
  DEW_TRY(const Model model, load_model(which));
  tell_net(model, watch);
  DEW_TRY(const Inputs inputs, find_inputs(args, model.plan.input, model.graph.classes, watch));
  DEW_TRY(const auto made, run_inputs(args, model.plan, inputs, watch));
  if (!args.out.empty()) DEW_CHECK(write_outputs(args.out, made.outputs, model.plan));

  DEW_TRY(const std::vector<bool> learned, learned_from(args, model, inputs));
  RunOutcome outcome;
  outcome.net = model.net;
  outcome.on = args.on;
  outcome.instructions = made.figures.instructions;
  for (size_t i = 0; i < inputs.all.size(); ++i) {
    if (made.outputs[i].empty()) {
      ++outcome.skipped;
      continue;
    }
    outcome.results.push_back(result_of(inputs.all[i], model, made.outputs[i]));
    const RunResult& result = outcome.results.back();
    outcome.labelled += result.label ? 1 : 0;
    outcome.right += result.label == result.top ? 1 : 0;
    if (!result.label || !learned[i]) continue;
    ++outcome.learned;
    outcome.learned_right += result.label == result.top ? 1 : 0;
  }
  if (outcome.results.empty())
    return work_error("no picture could be read", printable(inputs.all.front().name),
                      "the warnings above say why, file by file");
  warn_of_learned(outcome, watch);
  return outcome;
}

Json to_json(const RunOutcome& outcome) {
  Json results = Json::array();
  for (const RunResult& result : outcome.results)
    results.push_back({{"input", printable(result.input)},
                       {"class", result.top},
                       {"decision", decision(result)},
                       {"known", result.known ? Json(*result.known) : Json(nullptr)},
                       {"scores", result.scores},
                       {"label", result.label ? Json(*result.label) : Json(nullptr)}});
  const RunResult& first = outcome.results.front();
  Json keys{{"class", first.top},
            {"scores", first.scores},
            {"decision", decision(first)},
            {"instructions", counted(outcome.instructions)},
            {"on", outcome.on},
            {"inputs", outcome.results.size()},
            {"skipped", outcome.skipped},
            {"labelled", outcome.labelled},
            {"right", outcome.right},
            {"accuracy",
             outcome.labelled > 0 ? Json(share_of(outcome.right, outcome.labelled).value()) : Json(nullptr)},
            {"learned", outcome.learned},
            {"results", results}};
  keys.update(net_keys(outcome.net));
  return keys;
}

}  // namespace dew::verbs
