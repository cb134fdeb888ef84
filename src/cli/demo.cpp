// dewdrop demo: the whole way on a sample video, by the same verbs as a user would. No key, no network.
#include "cli/bridge.h"
#include <fmt/format.h>

#include <chrono>

#include "cli/tell_label.h"
#include "cli/program.h"
#include "cli/verbs.h"
#include "embed/example.h"

namespace dew {
namespace {

constexpr const char* kSampleVideo = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
constexpr const char* kAnswers = "person-answers.jsonl";

Settings demo_settings(const DemoArgs& args) {
  Settings settings;
  settings.name = "person";
  settings.question = "Is there a person in this picture?";
  settings.classes = {"yes", "no"};
  settings.unsure = "unsure";
  settings.teacher.all = {std::string("replay:") + kAnswers};
  settings.seed = args.seed;
  if (!args.board.empty()) settings.board = args.board;
  return settings;
}

/// Makes the project, or opens the one an earlier run left. The recorded answers lie beside it.
Result<void> prepare(const DemoArgs& args, Console& console) {
  if (!fs::exists(args.folder / "dewdrop.toml")) {
    DEW_CHECK(create_project({fs::absolute(args.folder), demo_settings(args)}, console));
  }
  return write_file(args.folder / kAnswers, example::person_answers);
}

Result<fs::path> sample_video(const DemoArgs& args) {
  const fs::path video = args.video.empty() ? fs::path(kSampleVideo) : args.video;
  if (!fs::exists(video))
    return work_error(
        "the sample video is not there", video.string(),
        "apt install opencv-doc brings it; or give --video with your copy of OpenCV's vtest.avi");
  return video;
}

void heading(Console& console, const char* verb, const std::string& rest) {
  console.say("");
  console.say(fmt::format("$ dewdrop {} {}", verb, rest));
}

}  // namespace

Result<Json> verb_demo(const DemoArgs& args, Console& console) {
  const auto began = std::chrono::steady_clock::now();
  DEW_TRY(const fs::path video, sample_video(args));
  heading(console, "new",
          fmt::format("{} --ask \"Is there a person in this picture?\" --classes yes,no --unsure unsure",
                      args.folder.string()));
  DEW_CHECK(prepare(args, console));

  heading(console, "add", video.string() + " --every 15 --tiles 4x3");
  AddArgs add;
  add.project = args.folder;
  add.files = {video};
  add.cut.every = 15;
  add.cut.columns = 4;
  add.cut.rows = 3;
  DEW_CHECK(verbs::add(add, console));

  LabelArgs label;
  label.project = args.folder;
  label.teachers = {args.teacher.empty() ? "replay:" + (args.folder / kAnswers).string() : args.teacher};
  // The figures that are quoted rest on one answer a tile.
  label.changes.emplace_back([](Settings& settings) { settings.spread = "off"; });
  heading(console, "label", "--teacher " + label.teachers[0]);
  DEW_TRY(const LabelOutcome labelled, verbs::label(label, console));
  cli::tell_label(labelled, console);
  if (labelled.stopped) return tl::unexpected(*labelled.stopped);

  TrainArgs train;
  train.project = args.folder;
  train.changes.emplace_back([&args](Settings& settings) { settings.seed = args.seed; });
  train.keep_done = true;
  heading(console, "train", fmt::format("--seed {}", args.seed));
  DEW_TRY(const auto trained, verbs::train(train, console));
  cli::tell_trained(trained, console);

  TestArgs test;
  test.project = args.folder;
  test.run = trained.run;
  test.board = args.board;
  heading(console, "test", args.board);
  DEW_TRY(auto tested, verbs::test(test, console));
  tested.report = fs::absolute(tested.report).lexically_normal();
  cli::tell_tested(tested, console);

  console.say("");
  console.say(fmt::format(
      "The net holds {} bytes of constants. How many times smaller than its teacher that is, is not "
      "known: the size of GPT-4o has never been published.",
      with_commas(tested.figures.weights_bytes)));
  Json keys = to_json(tested);
  keys["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return keys;
}

}  // namespace dew
