#include "verbs/export/gather.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "label/label.h"
#include "verbs/common/prompt_settings.h"

namespace dew::verbs {
namespace {

using exchange::CardTeacher;
using exchange::Outgoing;
using exchange::OutgoingPage;

constexpr int64_t kPage = 1000;    // frames of a page's sources, unless one has more
constexpr size_t kTogether = 500;  // samples whose labels and answers are looked up by one query

/// The answers that a policy's label rests on: "12,15,19 majority", "spread:12".
std::vector<int64_t> answers_in(std::string_view basis) {
  basis = label::without_spread(basis);
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

/// Who gave the answers that the label rests on, and the newest reason for it. `answers` are ordered by id.
void note_provenance(const std::string& basis, const std::vector<Answer>& answers, Outgoing& item) {
  auto ids = answers_in(basis);
  std::sort(ids.begin(), ids.end());
  for (const int64_t id : ids) {
    const auto answer = std::lower_bound(answers.begin(), answers.end(), id,
                                         [](const Answer& one, int64_t wanted) { return one.id < wanted; });
    if (answer == answers.end() || answer->id != id) continue;
    const std::string name = answer->teacher + ":" + answer->model;
    if (item.by.find(name) == std::string::npos) item.by += (item.by.empty() ? "" : ", ") + name;
    if (answer->answer_class == item.label) item.reason = answer->reason;
  }
}

void take_label(label::RatedLabel& rated, const std::vector<Answer>& answers, Outgoing& item) {
  Label& label = rated.label;
  item.label = std::move(label.answer_class);
  item.origin = label.origin;
  item.at = std::move(label.at);
  item.confidence = rated.confidence;
  if (item.origin == "human")
    item.by = std::move(label.basis);
  else
    note_provenance(label.basis, answers, item);
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

void add(label::Agreement& sum, const label::Agreement& more) {
  sum.hits += more.hits;
  sum.of += more.of;
}

}  // namespace

Result<std::unique_ptr<ProjectOrigins>> ProjectOrigins::open(const Project& project,
                                                             const label::LabelSet& labels,
                                                             const std::optional<Split>& split) {
  DEW_TRY(label::LabelPages pages, label::LabelPages::open(project, labels));
  DEW_TRY(const int64_t count, project.count_samples());
  return std::unique_ptr<ProjectOrigins>(new ProjectOrigins(project, std::move(pages), labels, split, count));
}

/// As many as have a page's frames together, one at least.
Result<std::vector<Source>> ProjectOrigins::next_sources() {
  constexpr int64_t kMost = 200;
  DEW_TRY(auto sources, project_.sources_after(last_source_, kMost));
  int64_t frames = 0;
  size_t taken = 0;
  while (taken < sources.size() && (taken == 0 || frames + sources[taken].info.frames <= kPage))
    frames += sources[taken++].info.frames;
  sources.resize(taken);
  if (!sources.empty()) last_source_ = sources.back().id;
  return sources;
}

Result<OutgoingPage> ProjectOrigins::next() {
  OutgoingPage page;
  while (page.items.empty()) {
    DEW_TRY(auto sources, next_sources());
    if (sources.empty()) return page;
    std::vector<int64_t> ids;
    page.sources.clear();
    for (Source& source : sources) {
      ids.push_back(source.id);
      page.sources.emplace(source.id, std::move(source));
    }
    DEW_TRY(auto samples, project_.samples_of(ids));
    for (Sample& sample : samples)
      if (!split_ || sample.split == *split_) page.items.emplace_back().sample = std::move(sample);
  }
  for (size_t from = 0; from < page.items.size(); from += kTogether)
    DEW_CHECK(set_labels(page.items, from, std::min(from + kTogether, page.items.size())));
  return page;
}

Result<void> ProjectOrigins::set_labels(std::vector<Outgoing>& items, size_t from, size_t to) {
  std::unordered_map<int64_t, size_t> places;
  std::vector<int64_t> samples;
  for (size_t i = from; i < to; ++i) {
    samples.push_back(items[i].sample.id);
    places.emplace(items[i].sample.id, i);
  }
  DEW_TRY(label::LabelPage page, labels_.about(samples));
  for (label::RatedLabel& one : page.labels) {
    const std::string& name = one.label.answer_class;
    if (name.empty() || label::class_index(settings(), name))
      take_label(one, page.answers, items[places.at(one.label.sample)]);
  }
  count_answers(page, samples);
  return {};
}

/// For the data card.
void ProjectOrigins::count_answers(const label::LabelPage& page, const std::vector<int64_t>& samples) {
  std::vector<int64_t> sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  for (const Answer& answer : page.answers) {
    if (!std::binary_search(sorted.begin(), sorted.end(), answer.sample)) continue;
    const auto [at, fresh] = heard_.try_emplace(label::voter_of(answer));
    ++at->second.answers;
    at->second.first = fresh ? answer.id : std::min(at->second.first, answer.id);
  }
  for (const auto& [voter, agreement] : page.agreements) add(heard_[voter].agreement, agreement);
  add(policy_, page.policy);
}

Result<CardTeacher> ProjectOrigins::teacher_of(const label::Voter& voter, const Heard& heard,
                                               const std::vector<Bill>& bills) const {
  CardTeacher teacher{voter.teacher + " " + voter.model, voter.prompt, {}, heard.answers, {}, {}};
  DEW_TRY(teacher.prompt, prompt_settings(project_, voter.prompt));
  teacher.agreement = share_of(heard.agreement.hits, heard.agreement.of);
  teacher.cost_usd = spent(bills, &voter);
  return teacher;
}

Result<exchange::Card> ProjectOrigins::card() {
  exchange::Card card;
  card.labels = label::to_text(set_);
  card.split = split_;
  card.agreement = share_of(policy_.hits, policy_.of);
  DEW_TRY(const auto bills, project_.bills());
  card.cost_usd = bills.empty() ? std::optional(0.0) : spent(bills, nullptr);
  std::vector<std::pair<label::Voter, Heard>> in_order(heard_.begin(), heard_.end());
  std::sort(in_order.begin(), in_order.end(),
            [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
  for (const auto& [voter, heard] : in_order) {
    DEW_TRY(CardTeacher teacher, teacher_of(voter, heard, bills));
    card.teachers.push_back(std::move(teacher));
  }
  return card;
}

}  // namespace dew::verbs
