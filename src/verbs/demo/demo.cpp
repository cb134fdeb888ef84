// The whole way on a sample video.
#include "verbs/demo/demo.h"

#include <fmt/format.h>

#include <chrono>

#include "embed/example.h"

namespace dew::verbs {
namespace {

constexpr const char* kSampleVideo = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
constexpr const char* kAnswers = "person-answers.jsonl";

using Show = std::function<void(const DemoStep&)>;

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
  std::error_code unknown;
  if (!fs::exists(video, unknown))
    return work_error(
        "the sample video is not there", video.string(),
        "apt install opencv-doc brings it; or give --video with your copy of OpenCV's vtest.avi");
  return video;
}

/// Shows the outcome of a step; its error where it ended half-way.
template <typename StepOutcome>
Result<StepOutcome> shown(Result<StepOutcome> outcome, const Show& show) {
  if (!outcome) return outcome;
  show(*outcome);
  if (outcome->stopped) return tl::unexpected(*outcome->stopped);
  return outcome;
}

/// Makes the project, or takes the one an earlier run left. The recorded answers lie beside it.
Result<void> make_project(const DemoArgs& args, const Show& show, Watch& watch) {
  show(DemoCommand{
      "new", fmt::format("{} --ask \"Is there a person in this picture?\" --classes yes,no --unsure unsure",
                         args.folder.string())});
  std::error_code unknown;
  if (!fs::exists(args.folder / "dewdrop.toml", unknown))
    DEW_CHECK(shown(create_project({args.folder, demo_settings(args)}, watch), show));
  return write_file(args.folder / kAnswers, example::person_answers);
}

Result<void> add_video(const DemoArgs& args, const fs::path& video, const Show& show, Watch& watch) {
  show(DemoCommand{"add", video.string() + " --every 15 --tiles 4x3"});
  AddArgs step;
  step.project = args.folder;
  step.files = {video};
  step.cut.every = 15;
  step.cut.columns = 4;
  step.cut.rows = 3;
  DEW_CHECK(shown(add(step, watch), show));
  return {};
}

Result<void> label_tiles(const DemoArgs& args, const Show& show, Watch& watch) {
  LabelArgs step;
  step.project = args.folder;
  step.teachers = {args.teacher.empty() ? "replay:" + (args.folder / kAnswers).string() : args.teacher};
  // The figures that are quoted rest on one answer a tile.
  step.changes.emplace_back([](Settings& settings) { settings.spread = "off"; });
  show(DemoCommand{"label", "--teacher " + step.teachers[0]});
  DEW_CHECK(shown(label(step, watch), show));
  return {};
}

Result<int64_t> train_net(const DemoArgs& args, const Show& show, Watch& watch) {
  TrainArgs step;
  step.project = args.folder;
  step.changes.emplace_back([seed = args.seed](Settings& settings) { settings.seed = seed; });
  step.keep_done = true;
  show(DemoCommand{"train", fmt::format("--seed {}", args.seed)});
  DEW_TRY(const TrainOutcome trained, shown(train(step, watch), show));
  return trained.run;
}

Result<TestOutcome> test_net(const DemoArgs& args, int64_t run, const Show& show, Watch& watch) {
  TestArgs step;
  step.project = args.folder;
  step.run = std::to_string(run);
  step.board = args.board;
  show(DemoCommand{"test", args.board.empty() ? "" : "--on " + args.board});
  return shown(test(step, watch), show);
}

}  // namespace

Result<DemoOutcome> demo(const DemoArgs& args, const Show& show, Watch& watch) {
  const auto began = std::chrono::steady_clock::now();
  DEW_TRY(const fs::path video, sample_video(args));
  DEW_CHECK(make_project(args, show, watch));
  DEW_CHECK(add_video(args, video, show, watch));
  DEW_CHECK(label_tiles(args, show, watch));
  DEW_TRY(const int64_t run, train_net(args, show, watch));
  DEW_TRY(TestOutcome tested, test_net(args, run, show, watch));
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - began;
  return DemoOutcome{{}, std::move(tested), spent.count()};
}

Json to_json(const DemoOutcome& outcome) {
  Json keys = to_json(outcome.test);
  keys["seconds"] = outcome.seconds;
  return keys;
}

}  // namespace dew::verbs
