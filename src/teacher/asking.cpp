// The asking loop. At most `concurrency` questions are in flight, each until it has an answer or has used up
// its tries; as many more are ready to follow. One thread; it checks the watch at least every 50 ms.
//
// Who decides what: Pacer how many are in flight and when the next starts, ReplyTimeout how long one may
// take, SlowDown what a refusal for the rate means, Breaker and Usefulness when the run is hopeless, Spending
// what it costs, QuestionQueue what comes next.
#include "teacher/asking.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/backoff.h"
#include "teacher/breaker.h"
#include "teacher/openai_reply.h"
#include "teacher/pacer.h"
#include "teacher/question_queue.h"
#include "teacher/quota.h"
#include "teacher/reply_timeout.h"
#include "teacher/slow_down.h"
#include "teacher/spending.h"
#include "teacher/trouble.h"
#include "teacher/usefulness.h"

namespace dew::teacher {
namespace {

constexpr Milliseconds kLook{50};    ///< between two looks at the watch
constexpr Milliseconds kTaking{20};  ///< for preparing pictures, before what is in flight is looked at
constexpr int kMostDescents = 2;
constexpr int kMostUseless = 2;  ///< tries after the first useless one: each is paid for
constexpr int kMostRefusedAlone = 4;
constexpr const char* kOnlyMissing = "run the same command again: only what is missing is asked";

/// The server or the connection failed, not the answer.
bool server_failed(const HttpReply& reply) {
  switch (reply.delivery) {
    case Delivery::kUnreachable:
    case Delivery::kBroken:
      return true;
    case Delivery::kReply:
      return reply.status >= 500 || reply.status == 408;
    default:
      return false;
  }
}

class Asking {
 public:
  Asking(ChatState& state, const Teacher::Next& next, const Teacher::Give& give, Watch& watch)
      : state_(state),
        give_(give),
        watch_(watch),
        queue_(state, next, static_cast<size_t>(state.options.concurrency)),
        spending_(state),
        pacer_(state.options.concurrency, state.options.timeout),
        timeout_(state.options.timeout),
        slow_down_(
            state.options.busy_limit,
            [this](int refusals, std::optional<Milliseconds> asked) { return pause(refusals, asked); }),
        breaker_(state.options.give_up, state.options.retries),
        usefulness_(state.options.concurrency),
        trouble_(state.transport->now()) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() { state_.transport->drop_all(); }

  Result<void> run() {
    auto ended = ask();
    if (!ended && keeps_) {
      const auto drained = drain();
      const auto billed = bill_unfinished();
      if (!drained) ended = drained;
      if (!billed) ended = billed;
    }
    if (const std::string why = spending_.estimates(); !why.empty()) watch_.warn(why);
    return ended;
  }

 private:
  using InFlight = std::map<uint64_t, Asked>;  ///< or pausing before their next try

  Result<void> ask() {
    while (true) {
      if (watch_.interrupted()) return interrupted_error();
      DEW_CHECK(send_due());
      DEW_CHECK(take());
      DEW_CHECK(give_all());
      if (asked_.empty() && !queue_.any()) return {};
      if (short_of_money_ && in_flight_ == 0) return spending_.budget_spent();
      tell_what_is_waited_for();
      const bool prepared = prepare_ahead();
      DEW_CHECK(collect(prepared ? now() : next_wake()));
    }
  }

  /// Settles all that arrives until then; the first of them that ends the run decides.
  Result<void> collect(Clock::time_point until) {
    DEW_TRY(auto replies, state_.transport->wait(until));
    Result<void> ended;
    for (HttpReply& reply : replies) {
      auto settled = settle(std::move(reply));
      if (settled || !ended) continue;
      ended = std::move(settled);
      ending_ = true;
    }
    DEW_CHECK(give_all());
    return ended;
  }

  // ---- the end

  /// What is in flight when the run ends is paid for: its answers are kept.
  Result<void> drain() {
    ending_ = true;
    const Clock::time_point deadline = now() + std::min(state_.options.drain, state_.options.timeout);
    while (in_flight_ > 0 && now() < deadline) {
      watch_.advance(given_, fmt::format("stopping: {}, waiting {} s",
                                         plural(static_cast<int64_t>(in_flight_), "answer is on its way",
                                                "answers are on their way"),
                                         whole_seconds(deadline - now())));
      DEW_CHECK(collect(std::min(deadline, now() + kLook)));
    }
    return {};
  }

