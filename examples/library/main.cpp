// Dewdrop as a library: makes a project, adds pictures, labels them with recorded answers, trains a net for
// one epoch and compiles it to C. Progress and cancelling are this program's own: it cancels the training
// after a second and then lets it continue.
//
//     library FOLDER PICTURES ANSWERS.jsonl
#include <chrono>
#include <iostream>

#include "verbs/verbs.h"

using Clock = std::chrono::steady_clock;

/// Prints each stage, and asks the work to stop once the time is up.
class Progress : public dew::Watch {
 public:
  Clock::time_point deadline = Clock::time_point::max();

  void begin(std::string_view what, int64_t total) override { std::cout << what << ": " << total << "\n"; }
  void warn(const std::string& message) override { std::cout << "warning: " << message << "\n"; }
  [[nodiscard]] bool interrupted() const override { return Clock::now() > deadline; }
};

/// Ends the program where a verb could not do its work, or not all of it.
template <typename Outcome>
Outcome checked(const dew::Result<Outcome>& outcome) {
  if (outcome && !outcome->stopped) return *outcome;
  const dew::Error& error = outcome ? *outcome->stopped : outcome.error();
  std::cerr << error.where << ": " << error.what << "\n" << error.next << "\n";
  std::exit(static_cast<int>(error.fault));
}

int main(int argc, char** argv) {
  if (argc != 4) return static_cast<int>(dew::Fault::kUsage);
  const dew::fs::path folder = dew::fs::absolute(argv[1]);
  Progress progress;
  dew::Settings settings;
  settings.question = "Is there a disc?";
  settings.classes = {"yes", "no"};
  settings.unsure = "unsure";
  settings.teacher.all = {std::string("replay:") + argv[3]};
  settings.epochs = 1;
  checked(dew::verbs::create_project({folder, settings}, progress));
  checked(dew::verbs::add({folder, {argv[2]}, {}}, progress));
  dew::verbs::LabelArgs label;
  label.project = folder;
  std::cout << checked(dew::verbs::label(label, progress)).counts->labelled << " labelled\n";
  dew::verbs::TrainArgs train;
  train.project = folder;
  progress.deadline = Clock::now() + std::chrono::seconds(1);
  auto trained = dew::verbs::train(train, progress);
  if (!trained) std::cout << trained.error().what << ", and continued\n";
  progress.deadline = Clock::time_point::max();
  if (!trained) trained = dew::verbs::train(train, progress);
  std::cout << "run " << checked(trained).run << " took " << checked(trained).curve.size() << " epochs\n";
  dew::verbs::CompileArgs compile;
  compile.model.project = folder;
  compile.out = folder / "firmware";
  compile.measure = false;
  std::cout << checked(dew::verbs::compile(compile, progress)).figures.arena_bytes << " bytes of arena\n";
}
