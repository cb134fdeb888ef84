// The verb `demo`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_demo(Program& program) {
  auto args = std::make_shared<DemoArgs>();
  args->folder = "dewdrop-demo";
  CLI::App* sub = add_verb(program, "demo", "The whole way on a sample video: no key, no network.",
                           "  dewdrop demo\n"
                           "  OPENAI_API_KEY=... dewdrop demo --teacher openai:gpt-4o\n"
                           "Run again after Ctrl-C: it goes on where it was.\n",
                           [args](Console& console) { return bridge(console, verb_demo(*args, console)); });
  sub->add_option("folder", args->folder, "where the project is made")->capture_default_str();
  sub->add_option("--video", args->video,
                  "OpenCV's vtest.avi, if it is not where Debian's opencv-doc puts it");
  sub->add_option("--teacher", args->teacher, "default: answers of a large model recorded for this video");
  sub->add_option("--on", args->board, "board; default: qemu:mps2-an386");
  sub->add_option("--seed", args->seed, "of the training")->capture_default_str();
}

}  // namespace dew::cli
