// The verb `test`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_test(Program& program) {
  auto args = std::make_shared<TestArgs>();
  CLI::App* sub =
      add_verb(program, "test", "Measure the net on the test split: float, int8 here, int8 on a board.",
               "  dewdrop test\n"
               "  dewdrop test --on qemu:mps2-an386 --json\n",
               [args, &program](Console& console) {
                 args->project = program.project;
                 return bridge(console, verb_test(*args, console));
               });
  add_project_option(sub, program);
  sub->add_option("--run", args->run, "number of the training run; default: the newest");
  CLI::Option* on = sub->add_option("--on", args->board, "board; default: dewdrop.toml");
  sub->add_flag("--no-board", args->no_board, "float and host only")->excludes(on);
  sub->add_option("--write-inputs", args->inputs_out,
                  "write the test split's input tensors there, for run --raw or another engine");
}

}  // namespace dew::cli
