// What a net learns from a few hundred pictures, starting from a backbone: PACS photo, ten classes of
// Caltech101, and small sets of 5 to 300 pictures a class (small_sets.cpp).
//
//   accuracy --data ../shared/data --backbone NAME|FILE|random ... [--set pacs|caltech|small|NAME ...]
//            [--seeds 3] [--epochs N] [--input 96] [--int8] [--keep FOLDER] [--probe] [--mild] [--curve]
//            [--rare N --balance B] [--recipe key=value ...]
//
// Prints a line of JSON for every seed, then the medians. Recipes are chosen as `dewdrop train` does; --mild
// trains with mild augmentation, --recipe with strong augmentation and other settings (their keys are in
// recipe_keys.h), each for its usual number of epochs unless --epochs says another. --int8 measures the
// compiled int8 net beside the float one, --curve prints every epoch's validation figures, --keep leaves the
// trained nets in a folder and takes them from there the next time, --probe fits a logistic head to frozen
// features instead of training. --rare keeps only N training pictures of the first, third and fifth class, to
// see what --balance does for them; "rare" is then the mean accuracy on these classes. Of pacs and caltech
// 80 % train (a ninth of that validates) and 20 % test; small sets have their own numbers. Pictures that
// near_duplicates.csv pairs are on one side.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "bench/int8_scores.h"
#include "bench/recipe_keys.h"
#include "bench/small_sets.h"
#include "graph/graph.h"
#include "media/media.h"
#include "store/student_options.h"
#include "student/backbone_store.h"
#include "student/finetune.h"
#include "student/head.h"
#include "student/student.h"

namespace dew {
namespace {

using student::Example;

struct Split {
  std::vector<Example> train, validation, test;
};

Split examples_of(const bench::Parts& parts, const std::vector<Example>& examples) {
  const auto of = [&examples](const std::vector<size_t>& indices) {
    std::vector<Example> some;
    for (const size_t i : indices) some.push_back(examples[i]);
    return some;
  };
  return {of(parts.train), of(parts.validation), of(parts.test)};
}

/// The classes that --rare thins out.
bool is_rare(int answer_class) {
  return answer_class == 0 || answer_class == 2 || answer_class == 4;
}

/// Keeps `count` pictures of every rare class to train on, and a ninth of that to validate.
void make_rare(Split& split, int count) {
  const auto thin = [](std::vector<Example>& examples, int most) {
    std::map<int, int> seen;
    std::erase_if(examples, [&](const Example& example) {
      return is_rare(example.answer_class) && ++seen[example.answer_class] > most;
    });
  };
  thin(split.train, count);
  thin(split.validation, std::max(1, count / 9));
}

/// The mean of the rare classes' accuracies.
double rare_right(const std::vector<std::vector<float>>& rows, const std::vector<Example>& examples) {
  std::map<int, std::pair<double, double>> right_and_all;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!is_rare(examples[i].answer_class)) continue;
    auto& [right, all] = right_and_all[examples[i].answer_class];
    const auto best = std::max_element(rows[i].begin(), rows[i].end()) - rows[i].begin();
    right += best == examples[i].answer_class ? 1 : 0;
    all += 1;
  }
  double sum = 0;
  for (const auto& [answer_class, counts] : right_and_all) sum += counts.first / counts.second;
  return sum / static_cast<double>(right_and_all.size());
}

double share_right(const std::vector<std::vector<float>>& rows, const std::vector<Example>& examples) {
  double right = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    right += std::max_element(rows[i].begin(), rows[i].end()) - rows[i].begin() == examples[i].answer_class;
  return right / static_cast<double>(rows.size());
}

/// Mean cross-entropy: tells two recipes apart where accuracies of a few hundred pictures cannot.
double cross_entropy(const std::vector<std::vector<float>>& rows, const std::vector<Example>& examples) {
  double sum = 0;
  for (size_t i = 0; i < rows.size(); ++i)
    sum -= std::log(std::max(rows[i][static_cast<size_t>(examples[i].answer_class)], 1e-12F));
  return sum / static_cast<double>(rows.size());
}

