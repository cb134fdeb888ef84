// dewdrop compile: a .tflite, or the project's net, becomes C; its RAM, flash and instructions are measured.
#include <fmt/format.h>

#include "cli/layers.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "target/target.h"
#include "verbs/common/model.h"

namespace dew {
namespace {

/// The target the user named, else the project's board, else a Cortex-M4.
Result<target::Board> choose_board(const CompileArgs& args) {
  if (!args.target.empty()) {
    auto board = target::find_board(args.target);
    if (board) return board;
    Error error = board.error();
    error.next += "; for any other core, plain C: dewdrop deploy --to c";
    return tl::unexpected(std::move(error));
  }
  if (args.model.model.empty()) {
    DEW_TRY(const Project project, project_of(args.model));
    return target::find_board(project.settings().board);
  }
  return target::find_board("cortex-m4");
}

void add_figures(Json& keys, const target::Figures& figures) {
  keys["ram_bytes"] = figures.ram_bytes;
  keys["stack_bytes"] = figures.stack_bytes;
  keys["flash_bytes"] = figures.flash_bytes;
  keys["instructions"] = counted(figures.instructions);
}

/// The arena that an engine which runs operator after operator needs; nothing where this plan is such a one.
std::string by_layers(const Model& model) {
  compiler::Options options = model.options;
  if (options.schedule == compiler::Schedule::kLayers) return {};
  options.schedule = compiler::Schedule::kLayers;
  const auto layers = compiler::compile(model.graph, options);
  return layers ? fmt::format("layer by layer {} B", with_commas(layers->arena_bytes)) : std::string();
}

std::string bytes_text(const Json& value) {
  return value.is_null() ? "not measured" : with_commas(value.get<int64_t>()) + " B";
}

void tell(const Json& keys, const std::string& layers, Console& console) {
  std::vector<std::vector<std::string>> rows{
      {"for " + keys["target"].get<std::string>(), ""},
      {"kernels", keys["kernels"].get<std::string>()},
      {"MACs", with_commas(keys["macs"].get<int64_t>())},
      {"constants", bytes_text(keys["weights_bytes"])},
      {"arena", bytes_text(keys["arena_bytes"]), layers},
      {"RAM, all of the firmware's", bytes_text(keys["ram_bytes"]), "image, arena, stack"},
      {"  of it stack", bytes_text(keys["stack_bytes"])}};
  if (keys.contains("rows_ram_bytes"))
    rows.push_back({"  with rows pushed", bytes_text(keys["rows_ram_bytes"]), "a row instead of the image"});
  rows.push_back({"flash", bytes_text(keys["flash_bytes"]), "constants and code"});
  const Json& instructions = keys["instructions"];
  rows.push_back({"instructions an inference",
                  instructions.is_null() ? "not measured" : with_commas(instructions.get<int64_t>())});
  console.say(table(rows));
}

/// Builds the C for the board and runs it there; fills in the figures, and what each layer took if that is
/// wanted (empty where the board cannot count).
Result<std::vector<int64_t>> measure(const Model& model, const target::Board& board, bool by_layer,
                                     Json& keys, Watch& watch) {
  const target::Bytes blank(static_cast<size_t>(model.plan.input.bytes()));
  DEW_TRY(const auto run, target::run_on_board(model.plan, board, {&blank, 1}, watch));
  add_figures(keys, run.figures);
  if (!by_layer) return std::vector<int64_t>();
  // A model with floats at its ends takes no rows: then the figure stays null.
  if (const auto rows = target::run_on_board(model.plan, board, {&blank, 1}, watch, target::Feed::kRows))
    keys["rows_ram_bytes"] = rows->figures.ram_bytes;
  return target::count_steps(model.plan, board, blank, run.figures.instructions, watch);
}

Result<Json> write_c(const Model& model, const fs::path& out) {
  Json files = Json::array();
  for (const auto& [name, text] : compiler::emit_c(model.plan)) {
    DEW_CHECK(write_file(out / name, text));
    files.push_back((out / name).string());
  }
  return files;
}

}  // namespace

Result<Json> verb_compile(const CompileArgs& args, Console& console) {
  DEW_TRY(const target::Board board, choose_board(args));
  ModelArgs which = args.model;
  which.core = board.core;
  DEW_TRY(const Model model, load_model(which));
  if (args.dump) console.say(graph::dump(model.graph));
  Json keys = to_json(figures_of(model, board.core));
  const fs::path out = args.out.empty() ? fs::path("dew_" + model.plan.symbol) : args.out;
  DEW_TRY(Json files, write_c(model, out));

  const bool report = !args.report.empty();
  if (report) keys["rows_ram_bytes"] = nullptr;
  std::vector<int64_t> instructions;
  if (!args.no_measure) {
    // The C files stand whatever comes of the measuring: a missing emulator costs the figures, not the work.
    auto measured = measure(model, board, report, keys, console);
    if (measured)
      instructions = std::move(*measured);
    else if (console.interrupted())
      return tl::unexpected(measured.error());
    else
      console.warn(fmt::format("not measured: {}{}{}", measured.error().what,
                               measured.error().next.empty() ? "" : "; ", measured.error().next));
  }
  console.say(compiler::timeline(model.plan));
  if (report) {
    const auto layers = layers_of(model.plan, instructions);
    console.say(layer_table(layers) + "\n");
    keys["layers"] = layer_keys(layers);
    const fs::path page = args.report == "." ? out / "report.html" : args.report;
    DEW_CHECK(write_file(page, report::to_html(compile_report(model, keys, layers))));
    keys["report"] = page.string();
    files.push_back(page.string());
  }
  keys["files"] = files;
  tell(keys, by_layers(model), console);
  const std::string stem = (out / ("dew_" + model.plan.symbol)).string();
  console.say(fmt::format("written: {0}.c and {0}.h, which opens with how to call it", stem));
  if (report) console.say(fmt::format("report: {}", keys["report"].get<std::string>()));
  return keys;
}

}  // namespace dew
