// The verb `compile`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "verbs/measure/measure.h"

namespace dew::cli {
namespace {

void tell(const verbs::CompileOutcome& compiled, Console& console) {
  if (!compiled.graph.empty()) console.say(compiled.graph);
  if (compiled.times && compiled.times->broken > 0)
    console.warn(fmt::format("broken blocks of the log, left out: {}", compiled.times->broken));
  if (const auto& why = compiled.not_measured)
    console.warn(fmt::format("not measured: {}{}{}", why->what, why->next.empty() ? "" : "; ", why->next));
  console.say(compiled.timeline);
  if (!compiled.layers.empty()) console.say(verbs::layer_table(compiled) + "\n");
  console.say(verbs::figure_table(compiled));
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
      "  dewdrop compile model.tflite --for nano-33-ble-sense -o out/   # see dewdrop boards\n"
      "  dewdrop compile model.tflite --for cortex-m4 --report      # RAM, flash, instructions by layer\n",
      [args, page, no_measure](Console& console) {
        args->measure = !*no_measure;
        args->layers = !page->empty();
        if (*page != ".") args->page = *page;
        return finish(console, verbs::compile(*args, console), tell);
      });
  add_project_option(sub, args->model.project);
  sub->add_option("model", args->model.model, "a .tflite file; default: the project's net");
  sub->add_option("--for", args->target,
                  "board, chip or core: nicla-vision, esp32s3, cortex-m4 ...; see dewdrop boards");
  sub->add_option("-o,--out", args->out, "folder for the C files; default: dew_<symbol>");
  sub->add_flag(
      "--report{.}", *page,
      "the cost of each layer, as a table and as a page with the memory plan; --report=PAGE names the page");
  sub->add_option("--measured", args->measured,
                  "a board's log of each layer's time, as dew_<symbol>_timing.h of deploy --to c prints it; "
                  "with the table and page of --report");
  sub->add_flag("--dump", args->dump, "print the graph");
  sub->add_flag("--no-measure", *no_measure, "do not build and run it on the emulated board");
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
