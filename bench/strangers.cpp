// What a net says of strangers, pictures that show none of its classes.
//
//   strangers --data ../shared/data [--set NAME ...] [--most 100] [--backbone NAME|FILE] [--seed 1]
//
// A net is trained on each small set (small_sets.cpp) by the recipe that ships and rounded to int8, and its
// thresholds are chosen as `train` chooses them. Then pools of pictures from other sets, which took part in
// nothing but the bundled backbone's distillation, are shown to it: what share is named? A pool is left out
// for a set whose classes it shows. Prints a line of JSON for each set:
//
//   "int8": accuracy of the net on its own test pictures; then what the thresholds, the gate, and both
//   together leave: the share of the test pictures that is said and "right", and the share of strangers that
//   is "named", the mean over the pools and by pool.
//
//   "scores": the same share for scores of the float net, each cut where it costs 2 % of the right answers of
//   the test part. This compares scores that could tell strangers apart, and promises nothing.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "bench/int8_scores.h"
#include "bench/small_sets.h"
#include "label/folds.h"
#include "media/archive.h"
#include "media/media.h"
#include "student/look.h"
#include "student/random.h"
#include "student/student.h"

namespace dew {
namespace {

using student::Example;
using student::Look;
using Json = nlohmann::ordered_json;
using Pictures = std::vector<std::vector<uint8_t>>;

struct Options {
  fs::path data = "../shared/data";
  std::vector<std::string> sets = {"guitar-house", "giraffe-elephant", "plants-and-animals"};
  std::string backbone = student::default_backbone();
  size_t most = 100;
  uint64_t seed = 1;
  int input = 96;
};

/// Pictures of one kind, from folders of data/pretraining/variety-000.tar whose names begin so.
struct Pool {
  std::string name;
  std::vector<std::string> folders;
  std::vector<std::string> shown_in;  ///< sets whose classes such pictures show
};

const std::vector<Pool>& pools() {
  static const std::vector<Pool> all = {
      {"rooms", {"house_bathroom", "house_bedroom", "house_kitchen"}, {"objects"}},
      {"streets",
       {"street_"},
       {"guitar-house", "photos", "paintings", "photos-of-32-pixels", "five-of-each", "objects"}},
      {"grocery", {"grocery_"}, {}},
      {"clothing", {"clothing_"}, {"people-in-paintings", "photos", "paintings"}},
      {"flowers", {"flower_"}, {"plants-and-animals"}},
  };
  return all;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

/// At most `most` pictures of a pool, drawn by a fixed seed, at the net's size.
Result<Pictures> read_pool(const fs::path& unpacked, const Pool& pool, size_t most, int input) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(unpacked)) {
    const std::string folder = entry.path().parent_path().filename().string();
    const auto begins = [&](const std::string& start) { return folder.rfind(start, 0) == 0; };
    if (entry.is_regular_file() && std::any_of(pool.folders.begin(), pool.folders.end(), begins))
      files.push_back(entry.path());
  }
  if (files.empty())
    return work_error("no picture of the pool '" + pool.name + "' is in it", unpacked.string());
  std::sort(files.begin(), files.end());
  student::Random(1, 601).shuffle(files);
  files.resize(std::min(files.size(), most));
  Pictures pictures;
  for (const fs::path& file : files) {
    DEW_TRY(const Image image, read_image(file));
    pictures.push_back(resize(image, input, input).rgb);
  }
  return pictures;
}

struct Parts {
  std::vector<Example> train, validation, test;
};

Result<Parts> read_parts(const Options& options, const bench::SmallSet& set) {
  DEW_TRY(const auto list, bench::read_set(options.data, set.name));
  const bench::Parts parts = bench::draw_parts(options.data, list, options.seed, set.per_class);
  const std::vector<size_t> first = bench::near_copies(options.data, list);
  const auto read = [&](const std::vector<size_t>& indices) -> Result<std::vector<Example>> {
    std::vector<Example> examples;
    for (const size_t i : indices) {
      DEW_TRY(Image image, read_image(options.data / list[i].path));
      if (set.shrunk_to > 0) image = resize(image, set.shrunk_to, set.shrunk_to);
      Example example{resize(image, options.input, options.input).rgb, list[i].truth};
      const int large = student::large_side(options.input);
      example.large = resize(image, large, large).rgb;
      example.group = static_cast<int64_t>(first[i]);
      examples.push_back(std::move(example));
    }
    return examples;
  };
  Parts result;
  DEW_TRY(result.train, read(parts.train));
  DEW_TRY(result.validation, read(parts.validation));
  DEW_TRY(result.test, read(parts.test));
  return result;
}

double ratio(int64_t part, size_t of) {
  return of == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(of);
}

size_t top_of(const std::vector<float>& row) {
  return static_cast<size_t>(std::max_element(row.begin(), row.end()) - row.begin());
}

bool is_said(const std::vector<float>& row, const student::Thresholds& thresholds) {
  return row[top_of(row)] >= thresholds.classes[top_of(row)].score - 1e-9;
}

// --- other scores, of the float net ---

/// Higher for the net's own pictures.
using Score = std::function<double(const Look&)>;

/// The logarithm of the sum of exp(logit), "energy" (Liu et al., arXiv 2010.03759).
double energy(const Look& look) {
  const size_t classes = look.probabilities.size();
  std::vector<double> logits(classes);
  for (size_t i = 0; i < look.evidence.size(); ++i) logits[i % classes] += look.evidence[i];
  const double positions = static_cast<double>(look.evidence.size()) / static_cast<double>(classes);
  double sum = 0;
  for (const double logit : logits) sum += std::exp(logit / positions);
  return std::log(sum);
}

double length(const std::vector<float>& row) {
  return std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 1e-12));
}

