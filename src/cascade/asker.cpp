// The asking of one question after the other, and what becomes of each. See asker.h.
#include "cascade/asker.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>

#include "cascade/ask_line.h"
#include "cascade/asked_event.h"

namespace dew::cascade {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{100};            ///< between two looks at what was submitted
constexpr milliseconds kLongestHold{60'000};  ///< until a budget is looked at again: the clock may jump
constexpr int64_t kMostPaidTries = 12;        ///< of a question whose replies are no answers
constexpr int64_t kJump = 2000;               ///< milliseconds
constexpr int64_t kRemembered = 48 * 3'600'000;

/// Passes on what a person should know, each warning once; a question has no progress of its own.
class QuietWatch : public Watch {
 public:
  QuietWatch(Watch& outer, std::set<std::string>& told) : outer_(outer), told_(told) {}
  void inform(const std::string& message) override {
    once(message, [&] { outer_.inform(message); });
  }
  void warn(const std::string& message) override {
    once(message, [&] { outer_.warn(message); });
  }
  [[nodiscard]] bool interrupted() const override { return outer_.interrupted(); }

 private:
  template <typename Tell>
  void once(const std::string& message, const Tell& tell) {
    constexpr size_t kMany = 200;
    if (told_.size() > kMany) told_.clear();
    if (told_.insert(message).second) tell();
  }
  Watch& outer_;
  std::set<std::string>& told_;
};

std::string words_of(const Error& error) {
  std::string text = error.what;
  if (!error.where.empty()) text = error.where + ": " + text;
  return text;
}

/// What happened while one question was asked.
struct Turn {
  EventQuestion question;
  bool open = false;    ///< a call has begun, and is not settled
  double open_usd = 0;  ///< what it has cost so far
  int64_t calls = 0;
  std::optional<teacher::Reply> last;
  bool lost = false;  ///< a request left, and nothing came back before we stopped
  std::optional<OverBudget> over;
  std::optional<Error> not_kept;  ///< the database failed
};

/// What is to be written about a question.
struct Outcome {
  EventQuestion question;
  double usd = 0;
  bool made = true;
  std::optional<EventQuestion> next;
};

}  // namespace

class Asker::Inside {
 public:
  Inside(EventLog log, EventCalls calls, EventLog inbox, EventCalls counts, AskSettings settings)
      : log_(std::move(log)),
        calls_(std::move(calls)),
        inbox_(std::move(inbox)),
        counts_(std::move(counts)),
        settings_(std::move(settings)),
        clock_(*settings_.how.clock) {}

  Result<void> begin() {
    DEW_CHECK(make_lines());
    DEW_CHECK(calls_.bring_back(now_ms()));
    DEW_TRY(uncertain_at_first_, calls_.recover());
    DEW_TRY([[maybe_unused]] const int64_t from, calls_.asked_from());
    steady_ = clock_.now();
    utc_ = now_ms();
    return {};
  }

  Result<void> submit(int64_t event) {
    const std::lock_guard lock(mutex_);
    ++submitted_;
    return inbox_.keep(question_for(0, event)).map([](const EventQuestion&) {});
  }

  Result<int64_t> submit_missed(std::optional<int64_t> after) {
    const std::lock_guard lock(mutex_);
    if (!after) {
      DEW_TRY(after, counts_.asked_from());
    }
    DEW_TRY(const auto events, counts_.events_without_question(*after));
    for (const int64_t event : events) DEW_CHECK(inbox_.keep(question_for(0, event)));
    ++submitted_;
    return std::ssize(events);
  }

  Result<int64_t> ask_again(bool uncertain_too) {
    const std::lock_guard lock(mutex_);
    int64_t again = 0;
    for (AskLine& line : lines_)
      for (const char* state : {"failed", "uncertain"}) {
        if (!uncertain_too && state == std::string("uncertain")) continue;
        DEW_TRY(const int64_t more, counts_.ask_again(line.key(), state));
        again += more;
      }
    ++submitted_;
    return again;
  }

