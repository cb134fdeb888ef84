// A review session: a queue of labels, the steps taken along it, and the way back.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "verbs/common/open.h"
#include "verbs/review/ranking.h"

namespace dew::verbs {
namespace {

/// What was done with one label of the queue, for undo.
struct Step {
  bool skipped = false;
  int before = 0;  ///< the label that stood, an index into the classes
  Label given;     ///< the decision, where there was one
};

bool stands(const std::vector<Label>& labels, const Label& given) {
  return std::any_of(labels.begin(), labels.end(), [&given](const Label& label) {
    return label.sample == given.sample && label.origin == given.origin && label.basis == given.basis &&
           label.answer_class == given.answer_class && label.at == given.at;
  });
}

}  // namespace

struct ReviewSession::Inside {
  Project project;
  Ranking ranking;
  ReviewArgs args;
  std::vector<size_t> queue;       ///< places in the ranking
  std::vector<Step> steps;         ///< one for each of the queue before the label in question
  std::optional<Suspect> suspect;  ///< what current() gave
  int64_t since_ranking = 0;       ///< decisions
  int64_t undone = 0;

  [[nodiscard]] bool at_end() const { return steps.size() == queue.size(); }
  [[nodiscard]] RankedLabel& in_question() { return ranking.labels[queue[steps.size()]]; }

  /// `answer_class` empty: set aside.
  Result<void> record(const std::string& answer_class);
};

Result<void> ReviewSession::Inside::record(const std::string& answer_class) {
  if (at_end())
    return usage_error("no label is in question: the queue has ended", project.folder().string(),
                       "begin another review");
  const RankedLabel& label = in_question();
  Step step{false, label.label, {label.sample.id, answer_class, "human", args.by, utc_now()}};
  DEW_CHECK(project.set_labels({step.given}));
  steps.push_back(std::move(step));
  ++since_ranking;
  return {};
}

ReviewSession::ReviewSession(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
ReviewSession::ReviewSession(ReviewSession&&) noexcept = default;
ReviewSession& ReviewSession::operator=(ReviewSession&&) noexcept = default;
ReviewSession::~ReviewSession() = default;

Result<ReviewSession> ReviewSession::open(const ReviewArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.ranking.project, watch));
  DEW_TRY(Ranking ranking, gather_labels(project, args.ranking, watch));
  DEW_TRY(auto queue, review_queue(ranking, args.ranking.split, args.limit, watch));
  return ReviewSession(std::unique_ptr<Inside>(
      new Inside{std::move(project), std::move(ranking), args, std::move(queue), {}, {}, 0, 0}));
}

const Settings& ReviewSession::settings() const {
  return inside_->project.settings();
}

const fs::path& ReviewSession::project_folder() const {
  return inside_->project.folder();
}

Result<const Suspect*> ReviewSession::current(Watch& watch) {
  if (inside_->at_end()) return nullptr;
  const int64_t again = inside_->args.again;
  if (again > 0 && inside_->since_ranking >= again) DEW_CHECK(rank_again(watch));
  if (inside_->at_end()) return nullptr;
  inside_->suspect = suspect_of(inside_->in_question(), settings().classes);
  return &*inside_->suspect;
}

Result<Image> ReviewSession::picture() const {
  if (inside_->at_end()) return usage_error("no label is in question: the queue has ended");
  return inside_->project.picture(inside_->in_question().sample);
}

Result<void> ReviewSession::decide(const std::string& answer_class) {
  const Settings& known = settings();
  if (!known.unsure.empty() && answer_class == known.unsure) return set_aside();
  if (std::find(known.classes.begin(), known.classes.end(), answer_class) != known.classes.end())
    return inside_->record(answer_class);
  const std::string near = closest(answer_class, known.classes);
  return usage_error(
      "there is no class '" + printable(answer_class, 60) + "'", {},
      near.empty() ? "the classes are " + join(known.classes) : "did you mean '" + near + "'?");
}

Result<void> ReviewSession::set_aside() {
  return inside_->record({});
}

void ReviewSession::skip() {
  if (!inside_->at_end()) inside_->steps.push_back({true, 0, {}});
}

Result<Undo> ReviewSession::undo() {
  auto& steps = inside_->steps;
  if (steps.empty()) return Undo::kNothing;
  const Step& last = steps.back();
  Undo undone = Undo::kTakenBack;
  if (!last.skipped) {
    DEW_TRY(const auto labels, inside_->project.labels());
    if (stands(labels, last.given)) {
      DEW_CHECK(inside_->project.withdraw_label(last.given.sample).map([](bool) {}));
    } else {
      undone = Undo::kOverruled;
    }
  }
  const int before = last.before;
  const bool decided = !last.skipped;
  steps.pop_back();
  if (decided) inside_->in_question().label = before;
  ++inside_->undone;
  return undone;
}

Result<void> ReviewSession::rank_again(Watch& watch, size_t keep) {
  Inside& in = *inside_;
  watch.inform(in.since_ranking == 0
                   ? "ranking anew"
                   : fmt::format("ranking anew, with your last {} decisions", in.since_ranking));
  DEW_CHECK(read_labels_again(in.project, in.ranking));
  DEW_TRY(const auto ranked, review_queue(in.ranking, in.args.ranking.split, std::nullopt, watch));
  // What lies behind in the queue stays as it is, for undo.
  const size_t kept = std::min(in.queue.size(), in.steps.size() + keep);
  const auto here = in.queue.begin() + static_cast<std::ptrdiff_t>(kept);
  const std::unordered_set<size_t> behind(in.queue.begin(), here);
  const size_t length = in.queue.size();
  in.queue.erase(here, in.queue.end());
  for (const size_t place : ranked)
    if (in.queue.size() < length && behind.count(place) == 0) in.queue.push_back(place);
  in.since_ranking = 0;
  return {};
}

size_t ReviewSession::position() const {
  return inside_->steps.size();
}

size_t ReviewSession::queue_length() const {
  return inside_->queue.size();
}

std::vector<int64_t> ReviewSession::ahead(size_t most) const {
  std::vector<int64_t> samples;
  for (size_t i = inside_->steps.size() + 1; i < inside_->queue.size() && samples.size() < most; ++i)
    samples.push_back(inside_->ranking.labels[inside_->queue[i]].sample.id);
  return samples;
}

std::unordered_map<int64_t, double> ReviewSession::suspicions() const {
  std::unordered_map<int64_t, double> found;
  for (const RankedLabel& ranked : inside_->ranking.labels)
    found[ranked.sample.id] = ranked.opinion.suspicion;
  return found;
}

ReviewOutcome ReviewSession::outcome() const {
  ReviewOutcome outcome;
  for (const Step& step : inside_->steps) {
    if (step.skipped) {
      ++outcome.skipped;
      continue;
    }
    ++outcome.decided;
    if (step.given.answer_class.empty()) ++outcome.unsure;
    if (step.given.answer_class != settings().classes[static_cast<size_t>(step.before)]) ++outcome.changed;
  }
  outcome.undone = inside_->undone;
  outcome.left = std::ssize(inside_->queue) - outcome.decided;
  if (outcome.decided > 0) outcome.next = "train";
  return outcome;
}

Json to_json(const ReviewOutcome& outcome) {
  return Json{{"decided", outcome.decided}, {"changed", outcome.changed}, {"unsure", outcome.unsure},
              {"skipped", outcome.skipped}, {"undone", outcome.undone},   {"left", outcome.left}};
}

}  // namespace dew::verbs
