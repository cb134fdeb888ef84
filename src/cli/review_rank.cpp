// Gathers the evidence about every label: features by the backbone (from the cache, or computed and kept),
// answers.
#include "cli/review_rank.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <random>
#include <unordered_map>
#include <unordered_set>

#include "label/feature_cache.h"
#include "media/media.h"
#include "student/student.h"
#include "verbs/common/cut_net.h"
#include "verbs/common/pictures.h"

namespace dew {
namespace {

constexpr size_t kTogether = 128;                 // pictures in memory
constexpr size_t kMostFloats = size_t{32} << 20;  // of features in memory: 128 MB
constexpr size_t kMostColumns = 2048;             // X'X grows with their square
constexpr int kFolds = 10;

using Pictures = std::vector<std::vector<uint8_t>>;

/// Whoever looks at pictures: a backbone, or an int8 classifier before its last layer.
struct Looker {
  int input = 0;  ///< pixels of the pictures' side
  std::function<Result<std::vector<std::vector<float>>>(const Pictures&)> features;
};

Result<Looker> looker(const ReviewArgs& args) {
  if (fs::path(args.backbone).extension() == ".tflite") {
    DEW_TRY(CutNet net, cut_net(args.backbone));
    const auto& shape = net.input.shape;
    if (shape.size() != 4 || shape[1] != shape[2] || shape[3] != 3)
      return work_error("its input is no square picture in colour", args.backbone);
    const int input = shape[1];
    return Looker{input,
                  [net = std::move(net)](const Pictures& pictures) { return features_of(net, pictures); }};
  }
  const std::string backbone = args.backbone.empty() ? student::default_backbone() : args.backbone;
  return Looker{args.input, [backbone, input = args.input](const Pictures& pictures) {
                  Watch quiet;
                  return student::features(backbone, input, pictures, quiet);
                }};
}

struct Fingerprint {
  std::string name;
  size_t columns = 0;
};

/// Known by what it sees in a fixed picture: another file under the same name is another backbone.
Result<Fingerprint> fingerprint(const Looker& by) {
  std::vector<uint8_t> picture(static_cast<size_t>(by.input) * static_cast<size_t>(by.input) * 3);
  for (size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<uint8_t>(i * i / 97 + i * 31);
  const Pictures pictures{picture};
  DEW_TRY(const auto seen, by.features(pictures));
  std::string text;
  for (const float value : seen[0]) text += fmt::format("{:.2f},", value);
  return Fingerprint{sha256(text).substr(0, 16), seen[0].size()};
}

/// Computes what `missing` lack and keeps it, some hundred pictures at a time; gives why one was left out.
Result<std::optional<Error>> fill_cache(const Project& project, const fs::path& file,
                                        const std::vector<Sample>& missing, const Looker& by,
                                        Console& console) {
  std::vector<label::FeatureRow> rows;
  Pictures pictures;
  int64_t done = 0;
  const auto flush = [&]() -> Result<void> {
    if (rows.empty()) return {};
    DEW_TRY(auto seen, by.features(pictures));
    for (size_t i = 0; i < rows.size(); ++i) rows[i].features = std::move(seen[i]);
    DEW_CHECK(label::append_features(file, rows[0].features.size(), rows));
    done += static_cast<int64_t>(rows.size());
    rows.clear();
    pictures.clear();
    console.advance(done, {});
    return {};
  };
  console.begin("looking at pictures", static_cast<int64_t>(missing.size()));
  const auto looked = readable_pictures(
      project, missing,
      [&](size_t index, const Image& image) -> Result<void> {
        rows.push_back({missing[index].id, difference_hash(image), {}});
        pictures.push_back(resize(image, by.input, by.input).rgb);
        return rows.size() == kTogether ? flush() : Result<void>();
      },
      console);
  DEW_CHECK(flush());  // what was read counts, also before an error
  console.end();
  return looked;
}

/// Takes rows of the cache into the evidence; folds columns together at random where all of them would not
/// fit.
class Taker {
 public:
  Taker(Evidence& evidence, const std::vector<Sample>& samples) : evidence_(evidence) {
    for (size_t i = 0; i < samples.size(); ++i) row_of_[samples[i].id] = i;
  }
  void take(const label::FeatureRow& row) {
    const auto at = row_of_.find(row.sample);
    if (at == row_of_.end()) return;
    if (evidence_.features.empty()) begin(row.features.size());
    hashes[row.sample] = row.hash;
    float* out = &evidence_.features[at->second * evidence_.columns];
    for (size_t d = 0; d < row.features.size(); ++d) out[column_[d]] += row.features[d];
  }
  [[nodiscard]] bool has(int64_t sample) const { return hashes.count(sample) != 0; }

  std::map<int64_t, uint64_t> hashes;

 private:
  void begin(size_t columns) {
    const size_t most = kMostFloats / std::max<size_t>(row_of_.size(), 1);
    evidence_.columns = std::min(columns, std::clamp(most, size_t{64}, kMostColumns));
    std::mt19937 random(1);
    for (size_t d = 0; d < columns; ++d) column_.push_back(d % evidence_.columns);
    std::shuffle(column_.begin(), column_.end(), random);
    if (evidence_.columns == columns)
      for (size_t d = 0; d < columns; ++d) column_[d] = d;
    evidence_.features.assign(row_of_.size() * evidence_.columns, 0);
  }

  Evidence& evidence_;
  std::unordered_map<int64_t, size_t> row_of_;
  std::vector<size_t> column_;
};

/// The samples' features; gives their pictures' hashes.
Result<std::map<int64_t, uint64_t>> gather_features(const Project& project,
                                                    const std::vector<Sample>& samples,
                                                    const ReviewArgs& args, Evidence& evidence,
                                                    Console& console) {
  DEW_TRY(const Looker by, looker(args));
  DEW_TRY(const Fingerprint print, fingerprint(by));
  const fs::path file =
      project.folder() / ".dewdrop" / "features" / fmt::format("{}-{}.bf16", print.name, by.input);
  Taker cached(evidence, samples);
  const auto take = [&](Taker& taker) {
    return label::read_features(file, [&](const label::FeatureRow& row) { taker.take(row); });
  };
  const auto read = take(cached);
  if (!read || (*read != 0 && *read != print.columns)) {
    console.warn("the cache of features is damaged (" + file.string() + "); they are computed anew");
    std::error_code code;
    fs::remove(file, code);
    cached.hashes.clear();
  }
  std::vector<Sample> missing;
  for (const Sample& sample : samples)
    if (!cached.has(sample.id)) missing.push_back(sample);
  if (missing.empty()) return cached.hashes;
  DEW_TRY(const auto left_out, fill_cache(project, file, missing, by, console));
  evidence.features.clear();
  Taker all(evidence, samples);
  DEW_CHECK(take(all));
  if (left_out && all.hashes.empty()) return tl::unexpected(*left_out);
  return all.hashes;
}

/// What answers say of each sample beside its label.
struct Said {
  int same = 0;
  int other = 0;
  std::vector<int> alternatives;
};

Result<void> gather_answers(const Project& project, std::vector<Suspect>& suspects, Evidence& evidence) {
  const auto& classes = project.settings().classes;
  std::unordered_map<int64_t, size_t> row_of;
  for (size_t i = 0; i < suspects.size(); ++i) row_of[suspects[i].sample.id] = i;
  std::vector<Said> said(suspects.size());
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    const auto at = row_of.find(answer.sample);
    if (at == row_of.end()) return;
    Suspect& suspect = suspects[at->second];
    Said& mine = said[at->second];
    const auto named = std::find(classes.begin(), classes.end(), answer.answer_class) - classes.begin();
    if (named == suspect.label) {
      ++mine.same;
      suspect.reason = answer.reason;
      suspect.confidence = answer.confidence;
    } else {
      ++mine.other;
      if (static_cast<size_t>(named) < classes.size()) mine.alternatives.push_back(static_cast<int>(named));
    }
  }));
  for (size_t i = 0; i < suspects.size(); ++i) {
    const int answers = said[i].same + said[i].other;
    evidence.agreement.push_back(
        answers < 2 ? -1.0F : static_cast<float>(said[i].same + 1) / static_cast<float>(answers + 2));
    evidence.confidence.push_back(static_cast<float>(suspects[i].confidence.value_or(-1)));
    evidence.alternatives.push_back(std::move(said[i].alternatives));
  }
  return {};
}