  Result<AskFigures> figures() {
    const std::lock_guard lock(mutex_);
    AskFigures figures;
    for (AskLine& line : lines_) {
      const EventTeacher key = line.key();
      const auto add = [&](int64_t& sum, const char* state) -> Result<void> {
        DEW_TRY(const int64_t count, counts_.count(key, state));
        sum += count;
        return {};
      };
      DEW_CHECK(add(figures.answered, "answered"));
      DEW_CHECK(add(figures.waiting, "waiting"));
      DEW_CHECK(add(figures.waiting, "asking"));
      DEW_CHECK(add(figures.failed, "failed"));
      DEW_CHECK(add(figures.uncertain, "uncertain"));
    }
    DEW_TRY(const auto so_far, counts_.so_far(now_ms()));
    figures.calls_in_hour = so_far.in_hour;
    figures.calls_in_day = so_far.in_day;
    figures.usd_in_day = so_far.usd_in_day;
    if (figures.waiting > 0) figures.why = why_;
    return figures;
  }

  Result<void> work(Clock::time_point until, Watch& outer) {
    QuietWatch watch(outer, told_);
    DEW_CHECK(tell_uncertain(watch));
    while (true) {
      if (watch.interrupted()) return interrupted_error();
      const int64_t submitted = submitted_;
      Clock::time_point wake;
      if (const auto done = step(watch)) {
        store_failures_ = 0;
        if (done->idle) return {};
        if (done->asked && clock_.now() < until) continue;
        wake = done->wake;
      } else {
        wake = trouble(done.error(), watch);
      }
      while (clock_.now() < std::min(wake, until) && submitted == submitted_)
        if (!pause(clock_, std::min<Clock::duration>(kLook, std::min(wake, until) - clock_.now()), watch))
          return interrupted_error();
      if (clock_.now() >= until) return {};
    }
  }

 private:
  struct Step {
    bool idle = false;   ///< no question waits
    bool asked = false;  ///< one was put
    Clock::time_point wake = Clock::time_point::max();
  };

  [[nodiscard]] int64_t now_ms() const { return milliseconds_of(clock_.utc()); }

  Result<void> make_lines() {
    if (settings_.teachers.empty())
      return usage_error("nobody is named who could be asked about events", "teacher",
                         "name one: --teacher, or large = [...] under [cascade] in dewdrop.toml");
    if (!settings_.prompt.classes.empty())
      return usage_error("the question about an event has no classes", "question");
    teacher::TeacherOptions how = settings_.how;
    how.once = true;
    how.retries = 0;
    how.concurrency = 1;
    how.permit = [this](const teacher::Cost& most) { return permit(most); };
    for (const std::string& spec : settings_.teachers) {
      DEW_TRY(auto made, teacher::make_teacher(spec, settings_.prompt, how));
      if (settings_.limits.usd_a_day && !made->forecast_event({{640, 480}}).usd)
        return usage_error(
            "the price of " + printable(made->model(), 60) + " is unknown, so that usd_a_day cannot be kept",
            "usd_a_day", "add its price to prices.toml, 0 where it costs nothing (docs/teachers.md)");
      AskLine line(std::move(made), settings_.backoff, settings_.how.chance);
      for (const AskLine& other : lines_) {
        const EventTeacher a = other.key();
        const EventTeacher b = line.key();
        if (a.teacher == b.teacher && a.model == b.model && a.prompt_hash == b.prompt_hash)
          return usage_error("the model " + printable(b.model, 60) + " is named twice", "teacher",
                             "name each once: the second would not be asked anything else");
      }
      lines_.push_back(std::move(line));
    }
    return {};
  }

  [[nodiscard]] EventQuestion question_for(size_t line, int64_t event) const {
    const EventTeacher key = lines_[line].key();
    EventQuestion question;
    question.event = event;
    question.teacher = key.teacher;
    question.model = key.model;
    question.prompt_hash = key.prompt_hash;
    return question;
  }

  // ---- time

  /// Calls keep their age where the clock jumps, so that no budget begins anew because of it.
  Result<void> observe_clock(Watch& watch) {
    const Clock::time_point steady = clock_.now();
    const int64_t expected = utc_ + std::chrono::duration_cast<milliseconds>(steady - steady_).count();
    const int64_t utc = now_ms();
    const int64_t jump = utc - expected;
    if (jump > kJump || jump < -kJump) {
      DEW_CHECK(calls_.shift(expected - kRemembered, jump));
      watch.warn(fmt::format("the clock jumped by {} s: calls so far count as old as they are",
                             with_commas(jump / 1000)));
    }
    steady_ = steady;
    utc_ = utc;
    return {};
  }