/// Of probabilities, in all: finer than accuracy, which a few hundred pictures measure coarsely.
double mean_difference(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i)
    for (size_t c = 0; c < a[i].size(); ++c) sum += std::abs(a[i][c] - b[i][c]) / 2;
  return sum / static_cast<double>(a.size());
}

/// Accuracy on the test part of a logistic regression on the backbone's features, which do not change.
Result<double> probe(const std::string& backbone, Split split, int input, int classes, uint64_t seed) {
  Watch watch;
  split.train.insert(split.train.end(), split.validation.begin(), split.validation.end());
  DEW_TRY(const auto train, student::features(backbone, input, pictures_of(split.train), watch));
  DEW_TRY(const auto test, student::features(backbone, input, pictures_of(split.test), watch));
  std::vector<float> rows, targets;
  for (size_t i = 0; i < train.size(); ++i) {
    rows.insert(rows.end(), train[i].begin(), train[i].end());
    for (int c = 0; c < classes; ++c) targets.push_back(c == split.train[i].answer_class ? 1.0F : 0.0F);
  }
  student::HeadSettings settings;
  settings.epochs = 60;
  settings.seed = seed;
  const auto head = student::fit_head(rows, targets, classes, settings);
  std::vector<std::vector<float>> scores;
  for (const auto& row : test) scores.push_back(head.logits(row.data()));
  return share_right(scores, split.test);
}

struct Options {
  fs::path data = "../shared/data";
  std::vector<std::string> sets = {"pacs"};
  std::vector<std::string> backbones;
  int seeds = 3;
  uint64_t first_seed = 1;
  bool probe = false;
  bool on_validation = false;
  bool int8 = false;
  fs::path keep;
  bool min_max = false;
  std::string qat = "auto";
  student::QuantiseSettings quantise;
  student::TrainSettings settings;
  bool all = false;
  bool mild = false;
  bool curve = false;
  int rare = 0;  ///< training pictures of the classes of is_rare(); 0: all
  std::vector<std::string> recipe;
};

Result<student::FineTuneRecipe> recipe_of(const Options& options) {
  student::FineTuneRecipe recipe = options.mild ? student::mild_recipe() : student::FineTuneRecipe{};
  const bench::RecipeKeys keys = bench::keys_of(recipe);
  for (const std::string& assignment : options.recipe) DEW_CHECK(bench::set(keys, assignment));
  return recipe;
}

/// By the recipe that was asked for; without one as `dewdrop train` does.
Result<student::Trained> tuned(const Options& options, const Split& parts,
                               const student::TrainSettings& settings, const student::Backbone& start,
                               const fs::path& folder) {
  Watch watch;
  if (!options.mild && options.recipe.empty())
    return student::fine_tune_best(parts.train, parts.validation, settings, start, folder, watch);
  DEW_TRY(const student::FineTuneRecipe recipe, recipe_of(options));
  return student::fine_tune(parts.train, parts.validation, settings, start, recipe, folder, watch);
}