/// Takes out the samples without features: their pictures cannot be read.
void keep_seen(std::vector<Labelled>& labelled, const std::map<int64_t, uint64_t>& hashes,
               Evidence& evidence) {
  if (hashes.size() == labelled.size()) return;
  const auto row = [&](size_t i) {
    return evidence.features.begin() + static_cast<std::ptrdiff_t>(i * evidence.columns);
  };
  size_t kept = 0;
  for (size_t i = 0; i < labelled.size(); ++i) {
    if (hashes.count(labelled[i].sample.id) == 0) continue;
    if (kept != i) {
      labelled[kept] = std::move(labelled[i]);
      std::copy(row(i), row(i + 1), row(kept));
    }
    ++kept;
  }
  labelled.resize(kept);
  evidence.features.resize(kept * evidence.columns);
}

}  // namespace

Result<Ranking> gather_labels(const Project& project, const ReviewArgs& args, Console& console) {
  DEW_TRY(auto labelled, labelled_samples(project));
  if (labelled.empty())
    return work_error("no sample has a label yet", project.folder().string(), "run: dewdrop label");
  Evidence evidence;
  evidence.classes = static_cast<int>(project.settings().classes.size());
  std::map<int64_t, uint64_t> hashes;
  {
    std::vector<Sample> samples;
    for (const Labelled& one : labelled) samples.push_back(one.sample);
    DEW_TRY(hashes, gather_features(project, samples, args, evidence, console));
  }
  keep_seen(labelled, hashes, evidence);
  std::unordered_set<int64_t> human;
  {
    DEW_TRY(const auto labels, project.labels());
    for (const Label& label : labels)
      if (label.origin == "human") human.insert(label.sample);
  }
  std::vector<Suspect> suspects;
  std::vector<Sample> samples;
  for (Labelled& one : labelled) {
    samples.push_back(one.sample);
    evidence.label.push_back(one.answer_class);
    const bool by_human = human.count(one.sample.id) != 0;
    evidence.human.push_back(by_human);
    suspects.push_back({std::move(one.sample), one.answer_class, by_human, {}, {}, {}});
  }
  DEW_TRY(const auto sources, project.sources());
  evidence.group = fold_groups(samples, sources, hashes);
  DEW_CHECK(gather_answers(project, suspects, evidence));
  return Ranking{std::move(suspects), Suspicion(std::move(evidence), kFolds)};
}

