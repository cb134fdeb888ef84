// The verb `backbone`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
namespace {

/// dewdrop backbone train, the one that makes something.
CLI::App* add_backbone_train(CLI::App* sub, const std::shared_ptr<BackboneTrainArgs>& args) {
  CLI::App* train = sub->add_subcommand("train", "make one from unlabelled pictures and a larger int8 net");
  train->add_option("pictures", args->pictures, "files, or folders of them")->required();
  train->add_option("--teacher", args->teacher, "an int8 .tflite that classifies pictures")->required();
  train->add_option("-o,--out", args->out, "file of the backbone")->required();
  train->add_option("--work", args->work, "folder of lessons and checkpoints: a broken run goes on")
      ->required();
  train->add_option("--name", args->name, "default: the file's");
  train->add_option("--alpha", args->settings.alpha, "width")->capture_default_str();
  train->add_option("--from", args->settings.from,
                    "file of a backbone to start from; default: random weights");
  train->add_option("--stages", args->stages, "pixels x epochs, comma separated")->capture_default_str();
  train->add_option("--views", args->views, "crops of each picture, the whole one included")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  train->add_option("--seed", args->settings.seed, "the same seed gives the same backbone")
      ->capture_default_str();
  return train;
}

}  // namespace

void add_backbone(Program& program) {
  auto args = std::make_shared<BackboneArgs>();
  auto training = std::make_shared<BackboneTrainArgs>();
  CLI::App* sub =
      add_verb(program, "backbone", "Nets that trainings start from: list them, or get more.",
               "  dewdrop backbone list\n"
               "  dewdrop backbone import mobilenet_v2_0.35_128.h5 --name imagenet\n"
               "  dewdrop backbone pull https://example.org/mobilenet_v2.h5 --sha256 0123abcd...\n"
               "  dewdrop backbone train pictures/ --teacher net.tflite --work work/ -o mine.dewb\n"
               "  dewdrop train --backbone imagenet\n",
               [args, training](Console& console) {
                 return args->what == "train" ? verb_backbone_train(*training, console)
                                              : verb_backbone(*args, console);
               });
  sub->require_subcommand(1);
  const auto add = [sub, args, &program](const char* name, const char* help) {
    CLI::App* one = sub->add_subcommand(name, help);
    one->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
    one->callback([args, name] { args->what = name; });
    return one;
  };
  CLI::App* train = add_backbone_train(sub, training);
  train->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
  train->callback([args] { args->what = "train"; });
  add("list", "what is there, and where it is from");
  CLI::App* import =
      add("import", "read a Keras .h5, a PyTorch state file or one of our own, and keep it by a name");
  import->add_option("file", args->file, "of a MobileNetV2")->required();
  CLI::App* pull = add("pull", "fetch such a file; its SHA-256 is remembered, and another one refused later");
  pull->add_option("url", args->url, "http or https")->required();
  pull->add_option("--sha256", args->pinned, "what the file must have");
  for (CLI::App* one : {import, pull}) {
    one->add_option("--name", args->name, "default: the file's");
    one->add_flag("--replace", args->replace, "an earlier one of that name");
  }
}

}  // namespace dew::cli
