// The verb `demo`: the whole way on a sample video, by the same verbs as a user. No key, no network.
#include <fmt/format.h>

#include <chrono>

#include "cli/program.h"
#include "cli/tell.h"
#include "cli/tell_label.h"
#include "embed/example.h"

namespace dew::cli {
namespace {

constexpr const char* kSampleVideo = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
constexpr const char* kAnswers = "person-answers.jsonl";

struct DemoArgs {
  fs::path folder = "dewdrop-demo";
  fs::path video;
  std::string teacher;
  std::string board;
  uint64_t seed = 1;
};

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
    DEW_CHECK(verbs::create_project({fs::absolute(args.folder), demo_settings(args)}, console));
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

Result<void> add_video(const DemoArgs& args, const fs::path& video, Console& console) {
  heading(console, "add", video.string() + " --every 15 --tiles 4x3");
  verbs::AddArgs add;
  add.project = args.folder;
  add.files = {video};
  add.cut.every = 15;
  add.cut.columns = 4;
  add.cut.rows = 3;
  DEW_TRY(const verbs::AddOutcome added, verbs::add(add, console));
  tell_added(added, console);
  return {};
}

Result<void> label_tiles(const DemoArgs& args, Console& console) {
  verbs::LabelArgs label;
  label.project = args.folder;
  label.teachers = {args.teacher.empty() ? "replay:" + (args.folder / kAnswers).string() : args.teacher};
  // The figures that are quoted rest on one answer a tile.
  label.changes.emplace_back([](Settings& settings) { settings.spread = "off"; });
  heading(console, "label", "--teacher " + label.teachers[0]);
  DEW_TRY(const verbs::LabelOutcome labelled, verbs::label(label, console));
  tell_label(labelled, console);
  if (labelled.stopped) return tl::unexpected(*labelled.stopped);
  return {};
}

Result<int64_t> train_net(const DemoArgs& args, Console& console) {
  verbs::TrainArgs train;
  train.project = args.folder;
  train.changes.emplace_back([&args](Settings& settings) { settings.seed = args.seed; });
  train.keep_done = true;
  heading(console, "train", fmt::format("--seed {}", args.seed));
  DEW_TRY(const verbs::TrainOutcome trained, verbs::train(train, console));
  tell_trained(trained, console);
  return trained.run;
}

Result<verbs::TestOutcome> test_net(const DemoArgs& args, int64_t run, Console& console) {
  verbs::TestArgs test;
  test.project = args.folder;
  test.run = run;
  test.board = args.board;
  heading(console, "test", args.board);
  DEW_TRY(verbs::TestOutcome tested, verbs::test(test, console));
  tested.report = fs::absolute(tested.report).lexically_normal();
  tell_tested(tested, console);
  return tested;
}

Result<verbs::TestOutcome> whole_way(const DemoArgs& args, Console& console) {
  DEW_TRY(const fs::path video, sample_video(args));
  heading(console, "new",
          fmt::format("{} --ask \"Is there a person in this picture?\" --classes yes,no --unsure unsure",
                      args.folder.string()));
  DEW_CHECK(prepare(args, console));
  DEW_CHECK(add_video(args, video, console));
  DEW_CHECK(label_tiles(args, console));
  DEW_TRY(const int64_t run, train_net(args, console));
  return test_net(args, run, console);
}

int demo(const DemoArgs& args, Console& console) {
  const auto began = std::chrono::steady_clock::now();
  const auto tested = whole_way(args, console);
  if (!tested) return console.finish(tested.error());
  console.say("");
  console.say(fmt::format(
      "The net holds {} bytes of constants. How many times smaller than its teacher that is, is not "
      "known: the size of GPT-4o has never been published.",
      with_commas(tested->figures.weights_bytes)));
  verbs::Json keys = to_json(*tested);
  keys["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return console.finish(keys, {});
}

}  // namespace

void add_demo(Program& program) {
  auto args = std::make_shared<DemoArgs>();
  CLI::App* sub = add_verb(program, "demo", "The whole way on a sample video: no key, no network.",
                           "  dewdrop demo\n"
                           "  OPENAI_API_KEY=... dewdrop demo --teacher openai:gpt-4o\n"
                           "Run again after Ctrl-C: it goes on where it was.\n",
                           [args](Console& console) { return demo(*args, console); });
  sub->add_option("folder", args->folder, "where the project is made")->capture_default_str();
  sub->add_option("--video", args->video,
                  "OpenCV's vtest.avi, if it is not where Debian's opencv-doc puts it");
  sub->add_option("--teacher", args->teacher, "default: answers of a large model recorded for this video");
  sub->add_option("--on", args->board, "board; default: qemu:mps2-an386");
  sub->add_option("--seed", args->seed, "of the training")->capture_default_str();
}

}  // namespace dew::cli