/// The highest cosine between a picture's features and the mean of a class's training pictures.
Score cosine_to(const std::vector<Look>& looks, const std::vector<Example>& examples) {
  std::vector<std::vector<float>> means(looks[0].probabilities.size(),
                                        std::vector<float>(looks[0].features.size()));
  for (size_t i = 0; i < looks.size(); ++i)
    for (size_t k = 0; k < looks[i].features.size(); ++k)
      means[static_cast<size_t>(examples[i].answer_class)][k] += looks[i].features[k];
  return [means](const Look& look) {
    double best = -1;
    for (const auto& mean : means)
      best = std::max(best, std::inner_product(mean.begin(), mean.end(), look.features.begin(), 0.0) /
                                (length(mean) * length(look.features)));
    return best;
  };
}

/// What the gate goes by.
Score chi_square_to(const std::vector<Look>& looks, const std::vector<Example>& examples) {
  std::vector<std::vector<float>> features;
  std::vector<int> answers;
  for (size_t i = 0; i < looks.size(); ++i) {
    features.push_back(looks[i].features);
    answers.push_back(examples[i].answer_class);
  }
  const auto likeness =
      student::likeness_of(features, answers, static_cast<int>(looks[0].probabilities.size()));
  return [likeness](const Look& look) { return -student::strangeness(likeness, look.features); };
}

/// The share of strangers at or above the score that 2 % of the right answers are below.
double named_at_two_percent(const Score& score, const std::vector<Look>& own,
                            const std::vector<Example>& test,
                            const std::vector<std::vector<Look>>& strangers) {
  std::vector<double> right;
  for (size_t i = 0; i < own.size(); ++i)
    if (static_cast<int>(top_of(own[i].probabilities)) == test[i].answer_class)
      right.push_back(score(own[i]));
  std::sort(right.begin(), right.end());
  const double least = right.empty() ? 0.0 : right[right.size() / 50];
  double sum = 0;
  for (const auto& pool : strangers)
    sum +=
        ratio(std::count_if(pool.begin(), pool.end(), [&](const Look& one) { return score(one) >= least; }),
              pool.size());
  return sum / static_cast<double>(strangers.size());
}

// --- one set ---

struct Net {
  student::Trained trained;
  student::Quantised quantised;
  student::Thresholds thresholds;
  student::Likeness likeness;
  student::Gating gating;
  double ratio = 1;  ///< strangeness_ratio()
};

