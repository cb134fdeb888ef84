// review_desk: the one review session of a studio. All its pages walk the same queue: what one decides, the
// next sees.
#pragma once

#include <atomic>
#include <cstdint>
#include <future>
#include <mutex>
#include <optional>
#include <string>

#include "studio/jobs.h"
#include "studio/reply.h"
#include "verbs/browse/browse.h"
#include "verbs/review/review.h"

namespace dew::studio {

class ReviewDesk {
 public:
  ReviewDesk() = default;
  ReviewDesk(const ReviewDesk&) = delete;
  ReviewDesk& operator=(const ReviewDesk&) = delete;
  ~ReviewDesk();  ///< waits for a ranking beside it

  /// The work of a job that ranks the labels and begins a session; until it is done the old one stays.
  Result<Worked> open(const fs::path& project, const std::string& by, verbs::SampleBrowser& browser,
                      Watch& watch);

  /// {"state", "position", "length", "current" ...}.
  Reply<Json> state(bool ranking);
  // Each gives the state after it. Error (409): no session, or `sample` is not the one in question any more.
  Reply<Json> decide(const std::string& answer_class, int64_t sample, bool ranking);
  Reply<Json> skip(int64_t sample, bool ranking);
  Reply<Json> undo(bool ranking);

 private:
  Reply<Json> state_now(bool ranking);
  Reply<void> check_in_question(int64_t sample);
  void rank_beside();

  std::mutex mutex_;  ///< guards what is below: a session is for one thread at a time
  std::optional<verbs::ReviewSession> session_;
  int64_t since_ranking_ = 0;  ///< decisions
  std::future<void> ranking_;
  std::atomic<bool> ending_ = false;
};

}  // namespace dew::studio
