// The verb `compile`: its options, its call, its print.
#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "cli/program.h"
#include "verbs/measure/measure.h"

namespace dew::cli {
namespace {

constexpr int kBarWidth = 24;

std::string or_blank(int64_t figure) {
  return figure == 0 ? "" : with_commas(figure);
}

/// One row per layer; the last column is a bar of instructions where they were counted, else of MACs.
std::string layer_table(const std::vector<report::LayerCost>& layers) {
  const bool counted =
      std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.instructions > 0; });
  const auto work_of = [counted](const auto& layer) { return counted ? layer.instructions : layer.macs; };
  int64_t total = 0;
  int64_t most = 1;
  for (const report::LayerCost& layer : layers) {
    total += work_of(layer);
    most = std::max(most, work_of(layer));
  }
  std::vector<std::vector<std::string>> rows{
      {"step", "layer", "RAM, B", "scratch, B", "flash, B", "MACs", "instructions", "%", ""}};
  for (const report::LayerCost& layer : layers) {
    const int64_t work = work_of(layer);
    const double share = total == 0 ? 0 : 100.0 * static_cast<double>(work) / static_cast<double>(total);
    rows.push_back({fmt::format("{}", layer.step), printable(layer.name, 60), or_blank(layer.ram_bytes),
                    or_blank(layer.scratch_bytes), or_blank(layer.flash_bytes), or_blank(layer.macs),
                    or_blank(layer.instructions), fmt::format("{:.1f}", share),
                    std::string(static_cast<size_t>(work * kBarWidth / most), '#')});
  }
  return text_table(rows);
}

std::string figure_table(const verbs::CompileOutcome& compiled) {
  const verbs::ModelFigures& figures = compiled.figures;
  const auto bytes = [](const std::optional<int64_t>& value) {
    return value ? with_commas(*value) + " B" : std::string("not measured");
  };
  const auto measured = [&figures](int64_t target::Figures::*figure) {
    return figures.measured ? std::optional((*figures.measured).*figure) : std::nullopt;
  };
  std::vector<std::vector<std::string>> rows{
      {"for " + figures.target, ""},
      {"kernels", figures.kernels},
      {"MACs", with_commas(figures.macs)},
      {"constants", bytes(figures.weights_bytes)},
      {"arena", bytes(figures.arena_bytes),
       compiled.layers_arena ? "layer by layer " + bytes(compiled.layers_arena) : ""},
      {"RAM of the firmware", bytes(measured(&target::Figures::ram_bytes)), "image, arena, stack"},
      {"  of which stack", bytes(measured(&target::Figures::stack_bytes))}};
  if (!compiled.layers.empty())
    rows.push_back({"  with rows pushed", bytes(compiled.rows_ram_bytes), "one row instead of the image"});
  rows.push_back({"flash", bytes(measured(&target::Figures::flash_bytes)), "constants and code"});
  const int64_t instructions = measured(&target::Figures::instructions).value_or(0);
  rows.push_back(
      {"instructions per inference", instructions == 0 ? "not measured" : with_commas(instructions)});
  return text_table(rows);
}

void tell(const verbs::CompileOutcome& compiled, Console& console) {
  if (!compiled.graph.empty()) console.say(compiled.graph);
  if (const auto& why = compiled.not_measured)
    console.warn(fmt::format("not measured: {}{}{}", why->what, why->next.empty() ? "" : "; ", why->next));
  console.say(compiled.timeline);
  if (!compiled.layers.empty()) console.say(layer_table(compiled.layers) + "\n");
  console.say(figure_table(compiled));
  console.say("written: {0}.c and {0}.h, which starts with how to call it",
              (compiled.folder / ("dew_" + compiled.symbol)).string());
  if (!compiled.page.empty()) console.say("report: {}", compiled.page.string());
}

}  // namespace

void add_compile(Program& program) {
  auto args = std::make_shared<verbs::CompileArgs>();
  auto page = std::make_shared<std::string>();
  auto no_measure = std::make_shared<bool>(false);
  CLI::App* sub = add_verb(
      program, "compile", "Compile the net, or any int8 .tflite, to self-contained C and measure it.",
      "  dewdrop compile --for cortex-m4\n"
      "  dewdrop compile model.tflite --for cortex-m4 -o out/\n"
      "  dewdrop compile model.tflite --for cortex-m4 --report      # RAM, flash, instructions by layer\n",
      [args, page, no_measure](Console& console) {
        args->measure = !*no_measure;
        args->layers = !page->empty();
        if (*page != ".") args->page = *page;
        return finish(console, verbs::compile(*args, console), tell);
      });
  add_project_option(sub, args->model.project);
  sub->add_option("model", args->model.model, "a .tflite file; default: the project's net");
  sub->add_option("--for", args->target, "core or board: cortex-m4, qemu:mps2-an386 ...");
  sub->add_option("-o,--out", args->out, "folder for the C files; default: dew_<symbol>");
  sub->add_flag(
      "--report{.}", *page,
      "the cost of each layer, as a table and as a page with the memory plan; --report=PAGE names the page");
  sub->add_flag("--dump", args->dump, "print the graph");
  sub->add_flag("--no-measure", *no_measure, "do not build and run it on the emulated board");
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