Result<Net> make_net(const Options& options, const Parts& parts, int classes, const fs::path& folder,
                     const student::RunInt8& run, Watch& watch) {
  student::TrainSettings settings;
  settings.seed = options.seed;
  settings.input = options.input;
  settings.classes = classes;
  settings.backbone = options.backbone;
  settings = student::with_usual_epochs(settings);
  Net net;
  DEW_TRY(net.trained, student::train(parts.train, parts.validation, settings, folder / "net", watch));
  const std::vector<std::string> names(static_cast<size_t>(classes), "class");
  DEW_TRY(net.quantised, student::quantise_best(folder / "net", parts.train, parts.validation, "net", names,
                                                {}, run, watch));
  std::vector<Example> all = parts.train;
  all.insert(all.end(), parts.validation.begin(), parts.validation.end());
  std::vector<int> answers;
  std::vector<int64_t> groups;
  for (const Example& example : all) {
    answers.push_back(example.answer_class);
    groups.push_back(example.group);
  }
  const int folds = student::judging_folds(all.size(), settings.backbone == "random");
  DEW_TRY(const auto out,
          student::out_of_fold(all, label::draw_folds(groups, answers, folds),
                               {settings, net.trained.recipe, {}}, folder / "folds", run, watch));
  net.thresholds = student::choose_thresholds(out.scores, answers, classes, 0.95);
  DEW_TRY(net.likeness, student::likeness_by(net.quantised.graph, parts.train, classes, run));
  DEW_TRY(const auto features,
          student::gated_features(net.quantised.graph, pictures_of(parts.validation), run));
  std::vector<double> own;
  for (const auto& row : features) own.push_back(student::strangeness(net.likeness, row));
  net.ratio = student::strangeness_ratio(
      own, {out.strangeness.begin() + std::ssize(parts.train), out.strangeness.end()});
  std::vector<double> strangeness;
  for (size_t i = 0; i < answers.size(); ++i)
    if (static_cast<int>(top_of(out.scores[i])) == answers[i])
      strangeness.push_back(net.ratio * out.strangeness[i]);
  net.gating = student::choose_gate(net.likeness, strangeness);
  return net;
}

/// Pictures as the int8 net answers them.
struct Answers {
  std::vector<std::vector<float>> scores;
  std::vector<bool> said;   ///< by the thresholds
  std::vector<bool> known;  ///< by the gate
};

Result<Answers> answer(const Net& net, const Pictures& pictures, const student::RunInt8& run) {
  Answers answers;
  DEW_TRY(answers.scores, run(net.quantised.graph, pictures));
  DEW_TRY(const auto features, student::gated_features(net.quantised.graph, pictures, run));
  for (size_t i = 0; i < pictures.size(); ++i) {
    answers.said.push_back(is_said(answers.scores[i], net.thresholds));
    answers.known.push_back(net.gating.gate.limits.empty() ||
                            student::strangeness(net.likeness, features[i]) <= net.gating.strangeness);
  }
  return answers;
}

/// What a way of deciding leaves of the net's own right answers, and of the strangers.
Json left_by(const std::function<bool(const Answers&, size_t)>& decides, const Answers& own,
             const std::vector<Example>& test, const std::map<std::string, Answers>& pools) {
  int64_t right = 0;
  for (size_t i = 0; i < test.size(); ++i)
    right += decides(own, i) && static_cast<int>(top_of(own.scores[i])) == test[i].answer_class ? 1 : 0;
  Json by_pool;
  double sum = 0;
  for (const auto& [name, pool] : pools) {
    int64_t named = 0;
    for (size_t i = 0; i < pool.scores.size(); ++i) named += decides(pool, i) ? 1 : 0;
    by_pool[name] = ratio(named, pool.scores.size());
    sum += by_pool[name].get<double>();
  }
  return {{"right", ratio(right, test.size())},
          {"named", sum / static_cast<double>(pools.size())},
          {"by_pool", by_pool}};
}

