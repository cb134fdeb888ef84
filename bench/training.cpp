// Speed of training: MobileNetV2 alpha 0.35 at 96x96, batches of 32, on pictures of noise.
//
//   bench_training [STEPS]     one line of JSON; OMP_NUM_THREADS says with how many threads
//
// bench/training_torch.py does the same in PyTorch.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "student/random.h"
#include "student/recipe.h"

namespace {

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 20;
  dew::student::TrainSettings settings;
  settings.batch = 32;
  settings.epochs = 1;
  settings.learning_rate = 1e-3;
  std::vector<dew::student::Example> examples(static_cast<size_t>(steps) * 32);
  dew::student::Random random(1, 2);
  for (size_t i = 0; i < examples.size(); ++i) {
    examples[i].answer_class = static_cast<int>(i % 2);
    examples[i].rgb.resize(size_t{96} * 96 * 3);
    for (uint8_t& p : examples[i].rgb) p = static_cast<uint8_t>(random.next());
  }
  dew::student::Recipe recipe;
  recipe.recalibrate = false;
  const auto folder = dew::fs::temp_directory_path() / "dewdrop-bench-training";
  dew::fs::remove_all(folder);
  dew::Watch watch;
  const double before = processor_seconds();
  const auto trained = dew::student::train_with(examples, {}, settings, recipe, folder, watch);
  const double spent = processor_seconds() - before;
  dew::fs::remove_all(folder);
  if (!trained) {
    std::fprintf(stderr, "%s\n", trained.error().what.c_str());
    return 1;
  }
  std::printf("{\"images_per_second\": %.1f, \"images_per_processor_second\": %.1f}\n",
              trained->images_per_second, static_cast<double>(examples.size()) / spent);
}
