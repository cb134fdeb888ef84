// The verb `train`: its options, its call, its print.
#include <fmt/format.h>

#include "base/table.h"
#include "cli/program.h"
#include "cli/tell.h"
#include "verbs/train/train.h"

namespace dew::cli {
namespace {

void tell(const verbs::NetSearch& search, Console& console) {
  std::vector<std::vector<std::string>> rows{
      {"net", "starts from", "RAM", "flash", "instructions", "epochs", "validation", ""}};
  for (const search::NetCandidate& one : search.candidates)
    rows.push_back({search::describe(one.settings), one.settings.backbone, with_commas(one.figures.ram_bytes),
                    with_commas(one.figures.flash_bytes), with_commas(one.figures.instructions),
                    std::to_string(one.epochs), fmt::format("{:.3f}", one.accuracy),
                    one.best_of_its_size ? "best of its size" : ""});
  console.say(text_table(rows));
}

void tell_thresholds(const verbs::Int8Result& int8, Console& console) {
  std::vector<std::string> some;
  for (const verbs::ClassThreshold& one : int8.thresholds)
    some.push_back(fmt::format("{} from {:.3f}", one.name, one.score));
  if (!some.empty()) console.say("thresholds: {}", join(some));
  if (const std::string promise = verbs::promise_text(int8); !promise.empty()) console.say(promise);
}

void tell(const verbs::Int8Result& int8, Console& console) {
  if (!int8.calibrated_accuracy || !int8.float_accuracy) {
    console.say("int8 by calibration alone: without validation samples nothing can be compared");
    return;
  }
  std::string text = fmt::format("int8 on the validation samples: {:.3f} (float {:.3f})",
                                 *int8.calibrated_accuracy, *int8.float_accuracy);
  if (int8.tuned_accuracy)
    text += fmt::format("; fine-tuned in int8 {:.3f}, {}", *int8.tuned_accuracy,
                        int8.kept_tuned ? "which is kept" : "not kept");
  console.say(text);
}

}  // namespace

void tell_trained(const verbs::TrainOutcome& trained, Console& console) {
  if (trained.search) tell(*trained.search, console);
  if (trained.already_done)
    console.say("run {} has the same settings and labels: nothing to train", trained.run);
  if (trained.int8) {
    tell(*trained.int8, console);
    tell_thresholds(*trained.int8, console);
    console.say("run {}: {} over {} samples, validation accuracy {}, {:.0f} images/s -> {}", trained.run,
                plural(std::ssize(trained.curve), "epoch", "epochs"), trained.pictures,
                trained.validation_accuracy ? fmt::format("{:.3f}", *trained.validation_accuracy)
                                            : "not known (no validation sample)",
                trained.images_per_second, trained.folder);
  }
  if (const auto& search = trained.search)
    console.say("{}: {} B of RAM{}, {} B of flash on {}; all candidates: {}",
                search::describe(trained.settings), with_commas(search->figures.ram_bytes),
                search->limits.rows ? " with rows pushed" : "", with_commas(search->figures.flash_bytes),
                search->board, search->report.string());
}

void add_train(Program& program) {
  auto args = std::make_shared<verbs::TrainArgs>();
  CLI::App* sub = add_verb(
      program, "train", "Train a small net on the labels and quantise it to int8.",
      "  dewdrop train\n"
      "  dewdrop train --epochs 100 --seed 7\n"
      "  dewdrop train --backbone bundled     # see dewdrop backbone list\n"
      "  dewdrop train --ram 64K --flash 512K # the best net that fits the board\n"
      "  dewdrop train --ram 24K --rows       # ... where the camera pushes rows\n"
      "  dewdrop train --labels people        # learn from people's labels only\n"
      "Run it again after Ctrl-C: it resumes with the epoch it was in.\n"
      "[student] in dewdrop.toml keeps these options; the command line takes precedence.\n",
      [args](Console& console) { return finish(console, verbs::train(*args, console), tell_trained); });
  add_project_option(sub, args->project);
  const auto limit = [sub](const char* name, std::optional<int64_t>& value, const char* help,
                           const std::map<std::string, int64_t>& units) {
    sub->add_option(name, value, help)
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::CASE_INSENSITIVE))
        ->check(verbs::positive);
  };
  const std::map<std::string, int64_t> bytes = {
      {"K", 1 << 10}, {"KB", 1 << 10}, {"M", 1 << 20}, {"MB", 1 << 20}};
  limit("--ram", args->limits.ram_bytes,
        "search for the best net whose RAM (image and stack included) is at most this: 64K", bytes);
  sub->add_flag("--rows", args->limits.rows,
                "... with rows pushed as the camera delivers them, not a whole image");
  limit("--flash", args->limits.flash_bytes, "... whose flash is at most this: 512K", bytes);
  limit("--instructions", args->limits.instructions, "... that takes at most this many an inference: 20M",
        {{"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}});
  sub->add_option(
      "--labels", args->labels,
      "which labels teach: current (default), people, teachers, policy:NAME, or a teacher such as "
      "openai:gpt-6-luna");
  for (const char* key : {"student.net", "student.alpha", "student.input", "student.head", "student.blocks",
                          "student.epochs", "student.balance", "student.seed", "student.backbone"})
    add_setting(sub, args->changes, key);
}

}  // namespace dew::cli
