// Scores every voter on the samples that people labelled.
#include "label/gold.h"

#include <algorithm>

#include "label/label.h"

namespace dew::label {
namespace {

/// All votes of one voter about one sample, into its score.
void judge(Score& score, const Ballot* begin, const Ballot* end, int truth, size_t classes) {
  ++score.asked;
  score.asked_of_class.resize(classes);
  ++score.asked_of_class[static_cast<size_t>(truth)];
  const Voice voice = voice_of(begin, end, classes);
  if (voice.tie || voice.top >= static_cast<int>(classes)) {
    ++score.unsure;
    return;
  }
  score.judged.push_back({begin->sample, truth, voice.top, voice.confidence});
}

void sum_up(Score& score, size_t classes) {
  score.asked_of_class.resize(classes);
  std::vector<int64_t> named(classes);
  std::vector<int64_t> right(classes);
  for (const Judged& one : score.judged) {
    ++named[static_cast<size_t>(one.said)];
    if (one.right()) ++right[static_cast<size_t>(one.said)];
  }
  int64_t rights = 0;
  for (size_t i = 0; i < classes; ++i) {
    score.precision.push_back(share_of(right[i], named[i]));
    score.recall.push_back(share_of(right[i], score.asked_of_class[i]));
    rights += right[i];
  }
  score.accuracy = share_of(rights, static_cast<int64_t>(score.judged.size()));
  score.calibration = fit_calibration(score.voter, score.judged, classes);
  score.told = reliability(score.judged);
  if (score.calibration) score.calibrated = reliability(calibrated_by_others(score.judged, classes));
}

}  // namespace

Result<std::map<int64_t, int>> gold_labels(const Project& project, const std::set<int64_t>& left_out) {
  DEW_TRY(const auto labels, project.labels());
  std::map<int64_t, int> gold;
  for (const Label& label : labels) {
    if (label.origin != "human" || left_out.count(label.sample) != 0) continue;
    if (const auto at = class_index(project.settings(), label.answer_class)) gold[label.sample] = *at;
  }
  return gold;
}

std::vector<Score> judge_ballots(const Ballots& ballots, const std::map<int64_t, int>& gold, size_t classes) {
  std::vector<Score> scores(ballots.voters.size());
  for (size_t i = 0; i < scores.size(); ++i) scores[i].voter = ballots.voters[i];
  const auto& all = ballots.all;
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin;
    while (end < all.size() && all[end].sample == all[begin].sample && all[end].voter == all[begin].voter)
      ++end;
    if (const auto truth = gold.find(all[begin].sample); truth != gold.end())
      judge(scores[static_cast<size_t>(all[begin].voter)], all.data() + begin, all.data() + end,
            truth->second, classes);
    begin = end;
  }
  return scores;
}

Result<std::vector<Score>> score_gold(const Project& project, const std::map<int64_t, int>& gold) {
  const Settings& settings = project.settings();
  Ballots ballots;
  std::map<Voter, double> spent;
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    if (gold.count(answer.sample) == 0) return;
    cast(ballots, answer, settings);
    spent[voter_of(answer)] += answer.cost_usd;
  }));
  sort_ballots(ballots);
  const size_t classes = settings.classes.size();
  std::vector<Score> scores = judge_ballots(ballots, gold, classes);
  for (Score& score : scores) {
    score.cost_usd = spent[score.voter];
    sum_up(score, classes);
  }
  return scores;
}

Score score_policy(const std::vector<Decision>& decisions, const std::map<int64_t, int>& gold,
                   size_t classes) {
  Score score;
  score.asked_of_class.resize(classes);
  for (const Decision& decision : decisions) {
    const auto truth = gold.find(decision.sample);
    if (truth == gold.end()) continue;
    ++score.asked;
    ++score.asked_of_class[static_cast<size_t>(truth->second)];
    if (decision.choice < 0)
      ++score.unsure;
    else
      score.judged.push_back({decision.sample, truth->second, decision.choice, decision.confidence});
  }
  sum_up(score, classes);
  return score;
}

PairedComparison compare(const Score& first, const Score& second) {
  std::map<int64_t, const Judged*> by_sample;
  for (const Judged& one : first.judged) by_sample[one.sample] = &one;
  PairedComparison result;
  for (const Judged& one : second.judged) {
    const auto at = by_sample.find(one.sample);
    if (at == by_sample.end()) continue;
    const Judged& other = *at->second;
    ++result.both;
    if (other.said != one.said) ++result.differ;
    if (other.right() && !one.right()) ++result.only_first;
    if (!other.right() && one.right()) ++result.only_second;
  }
  result.chance = sign_test(result.only_first, result.only_second);
  return result;
}

}  // namespace dew::label
