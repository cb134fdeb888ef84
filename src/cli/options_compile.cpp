// The verb `compile`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_compile(Program& program) {
  auto args = std::make_shared<CompileArgs>();
  CLI::App* sub = add_verb(
      program, "compile", "Compile the net, or any int8 .tflite, to self-contained C and measure it.",
      "  dewdrop compile --for cortex-m4\n"
      "  dewdrop compile model.tflite --for cortex-m4 -o out/\n"
      "  dewdrop compile model.tflite --for cortex-m4 --report      # RAM, flash, instructions by layer\n",
      [args, &program](Console& console) {
        args->model.project = program.project;
        return bridge(console, verb_compile(*args, console));
      });
  add_project_option(sub, program);
  sub->add_option("model", args->model.model, "a .tflite file; default: the project's newest net");
  sub->add_option("--for", args->target, "core or board: cortex-m4, qemu:mps2-an386 ...");
  sub->add_option("-o,--out", args->out, "folder for the C files; default: dew_<symbol>");
  sub->add_flag(
      "--report{.}", args->report,
      "what each layer costs, as a table and as a page with the memory plan; --report=PAGE names it");
  sub->add_flag("--dump", args->dump, "print the graph");
  sub->add_flag("--no-measure", args->no_measure, "do not build and run it on the emulated board");
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
