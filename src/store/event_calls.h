// event_calls: the requests that were made about events: a row each, written before it leaves, so that
// budgets hold over any end of the program, and that none is paid for twice.
//
// Times are milliseconds since 1970, UTC, by the clock of whoever asks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "store/events.h"
#include "store/store.h"

namespace dew {

/// Whom a question is for.
struct EventTeacher {
  std::string teacher;  ///< Teacher::name()
  std::string model;
  std::string prompt_hash;
};

/// It has its own connection, for one thread. Errors of all calls: as Project's.
class EventCalls {
 public:
  static Result<EventCalls> open(const Project& project);
  EventCalls(EventCalls&&) noexcept;
  EventCalls& operator=(EventCalls&&) noexcept;
  ~EventCalls();

  /// What was asked before `now`. A call without a reply counts with the most that it can cost.
  struct SoFar {
    int64_t in_hour = 0;  ///< calls of the last 60 minutes
    int64_t in_day = 0;   ///< since midnight, UTC
    double usd_in_day = 0;
    std::optional<int64_t> oldest_in_hour;  ///< when; absent: there was none
  };
  [[nodiscard]] Result<SoFar> so_far(int64_t now) const;

  /// A request about this question is about to leave.
  Result<void> begin(int64_t question, int64_t at, double most_usd);
  /// Those of the question that have begun are done; the last of them cost `usd`. `made` false: they never
  /// left, and were none.
  Result<void> settle(int64_t question, double usd, bool made);
  /// The same, what has become of the question, and the one that follows it if there is one: all or nothing.
  Result<void> finish(const EventQuestion& question, double usd, bool made,
                      const std::optional<EventQuestion>& next);

  /// Those that wait for this teacher, by event, `most` at most.
  [[nodiscard]] Result<std::vector<EventQuestion>> waiting(const EventTeacher& teacher, int64_t most) const;
  /// How many are for this teacher and in that state.
  [[nodiscard]] Result<int64_t> count(const EventTeacher& teacher, const std::string& state) const;
  /// Events behind `after` that are over, and that nobody was to be asked about.
  [[nodiscard]] Result<std::vector<int64_t>> events_without_question(int64_t after) const;
  /// The event behind which all are to be asked about: the last one when this was first called for the
  /// project.
  Result<int64_t> asked_from();

  /// Questions of an earlier program that was ended while it asked: where no request had begun they wait
  /// again; the others are "uncertain", and cost the most that their request can have cost. Returns these, by
  /// their ids.
  Result<std::vector<int64_t>> recover();
  /// Questions for this teacher in that state wait again. Returns how many.
  Result<int64_t> ask_again(const EventTeacher& teacher, const std::string& state);

  /// The clock has jumped by `by`: what was called after `since` moves along, so that it stays as old as it
  /// is.
  Result<void> shift(int64_t since, int64_t by);
  /// What was called after `now`, by a clock that went wrong, was called now.
  Result<void> bring_back(int64_t now);

 private:
  struct Inside;
  explicit EventCalls(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
