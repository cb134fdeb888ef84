#include "studio/review_desk.h"

#include <chrono>

#include "base/beside.h"

namespace dew::studio {
namespace {

constexpr size_t kAhead = 5;  // pictures that a page fetches before they are asked for

Json in_question(const verbs::Suspect& suspect) {
  return Json{{"id", suspect.sample.id},
              {"name", suspect.sample.name},
              {"label", suspect.label},
              {"label_probability", suspect.label_probability},
              {"classifier", suspect.classifier},
              {"classifier_probability", suspect.classifier_probability},
              {"suspicion", or_null(suspect.suspicion)},
              {"confidence", or_null(suspect.confidence)},
              {"reason", suspect.reason}};
}

/// A ranking beside the answers ends with the studio.
class UntilTheEnd : public Watch {
 public:
  explicit UntilTheEnd(const std::atomic<bool>& ending) : ending_(ending) {}
  [[nodiscard]] bool interrupted() const override { return ending_; }

 private:
  const std::atomic<bool>& ending_;
};

}  // namespace

ReviewDesk::~ReviewDesk() {
  ending_ = true;
  if (ranking_.valid()) ranking_.wait();
}

/// With `mutex_` locked. The next picture does not wait for it: what pages have shown or fetched stays next.
void ReviewDesk::rank_beside() {
  constexpr std::chrono::seconds kNow{0};
  if (ranking_.valid() && ranking_.wait_for(kNow) != std::future_status::ready) return;
  since_ranking_ = 0;
  ranking_ = beside([this] {
    const std::lock_guard lock(mutex_);
    UntilTheEnd watch(ending_);
    // Should it fail, the old order stands, and the next one tries again.
    if (session_) (void)session_->rank_again(watch, kAhead + 1);
  });
}

Result<Worked> ReviewDesk::open(const fs::path& project, const std::string& by, verbs::SampleBrowser& browser,
                                Watch& watch) {
  verbs::ReviewArgs args;
  args.ranking.project = project;
  args.by = by;
  args.again = 0;  // rank_beside() does that
  DEW_TRY(auto session, verbs::ReviewSession::open(args, watch));
  browser.set_suspicions(session.suspicions());
  const Json outcome{{"queue_length", session.queue_length()}};
  const std::lock_guard lock(mutex_);
  session_.emplace(std::move(session));
  since_ranking_ = 0;
  return Worked{outcome, {}};
}

Reply<Json> ReviewDesk::state(bool ranking) {
  const std::lock_guard lock(mutex_);
  return state_now(ranking);
}

Reply<Json> ReviewDesk::state_now(bool ranking) {
  const char* const without = ranking ? "ranking" : "closed";
  if (!session_)
    return Json{{"state", without}, {"position", 0}, {"length", 0},  {"current", nullptr},
                {"decided", 0},     {"changed", 0},  {"skipped", 0}, {"next", Json::array()}};
  Watch unseen;
  DEW_TRY(const verbs::Suspect* const suspect, session_->current(unseen));
  const verbs::ReviewOutcome outcome = session_->outcome();
  return Json{{"state", ranking ? "ranking" : "open"},
              {"position", session_->position()},
              {"length", session_->queue_length()},
              {"current", suspect == nullptr ? Json(nullptr) : in_question(*suspect)},
              {"decided", outcome.decided},
              {"changed", outcome.changed},
              {"skipped", outcome.skipped},
              {"next", session_->ahead(kAhead)}};
}

Reply<void> ReviewDesk::check_in_question(int64_t sample) {
  if (!session_) return refuse(409, "no review is open", {}, "begin one");
  Watch unseen;
  DEW_TRY(const verbs::Suspect* const suspect, session_->current(unseen));
  if (suspect == nullptr) return refuse(409, "the review has come to its end", {}, "begin another one");
  if (suspect->sample.id != sample)
    return refuse(409, "another page has gone on with this review", suspect->sample.name,
                  "look at the one that is in question now");
  return {};
}

Reply<Json> ReviewDesk::decide(const std::string& answer_class, int64_t sample, bool ranking) {
  const std::lock_guard lock(mutex_);
  DEW_CHECK(check_in_question(sample));
  DEW_CHECK(session_->decide(answer_class));
  if (++since_ranking_ >= verbs::ReviewArgs().again) rank_beside();
  return state_now(ranking);
}

Reply<Json> ReviewDesk::skip(int64_t sample, bool ranking) {
  const std::lock_guard lock(mutex_);
  DEW_CHECK(check_in_question(sample));
  session_->skip();
  return state_now(ranking);
}

Reply<Json> ReviewDesk::undo(bool ranking) {
  const std::lock_guard lock(mutex_);
  if (!session_) return refuse(409, "no review is open", {}, "begin one");
  DEW_TRY(const verbs::Undo undone, session_->undo());
  DEW_TRY(Json state, state_now(ranking));
  state["undone"] = undone == verbs::Undo::kNothing     ? "nothing"
                    : undone == verbs::Undo::kTakenBack ? "taken_back"
                                                        : "overruled";
  return state;
}

}  // namespace dew::studio
