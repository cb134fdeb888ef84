// Gathers the evidence about every label, features and answers, and sorts the labels by it.
#include "verbs/review/ranking.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "verbs/common/picture_features.h"

namespace dew::verbs {
namespace {

constexpr int kFolds = 10;

/// What answers say of each sample beside its label.
struct AnswerTally {
  int same = 0;
  int other = 0;
  std::vector<int> alternatives;
};

Result<void> gather_answers(const Project& project, std::vector<RankedLabel>& labels,
                            label::Evidence& evidence) {
  const auto& classes = project.settings().classes;
  std::unordered_map<int64_t, size_t> row_of;
  for (size_t i = 0; i < labels.size(); ++i) row_of[labels[i].sample.id] = i;
  std::vector<AnswerTally> tallies(labels.size());
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    const auto at = row_of.find(answer.sample);
    if (at == row_of.end()) return;
    RankedLabel& ranked = labels[at->second];
    AnswerTally& mine = tallies[at->second];
    const auto named = std::find(classes.begin(), classes.end(), answer.answer_class) - classes.begin();
    if (named == ranked.label) {
      ++mine.same;
      ranked.reason = answer.reason;
      ranked.confidence = answer.confidence;
    } else {
      ++mine.other;
      if (static_cast<size_t>(named) < classes.size()) mine.alternatives.push_back(static_cast<int>(named));
    }
  }));
  for (size_t i = 0; i < labels.size(); ++i) {
    const int answers = tallies[i].same + tallies[i].other;
    evidence.agreement.push_back(
        answers < 2 ? -1.0F : static_cast<float>(tallies[i].same + 1) / static_cast<float>(answers + 2));
    evidence.confidence.push_back(static_cast<float>(labels[i].confidence.value_or(-1)));
    evidence.alternatives.push_back(std::move(tallies[i].alternatives));
  }
  return {};
}

/// Takes out the samples without features: their pictures cannot be read.
void keep_seen(std::vector<label::Labelled>& labelled, const std::map<int64_t, uint64_t>& hashes,
               label::Evidence& evidence) {
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

Result<Ranking> gather_labels(const Project& project, const RankingArgs& args, Watch& watch) {
  DEW_TRY(auto labelled, label::labelled_samples(project));
  if (labelled.empty())
    return work_error("no sample has a label yet", project.folder().string(), "run: dewdrop label");
  label::Evidence evidence;
  evidence.classes = static_cast<int>(project.settings().classes.size());
  std::map<int64_t, uint64_t> hashes;
  {
    std::vector<Sample> samples;
    for (const label::Labelled& one : labelled) samples.push_back(one.sample);
    DEW_TRY(hashes, gather_features(project, samples, args.backbone, args.input, evidence, watch));
  }
  keep_seen(labelled, hashes, evidence);
  std::unordered_set<int64_t> human;
  {
    DEW_TRY(const auto labels, project.labels());
    for (const Label& label : labels)
      if (label.origin == "human") human.insert(label.sample);
  }
  std::vector<RankedLabel> labels;
  std::vector<Sample> samples;
  for (label::Labelled& one : labelled) {
    samples.push_back(one.sample);
    evidence.label.push_back(one.answer_class);
    const bool by_human = human.count(one.sample.id) != 0;
    evidence.human.push_back(by_human);
    labels.push_back({std::move(one.sample), one.answer_class, by_human, {}, {}, {}});
  }
  DEW_TRY(const auto sources, project.sources());
  evidence.group = label::fold_groups(samples, sources, hashes);
  DEW_CHECK(gather_answers(project, labels, evidence));
  return Ranking{std::move(labels), label::Suspicion(std::move(evidence), kFolds)};
}

Result<std::vector<size_t>> rank(Ranking& ranking, Watch& watch) {
  auto& labels = ranking.labels;
  DEW_TRY(const auto opinions, ranking.suspicion.opinions(watch));
  for (size_t i = 0; i < labels.size(); ++i) labels[i].opinion = opinions[i];
  std::vector<size_t> order(labels.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&labels](size_t one, size_t other) {
    const RankedLabel& a = labels[one];
    const RankedLabel& b = labels[other];
    return a.human != b.human ? b.human : a.opinion.suspicion > b.opinion.suspicion;
  });
  return order;
}

Result<void> read_labels_again(const Project& project, Ranking& ranking) {
  const auto& classes = project.settings().classes;
  DEW_TRY(const auto labels, project.labels());
  std::unordered_map<int64_t, const Label*> of;
  for (const Label& label : labels) of[label.sample] = &label;
  for (size_t i = 0; i < ranking.labels.size(); ++i) {
    RankedLabel& ranked = ranking.labels[i];
    const auto found = of.find(ranked.sample.id);
    const auto named = found == of.end()
                           ? classes.end()
                           : std::find(classes.begin(), classes.end(), found->second->answer_class);
    const int label = named == classes.end() ? -1 : static_cast<int>(named - classes.begin());
    ranked.human = found != of.end() && found->second->origin == "human";
    if (label >= 0) ranked.label = label;
    ranking.suspicion.relabel(i, label, ranked.human);
  }
  return {};
}

Result<std::vector<size_t>> review_queue(Ranking& ranking, const std::optional<Split>& split,
                                         const std::optional<int64_t>& limit, Watch& watch) {
  DEW_TRY(const auto order, rank(ranking, watch));
  std::vector<size_t> queue;
  for (const size_t at : order) {
    if (limit && std::cmp_greater_equal(queue.size(), *limit)) break;
    const RankedLabel& ranked = ranking.labels[at];
    const bool in_question = !ranked.human && ranking.suspicion.label(at) >= 0;
    if (in_question && (!split || ranked.sample.split == *split)) queue.push_back(at);
  }
  return queue;
}

Suspect suspect_of(const RankedLabel& label, const std::vector<std::string>& classes) {
  const label::Opinion& opinion = label.opinion;
  Suspect suspect;
  suspect.sample = label.sample;
  suspect.label = classes[static_cast<size_t>(label.label)];
  suspect.classifier = classes[static_cast<size_t>(opinion.said)];
  suspect.label_probability = opinion.given;
  suspect.classifier_probability = opinion.probability;
  suspect.suspicion = opinion.suspicion;
  suspect.confidence = label.confidence;
  suspect.reason = label.reason;
  return suspect;
}

}  // namespace dew::verbs
