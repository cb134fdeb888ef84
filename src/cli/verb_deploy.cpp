// The verb `deploy`: its options, its call, its print.
#include "cli/program.h"
#include "verbs/deploy/deploy.h"

namespace dew::cli {
namespace {

void tell(const verbs::DeployOutcome& deployed, Console& console) {
  for (const fs::path& file : deployed.files) console.say(file.string());
}
/// The examples, and what each format gives.
std::string footer() {
  std::string text =
      "  dewdrop deploy --to c -o firmware/person\n"
      "  dewdrop deploy --to tflite,onnx\n"
      "  dewdrop deploy --model model.tflite --to onnx,c -o out/\n"
      "What --to gives:\n";
  for (const deploy::Format& format : deploy::formats())
    text += "  " + format.name + ": " + format.gives + "\n";
  return text;
}

}  // namespace

void add_deploy(Program& program) {
  auto args = std::make_shared<verbs::DeployArgs>();
  CLI::App* sub =
      add_verb(program, "deploy", "Package the net for another build system.", footer(),
               [args](Console& console) { return finish(console, verbs::deploy(*args, console), tell); });
  add_project_option(sub, args->model.project);
  sub->add_option("--to", args->to, deploy::format_names() + "; several separated by commas, one folder each")
      ->delimiter(',')
      ->required();
  sub->add_option("--for", args->target,
                  "board, chip or core the C is for; default: the project's; see dewdrop boards");
  sub->add_option("-o,--out", args->out, "folder; default: <name>-<format>");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's net");
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