/// Trains in `folder`, or goes on with what is there. Accuracies on the test part (or the validation part):
/// "float", and "int8" where asked for.
Result<nlohmann::ordered_json> train_one(const Options& options, const std::string& backbone,
                                         const Split& parts, uint64_t seed, const fs::path& folder) {
  Watch watch;
  student::TrainSettings settings = options.settings;
  settings.seed = seed;
  settings.backbone = backbone;
  settings = student::with_usual_epochs(settings);
  if (backbone == "random") {
    DEW_CHECK(student::train(parts.train, parts.validation, settings, folder, watch));
  } else {
    DEW_TRY(const student::Backbone start, student::find_backbone(backbone));
    DEW_TRY(const student::Trained trained, tuned(options, parts, settings, start, folder));
    if (options.curve)
      for (const student::EpochFigures& epoch : trained.curve)
        std::printf("  %3d  %.3f  %.3f %.3f\n", epoch.epoch, epoch.train_loss, epoch.validation_loss,
                    epoch.validation_accuracy);
  }
  const auto& held_out = options.on_validation ? parts.validation : parts.test;
  const auto pictures = pictures_of(held_out);
  DEW_TRY(const auto rows, student::predict(folder, pictures, watch));
  nlohmann::ordered_json result{{"float", share_right(rows, held_out)},
                                {"loss", cross_entropy(rows, held_out)}};
  if (options.rare > 0) result["rare"] = rare_right(rows, held_out);
  if (!options.int8) return result;
  std::vector<std::string> classes;
  for (int c = 0; c < options.settings.classes; ++c) classes.push_back(std::to_string(c));
  const student::RunInt8 run = [&watch](const graph::Graph& graph, const auto& inputs) {
    return bench::int8_scores(graph, inputs, watch);
  };
  DEW_TRY(const auto quantised, student::quantise_best(folder, parts.train, parts.validation, "accuracy",
                                                       classes, options.quantise, run, watch));
  DEW_TRY(const auto scores, run(quantised.graph, pictures));
  result["int8"] = share_right(scores, held_out);
  result["int8_difference"] = mean_difference(rows, scores);
  result["kept"] = quantised.kept_trained ? "qat" : "calibration";
  return result;
}

/// One folder a training.
fs::path kept_folder(const Options& options, const std::string& set, const std::string& backbone,
                     uint64_t seed) {
  const std::string start = fs::path(backbone).stem().string();
  return options.keep / fmt::format("{}-{}-{}-{}", set, start, options.settings.epochs, seed);
}

/// Accuracies of one seed, by whichever way was asked for.
Result<nlohmann::ordered_json> measure(const Options& options, const std::string& set,
                                       const std::string& backbone, const Split& parts, uint64_t seed) {
  if (options.probe) {
    DEW_TRY(const double right,
            probe(backbone, parts, options.settings.input, options.settings.classes, seed));
    return nlohmann::ordered_json{{"probe", right}};
  }
  if (!options.keep.empty())
    return train_one(options, backbone, parts, seed, kept_folder(options, set, backbone, seed));
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  return train_one(options, backbone, parts, seed, folder.path());
}

/// The pictures of a set, each with its class.
Result<std::vector<Example>> read_examples(const Options& options, const std::string& set,
                                           const std::vector<bench::Picture>& list) {
  const bench::SmallSet* small = bench::small_set(set);
  const int input = options.settings.input;
  const int large = student::large_side(input);
  std::vector<Example> examples;
  for (const bench::Picture& picture : list) {
    DEW_TRY(Image image, read_image(options.data / picture.path));
    if (small != nullptr && small->shrunk_to > 0) image = resize(image, small->shrunk_to, small->shrunk_to);
    examples.push_back({resize(image, input, input).rgb, picture.truth});
    examples.back().large = resize(image, large, large).rgb;
  }
  return examples;
}

void print_medians(const std::string& what, std::map<std::string, std::vector<double>> all) {
  std::printf("%s: medians of %zu seeds:", what.c_str(), all.empty() ? 0 : all.begin()->second.size());
  for (auto& [key, values] : all) {
    std::sort(values.begin(), values.end());
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    std::printf(" %s %.4f (mean %.4f)", key.c_str(), values[values.size() / 2], mean);
  }
  std::printf("\n");
  std::fflush(stdout);
}