Result<std::vector<size_t>> rank(Ranking& ranking, Watch& watch) {
  auto& suspects = ranking.suspects;
  DEW_TRY(const auto opinions, ranking.suspicion.opinions(watch));
  for (size_t i = 0; i < suspects.size(); ++i) suspects[i].opinion = opinions[i];
  std::vector<size_t> order(suspects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&suspects](size_t one, size_t other) {
    const Suspect& a = suspects[one];
    const Suspect& b = suspects[other];
    return a.human != b.human ? b.human : a.opinion.suspicion > b.opinion.suspicion;
  });
  return order;
}

Result<void> read_labels_again(const Project& project, Ranking& ranking) {
  const auto& classes = project.settings().classes;
  DEW_TRY(const auto labels, project.labels());
  std::unordered_map<int64_t, const Label*> of;
  for (const Label& label : labels) of[label.sample] = &label;
  for (size_t i = 0; i < ranking.suspects.size(); ++i) {
    Suspect& suspect = ranking.suspects[i];
    const auto found = of.find(suspect.sample.id);
    const auto named = found == of.end()
                           ? classes.end()
                           : std::find(classes.begin(), classes.end(), found->second->answer_class);
    const int label = named == classes.end() ? -1 : static_cast<int>(named - classes.begin());
    suspect.human = found != of.end() && found->second->origin == "human";
    if (label >= 0) suspect.label = label;
    ranking.suspicion.relabel(i, label, suspect.human);
  }
  return {};
}

Result<std::vector<size_t>> review_queue(Ranking& ranking, const ReviewArgs& args, Watch& watch) {
  DEW_TRY(const auto order, rank(ranking, watch));
  std::vector<size_t> queue;
  for (const size_t at : order) {
    if (args.limit && static_cast<size_t>(*args.limit) == queue.size()) break;
    const Suspect& suspect = ranking.suspects[at];
    const bool in_question = !suspect.human && ranking.suspicion.label(at) >= 0;
    if (in_question && (args.split.empty() || split_name(suspect.sample.split) == args.split))
      queue.push_back(at);
  }
  return queue;
}

}  // namespace dew
