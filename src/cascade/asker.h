// asker: asks large models about events, one after the other, and keeps all of it in the project's database.
//
// A question is a row: it waits, is asked, and is answered, failed or uncertain, so that no event is lost
// and none is paid for twice whatever ends the program. What a server cannot answer now waits, in the order
// of the events, and is tried again with pauses; meanwhile an event has the tiny model's word.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/base.h"
#include "cascade/answer_doubt.h"
#include "cascade/ask_budget.h"
#include "store/event_calls.h"
#include "store/events.h"
#include "store/store.h"
#include "teacher/teacher.h"

namespace dew::cascade {

struct AskSettings {
  std::vector<std::string> teachers;  ///< specs, near ones first: see teacher::make_teacher()
  teacher::Prompt prompt;             ///< without classes
  teacher::TeacherOptions how;        ///< `once` and `permit` are the asker's own
  AskLimits limits;
  double sure_from = 0.6;  ///< see DoubtRules
  Backoff backoff{std::chrono::milliseconds(1000), std::chrono::milliseconds(300'000)};
  /// A question that is settled: answered, failed or uncertain. Called by work() once it is in the database.
  std::function<void(const Event&, const EventQuestion&)> told;
};

/// Of all questions to these teachers, whenever they were asked.
struct AskFigures {
  int64_t answered = 0;
  int64_t waiting = 0;
  int64_t failed = 0;
  int64_t uncertain = 0;
  int64_t calls_in_hour = 0;
  int64_t calls_in_day = 0;  ///< UTC
  double usd_in_day = 0;
  std::string why;  ///< why those that wait are not asked now; empty: they are, or none waits
};

/// By work() in one thread; submit() and figures() may be called from any.
class Asker {
 public:
  /// Takes up what an earlier program left: see EventCalls::recover(). Error (usage): no teacher, one twice,
  /// a limit in money and a teacher without a price; and those of make_teacher().
  static Result<Asker> open(const Project& project, AskSettings settings);
  Asker(Asker&&) noexcept;
  Asker& operator=(Asker&&) noexcept;
  ~Asker();

  /// Of an event that is over. It is in the database when this returns; a second time changes nothing.
  Result<void> submit(int64_t event);
  /// The same for all that are over, behind the event `after`, and that nobody was to be asked about, as
  /// those that were cut by the end of an earlier program. Returns how many. Absent: those that came after an
  /// asker was first opened for this project, so that a project that had none so far does not ask about all
  /// at once.
  Result<int64_t> submit_missed(std::optional<int64_t> after = std::nullopt);

  /// Asks what is to be asked, and waits until more may be, until `until` by the clock of `settings.how`, or
  /// until no question is left. A request that has left by then is awaited. What a server does wrong, a
  /// budget and a full disk are no errors: they stand in figures(), and are warned of once. Error: the user
  /// wants out.
  Result<void> work(Clock::time_point until, Watch& watch);

  /// Failed and uncertain questions wait again: those that are uncertain may be paid for twice. Returns how
  /// many.
  Result<int64_t> ask_again(bool uncertain_too);

  [[nodiscard]] Result<AskFigures> figures() const;

 private:
  class Inside;
  explicit Asker(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

/// What is known of an event now.
struct EventWord {
  std::string said;   ///< the class by the tiny model, or the answer
  std::string by;     ///< the model; empty: the tiny one
  bool tiny = true;   ///< no large model has answered yet, or none will
  bool last = false;  ///< nobody is asked about it any more
};
Result<EventWord> word_on(const EventLog& log, const Event& event);

/// "yard.mp4#frame=96&class=person", with its region where it has one: by this name recorded answers are
/// found.
std::string event_name(const Event& event);

}  // namespace dew::cascade
