#include "verbs/export/gather.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "label/gold.h"
#include "label/label.h"
#include "verbs/common/prompt_settings.h"

namespace dew::verbs {
namespace {

using exchange::CardTeacher;
using exchange::Outgoing;
using exchange::OutgoingSet;

constexpr int64_t kAdvanceEvery = 1000;  // answers between two reports of progress

/// By the sample's id, its place in the items.
using Places = std::unordered_map<int64_t, size_t>;

/// The answers that a policy's label rests on: "12,15,19 majority", "spread:12".
std::vector<int64_t> answers_in(std::string_view basis) {
  constexpr std::string_view kSpread = "spread:";
  if (basis.starts_with(kSpread)) basis.remove_prefix(kSpread.size());
  std::vector<int64_t> ids;
  while (true) {
    int64_t id = 0;
    const auto [end, code] = std::from_chars(basis.data(), basis.data() + basis.size(), id);
    if (code != std::errc()) return ids;
    ids.push_back(id);
    basis.remove_prefix(static_cast<size_t>(end - basis.data()));
    if (!basis.starts_with(',')) return ids;
    basis.remove_prefix(1);
  }
}

/// An answer, and a sample whose label rests on it.
struct Rest {
  int64_t answer = 0;
  size_t item = 0;
  bool operator<(const Rest& other) const {
    return std::pair(answer, item) < std::pair(other.answer, other.item);
  }
};

Result<std::vector<Rest>> set_labels(const Project& project, const label::LabelSet& labels,
                                     const Places& places, OutgoingSet& set) {
  DEW_TRY(auto rated, label::rated_labels(project, labels));
  std::vector<Rest> rests;
  for (label::RatedLabel& one : rated) {
    const auto place = places.find(one.label.sample);
    const bool known = one.label.answer_class.empty() ||
                       label::class_index(project.settings(), one.label.answer_class).has_value();
    if (place == places.end() || !known) continue;
    Outgoing& item = set.items[place->second];
    item.label = std::move(one.label.answer_class);
    item.origin = one.label.origin;
    item.at = std::move(one.label.at);
    item.confidence = one.confidence;
    if (item.origin == "human") {
      item.by = std::move(one.label.basis);
      continue;
    }
    for (const int64_t answer : answers_in(one.label.basis)) rests.push_back({answer, place->second});
  }
  std::sort(rests.begin(), rests.end());
  return rests;
}

/// Who gave the answers that the labels rest on, and the newest reason for each label.
void note_provenance(const Answer& answer, std::vector<Rest>::const_iterator& next,
                     const std::vector<Rest>& rests, OutgoingSet& set) {
  while (next != rests.end() && next->answer < answer.id) ++next;
  for (; next != rests.end() && next->answer == answer.id; ++next) {
    Outgoing& item = set.items[next->item];
    const std::string name = answer.teacher + ":" + answer.model;
    if (item.by.find(name) == std::string::npos) item.by += (item.by.empty() ? "" : ", ") + name;
    if (answer.answer_class == item.label) item.reason = answer.reason;
  }
}

/// Goes through the answers once: provenance, and how many each voter gave about these samples.
Result<std::vector<std::pair<label::Voter, int64_t>>> read_answers(const Project& project,
                                                                   const Places& places,
                                                                   const std::vector<Rest>& rests,
                                                                   OutgoingSet& set, Watch& watch) {
  int64_t read = 0;
  watch.begin("reading answers", 0);
  std::vector<std::pair<label::Voter, int64_t>> voters;
  auto next = rests.begin();
  DEW_CHECK(project.each_answer([&](const Answer& answer) {
    note_provenance(answer, next, rests, set);
    if (++read % kAdvanceEvery == 0) watch.advance(read, with_commas(read));
    if (!places.contains(answer.sample)) return;
    const label::Voter voter = label::voter_of(answer);
    auto at = std::find_if(voters.begin(), voters.end(), [&](const auto& one) { return one.first == voter; });
    if (at == voters.end()) at = voters.insert(at, {voter, 0});
    ++at->second;
  }));
  watch.end();
  return voters;
}

/// What was spent, where every price is known.
std::optional<double> spent(const std::vector<Bill>& bills, const label::Voter* on) {
  std::optional<double> sum;
  for (const Bill& bill : bills) {
    const bool counts = on == nullptr || (bill.teacher == on->teacher && bill.model == on->model &&
                                          prompt_of(bill.prompt_hash) == on->prompt);
    if (!counts) continue;
    if (!bill.cost_usd) return std::nullopt;
    sum = sum.value_or(0) + *bill.cost_usd;
  }
  return sum;
}

Result<void> fill_card(const Project& project, const Places& places,
                       const std::vector<std::pair<label::Voter, int64_t>>& voters, exchange::Card& card) {
  DEW_TRY(auto gold, label::gold_labels(project, {}));
  std::erase_if(gold, [&](const auto& one) { return !places.contains(one.first); });
  std::vector<label::Score> scores;
  if (!gold.empty()) {
    DEW_TRY(scores, label::score_gold(project, gold));
    DEW_TRY(const auto decided, label::decisions(project));
    card.agreement = label::score_policy(decided, gold, project.settings().classes.size()).accuracy;
  }
  DEW_TRY(const auto bills, project.bills());
  card.cost_usd = bills.empty() ? std::optional(0.0) : spent(bills, nullptr);
  for (const auto& [voter, answers] : voters) {
    CardTeacher teacher{voter.teacher + " " + voter.model, voter.prompt, {}, answers, {}, {}};
    DEW_TRY(teacher.prompt, prompt_settings(project, voter.prompt));
    for (const label::Score& score : scores)
      if (score.voter == voter) teacher.agreement = score.accuracy;
    teacher.cost_usd = spent(bills, &voter);
    card.teachers.push_back(std::move(teacher));
  }
  card.at = utc_now();
  return {};
}

}  // namespace

Result<OutgoingSet> gather(const Project& project, const label::LabelSet& labels,
                           const std::optional<Split>& split, Watch& watch) {
  watch.begin("reading samples", 0);
  OutgoingSet set;
  set.settings = project.settings();
  set.card.labels = label::to_text(labels);
  set.card.split = split;
  DEW_TRY(auto samples, project.samples());
  Places places;
  for (Sample& sample : samples) {
    if (split && sample.split != *split) continue;
    places.emplace(sample.id, set.items.size());
    set.items.emplace_back().sample = std::move(sample);
  }
  DEW_TRY(auto sources, project.sources());
  for (Source& source : sources) set.sources.emplace(source.id, std::move(source));
  DEW_TRY(const auto rests, set_labels(project, labels, places, set));
  watch.end();
  DEW_TRY(const auto voters, read_answers(project, places, rests, set, watch));
  DEW_CHECK(fill_card(project, places, voters, set.card));
  return set;
}

}  // namespace dew::verbs
