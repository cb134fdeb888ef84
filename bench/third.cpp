// How few answers of a teacher are enough: labels, and nets taught by them, from a part of the answers.
//
//   third --data ../shared/data [--set pacs|caltech|gpt4v] [--share 0.3 ...] [--how chosen|random|both ...]
//         [--enough 0.95] [--seeds 3] [--train [--unlabelled]] [--per-class N] [--backbone NAME|FILE]
//
// Prints a line of JSON for every seed, share and way. "chosen" asks in rounds as `dewdrop label --share`
// does and labels the rest locally where that is sure enough; "random" asks a random part and leaves the rest
// out; "both" asks a random part and labels the rest locally. "asked": share of the answers that people agree
// with; "local": of the local labels; "same": of the local labels, those that the teacher would have given;
// "told": the interval in which that was said to lie. --train teaches a net on these labels and measures it
// on people's labels of the test part (20 %). A share of 1 asks about everything.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "bench/small_sets.h"
#include "label/rounds.h"
#include "media/media.h"
#include "student/features.h"
#include "student/student.h"
#include "student/unlabelled.h"

namespace dew {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  fs::path data = "../shared/data";
  std::string set = "pacs";
  std::vector<double> shares = {0.3};
  std::vector<std::string> hows = {"chosen", "random"};
  double enough = 0.95;
  uint64_t seeds = 3;
  uint64_t first_seed = 1;
  int rounds = 5;
  int per_class = 0;  ///< asked about at random instead of a share
  int look = 128;     ///< pixels of the pictures whose features are compared
  bool train = false;
  bool unlabelled = false;
  std::string backbone = "bundled";
  student::TrainSettings settings;
};

struct Pictures {
  std::vector<bench::Picture> list;
  std::vector<size_t> copies;
  std::vector<student::Example> examples;
  std::vector<std::vector<float>> features;
  int classes = 0;
};

/// The pool of one seed, and what is known of it.
struct Pool {
  std::vector<size_t> pictures;  ///< indices into the list
  std::vector<int> label;        ///< as rounds.h takes it
  std::vector<int> local;        ///< -1: none
  std::vector<size_t> audit;     ///< asked because they were drawn at random
  label::LocalView view;
};

Result<Pictures> read(const Options& options) {
  Pictures pictures;
  DEW_TRY(pictures.list, bench::read_set(options.data, options.set));
  pictures.copies = bench::near_copies(options.data, pictures.list);
  std::vector<std::vector<uint8_t>> looked;
  for (const bench::Picture& picture : pictures.list) {
    DEW_TRY(const Image image, read_image(options.data / picture.path));
    const int input = options.settings.input;
    const int large = student::large_side(input);
    pictures.examples.push_back(
        {resize(image, input, input).rgb, picture.truth, resize(image, large, large).rgb});
    looked.push_back(resize(image, options.look, options.look).rgb);
    pictures.classes = std::max(pictures.classes, picture.truth + 1);
  }
  Watch watch;
  DEW_TRY(pictures.features, student::features(options.backbone, options.look, looked, watch));
  return pictures;
}

Result<label::LocalClassifier> classifier_of(const Pictures& pictures, const Pool& pool) {
  std::vector<float> rows;
  std::vector<int64_t> group;
  for (const size_t i : pool.pictures) {
    rows.insert(rows.end(), pictures.features[i].begin(), pictures.features[i].end());
    group.push_back(static_cast<int64_t>(pictures.copies[i]));
  }
  return label::LocalClassifier::make(std::move(rows), pictures.features[0].size(),
                                      static_cast<size_t>(pictures.classes) + 1, std::move(group));
}

void ask(const Pictures& pictures, Pool& pool, const std::vector<size_t>& chosen) {
  for (const size_t i : chosen) {
    const int said = pictures.list[pool.pictures[i]].said;
    pool.label[i] = said < 0 ? pictures.classes : said;
  }
}