  // ---- one step

  /// Error: the database failed; nothing is asked until it works again.
  Result<Step> step(Watch& watch) {
    DEW_CHECK(observe_clock(watch));
    if (unsaved_) DEW_CHECK(save(*std::exchange(unsaved_, std::nullopt)));
    Step step;
    std::optional<EventQuestion> first;
    size_t whose = 0;
    bool any = false;
    for (size_t i = 0; i < lines_.size(); ++i) {
      AskLine& line = lines_[i];
      DEW_TRY(const auto waiting, calls_.waiting(line.key(), line.worth_looking_at()));
      if (waiting.empty()) continue;
      any = true;
      if (line.due() > clock_.now()) {
        step.wake = std::min(step.wake, line.due());
        continue;
      }
      const auto next = line.next_of(waiting);
      if (next && (!first || next->event < first->event)) {
        first = next;
        whose = i;
      }
    }
    step.idle = !any;
    if (first) {
      step.asked = true;
      step.wake = clock_.now();
      DEW_CHECK(put(whose, *std::move(first), watch));
    }
    tell_why(reasons());
    return step;
  }

  [[nodiscard]] std::string reasons() const {
    std::vector<std::string> all;
    for (const AskLine& line : lines_)
      if (line.due() > clock_.now()) all.push_back(line.key().model + ": " + line.why());
    return join(all, "; ");
  }

  void tell_why(std::string why) {
    const std::lock_guard lock(mutex_);
    why_ = std::move(why);
  }

  /// The database failed: when to try again.
  Clock::time_point trouble(const Error& error, Watch& watch) {
    watch.warn(words_of(error) + ": nothing is asked until the project can be written again");
    tell_why(words_of(error));
    return clock_.now() + pause_after(settings_.backoff, ++store_failures_, settings_.how.chance());
  }

  /// Puts a question, and writes down what became of it.
  Result<void> put(size_t whose, EventQuestion question, Watch& watch) {
    AskLine& line = lines_[whose];
    if (line.calls()) {
      DEW_TRY(const auto so_far, calls_.so_far(now_ms()));
      const auto over = over_budget(settings_.limits, so_far, line.most_usd, now_ms());
      if (over && !over->never)  // this one may be smaller than the last
        return stopped_by(*over, whose, std::move(question), watch);
    }
    DEW_TRY(const Event event, log_.event(question.event));
    auto about = question_about(event, log_.folder(event.id));
    if (!about) return give_up(whose, event, std::move(question), words_of(about.error()));
    question.state = "asking";
    question.error.clear();
    DEW_CHECK(log_.keep(question));
    turn_ = Turn{};
    turn_.question = std::move(question);
    line_ = &line;
    std::optional<teacher::Question> next = *std::move(about);
    const auto ended = line.teacher().ask([&] { return std::exchange(next, std::nullopt); },
                                          [this](std::vector<teacher::Reply> replies) {
                                            take(std::move(replies));
                                            return Result<void>{};
                                          },
                                          watch);
    return conclude(whose, event, ended, watch);
  }

  /// Called before each request leaves: it is in the database first.
  Result<void> permit(const teacher::Cost& most) {
    const auto kept = [&]() -> Result<void> {
      if (turn_.open) DEW_CHECK(calls_.settle(turn_.question.id, turn_.open_usd, true));
      turn_.open = false;
      turn_.open_usd = 0;
      const int64_t now = now_ms();
      DEW_TRY(const auto so_far, calls_.so_far(now));
      turn_.over = over_budget(settings_.limits, so_far, most.usd.value_or(0), now);
      if (turn_.over) return {};
      return calls_.begin(turn_.question.id, now, most.usd.value_or(0));
    }();
    line_->most_usd = most.usd.value_or(0);
    if (!kept) {
      turn_.not_kept = kept.error();
      return kept;
    }
    if (turn_.over) return work_error(turn_.over->why);
    turn_.open = true;
    ++turn_.calls;
    return {};
  }