Result<Json> run_set(const Options& options, const bench::SmallSet& set,
                     const std::map<std::string, Pictures>& strangers) {
  Watch watch;
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  DEW_TRY(const Parts parts, read_parts(options, set));
  const auto classes = static_cast<int>(set.classes.size());
  const student::RunInt8 run = [&watch](const graph::Graph& graph, const auto& pictures) {
    return bench::int8_scores(graph, pictures, watch);
  };
  DEW_TRY(const Net net, make_net(options, parts, classes, folder.path(), run, watch));
  DEW_TRY(const Answers own, answer(net, pictures_of(parts.test), run));
  std::map<std::string, Answers> answers;
  std::vector<std::vector<Look>> looks;
  for (const auto& [name, pictures] : strangers) {
    DEW_TRY(answers[name], answer(net, pictures, run));
    DEW_TRY(looks.emplace_back(), student::look(folder.path() / "net", pictures, watch));
  }
  const auto left = [&](const auto& decides) { return left_by(decides, own, parts.test, answers); };
  DEW_TRY(const auto learned, student::look(folder.path() / "net", pictures_of(parts.train), watch));
  DEW_TRY(const auto tested, student::look(folder.path() / "net", pictures_of(parts.test), watch));
  const auto at_two_percent = [&](const Score& score) {
    return named_at_two_percent(score, tested, parts.test, looks);
  };
  const auto highest = [](const Look& look) {
    return static_cast<double>(look.probabilities[top_of(look.probabilities)]);
  };
  return Json{{"set", set.name},
              {"pictures", parts.train.size() + parts.validation.size()},
              {"tested", own.scores.size()},
              {"int8",
               {{"promised", net.thresholds.promised},
                {"threshold", net.thresholds.classes[0].score},
                {"ratio", net.ratio},
                {"turned_away", net.gating.turned_away},
                {"plain", left([](const Answers&, size_t) { return true; })},
                {"thresholds", left([](const Answers& all, size_t i) { return bool(all.said[i]); })},
                {"gate", left([](const Answers& all, size_t i) { return bool(all.known[i]); })},
                {"both", left([](const Answers& all, size_t i) { return all.said[i] && all.known[i]; })}}},
              {"scores",
               {{"probability", at_two_percent(highest)},
                {"energy", at_two_percent(energy)},
                {"cosine", at_two_percent(cosine_to(learned, parts.train))},
                {"chi_square", at_two_percent(chi_square_to(learned, parts.train))}}}};
}

Result<void> run_all(const Options& options) {
  Watch watch;
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const fs::path archive = options.data / "pretraining/variety-000.tar";
  DEW_TRY(const auto unpacked, unpack(archive, folder.path(), ArchiveLimits{}, watch));
  if (!unpacked) return tl::unexpected(unpacked.error().error);
  std::map<std::string, Pictures> all;
  for (const Pool& pool : pools()) {
    DEW_TRY(all[pool.name], read_pool(folder.path(), pool, options.most, options.input));
  }
  for (const std::string& name : options.sets) {
    const bench::SmallSet* set = bench::small_set(name);
    if (set == nullptr)
      return usage_error("there is no small set '" + name + "'", {}, "see bench/small_sets.cpp");
    std::map<std::string, Pictures> strangers = all;
    for (const Pool& pool : pools())
      if (contains(pool.shown_in, name)) strangers.erase(pool.name);
    DEW_TRY(const Json line, run_set(options, *set, strangers));
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }
  return {};
}

}  // namespace
}  // namespace dew

int main(int argc, char** argv) {
  using namespace dew;
  Options options;
  CLI::App app("What a net says of pictures that show none of its classes.");
  app.add_option("--data", options.data, "folder with pacs/, caltech101-gpt4v/ and pretraining/")
      ->capture_default_str();
  app.add_option("--set", options.sets, "small sets")->capture_default_str();
  app.add_option("--most", options.most, "pictures of each pool")->capture_default_str();
  app.add_option("--backbone", options.backbone)->capture_default_str();
  app.add_option("--seed", options.seed)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const auto done = run_all(options);
  if (!done) std::fprintf(stderr, "%s: %s\n", done.error().what.c_str(), done.error().where.c_str());
  return done ? 0 : 1;
}
