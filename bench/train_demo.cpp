// Trains the demo's student again and again and says what came out: how the recipe was chosen.
//
//   train_demo VIDEO ANSWERS [key=value ...]
//
// Pictures are the demo's: every 15th frame in 4 x 3 tiles. The last 30 % of the video are the test split
// and the last tenth of the rest the validation split; with `inner=1` the last 30 % of the rest stand in for
// the test split, which is what to choose recipes by. `backbone=1` starts from the bundled backbone, with the
// recipe of keys that begin with "tune."; `backbone=2` with milder augmentation, mild_recipe()'s.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include "student/backbone_store.h"
#include "student/finetune.h"
#include "student/recipe.h"
#include "student/student.h"

namespace {

using dew::student::Example;

struct Tile {
  int frame;
  Example example;
};

std::vector<Tile> read_tiles(const std::string& video, const std::string& answers, int input) {
  std::map<int, std::vector<std::pair<cv::Rect, int>>> wanted;
  std::ifstream lines(answers);
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    const std::string label = json["label"];
    int frame = 0, x = 0, y = 0, w = 0, h = 0;
    const std::string sample = json["sample"];
    if (std::sscanf(sample.c_str(), "vtest.avi#frame=%d&xywh=%d,%d,%d,%d", &frame, &x, &y, &w, &h) != 5)
      continue;
    if (label == "unsure") continue;
    wanted[frame].push_back({cv::Rect(x, y, w, h), label == "yes" ? 0 : 1});
  }
  std::vector<Tile> tiles;
  cv::VideoCapture capture(video);
  cv::Mat bgr;
  for (int frame = 0; capture.read(bgr); ++frame) {
    for (const auto& [rect, answer] : wanted[frame]) {
      const auto shrunk = [&](int side) {
        cv::Mat small, rgb;
        cv::resize(bgr(rect), small, cv::Size(side, side), 0, 0, cv::INTER_AREA);
        cv::cvtColor(small, rgb, cv::COLOR_BGR2RGB);
        return std::vector<uint8_t>(rgb.datastart, rgb.dataend);
      };
      tiles.push_back({frame, {shrunk(input), answer, 1, shrunk(dew::student::large_side(input))}});
    }
  }
  return tiles;
}

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec) + 1e-6 * static_cast<double>(usage.ru_utime.tv_usec);
}

