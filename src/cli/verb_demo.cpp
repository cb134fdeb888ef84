// The verb `demo`: its options, its call, its print.
#include "cli/program.h"
#include "cli/tell.h"
#include "verbs/demo/demo.h"

namespace dew::cli {
namespace {

/// Prints each step as the verbs themselves do, below the command that a user would type.
struct TellStep {
  Console& console;

  void operator()(const verbs::DemoCommand& command) const {
    console.say("\n$ dewdrop {}{}{}", command.verb, command.arguments.empty() ? "" : " ", command.arguments);
  }
  void operator()(const verbs::NewOutcome& made) const { tell_made(made, console); }
  void operator()(const verbs::AddOutcome& added) const { tell_added(added, console); }
  void operator()(const verbs::LabelOutcome& labelled) const { tell_label(labelled, console); }
  void operator()(const verbs::TrainOutcome& trained) const { tell_trained(trained, console); }
  void operator()(verbs::TestOutcome tested) const {
    tested.report = whole_path(tested.report);
    tell_tested(tested, console);
  }
};

/// The last sentence; the steps have said the rest.
void tell_end(const verbs::DemoOutcome& outcome, Console& console) {
  console.say(
      "\nThe net holds {} bytes of constants. How many times smaller than its teacher it is, nobody "
      "can say: the size of GPT-4o has never been published.",
      with_commas(outcome.test.figures.weights_bytes));
}

}  // namespace

void add_demo(Program& program) {
  auto args = std::make_shared<verbs::DemoArgs>();
  CLI::App* sub = add_verb(
      program, "demo", "The whole pipeline on a sample video; needs no key and no network.",
      "  dewdrop demo\n"
      "  OPENAI_API_KEY=... dewdrop demo --teacher openai:gpt-6-luna\n"
      "Run it again after Ctrl-C: it continues where it stopped.\n",
      [args](Console& console) {
        const auto show = [&console](const verbs::DemoStep& step) { std::visit(TellStep{console}, step); };
        if (!args->video.empty()) args->video = whole_path(args->video);
        auto outcome = verbs::demo(*args, show, console);
        if (outcome) outcome->test.report = whole_path(outcome->test.report);
        return finish(console, outcome, tell_end);
      });
  sub->add_option("folder", args->folder, "folder of the project")->capture_default_str();
  sub->add_option("--video", args->video,
                  "OpenCV's vtest.avi, if it is not where Debian's opencv-doc puts it");
  sub->add_option("--teacher", args->teacher, "default: answers of a large model recorded for this video");
  sub->add_option("--on", args->board, "board; default: qemu:mps2-an386");
  sub->add_option("--seed", args->seed, "seed of the training")->capture_default_str();
}

}  // namespace dew::cli
