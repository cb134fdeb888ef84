// The verb `deploy`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_deploy(Program& program) {
  auto args = std::make_shared<DeployArgs>();
  CLI::App* sub = add_verb(program, "deploy", "Package the net for somebody else's build.",
                           "  dewdrop deploy --to c -o firmware/person\n"
                           "  dewdrop deploy --to tflite,onnx\n"
                           "  dewdrop deploy --model model.tflite --to onnx,c -o out/\n",
                           [args, &program](Console& console) {
                             args->model.project = program.project;
                             return bridge(console, verb_deploy(*args, console));
                           });
  add_project_option(sub, program);
  sub->add_option("--to", args->to, "c, tflite or onnx; several with commas between, a folder each")
      ->delimiter(',')
      ->required();
  sub->add_option("--for", args->target, "core or board the C is for; default: the project's board");
  sub->add_option("-o,--out", args->out, "folder; default: <name>-<kind>");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's newest net");
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
