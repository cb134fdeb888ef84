#include "verbs/demo/demo.h"

#include <fmt/format.h>

#include <chrono>

#include "embed/example.h"

namespace dew::verbs {
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

Result<fs::path> sample_video(const DemoArgs& args) {
  const fs::path video = args.video.empty() ? fs::path(kSampleVideo) : args.video;
  std::error_code failed;
  if (!fs::exists(video, failed))
    return work_error(
        "the sample video is not there", video.string(),
        "apt install opencv-doc brings it; or give --video with your copy of OpenCV's vtest.avi");
  return video;
}

/// Makes the project, or opens the one an earlier run left. The recorded answers lie beside it.
Result<void> prepare(const DemoArgs& args, Watch& watch) {
  std::error_code failed;
  if (!fs::exists(args.folder / "dewdrop.toml", failed)) {
    DEW_CHECK(create_project({args.folder, demo_settings(args)}, watch));
  }
  return write_file(args.folder / kAnswers, example::person_answers);
}

AddArgs add_args(const DemoArgs& args, const fs::path& video) {
  AddArgs add;
  add.project = args.folder;
  add.files = {video};
  add.cut.every = 15;
  add.cut.columns = 4;
  add.cut.rows = 3;
  return add;
}

LabelArgs label_args(const DemoArgs& args) {
  LabelArgs label;
  label.project = args.folder;
  label.teachers = {args.teacher.empty() ? "replay:" + (args.folder / kAnswers).string() : args.teacher};
  // The figures that are quoted rest on one answer a tile.
  label.changes.emplace_back([](Settings& settings) { settings.spread = "off"; });
  return label;
}

TrainArgs train_args(const DemoArgs& args) {
  TrainArgs train;
  train.project = args.folder;
  train.changes.emplace_back([seed = args.seed](Settings& settings) { settings.seed = seed; });
  train.keep_done = true;
  return train;
}

}  // namespace

Result<DemoOutcome> demo(const DemoArgs& args, DemoSteps& steps, Watch& watch) {
  const auto began = std::chrono::steady_clock::now();
  DEW_TRY(const fs::path video, sample_video(args));
  steps.begin("new",
              fmt::format("{} --ask \"Is there a person in this picture?\" --classes yes,no --unsure unsure",
                          args.folder.string()));
  DEW_CHECK(prepare(args, watch));

  steps.begin("add", video.string() + " --every 15 --tiles 4x3");
  DEW_TRY(const AddOutcome added, add(add_args(args, video), watch));
  steps.end(added);

  const LabelArgs labelling = label_args(args);
  steps.begin("label", "--teacher " + labelling.teachers[0]);
  DEW_TRY(const LabelOutcome labelled, label(labelling, watch));
  steps.end(labelled);
  if (labelled.stopped) return tl::unexpected(*labelled.stopped);

  steps.begin("train", fmt::format("--seed {}", args.seed));
  DEW_TRY(const TrainOutcome trained, train(train_args(args), watch));
  steps.end(trained);

  steps.begin("test", args.board);
  TestArgs testing;
  testing.project = args.folder;
  testing.run = trained.run;
  testing.board = args.board;
  DemoOutcome outcome;
  DEW_TRY(outcome.tested, test(testing, watch));
  steps.end(outcome.tested);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return outcome;
}

Json to_json(const DemoOutcome& outcome) {
  Json keys = to_json(outcome.tested);
  keys["seconds"] = outcome.seconds;
  return keys;
}

}  // namespace dew::verbs
