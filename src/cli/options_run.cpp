// The verb `run`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_run(Program& program) {
  auto args = std::make_shared<RunArgs>();
  CLI::App* sub =
      add_verb(program, "run", "Run pictures, a split or raw tensors on the host or a board.",
               "  dewdrop run picture.jpg\n"
               "  dewdrop run --on qemu:mps2-an386 picture.jpg folder/\n"
               "  dewdrop run --split test --on cortex-m55 --json\n"
               "  dewdrop run --model model.tflite --on host --rounding tflite --raw in.bin --out out.bin\n",
               [args, &program](Console& console) {
                 args->model.project = program.project;
                 return bridge(console, verb_run(*args, console));
               });
  add_project_option(sub, program);
  sub->add_option("pictures", args->pictures, "image files, or folders of them");
  sub->add_option("--split", args->split,
                  "train, validation or test: the project's samples, against their labels");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's newest net");
  sub->add_option("--on", args->on, "host, or a board such as qemu:mps2-an386")->capture_default_str();
  sub->add_option("--raw", args->raw, "the model's own input tensors, byte for byte, one after the other");
  sub->add_option("--out", args->out, "where the output tensors go, one after the other");
  sub->add_flag("--rows", args->rows, "push rows into the board's firmware, as a camera reads out");
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
