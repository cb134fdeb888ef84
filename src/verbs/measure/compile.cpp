// The verb `compile`: a .tflite, or the project's net, becomes C; its RAM, flash and instructions are
// measured.
#include "verbs/measure/layers.h"
#include "verbs/measure/measured_log.h"

namespace dew::verbs {
namespace {

/// The target the user named, else the project's board, else a Cortex-M4.
Result<target::Target> choose_target(const CompileArgs& args) {
  if (!args.target.empty()) {
    auto found = target::find_target(args.target);
    if (found) return found;
    Error error = found.error();
    error.next += "; for any other core, plain C: dewdrop deploy --to c";
    return tl::unexpected(std::move(error));
  }
  if (args.model.model.empty()) {
    DEW_TRY(const Project project, project_of(args.model));
    return target::find_target(project.settings().board);
  }
  return target::find_target("cortex-m4");
}

/// The arena of an engine that runs operator by operator; absent where this plan does so itself.
std::optional<int64_t> layers_arena(const Model& model) {
  compiler::Options options = model.options;
  if (options.schedule == compiler::Schedule::kLayers) return std::nullopt;
  options.schedule = compiler::Schedule::kLayers;
  const auto plan = compiler::compile(model.graph, options);
  return plan ? std::optional(plan->arena_bytes) : std::nullopt;
}

/// Builds the C for the board, runs it there, with a whole image and with rows pushed, and fills in the
/// figures as they come. With `layers`, gives the instructions of each step (none where the board cannot
/// count).
Result<std::vector<int64_t>> measure(const Model& model, const target::Board& board, bool layers,
                                     CompileOutcome& outcome, Watch& watch) {
  const target::Bytes blank(static_cast<size_t>(model.plan.input.bytes()));
  DEW_TRY(const auto run, target::run_on_board(model.plan, board, {&blank, 1}, watch));
  outcome.figures.measured = run.figures;
  outcome.figures.rows_ram_bytes = rows_ram_bytes(model, board, watch);
  if (!layers) return std::vector<int64_t>();
  return target::count_step_instructions(model.plan, board, blank, run.figures.instructions, watch);
}

/// Before anything is written or run: a log of another net is the user's mistake.
Result<std::optional<MeasuredTimes>> times_of(const CompileArgs& args, const Model& model) {
  if (args.measured.empty()) return std::optional<MeasuredTimes>();
  constexpr int64_t kLargestLog = int64_t{64} << 20;
  DEW_TRY(const std::string log, read_file(args.measured, kLargestLog));
  DEW_TRY(MeasuredTimes times, read_measured(log, printable(args.measured.string()), model.plan));
  return std::optional(std::move(times));
}

/// Null: no log was given.
Json times_json(const std::optional<MeasuredTimes>& times) {
  if (!times) return nullptr;
  return Json{{"unit", times->unit()},
              {"total", times->total()},
              {"inferences", times->inferences},
              {"blocks", times->blocks},
              {"broken_blocks", times->broken}};
}

ModelEnd end_of(const graph::Tensor& tensor, std::string_view kind, float scale, int zero_point) {
  if (tensor.type == graph::DType::kUInt8) zero_point += 128;
  return {tensor, std::string(kind), static_cast<double>(scale), zero_point};
}

Json end_json(const ModelEnd& end) {
  return Json{{"shape", end.tensor.shape},
              {"type", std::string(graph::type_name(end.tensor.type))},
              {"kind", end.kind},
              {"scale", end.scale},
              {"zero_point", end.zero_point}};
}

Result<void> write_c(const Model& model, CompileOutcome& outcome) {
  for (const auto& [name, text] : compiler::emit_c(model.plan)) {
    DEW_CHECK(write_file(outcome.folder / name, text));
    outcome.files.push_back(outcome.folder / name);
  }
  return {};
}

Result<void> write_page(const CompileArgs& args, const Model& model, CompileOutcome& outcome) {
  outcome.page = args.page.empty() ? outcome.folder / "report.html" : args.page;
  DEW_CHECK(write_file(outcome.page, report::to_html(compile_report(model, outcome))));
  outcome.files.push_back(outcome.page);
  return {};
}

}  // namespace

Result<CompileOutcome> compile(const CompileArgs& args, Watch& watch) {
  DEW_TRY(const target::Target where, choose_target(args));
  ModelArgs which = args.model;
  which.core = where.board.core;
  DEW_TRY(const Model model, load_model(which));
  tell_net(model, watch);
  const bool layers = args.layers || !args.measured.empty();
  CompileOutcome outcome;
  DEW_TRY(outcome.times, times_of(args, model));
  outcome.net = model.net;
  outcome.figures = figures_of(model, where.name);
  outcome.figures.where = where;
  outcome.symbol = model.plan.symbol;
  const compiler::Ends ends = compiler::ends_of(model.plan);
  outcome.input =
      end_of(model.plan.input, compiler::kind_name(ends.input), ends.input_scale, ends.input_zero_point);
  outcome.output = end_of(model.plan.gate ? model.plan.parts[0].tensor : model.plan.output,
                          compiler::kind_name(ends.output), ends.output_scale, ends.output_zero_point);
  outcome.timeline = compiler::timeline(model.plan);
  outcome.layers_arena = layers_arena(model);
  for (const compiler::Remembered& state : model.plan.remembered) outcome.memory_bytes += state.bytes;
  if (args.dump) outcome.graph = graph::dump(model.graph);
  outcome.folder = args.out.empty() ? args.out_parent / ("dew_" + model.plan.symbol) : args.out;
  DEW_CHECK(write_c(model, outcome));

  std::vector<int64_t> step_instructions;
  if (args.measure) {
    if (where.stands_in()) watch.inform(target::stand_in_text(where));
    auto counts = measure(model, where.board, layers, outcome, watch);
    if (!counts && watch.interrupted()) return tl::unexpected(counts.error());
    if (counts)
      step_instructions = *std::move(counts);
    else
      outcome.not_measured = counts.error();
  }
  if (layers) {
    outcome.layers = layers_of(model.plan, step_instructions, outcome.times ? &*outcome.times : nullptr);
    DEW_CHECK(write_page(args, model, outcome));
  }
  return outcome;
}

Json to_json(const CompileOutcome& outcome) {
  Json keys = to_json(outcome.figures);
  keys.update(net_keys(outcome.net));
  keys["input"] = end_json(outcome.input);
  keys["output"] = end_json(outcome.output);
  keys["memory_bytes"] = outcome.memory_bytes;
  if (!outcome.layers.empty()) {
    keys["layers"] = layers_json(outcome.layers);
    keys["report"] = outcome.page.string();
    keys["measured"] = times_json(outcome.times);
  }
  Json files = Json::array();
  for (const fs::path& file : outcome.files) files.push_back(file.string());
  keys["files"] = files;
  return keys;
}

}  // namespace dew::verbs