Result<void> ask_in_rounds(const Options& options, const Pictures& pictures,
                           const label::LocalClassifier& classifier, Pool& pool, size_t budget,
                           uint64_t seed) {
  Watch watch;
  size_t asked = 0;
  std::vector<std::vector<size_t>> audits;
  for (int round = 1; round <= options.rounds; ++round) {
    DEW_TRY(pool.view, label::local_view(classifier, pool.label, pool.audit, options.enough, watch));
    const size_t until = budget * static_cast<size_t>(round) / static_cast<size_t>(options.rounds);
    const uint64_t draw = seed * 1000 + static_cast<uint64_t>(round);
    DEW_TRY(const label::Round next,
            label::next_round(classifier, pool.view, pool.label, until - asked,
                              label::checks_in(until - asked, budget, options.enough), draw, watch));
    ask(pictures, pool, next.audit);
    ask(pictures, pool, next.chosen);
    audits.push_back(next.audit);
    pool.audit = label::latest(audits, options.enough);
    asked += next.audit.size() + next.chosen.size();
  }
  return {};
}

void ask_at_random(const Pictures& pictures, Pool& pool, size_t budget, int per_class, uint64_t seed) {
  std::vector<size_t> order(pool.pictures.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(seed + 100));
  if (per_class > 0) {
    std::map<int, int> seen;
    std::erase_if(order, [&](size_t i) { return ++seen[pictures.list[pool.pictures[i]].said] > per_class; });
  } else {
    order.resize(budget);
  }
  pool.audit = order;
  ask(pictures, pool, order);
}

Result<Pool> label_part(const Options& options, const Pictures& pictures, const bench::Parts& parts,
                        const std::string& how, double share, uint64_t seed) {
  Pool pool;
  pool.pictures = parts.train;
  pool.pictures.insert(pool.pictures.end(), parts.validation.begin(), parts.validation.end());
  pool.label.assign(pool.pictures.size(), label::kNotAsked);
  pool.local.assign(pool.pictures.size(), -1);
  const auto budget = static_cast<size_t>(share * static_cast<double>(pool.pictures.size()) + 0.5);
  if (how == "random") {
    ask_at_random(pictures, pool, budget, options.per_class, seed);
    return pool;
  }
  DEW_TRY(const label::LocalClassifier classifier, classifier_of(pictures, pool));
  if (how == "both")
    ask_at_random(pictures, pool, budget, options.per_class, seed);
  else
    DEW_CHECK(ask_in_rounds(options, pictures, classifier, pool, budget, seed));
  Watch watch;
  DEW_TRY(pool.view, label::local_view(classifier, pool.label, pool.audit, options.enough, watch));
  pool.local = label::local_labels(pool.view, pool.label, classifier.classes());
  return pool;
}

Json figures(const Pictures& pictures, const Pool& pool) {
  int64_t asked = 0, asked_right = 0, local = 0, local_right = 0, local_same = 0;
  for (size_t i = 0; i < pool.pictures.size(); ++i) {
    const bench::Picture& picture = pictures.list[pool.pictures[i]];
    if (pool.label[i] >= 0 && pool.label[i] < pictures.classes)
      ++asked, asked_right += pool.label[i] == picture.truth ? 1 : 0;
    if (pool.local[i] < 0) continue;
    ++local;
    local_right += pool.local[i] == picture.truth ? 1 : 0;
    local_same += pool.local[i] == picture.said ? 1 : 0;
  }
  const label::LocalAgreement& agreement = pool.view.agreement;
  Json json{{"answers", asked}, {"asked", share_of(asked_right, asked).value()}};
  if (local == 0) return json;
  json["locals"] = local;
  json["local"] = share_of(local_right, local).value();
  json["same"] = share_of(local_same, local).value();
  json["told"] = {agreement.share.low, agreement.share.high};
  constexpr double kRounding = 1e-9;
  json["holds"] = agreement.share.low <= json["same"].get<double>() + kRounding &&
                  json["same"].get<double>() <= agreement.share.high + kRounding;
  json["threshold"] = agreement.threshold;
  json["labelled"] = share_of(local + asked, static_cast<int64_t>(pool.pictures.size())).value();
  return json;
}