/// All backbones and seeds on one set.
Result<void> measure_set(Options options, const std::string& set) {
  DEW_TRY(const auto list, bench::read_set(options.data, set));
  DEW_TRY(const auto examples, read_examples(options, set, list));
  for (const Example& example : examples)
    options.settings.classes = std::max(options.settings.classes, example.answer_class + 1);
  const bench::SmallSet* small = bench::small_set(set);
  for (const std::string& backbone : options.backbones) {
    std::map<std::string, std::vector<double>> all;
    for (uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
      Split parts = examples_of(
          bench::draw_parts(options.data, list, seed, small == nullptr ? 0 : small->per_class), examples);
      if (options.all) {
        std::move(parts.validation.begin(), parts.validation.end(), std::back_inserter(parts.train));
        parts.validation.clear();
      }
      if (options.rare > 0) make_rare(parts, options.rare);
      DEW_TRY(const auto result, measure(options, set, backbone, parts, seed));
      for (const auto& [key, value] : result.items())
        if (value.is_number()) all[key].push_back(value);
      nlohmann::ordered_json line{{"set", set}, {"backbone", backbone}, {"seed", seed}};
      line.update(result);
      line["test_pictures"] = parts.test.size();
      std::printf("%s\n", line.dump().c_str());
      std::fflush(stdout);
    }
    print_medians(set + " " + backbone, std::move(all));
  }
  return {};
}

std::vector<std::string> all_sets(const std::vector<std::string>& named) {
  std::vector<std::string> sets;
  for (const std::string& name : named) {
    if (name != "small") sets.push_back(name);
    for (const bench::SmallSet& one : bench::small_sets())
      if (name == "small") sets.push_back(one.name);
  }
  return sets;
}

}  // namespace
}  // namespace dew

int main(int argc, char** argv) {
  using namespace dew;
  Options options;
  CLI::App app("What a net learns from a few hundred pictures, starting from a backbone.");
  app.add_option("--data", options.data, "folder with pacs/ and caltech101-gpt4v/")->capture_default_str();
  std::vector<std::string> known{"pacs", "caltech", "small"};
  for (const bench::SmallSet& one : bench::small_sets()) known.push_back(one.name);
  app.add_option("--set", options.sets)->check(CLI::IsMember(known))->capture_default_str();
  app.add_option("--backbone", options.backbones, "name, file or random; several")->required();
  app.add_option("--seeds", options.seeds)->capture_default_str();
  app.add_option("--first-seed", options.first_seed)->capture_default_str();
  app.add_option("--epochs", options.settings.epochs)->capture_default_str();
  app.add_option("--batch", options.settings.batch)->capture_default_str();
  app.add_option("--input", options.settings.input)->capture_default_str();
  app.add_flag("--int8", options.int8, "measure the compiled int8 net too");
  app.add_flag("--min-max", options.min_max, "calibrate by extremes instead of histograms");
  app.add_flag("--equalise", options.quantise.equalise, "even out channels first");
  app.add_option("--qat", options.qat)
      ->check(CLI::IsMember(std::vector<std::string>(store::kQatWords.begin(), store::kQatWords.end())))
      ->capture_default_str();
  app.add_option("--keep", options.keep, "folder for trained nets; those already there are used");
  app.add_flag("--probe", options.probe, "a logistic head on frozen features instead of training");
  app.add_flag("--on-validation", options.on_validation,
               "measure where recipes are chosen, not on the test part");
  app.add_flag("--all", options.all, "train on the validation part too, and choose nothing by it");
  app.add_flag("--mild", options.mild, "mild augmentation, mild_recipe()'s, instead of strong");
  app.add_flag("--curve", options.curve, "print each epoch's losses and validation accuracy");
  app.add_option("--rare", options.rare, "training pictures of the first, third and fifth class; 0: all");
  app.add_option("--balance", options.settings.balance, "0 to 1: how much rare classes weigh more");
  app.add_option("--recipe", options.recipe, "key=value, to try another recipe");
  CLI11_PARSE(app, argc, argv);
  options.quantise.qat = student::parse_qat(options.qat).value();
  if (options.min_max) options.quantise.ranges = student::Ranges::kMinMax;

  for (const std::string& set : all_sets(options.sets)) {
    const auto measured = measure_set(options, set);
    if (!measured) {
      std::fprintf(stderr, "%s: %s\n", measured.error().where.c_str(), measured.error().what.c_str());
      return 1;
    }
  }
  return 0;
}
