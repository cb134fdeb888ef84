// Dewdrop as a library: a project is made, pictures are added and labelled by recorded answers, a net is trained for
// one epoch and compiled to C. Progress and cancelling are this program's own.
//
//     library FOLDER PICTURES ANSWERS.jsonl
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "verbs/verbs.h"

namespace {

using Clock = std::chrono::steady_clock;

/// Prints each stage, and asks the work to stop when the time is up.
class Progress : public dew::Watch {
 public:
  Clock::time_point deadline = Clock::time_point::max();

  void begin(std::string_view what, int64_t total) override { std::cout << what << ", " << total << " in all\n"; }
  void warn(const std::string& message) override { std::cout << "warning: " << message << "\n"; }
  [[nodiscard]] bool interrupted() const override { return Clock::now() > deadline; }
};

template <typename Outcome>
Outcome checked(const dew::Result<Outcome>& outcome) {
  if (outcome && !outcome->stopped) return *outcome;
  const dew::Error& error = outcome ? *outcome->stopped : outcome.error();
  std::cerr << error.where << ": " << error.what << "\n" << error.next << "\n";
  std::exit(static_cast<int>(error.fault));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return static_cast<int>(dew::Fault::kUsage);
  const dew::fs::path folder = argv[1];
  Progress progress;
  dew::Settings settings;
  settings.question = "Is there a disc?";
  settings.classes = {"yes", "no"};
  settings.unsure = "unsure";
  settings.input = 32;
  settings.epochs = 1;
  checked(dew::verbs::create_project({folder, settings}, progress));
  checked(dew::verbs::add({.project = folder, .files = {argv[2]}, .cut = {}}, progress));
  dew::verbs::LabelArgs label;
  label.project = folder;
  label.teachers = {std::string("replay:") + argv[3]};
  std::cout << checked(dew::verbs::label(label, progress)).counts.labelled << " labelled\n";

  dew::verbs::TrainArgs train;
  train.project = folder;
  progress.deadline = Clock::now() + std::chrono::seconds(1);
  if (!dew::verbs::train(train, progress)) std::cout << "cancelled after a second; going on\n";
  progress.deadline = Clock::time_point::max();
  std::cout << "run " << checked(dew::verbs::train(train, progress)).run << "\n";
  dew::verbs::CompileArgs compile;
  compile.model.project = folder;
  compile.out = folder / "firmware";
  std::cout << checked(dew::verbs::compile(compile, progress)).figures.arena_bytes << " bytes of arena\n";
}