Result<double> net_accuracy(const Options& options, const Pictures& pictures, const bench::Parts& parts,
                            const Pool& pool, uint64_t seed) {
  std::vector<student::Example> train, unlabelled;
  for (size_t i = 0; i < pool.pictures.size(); ++i) {
    const int label = std::max(pool.label[i], pool.local[i]);
    if (label < 0 && options.unlabelled) unlabelled.push_back(pictures.examples[pool.pictures[i]]);
    if (label < 0 || label == pictures.classes) continue;
    train.push_back(pictures.examples[pool.pictures[i]]);
    train.back().answer_class = label;
  }
  student::TrainSettings settings = options.settings;
  settings.seed = seed;
  settings.classes = pictures.classes;
  settings.backbone = options.backbone;
  settings = student::with_usual_epochs(settings);
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  Watch watch;
  DEW_CHECK(student::train_with_unlabelled(train, unlabelled, {}, settings, folder.path(), watch));
  std::vector<std::vector<uint8_t>> test;
  for (const size_t i : parts.test) test.push_back(pictures.examples[i].rgb);
  DEW_TRY(const auto rows, student::predict(folder.path(), test, watch));
  int64_t right = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto best = std::max_element(rows[i].begin(), rows[i].end()) - rows[i].begin();
    right += best == pictures.list[parts.test[i]].truth ? 1 : 0;
  }
  return share_of(right, std::ssize(rows)).value();
}

Result<void> run(const Options& options) {
  DEW_TRY(const Pictures pictures, read(options));
  std::map<std::string, std::vector<double>> accuracies;
  for (uint64_t seed = options.first_seed; seed < options.first_seed + options.seeds; ++seed) {
    const bench::Parts parts = bench::draw_parts(options.data, pictures.list, seed);
    for (const double share : options.shares)
      for (const std::string& how : options.hows) {
        DEW_TRY(const Pool pool, label_part(options, pictures, parts, how, share, seed));
        Json line{{"set", options.set}, {"seed", seed}, {"how", how}, {"share", share}};
        line.update(figures(pictures, pool));
        if (options.train) {
          const auto right = net_accuracy(options, pictures, parts, pool, seed);
          line["net"] = right ? Json(*right) : Json(right.error().what);  // a class may have no picture
          accuracies[fmt::format("{} {:.2f}", how, share)].push_back(right.value_or(0));
        }
        fmt::print("{}\n", line.dump());
        std::fflush(stdout);
      }
  }
  for (auto& [name, values] : accuracies) {
    std::sort(values.begin(), values.end());
    fmt::print("{} {}: median of {} seeds {:.3f}\n", options.set, name, values.size(),
               values[values.size() / 2]);
  }
  return {};
}

}  // namespace
}  // namespace dew

int main(int argc, char** argv) {
  using namespace dew;
  Options options;
  CLI::App app("Labels and nets from a part of a teacher's answers.");
  app.add_option("--data", options.data, "folder with pacs/ and caltech101-gpt4v/")->capture_default_str();
  app.add_option("--set", options.set)
      ->check(CLI::IsMember({"pacs", "caltech", "gpt4v"}))
      ->capture_default_str();
  app.add_option("--share", options.shares, "of the pool that is asked about; several")
      ->capture_default_str();
  app.add_option("--how", options.hows, "several")->check(CLI::IsMember({"chosen", "random", "both"}));
  app.add_option("--enough", options.enough, "agreement at which local labels count")->capture_default_str();
  app.add_option("--per-class", options.per_class,
                 "samples of each class asked about at random, instead of a share");
  app.add_option("--rounds", options.rounds)->capture_default_str();
  app.add_option("--seeds", options.seeds)->capture_default_str();
  app.add_option("--first-seed", options.first_seed)->capture_default_str();
  app.add_option("--look", options.look, "pixels of the pictures whose features are compared")
      ->capture_default_str();
  app.add_option("--backbone", options.backbone, "for features and net")->capture_default_str();
  app.add_option("--input", options.settings.input)->capture_default_str();
  app.add_option("--epochs", options.settings.epochs)->capture_default_str();
  app.add_flag("--train", options.train, "teach a net and measure it");
  app.add_flag("--unlabelled", options.unlabelled, "the net learns from the pictures without a label, too");
  CLI11_PARSE(app, argc, argv);
  if (const auto done = run(options); !done) {
    fmt::print(stderr, "{}: {}\n", done.error().where, done.error().what);
    return 1;
  }
  return 0;
}
