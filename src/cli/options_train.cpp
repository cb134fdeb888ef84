// The verb `train`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_train(Program& program) {
  auto args = std::make_shared<TrainArgs>();
  CLI::App* sub = add_verb(program, "train", "Train a small net on the labels and turn it into int8.",
                           "  dewdrop train\n"
                           "  dewdrop train --epochs 100 --seed 7\n"
                           "  dewdrop train --backbone bundled     # see dewdrop backbone list\n"
                           "  dewdrop train --ram 64K --flash 512K # the best net that fits the board\n"
                           "Run again after Ctrl-C: it goes on with the epoch it was in.\n",
                           [args, &program](Console& console) {
                             args->project = program.project;
                             return bridge(console, verb_train(*args, console));
                           });
  add_project_option(sub, program);
  const auto limit = [sub](const char* name, std::optional<int64_t>& value, const char* help,
                           const std::map<std::string, int64_t>& units) {
    sub->add_option(name, value, help)
        ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::CASE_INSENSITIVE))
        ->check(CLI::PositiveNumber);
  };
  const std::map<std::string, int64_t> bytes = {
      {"K", 1 << 10}, {"KB", 1 << 10}, {"M", 1 << 20}, {"MB", 1 << 20}};
  limit("--ram", args->limits.ram_bytes,
        "search for the best net whose RAM (image and stack included) is at most this: 64K", bytes);
  limit("--flash", args->limits.flash_bytes, "... whose flash is at most this: 512K", bytes);
  limit("--instructions", args->limits.instructions, "... that takes at most so many an inference: 20M",
        {{"K", 1'000}, {"M", 1'000'000}, {"G", 1'000'000'000}});
  add_setting<std::string>(sub, args, "--net", &Settings::net,
                           "mobilenet_v2, mobilenet_v1 or tiny; this and all below: default dewdrop.toml");
  add_setting<double>(sub, args, "--alpha", &Settings::alpha, "width");
  add_setting<int>(sub, args, "--input", &Settings::input, "pixels of the square input, a multiple of 16");
  add_setting<int>(sub, args, "--head", &Settings::head,
                   "channels of mobilenet_v2's last convolution; 0: 1280");
  add_setting<int>(sub, args, "--blocks", &Settings::blocks, "how many of mobilenet_v2's 17 blocks; 0: all");
  add_setting<int>(sub, args, "--epochs", &Settings::epochs,
                   "passes over the training pictures; 0: 60 from nothing, 30 from a backbone");
  add_setting<uint64_t>(sub, args, "--seed", &Settings::seed, "the same seed gives the same net");
  add_setting<std::string>(sub, args, "--backbone", &Settings::backbone,
                           "what the net starts from: bundled, random, an imported one's name or a file");
}

}  // namespace dew::cli