  /// Tells what was spent on requests that nothing came back for.
  Result<void> bill_unfinished() {
    for (auto& [ticket, one] : asked_) {
      if (!one.in_flight) continue;
      add(one, spending_.charge_unanswered(one.expected));
      tell_spent(one);
    }
    return give_all();
  }

  static void add(Cost& sum, const Cost& cost) {
    add_tokens(sum.tokens_in, cost.tokens_in);
    add_tokens(sum.tokens_out, cost.tokens_out);
    *sum.usd += *cost.usd;
  }
  static void add(Asked& one, const Charge& charge) {
    add(one.spent, charge.cost);
    add(one.untold.cost, charge.cost);
    add(one.untold.estimated, charge.estimated);
  }

  /// A try without an answer is in the bill before the next one: a kill in between would lose it.
  void tell_spent(Asked& one) {
    if (one.untold.cost.tokens_in == 0 && one.untold.cost.tokens_out == 0) return;
    replies_.push_back(reply_about(one, work_error("no answer yet")));
    replies_.back().unfinished = true;
  }

  [[nodiscard]] Reply reply_about(Asked& one, Result<Answer> answer) const {
    const Charge told = std::exchange(one.untold, {});
    Reply reply{one.sample, one.name, std::move(answer), told.cost, told.estimated};
    if (!state_.price) reply.spent.usd = reply.estimated.usd = std::nullopt;
    return reply;
  }

  // ---- sending

  [[nodiscard]] Clock::time_point now() const { return state_.transport->now(); }
  [[nodiscard]] Clock::time_point ready(Clock::time_point at) const {
    return pacer_.ready(state_.tokens_a_request, at);
  }
  [[nodiscard]] size_t window() const {
    constexpr size_t kExploring = 2;  // what the server refuses, before anything was answered
    if (breaker_.open() || (growing_ && !state_.proven)) return 1;
    return exploring_ && !state_.proven ? std::min(kExploring, pacer_.window()) : pacer_.window();
  }
  [[nodiscard]] bool may_send() const {
    const Clock::time_point at = now();
    return in_flight_ < window() && ready(at) <= at;
  }
  [[nodiscard]] bool room() const {
    return queue_.any() && asked_.size() < static_cast<size_t>(state_.options.concurrency);
  }

  Clock::time_point next_wake() const {
    const Clock::time_point at = now();
    if (in_flight_ >= window()) return at + kLook;
    if (short_of_money_) return at + kLook;
    Clock::time_point wake = room() ? ready(at) : at + kLook;
    for (const auto& [ticket, one] : asked_)
      if (!one.in_flight) wake = std::min(wake, std::max(one.due, ready(at)));
    return std::min(at + kLook, wake);
  }

  bool afford(const Asked& one) {
    short_of_money_ = !spending_.covers(one.expected);
    return !short_of_money_;
  }

  Result<void> send_due() {
    for (auto& [ticket, one] : asked_) {
      if (!may_send()) return {};
      if (one.in_flight || one.due > now()) continue;
      if (!afford(one)) return {};
      DEW_CHECK(send(ticket, one));
    }
    return {};
  }

  Result<void> send(uint64_t ticket, Asked& one) {
    if (state_.options.permit) DEW_CHECK(state_.options.permit(spending_.most_of(one.expected)));
    one.sent = one.trial ? common(*one.trial, state_.dialect) : state_.dialect;
    one.probe = breaker_.open();
    one.ahead = in_flight_;
    if (!one.answers_before) {
      one.answers_before = answers_;
      one.begun = now();
    }
    HttpRequest request;
    request.url = state_.server.url;
    request.headers = headers_of(state_.server);
    request.body = chat_body(state_.question, one.sent, one.pictures, one.vote);
    request.timeout = timeout_.allowed();
    request.direct = state_.server.direct;
    one.reserved = spending_.reserve(one.expected);
    one.paced = pacer_.sent(state_.tokens_a_request, now());
    one.in_flight = true;
    ++in_flight_;
    return state_.transport->start(ticket, std::move(request));
  }

  /// Starts more questions while there is room and some are left. Decoding pictures takes a while, so replies
  /// are collected in between.
  Result<void> take() {
    const Clock::time_point until = now() + kTaking;
    while (room() && may_send() && now() <= until) {
      if (queue_.front() == nullptr) queue_.prepare(replies_);
      if (queue_.front() == nullptr) continue;
      if (!afford(*queue_.front())) return {};
      Asked& one = asked_[++tickets_] = queue_.pop();
      one.due = now();
      DEW_CHECK(send(tickets_, one));
    }
    return {};
  }

