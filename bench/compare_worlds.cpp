// Whether the comparison finds what is there, and nothing where nothing is: many small worlds in which the
// truth is known, of real pictures with real features.
//
//   compare_worlds --data ../shared/data [--worlds 100] [--pictures 600] [--seeds 5] [--world
//   same|noise|planted]
//
// same: both sides have the same labels, wrong ones among them, and nets of different seeds. noise: both
// sides are people's labels with a teacher's confusions at random, drawn anew for every net. planted: some
// pictures of one class are taken under a condition (noise, out of focus, fog), on both sides, and A calls
// these something else: 5 % of the labels. The nets are softmax regressions over a backbone's features, with
// seeds for their start, their order and their dropout, so that a world takes seconds; what is tested is the
// statistics, which see classes alone. Prints a line a world, then how often each verdict said "different",
// and of planted worlds how often the slice was among the first three.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <future>
#include <map>
#include <numeric>
#include <thread>

#include "bench/small_sets.h"
#include "compare/arms.h"
#include "compare/corrupt.h"
#include "compare/findings.h"
#include "compare/mixture.h"
#include "compare/random.h"
#include "media/media.h"
#include "student/features.h"

namespace dew {
namespace {

using compare::Random;

struct Options {
  fs::path data = "../shared/data";
  std::string world = "same";
  int worlds = 100;
  int first = 1;
  size_t pictures = 600;
  size_t seeds = 5;
};

constexpr size_t kColumns = 64;
constexpr int kSide = 96;

/// Real pictures, clean and corrupted, as places among the features.
struct Pool {
  std::vector<int> gold;
  std::vector<int64_t> group;
  std::vector<std::string> classes;
  std::vector<float> features;  ///< of the backbone: as `places`, one condition after the other
  size_t columns = 0;
  std::vector<std::vector<float>> places;  ///< [0: clean, then corruptions]: pictures x kColumns
  std::vector<std::pair<std::string, int>> corruptions;  ///< their names and severities
};

Result<Pool> read_pool(const Options& options) {
  Pool pool;
  DEW_TRY(const auto list, bench::read_set(options.data, "pacs"));
  const auto copies = bench::near_copies(options.data, list);
  std::vector<std::vector<std::vector<uint8_t>>> pictures(1);
  for (size_t i = 0; i < list.size(); ++i) {
    DEW_TRY(const Image image, read_image(options.data / list[i].path));
    pictures[0].push_back(resize(image, kSide, kSide).rgb);
    pool.gold.push_back(list[i].truth);
    pool.group.push_back(int64_t(copies[i]));
  }
  const int classes = *std::max_element(pool.gold.begin(), pool.gold.end()) + 1;
  for (int c = 0; c < classes; ++c) pool.classes.push_back(fmt::format("class {}", c));
  for (const size_t which : {size_t{0}, size_t{3}, size_t{9}})
    for (const int severity : {2, 4}) {
      pictures.emplace_back();
      for (size_t i = 0; i < list.size(); ++i)
        pictures.back().push_back(compare::corrupt(pictures[0][i], kSide, which, severity, i));
      pool.corruptions.emplace_back(compare::corruptions()[which].name, severity);
    }
  Watch watch;
  std::vector<float>& all = pool.features;
  for (const auto& some : pictures) {
    DEW_TRY(const auto rows, student::features(student::default_backbone(), kSide, some, watch));
    pool.columns = rows[0].size();
    for (const auto& row : rows) all.insert(all.end(), row.begin(), row.end());
  }
  const auto places = compare::principal_places(all, pool.columns, kColumns, 1);
  const size_t size = list.size() * kColumns;
  for (size_t c = 0; c < pictures.size(); ++c)
    pool.places.emplace_back(places.begin() + std::ptrdiff_t(c * size),
                             places.begin() + std::ptrdiff_t((c + 1) * size));
  return pool;
}

/// Softmax regression.
struct Net {
  size_t classes = 0;
  std::vector<float> weights;  ///< classes x (kColumns + 1)