size_t best(const auto& scores) {
  return static_cast<size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

double float_accuracy(const dew::fs::path& folder, const std::vector<Example>& examples) {
  std::vector<std::vector<uint8_t>> pictures;
  for (const Example& example : examples) pictures.push_back(example.rgb);
  dew::Watch watch;
  const auto rows = dew::student::predict(folder, pictures, watch).value();
  int right = 0;
  for (size_t i = 0; i < rows.size(); ++i) right += best(rows[i]) == size_t(examples[i].answer_class);
  return right / static_cast<double>(rows.size());
}

double int8_accuracy(const dew::graph::Graph& graph, const std::vector<Example>& examples) {
  int right = 0;
  for (const Example& example : examples) {
    std::vector<uint8_t> input = example.rgb;
    for (uint8_t& p : input) p ^= 0x80;  // p - 128 as int8
    const auto tensors = dew::graph::interpret(graph, input, dew::graph::Rounding::kDew).value();
    const auto& out = tensors[graph.outputs[0]];
    const std::vector<int8_t> scores(out.begin(), out.end());
    right += best(scores) == size_t(example.answer_class);
  }
  return right / static_cast<double>(examples.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  std::map<std::string, double> options = {{"inner", 0}, {"first", 1}, {"seeds", 3},
                                           {"int8", 1},  {"curve", 0}, {"backbone", 0}};
  dew::student::TrainSettings settings;
  dew::student::Recipe recipe;
  dew::student::FineTuneRecipe tuning;
  auto& a = recipe.augmentation;
  const std::map<std::string, double*> reals = {{"lr", &settings.learning_rate},
                                                {"wd", &settings.weight_decay},
                                                {"warm_up", &recipe.warm_up},
                                                {"final_rate", &recipe.final_rate},
                                                {"smooth", &recipe.label_smoothing},
                                                {"average", &recipe.average_span},
                                                {"head", &recipe.head_rate},
                                                {"gamma", &recipe.residual_gamma},
                                                {"bn", &recipe.statistics_momentum},
                                                {"flip", &a.flip},
                                                {"zoom", &a.zoom},
                                                {"shift", &a.shift},
                                                {"brightness", &a.brightness},
                                                {"contrast", &a.contrast},
                                                {"tint", &a.tint},
                                                {"crop", &a.crop},
                                                {"plain", &a.plain},
                                                {"tune.rate", &tuning.rate},
                                                {"tune.crop", &tuning.augmentation.crop},
                                                {"tune.shift", &tuning.augmentation.shift},
                                                {"tune.brightness", &tuning.augmentation.brightness},
                                                {"tune.contrast", &tuning.augmentation.contrast},
                                                {"tune.tint", &tuning.augmentation.tint},
                                                {"tune.depth", &tuning.depth_rate},
                                                {"tune.mixup", &tuning.mixup},
                                                {"tune.plain", &tuning.augmentation.plain},
                                                {"tune.cutout", &tuning.augmentation.cutout},
                                                {"tune.zoom", &tuning.augmentation.zoom},
                                                {"tune.stretch", &tuning.augmentation.stretch}};
  for (int i = 3; i < argc; ++i)
    if (std::string(argv[i]) == "backbone=2") tuning = dew::student::mild_recipe();
  for (int i = 3; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::string key = argument.substr(0, argument.find('='));
    const double value = std::stod(argument.substr(argument.find('=') + 1));
    if (const auto real = reals.find(key); real != reals.end()) {
      *real->second = value;
    } else if (key == "epochs") {
      settings.epochs = static_cast<int>(value);
    } else if (key == "batch") {
      settings.batch = static_cast<int>(value);
    } else if (key == "recalibrate") {
      recipe.recalibrate = value != 0;
    } else if (options.contains(key)) {
      options[key] = value;
    } else {
      std::fprintf(stderr, "unknown option %s\n", key.c_str());
      return 2;
    }
  }

  const double length = 795;
  const double end = options["inner"] != 0 ? 0.7 * length : length;
  std::vector<Example> train, validation, test;
  for (Tile& tile : read_tiles(argv[1], argv[2], settings.input)) {
    if (tile.frame >= end) continue;
    auto& split = tile.frame >= 0.7 * end ? test : tile.frame >= 0.63 * end ? validation : train;
    split.push_back(std::move(tile.example));
  }
  std::printf("train %zu validation %zu test %zu\n", train.size(), validation.size(), test.size());

  double sum = 0, int8_sum = 0;
  for (int s = 0; s < options["seeds"]; ++s) {
    settings.seed = static_cast<uint64_t>(options["first"]) + s;
    const auto folder = dew::TemporaryFolder::create().value();
    dew::Watch watch;
    const double wall = seconds(), cpu = cpu_seconds();
    const auto trained =
        options["backbone"] != 0
            ? dew::student::fine_tune(train, validation, settings,
                                      dew::student::find_backbone("bundled").value(), tuning, folder.path(),
                                      watch)
            : dew::student::train_with(train, validation, settings, recipe, folder.path(), watch);
    if (!trained) {
      std::fprintf(stderr, "%s\n", trained.error().what.c_str());
      return 1;
    }
    const double took = seconds() - wall, used = cpu_seconds() - cpu;
    if (options["curve"] != 0) {
      for (const auto& e : trained->curve) {
        std::printf("  %3d  %.3f %.3f  %.3f %.3f\n", e.epoch, e.train_loss, e.train_accuracy,
                    e.validation_loss, e.validation_accuracy);
      }
    }
    const double accuracy = float_accuracy(folder.path(), test);
    sum += accuracy;
    std::printf("seed %d  train %.4f  validation %.4f  test %.4f", static_cast<int>(settings.seed),
                trained->curve.back().train_accuracy, trained->validation_accuracy, accuracy);
    if (options["int8"] != 0) {
      std::vector<std::vector<uint8_t>> pictures;
      for (const Example& example : train) pictures.push_back(example.rgb);
      const double begun = seconds();
      const auto graph =
          dew::student::quantise(folder.path(), pictures, "person", {"yes", "no"}, watch).value();
      const double quantised = seconds() - begun;
      const double int8 = int8_accuracy(graph, test);
      int8_sum += int8;
      std::printf("  int8 %.4f (%.1f s)", int8, quantised);
    }
    std::printf("  %.1f s, %.1f s of CPU, %.0f images/s\n", took, used, trained->images_per_second);
    std::fflush(stdout);
  }
  std::printf("mean test %.4f int8 %.4f\n", sum / options["seeds"], int8_sum / options["seeds"]);
  return 0;
}