  /// While the limit of questions in flight is reached: prepares one more picture, so that it is sent the
  /// moment an answer comes. True if one was prepared.
  bool prepare_ahead() {
    if (!queue_.wants_more() || in_flight_ < window()) return false;
    queue_.prepare(replies_);
    return true;
  }

  // ---- replies

  Result<void> give_all() {
    if (replies_.empty()) return {};
    std::vector<Reply> replies;
    replies.swap(replies_);
    given_ += std::count_if(replies.begin(), replies.end(), [](const Reply& one) { return !one.unfinished; });
    auto given = give_(std::move(replies));
    keeps_ = given.has_value();
    return given;
  }

  Result<void> settle(HttpReply reply) {
    const auto at = asked_.find(reply.ticket);
    if (at == asked_.end()) return work_error("a reply arrived for an unknown request", state_.server.url);
    Asked& one = at->second;
    one.in_flight = false;
    --in_flight_;
    spending_.release(one.reserved);
    add(one, spending_.charge(reply, one.expected));
    if (reply.delivery != Delivery::kUnreachable) reached_ = now();
    pacer_.learn(reply.rate, one.paced, now());
    hide_key(reply.body);
    hide_key(reply.location);
    ReplyOutcome outcome = judge(reply, state_.question.form(), one.sent, state_.server);
    hide_key(outcome.error.what);
    if (!server_failed(reply) && reply.delivery != Delivery::kTimeout) breaker_.alive();
    if (outcome.kind == ReplyKind::kAnswer)
      return answered(at, std::move(outcome.answer), std::move(reply.body));
    tell_spent(one);
    if (ending_) return {};
    return unanswered(at, reply, std::move(outcome));
  }

  Result<void> answered(InFlight::iterator at, ChatAnswer said, std::string raw) {
    Asked& one = at->second;
    ++answers_;
    const auto took = std::chrono::duration_cast<Milliseconds>(now() - one.paced.at);
    pacer_.went_well(took);
    timeout_.answered(took);
    slow_down_.answered();
    usefulness_.good();
    trouble_.answered(one.paced.at, now());
    if (one.trial) adapt(one.sent);
    state_.proven = true;
    if (said.tokens_in > 0)
      state_.tokens_a_request += (static_cast<double>(said.tokens_in) + static_cast<double>(said.tokens_out) -
                                  state_.tokens_a_request) /
                                 8;
    hide_key(said.reason);
    return finish(at, answer_of(state_, one.sample, one.vote, std::move(said), std::move(raw), one.spent));
  }

  Result<void> finish(InFlight::iterator at, Result<Answer> answer) {
    replies_.push_back(reply_about(at->second, std::move(answer)));
    asked_.erase(at);
    return {};
  }

  /// Whoever asks repeats it.
  Result<void> leave(InFlight::iterator at, const HttpReply& reply, ReplyOutcome outcome) {
    Error& error = outcome.error;
    if (error.next.empty()) error.next = hint_for(reply, {});
    error.where = state_.server.url;
    Reply left = reply_about(at->second, tl::unexpected(std::move(error)));
    left.again = true;
    left.useless = outcome.spoken;
    left.reached = reply.delivery != Delivery::kUnreachable;
    left.wait = asked_pause(reply);
    replies_.push_back(std::move(left));
    asked_.erase(at);
    return {};
  }

  /// The sample has used up its `tries`.
  Result<void> give_up(InFlight::iterator at, Error error, int tries) {
    if (tries > 1) error.what += fmt::format(" (after {} tries)", tries);
    error.where = at->second.name;
    if (error.next.empty()) error.next = kOnlyMissing;
    return finish(at, tl::unexpected(std::move(error)));
  }

  void put_last(InFlight::iterator at) {
    queue_.put_last(std::move(at->second));
    asked_.erase(at);
  }

  Result<void> unanswered(InFlight::iterator at, const HttpReply& reply, ReplyOutcome outcome) {
    if (state_.options.once && (outcome.kind == ReplyKind::kAgain || outcome.kind == ReplyKind::kBusy))
      return leave(at, reply, std::move(outcome));
    if (reply.delivery == Delivery::kTimeout) return timed_out(at, outcome.error);
    switch (outcome.kind) {
      case ReplyKind::kFailed:
        return refused(at, reply, std::move(outcome));
      case ReplyKind::kStop:
        return tl::unexpected(std::move(outcome.error));
      case ReplyKind::kAdapt:
        adapt(outcome.dialect);
        at->second.due = now();
        return {};
      case ReplyKind::kBusy:
        return busy(at, reply, std::move(outcome.error));
      default:
        return server_failed(reply) ? failed(at, reply, std::move(outcome.error))
                                    : useless(at, reply, outcome);
    }
  }