  void take(std::vector<teacher::Reply> replies) {
    for (teacher::Reply& reply : replies) {
      EventQuestion& question = turn_.question;
      teacher::add_tokens(question.tokens_in, reply.spent.tokens_in);
      teacher::add_tokens(question.tokens_out, reply.spent.tokens_out);
      if (reply.spent.usd) {
        question.cost_usd = question.cost_usd.value_or(0) + *reply.spent.usd;
        turn_.open_usd += *reply.spent.usd;
      }
      if (reply.answer && reply.answer->tokens_in == 0 && reply.answer->teacher == "replay")
        question.cost_usd = 0;
      if (reply.unfinished)
        turn_.lost = turn_.lost || reply.estimated.tokens_in > 0;
      else
        turn_.last = std::move(reply);
    }
  }

  // ---- what becomes of a question

  Result<void> conclude(size_t whose, const Event& event, const Result<void>& ended, Watch& watch) {
    AskLine& line = lines_[whose];
    Outcome outcome{std::move(turn_.question), turn_.open_usd, true, std::nullopt};
    EventQuestion& question = outcome.question;
    question.tries += turn_.calls;
    question.state = "waiting";
    if (turn_.last && turn_.last->answer) return answered(whose, event, std::move(outcome), watch);
    if (turn_.last) return unanswered(whose, event, std::move(outcome), watch);
    if (turn_.over) {
      DEW_CHECK(save(outcome));
      return stopped_by(*turn_.over, whose, std::move(question), watch);
    }
    if (!ended) question.error = words_of(ended.error());
    if (turn_.not_kept) {
      (void)save(outcome);  // kept in mind where it cannot be written now
      return tl::unexpected(*turn_.not_kept);
    }
    if (watch.interrupted()) {
      if (turn_.lost) question.state = "uncertain";
    } else if (!ended) {
      hold(line, words_of(ended.error()), std::nullopt, watch);
    }
    return save(outcome);
  }

  Result<void> answered(size_t whose, const Event& event, Outcome outcome, Watch& watch) {
    EventQuestion& question = outcome.question;
    Answer& answer = *turn_.last->answer;
    question.state = "answered";
    question.answer = std::move(answer.reason);
    question.raw = std::move(answer.raw);
    question.error.clear();
    if (lines_[whose].answered(question.id)) watch.inform(question.model + " answers again");
    const DoubtRules rules{!settings_.prompt.schema.empty(),
                           settings_.prompt.unsure.empty() ? "unsure" : settings_.prompt.unsure,
                           settings_.sure_from};
    if (doubt_of(question.answer, event.event_class, rules) != Doubt::kNone)
      outcome.next = next_after(whose, event);
    return save(outcome);
  }

  Result<void> unanswered(size_t whose, const Event& event, Outcome outcome, Watch& watch) {
    AskLine& line = lines_[whose];
    const teacher::Reply& reply = *turn_.last;
    EventQuestion& question = outcome.question;
    question.error = words_of(reply.answer.error());
    if (!reply.reached) {
      outcome.made = false;
      --question.tries;
    }
    if (turn_.calls == 0 && !reply.again) {  // a picture that cannot be read, an answer that is not recorded
      question.state = "failed";
      outcome.next = next_after(whose, event);
    } else if (!reply.useless && reply.again) {
      hold(line, question.error, reply.wait, watch);
    } else {
      const bool new_trouble = line.why().empty();
      const bool given_up = line.useless(question.id, !reply.again, question.error, clock_.now()) ||
                            question.tries >= kMostPaidTries;
      if (new_trouble) watch.warn(question.model + ": " + question.error);
      if (given_up) {
        question.state = "failed";
        outcome.next = next_after(whose, event);
      }
    }
    return save(outcome);
  }

  void hold(AskLine& line, const std::string& why, std::optional<milliseconds> asked, Watch& watch) {
    if (line.why().empty()) watch.warn(line.key().model + ": " + why + "; questions wait until it answers");
    line.failed(why, asked, clock_.now());
  }

