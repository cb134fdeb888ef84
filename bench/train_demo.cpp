// Trains the demo's net with several seeds and prints the results: the recipes were chosen with it.
//
//   train_demo VIDEO ANSWERS [key=value ...]
//
// Pictures are the demo's: every 15th frame in 4 x 3 tiles. The last 30 % of the video are the test split and
// the last tenth of the rest the validation split. With inner=1 the last 30 % of the rest stand in for the
// test split: recipes must be chosen by these. backbone=0 starts from random weights, backbone=1 from the
// bundled backbone with strong augmentation, backbone=2 with mild. With per_class=N only N pictures of each
// class, drawn by the seed, have a label, none validates, and it is trained as `train` does; with
// unlabelled=1 also from the others. Further keys: seeds, first (seed), int8=0 (leave int8 out), curve=1
// (print every epoch), and those of recipe_keys.h, which change the recipe in use.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <random>

#include "bench/recipe_keys.h"
#include "student/backbone_store.h"
#include "student/finetune.h"
#include "student/recipe.h"
#include "student/student.h"
#include "student/unlabelled.h"

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
      tiles.push_back({frame, {shrunk(input), answer, shrunk(dew::student::large_side(input))}});
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
  dew::Watch watch;
  const auto rows = dew::student::predict(folder, pictures_of(examples), watch).value();
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

struct Options {
  std::map<std::string, double> numbers = {{"inner", 0},     {"first", 1},     {"seeds", 3},
                                           {"int8", 1},      {"curve", 0},     {"backbone", 0},
                                           {"per_class", 0}, {"unlabelled", 0}};
  dew::student::TrainSettings settings;
  dew::student::Recipe recipe;
  dew::student::FineTuneRecipe tuning;
};

/// key=value, each for the recipe that backbone= names, wherever it stands.
dew::Result<Options> parse(const std::vector<std::string>& arguments) {
  using dew::bench::keys_of;
  Options options;
  std::vector<std::string> others;
  dew::bench::RecipeKeys own;
  for (auto& [key, value] : options.numbers) own[key] = &value;
  for (const std::string& argument : arguments) {
    if (!own.contains(argument.substr(0, argument.find('='))))
      others.push_back(argument);
    else
      DEW_CHECK(dew::bench::set(own, argument));
  }
  if (options.numbers["backbone"] == 2) options.tuning = dew::student::mild_recipe();
  options.settings.backbone = options.numbers["backbone"] == 0 ? "random" : "bundled";
  dew::bench::RecipeKeys keys =
      options.settings.backbone == "random" ? keys_of(options.recipe) : keys_of(options.tuning);
  keys.merge(keys_of(options.settings));
  for (const std::string& argument : others) DEW_CHECK(dew::bench::set(keys, argument));
  options.settings = dew::student::with_usual_epochs(options.settings);
  return options;
}

struct Splits {
  std::vector<Example> train, validation, test, unlabelled;
};

Splits split_up(std::vector<Tile> tiles, bool inner) {
  constexpr double kFrames = 795;  // of the video
  const double end = inner ? 0.7 * kFrames : kFrames;
  Splits splits;
  for (Tile& tile : tiles) {
    if (tile.frame >= end) continue;
    std::vector<Example>* split = &splits.train;
    if (tile.frame >= 0.63 * end) split = &splits.validation;
    if (tile.frame >= 0.7 * end) split = &splits.test;
    split->push_back(std::move(tile.example));
  }
  return splits;
}

/// The same pictures, of which only `per_class` of each class keep their label; none is left to validate
/// with.
Splits few_labels(const Splits& splits, int per_class, uint64_t seed) {
  Splits few;
  few.test = splits.test;
  std::vector<Example> pool = splits.train;
  pool.insert(pool.end(), splits.validation.begin(), splits.validation.end());
  std::shuffle(pool.begin(), pool.end(), std::mt19937_64(seed));
  std::map<int, int> seen;
  for (Example& example : pool)
    (++seen[example.answer_class] > per_class ? few.unlabelled : few.train).push_back(std::move(example));
  return few;
}