  /// A refusal may be about an option without naming it: until the first answer comes, the same picture is
  /// asked about with fewer and fewer options.
  Result<void> refused(InFlight::iterator at, const HttpReply& reply, ReplyOutcome outcome) {
    Asked& one = at->second;
    if (one.refusal.empty()) one.refusal = outcome.error.what;
    if (outcome.unexplained && !state_.proven && descents_ < kMostDescents) {
      one.trial = plainer(one.sent);
      one.due = now();
      exploring_ = true;
      if (one.trial) return {};
      ++descents_;
    }
    outcome.error.what = one.refusal;
    usefulness_.useless(reply, outcome);
    outcome.error.where = one.name;
    DEW_CHECK(finish(at, tl::unexpected(std::move(outcome.error))));
    return stop_if_useless();
  }

  /// The reply was delivered and holds no answer. A model that does not draw would repeat it.
  Result<void> useless(InFlight::iterator at, const HttpReply& reply, const ReplyOutcome& outcome) {
    Asked& one = at->second;
    const bool repeats = succeeded(reply) && state_.options.temperature <= 0 && one.sent.temperature;
    const int again = std::min(state_.options.retries, repeats ? 1 : kMostUseless);
    usefulness_.useless(reply, outcome);
    if (++one.useless <= again)
      one.due = now() + pause(one.useless, asked_pause(reply));
    else
      DEW_CHECK(give_up(at, outcome.error, one.useless));
    return stop_if_useless();
  }

  [[nodiscard]] Result<void> stop_if_useless() const {
    if (usefulness_.hopeless()) return tl::unexpected(usefulness_.error(state_.server.url));
    return {};
  }

  // ---- waiting

  /// The server wants fewer requests: everything waits as long as it says, and that costs no try. The picture
  /// goes behind all others: it may be the only one that is refused.
  Result<void> busy(InFlight::iterator at, const HttpReply& reply, Error error) {
    Asked& one = at->second;
    if (too_large_for_limit(reply.body)) {
      if (++one.useless > std::min(1, state_.options.retries))
        return give_up(at, std::move(error), one.useless);
      put_last(at);
      return {};
    }
    // The others were answered, and this one is refused without any of them.
    const bool alone = one.ahead == 0 && in_flight_ == 0 && answers_ > one.answers_before.value_or(answers_);
    if (alone && ++one.refused_alone > kMostRefusedAlone)
      return give_up(at, std::move(error), one.refused_alone);
    DEW_TRY(Milliseconds wait,
            slow_down_.asked(error, asked_pause(reply), one.paced, now(), state_.server.url));
    // 1, 4, 16, 64 s: longer than the minute that most limits are for.
    if (alone) wait = std::max(wait, Milliseconds(1000 << (2 * (one.refused_alone - 1))));
    pacer_.slow_down(one.paced, wait, now());
    trouble_.begins(error.what, now());
    put_last(at);
    return {};
  }

  /// No reply within the time: the sign of a queue at the server, which a smaller window shortens. That is
  /// not the picture's fault unless those that were sent before it and after it were answered.
  Result<void> timed_out(InFlight::iterator at, const Error& error) {
    Asked& one = at->second;
    const int64_t answered = answers_ - one.answers_before.value_or(answers_);
    if (answered > static_cast<int64_t>(one.ahead)) {
      if (++one.hung > std::min(kMostUseless, state_.options.retries)) return give_up(at, error, one.hung);
      put_last(at);
      return {};
    }
    const bool was_alone = pacer_.window() == 1;
    const Milliseconds had = timeout_.allowed();
    const bool first = pacer_.slow_down(one.paced, Milliseconds(0), now());
    const bool longest = first && !timeout_.lengthen();
    if (longest && was_alone)
      return work_error(
          fmt::format("no answer within {} s, for one picture alone", whole_seconds(had)), state_.server.url,
          "what was answered is kept; give a longer --timeout or a smaller --jpeg-size, or look "
          "whether the server hangs, then run the same command again");
    trouble_.begins(fmt::format("no answer within {} s: asking fewer at once, waiting up to {} s",
                                whole_seconds(had), whole_seconds(timeout_.allowed())),
                    now());
    put_last(at);
    return {};
  }

