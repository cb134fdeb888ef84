#include "label/label_pages.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <unordered_map>

#include "label/gold.h"

namespace dew::label {
namespace {

/// Of a local label's basis: "0.973".
std::optional<double> probability_in(const std::string& basis) {
  double value = 0;
  const auto read = std::from_chars(basis.data(), basis.data() + basis.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

std::vector<RatedLabel> rate(std::vector<Label> labels, const std::vector<Decision>& decided) {
  std::unordered_map<std::string_view, double> confidence;  // by what the labels rest on
  for (const Decision& decision : decided)
    if (decision.confidence) confidence[decision.basis] = *decision.confidence;
  std::vector<RatedLabel> rated;
  rated.reserve(labels.size());
  for (Label& label : labels) {
    RatedLabel& one = rated.emplace_back(RatedLabel{std::move(label), std::nullopt});
    if (one.label.origin == "local") one.confidence = probability_in(one.label.basis);
    if (one.label.origin != "policy") continue;
    const auto at = confidence.find(without_spread(one.label.basis));
    if (at != confidence.end()) one.confidence = at->second;
  }
  return rated;
}

Agreement agreement_of(const std::vector<Judged>& judged) {
  const auto right =
      std::count_if(judged.begin(), judged.end(), [](const Judged& one) { return one.right(); });
  return {right, std::ssize(judged)};
}

}  // namespace

Result<LabelPages> LabelPages::open(const Project& project, const LabelSet& set) {
  DEW_TRY(Decider in_set, Decider::open(project, policy_in(set, project.settings()),
                                        [set](const Voter& voter) { return counts_in(set, voter); }));
  DEW_TRY(Decider own, Decider::open(project, project.settings(), [](const Voter&) { return true; }));
  DEW_TRY(auto spreads, project.spreads());
  std::sort(spreads.begin(), spreads.end(),
            [](const Spread& a, const Spread& b) { return a.sample < b.sample; });
  return LabelPages(project, set, std::move(in_set), std::move(own), std::move(spreads));
}

Result<LabelPage> LabelPages::about(const std::vector<int64_t>& samples) const {
  std::set<int64_t> asked(samples.begin(), samples.end());  // and those that they take their labels from
  std::vector<Spread> spreads;
  for (const int64_t sample : samples) {
    const auto spread =
        std::lower_bound(spreads_.begin(), spreads_.end(), sample,
                         [](const Spread& one, int64_t wanted) { return one.sample < wanted; });
    if (spread == spreads_.end() || spread->sample != sample) continue;
    spreads.push_back(*spread);
    asked.insert(spread->like);
  }
  LabelPage page;
  DEW_TRY(page.answers, project_->answers_about({asked.begin(), asked.end()}));
  DEW_TRY(auto standing, project_->labels_about(samples));
  compare(standing, page);
  const auto decided =
      set_.kind == LabelSet::Kind::kPeople ? std::vector<Decision>{} : in_set_.decide(page.answers);
  page.labels = rate(labels_in_set(std::move(standing), decided, spreads), decided);
  const std::set<int64_t> wanted(samples.begin(), samples.end());
  std::erase_if(page.labels, [&](const RatedLabel& one) { return !wanted.contains(one.label.sample); });
  std::sort(page.answers.begin(), page.answers.end(),
            [](const Answer& a, const Answer& b) { return a.id < b.id; });
  return page;
}

std::vector<Label> LabelPages::labels_in_set(std::vector<Label> standing,
                                             const std::vector<Decision>& decided,
                                             const std::vector<Spread>& spreads) const {
  if (set_.kind == LabelSet::Kind::kPeople)
    std::erase_if(standing, [](const Label& label) { return label.origin != "human"; });
  if (set_.kind == LabelSet::Kind::kPeople || set_.kind == LabelSet::Kind::kCurrent) return standing;
  auto labels = labels_of(decided, project_->settings());
  auto lent = spread_labels(labels, spreads);
  std::move(lent.begin(), lent.end(), std::back_inserter(labels));
  return labels;
}

/// How far those who answered, and the policy, agree with people.
void LabelPages::compare(const std::vector<Label>& standing, LabelPage& page) const {
  const Settings& settings = project_->settings();
  std::map<int64_t, int> gold;
  for (const Label& label : standing)
    if (const auto at = class_index(settings, label.answer_class); at && label.origin == "human")
      gold[label.sample] = *at;
  if (gold.empty()) return;
  Ballots ballots;
  for (const Answer& answer : page.answers) cast(ballots, answer, settings);
  sort_ballots(ballots);
  for (const Score& score : judge_ballots(ballots, gold, settings.classes.size()))
    page.agreements[score.voter] = agreement_of(score.judged);
  for (const Decision& decision : own_.decide(page.answers)) {
    const auto truth = gold.find(decision.sample);
    if (truth == gold.end() || decision.choice < 0) continue;
    ++page.policy.of;
    if (decision.choice == truth->second) ++page.policy.hits;
  }
}

}  // namespace dew::label