dew::Result<dew::student::Trained> train(const Options& options, const Splits& splits,
                                         const dew::fs::path& folder) {
  dew::Watch watch;
  if (options.numbers.at("per_class") > 0) {
    const auto& unlabelled =
        options.numbers.at("unlabelled") != 0 ? splits.unlabelled : std::vector<Example>();
    return dew::student::train_with_unlabelled(splits.train, unlabelled, splits.validation, options.settings,
                                               folder, watch);
  }
  if (options.settings.backbone == "random")
    return dew::student::train_with(splits.train, splits.validation, options.settings, options.recipe, folder,
                                    watch);
  DEW_TRY(const dew::student::Backbone backbone, dew::student::find_backbone(options.settings.backbone));
  return dew::student::fine_tune(splits.train, splits.validation, options.settings, backbone, options.tuning,
                                 folder, watch);
}

/// On the test split, after calibration on the training pictures.
dew::Result<double> quantised_accuracy(const Splits& splits, const dew::fs::path& folder) {
  const auto pictures = pictures_of(splits.train);
  dew::Watch watch;
  DEW_TRY(const auto graph, dew::student::quantise(folder, pictures, "person", {"yes", "no"}, watch));
  return int8_accuracy(graph, splits.test);
}

dew::Result<void> run(const std::string& video, const std::string& answers,
                      const std::vector<std::string>& arguments) {
  DEW_TRY(Options options, parse(arguments));
  const Splits all =
      split_up(read_tiles(video, answers, options.settings.input), options.numbers["inner"] != 0);
  std::printf("train %zu validation %zu test %zu\n", all.train.size(), all.validation.size(),
              all.test.size());
  double sum = 0, int8_sum = 0;
  const auto first = static_cast<uint64_t>(options.numbers["first"]);
  const auto seeds = static_cast<uint64_t>(options.numbers["seeds"]);
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    options.settings.seed = seed;
    const auto per_class = static_cast<int>(options.numbers["per_class"]);
    const Splits splits = per_class > 0 ? few_labels(all, per_class, seed) : all;
    DEW_TRY(const auto folder, dew::TemporaryFolder::create());
    const double wall = seconds(), cpu = cpu_seconds();
    DEW_TRY(const auto trained, train(options, splits, folder.path()));
    const double took = seconds() - wall, used = cpu_seconds() - cpu;
    if (options.numbers["curve"] != 0) {
      for (const auto& e : trained.curve) {
        std::printf("  %3d  %.3f %.3f  %.3f %.3f\n", e.epoch, e.train_loss, e.train_accuracy,
                    e.validation_loss, e.validation_accuracy);
      }
    }
    const double accuracy = float_accuracy(folder.path(), splits.test);
    sum += accuracy;
    std::printf("seed %d  train %.4f  validation %.4f  test %.4f", static_cast<int>(seed),
                trained.curve.back().train_accuracy, trained.validation_accuracy, accuracy);
    if (options.numbers["int8"] != 0) {
      DEW_TRY(const double int8, quantised_accuracy(splits, folder.path()));
      int8_sum += int8;
      std::printf("  int8 %.4f", int8);
    }
    std::printf("  %.1f s, %.1f s of CPU, %.0f images/s\n", took, used, trained.images_per_second);
    std::fflush(stdout);
  }
  const auto count = static_cast<double>(seeds);
  std::printf("mean test %.4f int8 %.4f\n", sum / count, int8_sum / count);
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "train_demo VIDEO ANSWERS [key=value ...]\n");
    return 2;
  }
  const auto done = run(argv[1], argv[2], {argv + 3, argv + argc});
  if (done) return 0;
  std::fprintf(stderr, "%s %s\n", done.error().what.c_str(), done.error().where.c_str());
  return static_cast<int>(done.error().fault);
}