  Result<void> stopped_by(const OverBudget& over, size_t whose, EventQuestion question, Watch& watch) {
    AskLine& line = lines_[whose];
    if (over.never) {
      line.most_usd = 0;
      DEW_TRY(const Event event, log_.event(question.event));
      return give_up(whose, event, std::move(question), over.why);
    }
    if (line.why().empty()) watch.warn(line.key().model + ": " + over.why);
    const milliseconds wait(std::clamp<int64_t>(over.until - now_ms() + 1, 1, kLongestHold.count()));
    line.hold_until(clock_.now() + wait, over.why);
    return {};
  }

  /// It cannot be put to this teacher; no call was made.
  Result<void> give_up(size_t whose, const Event& event, EventQuestion question, std::string why) {
    question.state = "failed";
    question.error = std::move(why);
    const auto next = next_after(whose, event);
    return save({std::move(question), 0, true, next});
  }

  [[nodiscard]] std::optional<EventQuestion> next_after(size_t whose, const Event& event) const {
    if (whose + 1 >= lines_.size()) return std::nullopt;
    return question_for(whose + 1, event.id);
  }

  Result<void> tell_uncertain(Watch& watch) {
    const std::vector<int64_t> lost = std::exchange(uncertain_at_first_, {});
    if (lost.empty()) return {};
    watch.warn(fmt::format("{} being asked when the program ended: paid for perhaps, and not asked again",
                           plural(std::ssize(lost), "question was", "questions were")));
    if (!settings_.told) return {};
    DEW_TRY(const auto uncertain, log_.questions_in("uncertain"));
    for (const EventQuestion& one : uncertain) {
      if (std::find(lost.begin(), lost.end(), one.id) == lost.end()) continue;
      DEW_TRY(const Event event, log_.event(one.event));
      settings_.told(event, one);
    }
    return {};
  }

  /// What cannot be written now is written before anything else is asked.
  Result<void> save(const Outcome& outcome) {
    auto kept = calls_.finish(outcome.question, outcome.usd, outcome.made, outcome.next);
    if (!kept) {
      unsaved_ = outcome;
      return kept;
    }
    if (outcome.question.state == "waiting" || !settings_.told) return {};
    DEW_TRY(const Event event, log_.event(outcome.question.event));
    settings_.told(event, outcome.question);
    return {};
  }

  EventLog log_;
  EventCalls calls_;
  mutable std::mutex mutex_;  ///< of the next three: submit() and figures() come from other threads
  EventLog inbox_;
  EventCalls counts_;
  std::string why_;
  std::atomic<int64_t> submitted_ = 0;

  AskSettings settings_;
  Clock& clock_;
  std::vector<AskLine> lines_;
  Turn turn_;
  AskLine* line_ = nullptr;  ///< whose turn it is
  std::optional<Outcome> unsaved_;
  int store_failures_ = 0;
  std::vector<int64_t> uncertain_at_first_;  ///< questions of an earlier program, until they are told
  std::set<std::string> told_;
  Clock::time_point steady_;
  int64_t utc_ = 0;
};

Asker::Asker(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Asker::Asker(Asker&&) noexcept = default;
Asker& Asker::operator=(Asker&&) noexcept = default;
Asker::~Asker() = default;

Result<Asker> Asker::open(const Project& project, AskSettings settings) {
  DEW_TRY(EventLog log, EventLog::open(project));
  DEW_TRY(EventCalls calls, EventCalls::open(project));
  DEW_TRY(EventLog inbox, EventLog::open(project));
  DEW_TRY(EventCalls counts, EventCalls::open(project));
  auto inside = std::make_unique<Inside>(std::move(log), std::move(calls), std::move(inbox),
                                         std::move(counts), std::move(settings));
  DEW_CHECK(inside->begin());
  return Asker(std::move(inside));
}

Result<void> Asker::submit(int64_t event) {
  return inside_->submit(event);
}

Result<int64_t> Asker::submit_missed(std::optional<int64_t> after) {
  return inside_->submit_missed(after);
}

Result<void> Asker::work(Clock::time_point until, Watch& watch) {
  return inside_->work(until, watch);
}

Result<int64_t> Asker::ask_again(bool uncertain_too) {
  return inside_->ask_again(uncertain_too);
}

Result<AskFigures> Asker::figures() const {
  return inside_->figures();
}

}  // namespace dew::cascade