  /// Pauses before the next try, or gives up on the sample or the server.
  Result<void> failed(InFlight::iterator at, const HttpReply& reply, Error error) {
    Asked& one = at->second;
    const bool was_open = breaker_.open();
    breaker_.failed(one.probe);
    if (breaker_.open()) return probe(one, reply, error, was_open);
    if (++one.failed <= state_.options.retries) {
      one.due = now() + pause(one.failed, asked_pause(reply));
      return {};
    }
    if (reply.delivery == Delivery::kUnreachable && reached_ <= one.begun) return nobody_there(error);
    return give_up(at, std::move(error), one.failed);
  }

  /// The server fails on every request. That is not the samples' fault: none is given up for it.
  Result<void> probe(Asked& one, const HttpReply& reply, const Error& error, bool was_open) {
    if (breaker_.hopeless()) {
      if (reached_ == Clock::time_point::min()) return nobody_there(error);
      const std::string hint = hint_for(reply, {});
      return work_error(
          fmt::format("the server is down: {} failures in a row, the last: {}", breaker_.row(), error.what),
          state_.server.url,
          fmt::format("{}{}what was answered is kept; run the same command again when the server is back: it "
                      "continues where it stopped",
                      hint, hint.empty() ? "" : "; "));
    }
    if (!was_open)
      watch_.warn(
          fmt::format("{} failures in a row ({}): sending one request at a time until the server is back",
                      breaker_.row(), error.what));
    one.due = now();
    trouble_.begins(error.what, now());
    pacer_.hold_until(now() + pause(breaker_.failed_probes() + 1, asked_pause(reply)));
    return {};
  }

  [[nodiscard]] std::optional<Milliseconds> asked_pause(const HttpReply& reply) const {
    return pause_asked_for(reply, state_.options.clock->utc());
  }

  Milliseconds pause(int failed, std::optional<Milliseconds> server_asks) {
    return pause_after(Backoff{state_.options.first_pause}, failed, state_.options.chance(), server_asks);
  }

  /// What the server said, and until when everything waits, once that takes long.
  void tell_what_is_waited_for() {
    if (const auto note = trouble_.note(now(), ready(now()) - now())) watch_.advance(given_, *note);
  }

  /// All tries of one sample failed to reach the server, and nobody else's succeeded meanwhile: the next ones
  /// would fail too.
  [[nodiscard]] Result<void> nobody_there(const Error& error) const {
    return work_error(error.what, state_.server.url,
                      "check the URL and that the server is running, then run the same command again: it "
                      "continues where it stopped");
  }

  void adapt(const Dialect& dialect) {
    const Dialect poorer = common(state_.dialect, dialect);
    const bool has_format = !state_.question.free() || state_.question.schema;
    if (state_.dialect.format != poorer.format && has_format)
      watch_.warn(
          fmt::format("{}, and checking every answer against the {}",
                      poorer.format == Format::kJsonObject
                          ? "the server does not accept response_format json_schema: asking for a JSON object"
                          : "the server accepts no response_format, neither json_schema nor json_object: "
                            "asking for JSON in the prompt",
                      state_.question.free() ? "schema" : "classes"));
    if (poorer.room > state_.dialect.room) {
      growing_ = true;
      watch_.inform(
          fmt::format("the model reasons before it answers: a reply may have {} tokens from now on "
                      "(--max-tokens, --reasoning)",
                      with_commas(longest_reply_tokens(poorer))));
    }
    state_.dialect = poorer;
  }

  void hide_key(std::string& text) const { hide_secrets(state_.server, text); }

  ChatState& state_;
  const Teacher::Give& give_;
  Watch& watch_;
  QuestionQueue queue_;
  Spending spending_;
  Pacer pacer_;
  ReplyTimeout timeout_;
  SlowDown slow_down_;
  Breaker breaker_;
  Usefulness usefulness_;
  InFlight asked_;
  std::vector<Reply> replies_;  ///< not yet given
  uint64_t tickets_ = 0;
  size_t in_flight_ = 0;
  int64_t answers_ = 0;
  int64_t given_ = 0;
  int descents_ = 0;  ///< samples that were refused in every dialect, down to the plainest
  bool exploring_ = false;
  bool growing_ = false;  ///< the room for a reply: each costs more than the last, and may be as useless
  bool short_of_money_ = false;
  bool ending_ = false;                                   ///< answers are still taken, nothing is sent
  bool keeps_ = true;                                     ///< the caller can store what it is given
  Clock::time_point reached_ = Clock::time_point::min();  ///< the last sign of a server
  Trouble trouble_;
};

}  // namespace

Result<void> ask_all(ChatState& state, const Teacher::Next& next, const Teacher::Give& give, Watch& watch) {
  return Asking(state, next, give, watch).run();
}

}  // namespace dew::teacher