  [[nodiscard]] std::vector<float> logits(const float* row) const {
    std::vector<float> out(classes);
    for (size_t c = 0; c < classes; ++c) {
      const float* own = weights.data() + c * (kColumns + 1);
      out[c] = own[kColumns];
      for (size_t i = 0; i < kColumns; ++i) out[c] += own[i] * row[i];
    }
    return out;
  }
  [[nodiscard]] int said(const float* row) const {
    const auto out = logits(row);
    return int(std::max_element(out.begin(), out.end()) - out.begin());
  }
};

Net teach(const std::vector<float>& places, const std::vector<size_t>& train, const std::vector<int>& label,
          size_t classes, uint64_t seed) {
  constexpr int kEpochs = 25;
  constexpr float kRate = 0.15F;
  constexpr double kDropout = 0.3;
  Random random(seed * 7919 + 13);
  Net net{classes, std::vector<float>(classes * (kColumns + 1))};
  for (float& one : net.weights) one = float(random.unit() - 0.5) * 0.2F;
  std::vector<size_t> order = train;
  std::vector<float> row(kColumns);
  for (int epoch = 0; epoch < kEpochs; ++epoch) {
    compare::shuffle(order, random);
    for (const size_t i : order) {
      for (size_t c = 0; c < kColumns; ++c)
        row[c] = random.unit() < kDropout ? 0 : places[i * kColumns + c] / float(1 - kDropout);
      std::vector<float> out = net.logits(row.data());
      const float most = *std::max_element(out.begin(), out.end());
      float sum = 0;
      for (float& one : out) sum += (one = std::exp(one - most));
      const float rate = kRate * float(kEpochs - epoch) / kEpochs;
      for (size_t c = 0; c < classes; ++c) {
        const float error = out[c] / sum - (int(c) == label[i] ? 1.0F : 0.0F);
        float* own = net.weights.data() + c * (kColumns + 1);
        for (size_t k = 0; k < kColumns; ++k) own[k] -= rate * (error * row[k] + 1e-4F * own[k]);
        own[kColumns] -= rate * error;
      }
    }
  }
  return net;
}

/// The pictures of a world, by their places in the pool.
struct World {
  std::vector<size_t> pictures;
  std::vector<int> gold, fold, a, b;
  std::vector<size_t> condition;  ///< under which each was taken: an index of Pool::places
  std::vector<size_t> planted;
};

void draw_pictures(const Pool& pool, const Options& options, Random& random, World& world) {
  std::vector<size_t> all(pool.gold.size());
  std::iota(all.begin(), all.end(), size_t{0});
  compare::shuffle(all, random);
  all.resize(std::min(all.size(), options.pictures));
  world.pictures = all;
  for (size_t i = 0; i < all.size(); ++i) {
    world.gold.push_back(pool.gold[all[i]]);
    world.fold.push_back(int(pool.group[all[i]] % 2));
    world.condition.push_back(0);
  }
}

/// A teacher that confuses one class with another where a direction of features says so, and errs at random
/// elsewhere.
std::vector<int> teacher_labels(const Pool& pool, const World& world, Random& random) {
  const auto classes = int(pool.classes.size());
  const int from = int(random.below(size_t(classes)));
  const int to = (from + 1 + int(random.below(size_t(classes) - 1))) % classes;
  const size_t direction = random.below(8);
  std::vector<int> labels = world.gold;
  for (size_t i = 0; i < labels.size(); ++i) {
    const bool there = pool.places[0][world.pictures[i] * kColumns + direction] > 0.3F;
    if (labels[i] == from && there) labels[i] = to;
    if (random.unit() < 0.05) labels[i] = int(random.below(size_t(classes)));
  }
  return labels;
}

/// Some pictures of a class are taken under a condition, and A calls them something else: 5 % of the labels.
void plant(const Pool& pool, Random& random, World& world) {
  const auto classes = int(pool.classes.size());
  const auto wanted = world.gold.size() / 20;
  const size_t condition = 2 * (1 + random.below(pool.corruptions.size() / 2));  // the severer ones
  std::vector<size_t> own;
  while (own.size() < 2 * wanted) {
    const int from = int(random.below(size_t(classes)));
    own.clear();
    for (size_t i = 0; i < world.gold.size(); ++i)
      if (world.gold[i] == from) own.push_back(i);
  }
  compare::shuffle(own, random);
  own.resize(wanted);
  const int to = (world.gold[own[0]] + 1 + int(random.below(size_t(classes) - 1))) % classes;
  for (const size_t i : own) {
    world.a[i] = to;
    world.condition[i] = condition;
  }
  world.planted = own;
}

/// Nets for an arm, both folds: [seed][picture] under each condition.
std::vector<compare::Said> run_arm(const Pool& pool, const World& world,
                                   const std::vector<std::vector<int>>& labels, uint64_t first_seed) {
  const size_t count = world.gold.size();
  std::vector<compare::Said> said(pool.places.size(),
                                  compare::Said(labels.size(), std::vector<int>(count, -1)));
  const auto row = [&](size_t i, size_t condition) {
    return &pool.places[condition][world.pictures[i] * kColumns];
  };
  std::vector<float> places;
  for (size_t i = 0; i < count; ++i) {
    const float* own = row(i, world.condition[i]);
    places.insert(places.end(), own, own + kColumns);
  }
  for (size_t s = 0; s < labels.size(); ++s)
    for (int fold = 0; fold < 2; ++fold) {
      std::vector<size_t> train;
      for (size_t i = 0; i < count; ++i)
        if (world.fold[i] != fold) train.push_back(i);
      const Net net = teach(places, train, labels[s], pool.classes.size(), first_seed + s);
      for (size_t c = 0; c < pool.places.size(); ++c)
        for (size_t i = 0; i < count; ++i)
          if (world.fold[i] == fold) said[c][s][i] = net.said(row(i, c == 0 ? world.condition[i] : c));
    }
  return said;
}

struct Seen {
  compare::Observed clean;
  compare::ObservedDrift drift;
};

Seen run(const Pool& pool, const World& world, const Options& options, uint64_t seed) {
  const auto same = [&](const std::vector<int>& labels) {
    return std::vector<std::vector<int>>(options.seeds, labels);
  };
  const auto noise_of = [&](uint64_t draw) {
    std::vector<std::vector<int>> labels;
    for (size_t s = 0; s < options.seeds; ++s)
      labels.push_back(compare::matched_noise(world.gold, world.a, world.fold, seed * 1000 + draw + s));
    return labels;
  };
  const bool noisy = options.world == "noise";
  // Nets of different seeds on the two sides: with the same, equal labels would give equal nets.
  const auto a = run_arm(pool, world, noisy ? noise_of(100) : same(world.a), seed * 100 + 1);
  const auto b = run_arm(pool, world, noisy ? noise_of(200) : same(world.b), seed * 100 + 31);
  const auto n = run_arm(pool, world, noise_of(300), seed * 100 + 61);
  Seen seen;
  seen.clean = {pool.classes, world.gold, {}, world.fold, world.a, world.b, a[0], b[0], n[0], {}, {}};
  for (const size_t i : world.pictures) seen.clean.group.push_back(pool.group[i]);
  seen.drift = {"corruptions", world.gold, seen.clean.group, {"clean", "", 0, a[0], b[0], n[0]}, {}};
  for (size_t c = 0; c < pool.corruptions.size(); ++c)
    seen.drift.conditions.push_back(
        {pool.corruptions[c].first, "noise", pool.corruptions[c].second, a[c + 1], b[c + 1], n[c + 1]});
  return seen;
}

/// Whether one of the first three slices is mostly of the planted pictures and holds a third of them or more.
bool found(const compare::Holes& holes, const World& world) {
  for (size_t k = 0; k < std::min<size_t>(3, holes.slices.size()); ++k) {
    size_t hits = 0;
    for (const size_t i : holes.slices[k].pictures)
      hits += std::find(world.planted.begin(), world.planted.end(), i) != world.planted.end() ? 1 : 0;
    if (2 * hits >= holes.slices[k].pictures.size() && 3 * hits >= world.planted.size()) return true;
  }
  return false;
}

struct Lived {
  compare::Findings findings;
  bool found = false;
};

Lived live(const Pool& pool, const Options& options, uint64_t seed) {
  Random random(seed);
  World world;
  draw_pictures(pool, options, random, world);
  world.a = world.b = world.gold;
  if (options.world == "planted") {
    plant(pool, random, world);
  } else {
    world.a = world.b = teacher_labels(pool, world, random);
  }
  const Seen seen = run(pool, world, options, seed);
  Lived result;
  compare::Findings& findings = result.findings;
  findings.pictures = std::ssize(world.gold);
  findings.seeds = options.seeds;
  findings.accuracy = compare::accuracy_of(seen.clean, 1);
  findings.variance = compare::variance_of(seen.clean, 1);
  findings.consistency = compare::consistency_of(seen.clean, 1);
  findings.inheritance = compare::inheritance_of(seen.clean, 1);
  compare::HoleSearch search;
  for (size_t i = 0; i < world.pictures.size(); ++i) {
    const size_t at = world.condition[i] * pool.gold.size() + world.pictures[i];
    const auto row = pool.features.begin() + std::ptrdiff_t(at * pool.columns);
    search.features.insert(search.features.end(), row, row + std::ptrdiff_t(pool.columns));
  }
  search.columns = pool.columns;
  findings.holes = compare::holes_of(seen.clean, search);
  findings.drift = compare::drift_of(seen.drift, 1);
  compare::conclude(findings, seen.clean);
  result.found = found(findings.holes, world);
  return result;
}

int report(const Options& options, const std::vector<Lived>& all) {
  std::map<std::string, std::pair<int, int>> said;  // together, by itself
  int slices = 0;
  for (size_t w = 0; w < all.size(); ++w) {
    std::string line;
    for (const compare::Verdict& one : all[w].findings.verdicts) {
      line += fmt::format(" {} {:.3f}{}", one.key, one.chance.value_or(-1), one.different ? "*" : "");
      said[one.key].first += one.different ? 1 : 0;
      said[one.key].second += one.chance && *one.chance < 0.05 ? 1 : 0;
    }
    const auto spread = all[w].findings.variance.chance;
    said["variance"].second += spread && *spread < 0.05 ? 1 : 0;
    slices += all[w].found ? 1 : 0;
    fmt::print("world {}:{}{}\n", options.first + int(w), line, all[w].found ? " found" : "");
  }
  for (const auto& [key, count] : said)
    fmt::print("{}: \"different\" in {} of {} worlds, p < .05 by itself in {}\n", key, count.first,
               all.size(), count.second);
  if (options.world == "planted")
    fmt::print("planted slice among the first three: {} of {}\n", slices, all.size());
  return 0;
}

int run_all(const Options& options) {
  const auto pool = read_pool(options);
  if (!pool) {
    fmt::print(stderr, "{}\n", pool.error().what);
    return 1;
  }
  std::vector<Lived> all(size_t(options.worlds));
  std::vector<std::future<void>> threads;
  std::atomic<int> next{0};
  for (unsigned t = 0; t < std::max(1U, std::thread::hardware_concurrency()); ++t)
    threads.push_back(std::async(std::launch::async, [&] {
      for (int w = next++; w < options.worlds; w = next++)
        all[size_t(w)] = live(*pool, options, uint64_t(options.first + w));
    }));
  for (auto& thread : threads) thread.get();
  return report(options, all);
}

}  // namespace
}  // namespace dew

int main(int argc, char** argv) {
  dew::Options options;
  CLI::App app{"Worlds in which the truth is known."};
  app.add_option("--data", options.data);
  app.add_option("--world", options.world)->check(CLI::IsMember({"same", "noise", "planted"}));
  app.add_option("--worlds", options.worlds);
  app.add_option("--first", options.first);
  app.add_option("--pictures", options.pictures);
  app.add_option("--seeds", options.seeds);
  CLI11_PARSE(app, argc, argv);
  return dew::run_all(options);
}
