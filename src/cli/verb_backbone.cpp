// The verb `backbone`: its options, its calls, its prints.
#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "cli/program.h"
#include "verbs/backbone/backbone.h"

namespace dew::cli {
namespace {

void tell(const verbs::BackbonesOutcome& known, Console& console) {
  std::vector<std::vector<std::string>> rows{{"name", "alpha", "input", "numbers", "sha256", "origin"}};
  for (const verbs::BackboneInfo& info : known.backbones)
    rows.push_back({info.name, fmt::format("{}", info.alpha), std::to_string(info.input),
                    with_commas(info.numbers), info.sha256.substr(0, 12), printable(info.origin, 60)});
  rows.push_back({"random", "any", "any", "", "", "random weights: nothing learned"});
  console.say(text_table(rows));
  console.say("in " + known.folder.string());
}

void tell(const verbs::BackboneOutcome& kept, Console& console) {
  const verbs::BackboneInfo& info = kept.backbone;
  console.say("{}: MobileNetV2 of alpha {}, trained at {} pixels, {} numbers -> {}", info.name, info.alpha,
              info.input, with_commas(info.numbers), kept.file.string());
}

void tell(const verbs::TrainBackboneOutcome& made, Console& console) {
  console.say("{} -> {} ({} bytes)", made.origin, made.file.string(), with_commas(made.bytes));
}

constexpr auto print = [](const auto& outcome, Console& console) { tell(outcome, console); };

using Subverb = std::function<CLI::App*(const char* name, const char* help, Work work)>;

void add_list_verb(const Subverb& add) {
  add("list", "list the backbones and where they come from",
      [](Console& console) { return finish(console, verbs::list_backbones(console), print); });
}

void add_import_verb(const Subverb& add) {
  auto args = std::make_shared<verbs::ImportBackboneArgs>();
  CLI::App* sub = add(
      "import", "import a Keras .h5, a PyTorch state file or a .dewb file under a name",
      [args](Console& console) { return finish(console, verbs::import_backbone(*args, console), print); });
  sub->add_option("file", args->file, "the MobileNetV2 to import")->required();
  sub->add_option("--name", args->name, "default: the file's");
  sub->add_flag("--replace", args->replace, "replace an existing backbone of that name");
}

void add_pull_verb(const Subverb& add) {
  auto args = std::make_shared<verbs::PullBackboneArgs>();
  CLI::App* sub =
      add("pull", "download such a file; its SHA-256 is remembered, and a different file is refused later",
          [args](Console& console) { return finish(console, verbs::pull_backbone(*args, console), print); });
  sub->add_option("url", args->url, "http or https")->required();
  sub->add_option("--sha256", args->sha256, "expected SHA-256 of the file");
  sub->add_option("--name", args->name, "default: the file's");
  sub->add_flag("--replace", args->replace, "replace an existing backbone of that name");
}

void add_train_verb(const Subverb& add) {
  auto args = std::make_shared<verbs::TrainBackboneArgs>();
  auto stages = std::make_shared<std::string>("64x45,96x14");
  CLI::App* sub = add("train", "distil one from unlabelled pictures and a larger int8 net",
                      [args, stages](Console& console) {
                        const auto parsed = verbs::parse_stages(*stages);
                        if (!parsed) return console.finish(parsed.error());
                        args->stages = *parsed;
                        return finish(console, verbs::train_backbone(*args, console), print);
                      });
  sub->add_option("pictures", args->pictures, "files, or folders of them")->required();
  sub->add_option("--teacher", args->teacher, "an int8 .tflite that classifies pictures")->required();
  sub->add_option("-o,--out", args->out, "file of the backbone")->required();
  sub->add_option("--work", args->work,
                  "folder for training data and checkpoints; an interrupted run resumes from it")
      ->required();
  sub->add_option("--name", args->name, "default: the file's");
  sub->add_option("--alpha", args->settings.alpha, "width")->capture_default_str();
  sub->add_option("--from", args->settings.from, "file of a backbone to start from; default: random weights");
  sub->add_option("--stages", *stages, "pixels x epochs, comma separated")->capture_default_str();
  sub->add_option("--views", args->views, "crops of each picture, including the whole picture")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  sub->add_option("--seed", args->settings.seed, "the same seed gives the same backbone")
      ->capture_default_str();
}

}  // namespace

void add_backbone(Program& program) {
  auto chosen = std::make_shared<Work>();
  CLI::App* sub =
      add_verb(program, "backbone", "Nets that trainings start from: list them, or get more.",
               "  dewdrop backbone list\n"
               "  dewdrop backbone import mobilenet_v2_0.35_128.h5 --name imagenet\n"
               "  dewdrop backbone pull https://example.org/mobilenet_v2.h5 --sha256 0123abcd...\n"
               "  dewdrop backbone train pictures/ --teacher net.tflite --work work/ -o mine.dewb\n"
               "  dewdrop train --backbone imagenet\n",
               [chosen](Console& console) { return (*chosen)(console); });
  sub->require_subcommand(1);
  const Subverb add = [sub, chosen, &program](const char* name, const char* help, const Work& work) {
    CLI::App* one = sub->add_subcommand(name, help);
    one->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
    one->callback([chosen, work] { *chosen = work; });
    return one;
  };
  add_train_verb(add);
  add_list_verb(add);
  add_import_verb(add);
  add_pull_verb(add);
}

}  // namespace dew::cli
