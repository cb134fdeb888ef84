// The verb `demo`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/tell.h"
#include "cli/tell_label.h"

namespace dew::cli {
namespace {

/// Each step as a user would have typed it, and what the verb prints then.
class ToldSteps : public verbs::DemoSteps {
 public:
  explicit ToldSteps(Console& console) : console_(console) {}
  void begin(const std::string& verb, const std::string& arguments) override {
    console_.say("");
    console_.say(fmt::format("$ dewdrop {} {}", verb, arguments));
  }
  void end(const verbs::AddOutcome& added) override { tell_added(added, console_); }
  void end(const verbs::LabelOutcome& labelled) override { tell_label(labelled, console_); }
  void end(const verbs::TrainOutcome& trained) override { tell_trained(trained, console_); }
  void end(const verbs::TestOutcome& tested) override { tell_tested(with_absolute_report(tested), console_); }

 private:
  Console& console_;
};

void tell(const verbs::DemoOutcome& demo, Console& console) {
  console.say("");
  console.say(fmt::format(
      "The net holds {} bytes of constants. How many times smaller than its teacher that is, is not "
      "known: the size of GPT-4o has never been published.",
      with_commas(demo.tested.figures.weights_bytes)));
}

}  // namespace

void add_demo(Program& program) {
  auto args = std::make_shared<verbs::DemoArgs>();
  args->folder = "dewdrop-demo";
  CLI::App* sub = add_verb(program, "demo", "The whole way on a sample video: no key, no network.",
                           "  dewdrop demo\n"
                           "  OPENAI_API_KEY=... dewdrop demo --teacher openai:gpt-4o\n"
                           "Run again after Ctrl-C: it goes on where it was.\n",
                           [args](Console& console) {
                             ToldSteps steps(console);
                             auto demo = verbs::demo(*args, steps, console);
                             if (demo) demo->tested = with_absolute_report(demo->tested);
                             return finish(console, demo, tell);
                           });
  sub->add_option("folder", args->folder, "where the project is made")->capture_default_str();
  sub->add_option("--video", args->video,
                  "OpenCV's vtest.avi, if it is not where Debian's opencv-doc puts it");
  sub->add_option("--teacher", args->teacher, "default: answers of a large model recorded for this video");
  sub->add_option("--on", args->board, "board; default: qemu:mps2-an386");
  sub->add_option("--seed", args->seed, "of the training")->capture_default_str();
}

}  // namespace dew::cli
