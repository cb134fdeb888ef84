// What a net learns from a few hundred pictures, starting from a backbone: PACS photo and ten classes of
// Caltech101.
//
//   accuracy --data ../shared/data [--set pacs|caltech] [--backbone NAME|FILE|random ...] [--seeds 3]
//            [--epochs N] [--input 96] [--int8] [--keep FOLDER] [--probe] [--mild] [--curve]
//
// A line of JSON for every seed, then the medians; --int8 measures the compiled int8 net beside the float
// one, --mild trains with mild augmentation instead of strong, --curve tells every epoch's validation
// figures, --keep leaves the trained nets in a folder and takes them from there the next time. With --probe a
// logistic head on frozen features instead. Epochs are the recipe's own unless they are given.
// 80 % train (a ninth of that validates), 20 % test; pictures that near_duplicates.csv pairs are on one side.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>

#include "compiler/compiler.h"
#include "graph/graph.h"
#include "media/media.h"
#include "student/backbone_store.h"
#include "student/finetune.h"
#include "student/head.h"
#include "student/random.h"
#include "student/student.h"
#include "target/target.h"

namespace dew {
namespace {

using student::Example;

/// Below the data's folder, and what people call it.
struct Picture {
  std::string path;
  int answer_class = 0;
};

std::vector<Picture> pacs(const fs::path& data) {
  std::vector<Picture> pictures;
  const char* names[] = {"dog", "elephant", "giraffe", "guitar", "horse", "house", "person"};
  for (int c = 0; c < 7; ++c)
    for (const auto& entry : fs::directory_iterator(data / "pacs/photo" / names[c]))
      pictures.push_back({"pacs/photo/" + std::string(names[c]) + "/" + entry.path().filename().string(), c});
  std::sort(pictures.begin(), pictures.end(),
            [](const Picture& a, const Picture& b) { return a.path < b.path; });
  return pictures;
}

std::vector<Picture> caltech(const fs::path& data) {
  const std::vector<std::string> names = {"ketch",    "schooner", "lobster", "lotus", "wild cat",
                                          "crayfish", "airplane", "leopard", "watch", "bonsai"};
  std::vector<Picture> pictures;
  std::ifstream file(data / "caltech101-gpt4v/labels.csv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string name, human;
    std::getline(fields, name, ',');
    std::getline(fields, human, ',');
    const auto found = std::find(names.begin(), names.end(), human);
    if (found != names.end())
      pictures.push_back({"caltech101-gpt4v/" + name, static_cast<int>(found - names.begin())});
  }
  return pictures;
}

/// For every picture the first of those it is a near copy of.
std::vector<size_t> groups(const fs::path& data, const std::vector<Picture>& pictures) {
  std::map<std::string, size_t> index;
  for (size_t i = 0; i < pictures.size(); ++i) index[pictures[i].path] = i;
  std::vector<size_t> first(pictures.size());
  std::iota(first.begin(), first.end(), size_t{0});
  std::ifstream file(data / "near_duplicates.csv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string a, b;
    std::getline(fields, a, ',');
    std::getline(fields, b, ',');
    if (index.count(a) == 0 || index.count(b) == 0) continue;
    const size_t from = std::max(first[index[a]], first[index[b]]);
    const size_t to = std::min(first[index[a]], first[index[b]]);
    std::replace(first.begin(), first.end(), from, to);
  }
  return first;
}

struct Split {
  std::vector<Example> train, validation, test;
};

/// Class by class, drawn by the seed.
Split split(const fs::path& data, const std::vector<Picture>& pictures, const std::vector<Example>& examples,
            uint64_t seed) {
  const std::vector<size_t> first = groups(data, pictures);
  std::vector<double> place(pictures.size());
  for (size_t i = 0; i < place.size(); ++i) place[i] = student::Random(seed, 77, first[i]).uniform();
  Split result;
  const int classes = 1 + std::max_element(examples.begin(), examples.end(), [](auto& a, auto& b) {
                            return a.answer_class < b.answer_class;
                          })->answer_class;
  for (int c = 0; c < classes; ++c) {
    std::vector<std::pair<double, size_t>> own;
    for (size_t i = 0; i < pictures.size(); ++i)
      if (examples[i].answer_class == c) own.emplace_back(place[i], i);
    std::sort(own.begin(), own.end());
    for (size_t k = 0; k < own.size(); ++k) {
      // Copies have equal places, so they stand together; the cuts may not fall between them.
      size_t start = k;
      while (start > 0 && own[start - 1].first == own[k].first) --start;
      const double at = static_cast<double>(start) / static_cast<double>(own.size());
      auto& part = at < 0.2 ? result.test : at < 0.28 ? result.validation : result.train;
      part.push_back(examples[own[k].second]);
    }
  }
  return result;
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

std::vector<std::vector<uint8_t>> pictures_of(const std::vector<Example>& examples) {
  std::vector<std::vector<uint8_t>> pictures;
  for (const Example& example : examples) pictures.push_back(example.rgb);
  return pictures;
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
  std::string set = "pacs";
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
  std::vector<std::string> recipe;
};

student::FineTuneRecipe recipe_of(const Options& options) {
  student::FineTuneRecipe recipe = options.mild ? student::mild_recipe() : student::FineTuneRecipe{};
  auto& a = recipe.augmentation;
  const std::map<std::string, double*> reals = {{"tail_share", &recipe.tail_share},
                                                {"rate", &recipe.rate},
                                                {"depth_rate", &recipe.depth_rate},
                                                {"smoothing", &recipe.label_smoothing},
                                                {"span", &recipe.average_span},
                                                {"mixup", &recipe.mixup},
                                                {"dropout", &recipe.dropout},
                                                {"patience", &recipe.patience},
                                                {"zoom", &a.zoom},
                                                {"crop", &a.crop},
                                                {"shift", &a.shift},
                                                {"stretch", &a.stretch},
                                                {"cutout", &a.cutout},
                                                {"brightness", &a.brightness},
                                                {"contrast", &a.contrast},
                                                {"tint", &a.tint},
                                                {"plain", &a.plain}};
  const std::map<std::string, int*> wholes = {{"batch", &recipe.batch},
                                              {"tail_block", &recipe.tail_block},
                                              {"variants", &recipe.variants},
                                              {"head_epochs", &recipe.head.epochs}};
  for (const std::string& item : options.recipe) {
    const auto equals = item.find('=');
    const std::string key = item.substr(0, equals);
    const double value = std::stod(item.substr(equals + 1));
    if (const auto real = reals.find(key); real != reals.end())
      *real->second = value;
    else if (const auto whole = wholes.find(key); whole != wholes.end())
      *whole->second = static_cast<int>(value);
    else
      throw std::invalid_argument("unknown: " + key);
  }
  return recipe;
}

/// Scores of the int8 net as the device computes them: by the compiled plan.
Result<std::vector<std::vector<float>>> int8_scores(const graph::Graph& graph,
                                                    const std::vector<std::vector<uint8_t>>& pictures,
                                                    Watch& watch) {
  compiler::Options compiling;
  compiling.isa = target::host_isa();
  DEW_TRY(const compiler::Plan plan, compiler::compile(graph, compiling));
  std::vector<target::Bytes> inputs;
  for (target::Bytes bytes : pictures) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(byte - 128);
    inputs.push_back(std::move(bytes));
  }
  DEW_TRY(const auto outputs, target::run_on_host(plan, inputs, watch));
  std::vector<std::vector<float>> rows;
  for (const target::Bytes& output : outputs) {
    auto& row = rows.emplace_back();
    for (const uint8_t byte : output)
      row.push_back(static_cast<float>(static_cast<int8_t>(byte) + 128) / 256.0F);
  }
  return rows;
}

/// Trains in `folder`, or goes on with what is there. Accuracies on the test part (or the validation part):
/// "float", and "int8" where asked for.
Result<nlohmann::ordered_json> train_one(const Options& options, const std::string& backbone,
                                         const Split& parts, uint64_t seed, const fs::path& folder) {
  Watch watch;
  student::TrainSettings settings = options.settings;
  settings.seed = seed;
  settings.backbone = backbone;
  if (backbone == "random") {
    DEW_CHECK(student::train(parts.train, parts.validation, settings, folder, watch));
  } else {
    DEW_TRY(const student::Backbone start, student::find_backbone(backbone));
    DEW_TRY(const student::Trained trained, student::fine_tune(parts.train, parts.validation, settings, start,
                                                               recipe_of(options), folder, watch));
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
  if (!options.int8) return result;
  std::vector<std::string> classes;
  for (int c = 0; c < options.settings.classes; ++c) classes.push_back(std::to_string(c));
  const student::RunInt8 run = [&watch](const graph::Graph& graph, const auto& inputs) {
    return int8_scores(graph, inputs, watch);
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
fs::path kept_folder(const Options& options, const std::string& backbone, uint64_t seed) {
  const std::string start = fs::path(backbone).stem().string();
  return options.keep / fmt::format("{}-{}-{}-{}", options.set, start, options.settings.epochs, seed);
}

/// Accuracies of one seed, by whichever way was asked for.
Result<nlohmann::ordered_json> measure(const Options& options, const std::string& backbone,
                                       const Split& parts, uint64_t seed) {
  if (options.probe) {
    DEW_TRY(const double right,
            probe(backbone, parts, options.settings.input, options.settings.classes, seed));
    return nlohmann::ordered_json{{"probe", right}};
  }
  if (!options.keep.empty())
    return train_one(options, backbone, parts, seed, kept_folder(options, backbone, seed));
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  return train_one(options, backbone, parts, seed, folder.path());
}

}  // namespace
}  // namespace dew

int main(int argc, char** argv) {
  using namespace dew;
  Options options;
  CLI::App app("What a net learns from a few hundred pictures, starting from a backbone.");
  app.add_option("--data", options.data, "folder with pacs/ and caltech101-gpt4v/")->capture_default_str();
  app.add_option("--set", options.set)->check(CLI::IsMember({"pacs", "caltech"}))->capture_default_str();
  app.add_option("--backbone", options.backbones, "name, file or random; several")->required();
  app.add_option("--seeds", options.seeds)->capture_default_str();
  app.add_option("--first-seed", options.first_seed)->capture_default_str();
  app.add_option("--epochs", options.settings.epochs)->capture_default_str();
  app.add_option("--batch", options.settings.batch)->capture_default_str();
  app.add_option("--input", options.settings.input)->capture_default_str();
  app.add_flag("--int8", options.int8, "measure the compiled int8 net, too");
  app.add_flag("--min-max", options.min_max, "calibrate by extremes instead of histograms");
  app.add_flag("--equalise", options.quantise.equalise, "even out channels before");
  app.add_option("--qat", options.qat)->check(CLI::IsMember({"auto", "on", "off"}))->capture_default_str();
  app.add_option("--keep", options.keep, "folder for trained nets; those that are there are taken");
  app.add_flag("--probe", options.probe, "a logistic head on frozen features instead of training");
  app.add_flag("--on-validation", options.on_validation,
               "measure where recipes are chosen, not on the test part");
  app.add_flag("--all", options.all, "train on the validation part, too, and choose nothing by it");
  app.add_flag("--mild", options.mild, "mild augmentation, mild_recipe()'s, instead of strong");
  app.add_flag("--curve", options.curve, "tell each epoch's losses and validation accuracy");
  app.add_option("--recipe", options.recipe, "key=value, to try another recipe");
  CLI11_PARSE(app, argc, argv);
  options.quantise.qat = options.qat == "on"    ? student::Qat::kOn
                         : options.qat == "off" ? student::Qat::kOff
                                                : student::Qat::kAuto;
  if (options.min_max) options.quantise.ranges = student::Ranges::kMinMax;

  const auto list = options.set == "pacs" ? pacs(options.data) : caltech(options.data);
  std::vector<Example> examples;
  for (const Picture& picture : list) {
    const auto image = read_image(options.data / picture.path);
    if (!image) return std::fprintf(stderr, "%s: %s\n", picture.path.c_str(), image.error().what.c_str()), 1;
    const int input = options.settings.input;
    examples.push_back({resize(*image, input, input).rgb, picture.answer_class});
    const int large = student::large_side(input);
    examples.back().large = resize(*image, large, large).rgb;
    options.settings.classes = std::max(options.settings.classes, picture.answer_class + 1);
  }
  for (const std::string& backbone : options.backbones) {
    std::map<std::string, std::vector<double>> all;
    for (uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
      Split parts = split(options.data, list, examples, seed);
      if (options.all) {
        std::move(parts.validation.begin(), parts.validation.end(), std::back_inserter(parts.train));
        parts.validation.clear();
      }
      const auto result = measure(options, backbone, parts, seed);
      if (!result) return std::fprintf(stderr, "%s\n", result.error().what.c_str()), 1;
      for (const auto& [key, value] : result->items())
        if (value.is_number()) all[key].push_back(value);
      nlohmann::ordered_json line{{"set", options.set}, {"backbone", backbone}, {"seed", seed}};
      line.update(*result);
      line["test_pictures"] = parts.test.size();
      std::printf("%s\n", line.dump().c_str());
      std::fflush(stdout);
    }
    std::printf("%s %s: medians of %d seeds:", options.set.c_str(), backbone.c_str(), options.seeds);
    for (auto& [key, values] : all) {
      std::sort(values.begin(), values.end());
      const double mean =
          std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
      std::printf(" %s %.4f (mean %.4f)", key.c_str(), values[values.size() / 2], mean);
    }
    std::printf("\n");
  }
  return 0;
}
