// The asking loop. At most `concurrency` questions are in flight, each until it has an answer or has used up
// its tries; as many more are ready to follow. One thread; it checks the watch at least every 50 ms.
#include "teacher/asking.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include "base/backoff.h"
#include "teacher/breaker.h"
#include "teacher/lifetime.h"
#include "teacher/openai_reply.h"
#include "teacher/pacer.h"

namespace dew::teacher {
namespace {

constexpr Milliseconds kLook{50};    ///< between two looks at the watch
constexpr Milliseconds kTaking{20};  ///< for preparing pictures, before what is in flight is looked at
constexpr int kMostDescents = 3;

/// A sample that is being asked about. Its JPEGs are kept for the next try.
struct Slot {
  int64_t sample = 0;
  int vote = 1;
  std::string name;
  ChatPictures pictures;
  Cost expected;                 ///< of one try
  double reserved = 0;           ///< of the budget, by the try in flight
  Cost spent{0, 0, 0.0};         ///< on the tries so far
  int failed = 0;                ///< tries
  Dialect sent;                  ///< of the try in flight
  std::optional<Dialect> trial;  ///< plainer than the current one: perhaps the server refuses less
  std::string refusal;           ///< what it said to the richest
  Pacer::Sent paced;
  bool probe = false;  ///< sent to see whether the server is back
  bool in_flight = false;
  Clock::time_point begun;  ///< the first try
  Clock::time_point due;    ///< of the next one
};

/// The server or the connection failed, not the answer.
bool server_failed(const HttpReply& reply) {
  switch (reply.delivery) {
    case Delivery::kUnreachable:
    case Delivery::kTimeout:
    case Delivery::kBroken:
      return true;
    case Delivery::kReply:
      return reply.status >= 500 || reply.status == 408;
    default:
      return false;
  }
}

/// From Azure's header in milliseconds, or the standard one in seconds.
std::optional<Milliseconds> pause_asked_for(const HttpReply& reply, Clock::utc_point now) {
  constexpr double kDay = 86'400'000;
  if (const auto at = reply.rate.find("retry-after-ms"); at != reply.rate.end())
    if (const auto milliseconds = parse_span(at->second))
      return Milliseconds(static_cast<int64_t>(std::min(*milliseconds, kDay)));
  return parse_retry_after(reply.retry_after, std::chrono::system_clock::to_time_t(now));
}

class Asking {
 public:
  Asking(ChatState& state, const Teacher::Next& next, const Teacher::Give& give, Watch& watch)
      : state_(state),
        next_(next),
        give_(give),
        watch_(watch),
        pacer_(state.options.concurrency),
        breaker_(state.options.give_up, state.options.retries) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() { state_.transport->drop_all(); }

  Result<void> run() {
    while (true) {
      if (watch_.interrupted()) return interrupted_error();
      DEW_CHECK(send_due());
      DEW_CHECK(take());
      DEW_CHECK(give_all());
      if (slots_.empty() && held_.empty() && !more_) return {};
      if (short_of_money_ && in_flight_ == 0) return budget_spent();
      DEW_TRY(const bool prepared, prepare_ahead());
      DEW_TRY(const auto replies, state_.transport->wait(prepared ? now() : next_wake()));
      for (const HttpReply& reply : replies)
        if (const auto settled = settle(reply); !settled) {
          DEW_CHECK(give_all());
          return settled;
        }
      DEW_CHECK(give_all());
    }
  }

 private:
  using Slots = std::map<uint64_t, Slot>;

  [[nodiscard]] Clock::time_point now() const { return state_.transport->now(); }
  [[nodiscard]] Clock::time_point ready(Clock::time_point at) const {
    return pacer_.ready(state_.tokens_a_request, at);
  }
  [[nodiscard]] size_t window() const { return breaker_.open() ? 1 : pacer_.window(); }
  [[nodiscard]] bool may_send() const {
    const Clock::time_point at = now();
    return in_flight_ < window() && ready(at) <= at;
  }
  [[nodiscard]] bool room() const {
    return (more_ || !held_.empty()) && slots_.size() < static_cast<size_t>(state_.options.concurrency);
  }

  Clock::time_point next_wake() const {
    const Clock::time_point at = now();
    if (in_flight_ >= window()) return at + kLook;
    if (short_of_money_) return at + kLook;
    Clock::time_point wake = room() ? ready(at) : at + kLook;
    for (const auto& [ticket, slot] : slots_)
      if (!slot.in_flight) wake = std::min(wake, std::max(slot.due, ready(at)));
    return std::min(at + kLook, wake);
  }

  Result<void> send_due() {
    for (auto& [ticket, slot] : slots_) {
      if (!may_send()) return {};
      if (slot.in_flight || slot.due > now()) continue;
      if (!afford(slot)) return {};
      DEW_CHECK(send(ticket, slot));
    }
    return {};
  }

  Result<void> send(uint64_t ticket, Slot& slot) {
    slot.sent = slot.trial ? common(*slot.trial, state_.dialect) : state_.dialect;
    slot.probe = breaker_.open();
    HttpRequest request;
    request.url = state_.server.url;
    request.headers = headers_of(state_.server);
    request.body = chat_body(state_.question, slot.sent, slot.pictures, slot.vote);
    request.timeout = state_.options.timeout;
    request.direct = state_.server.direct;
    slot.reserved = most_it_costs(slot);
    reserved_ += slot.reserved;
    slot.paced = pacer_.sent(state_.tokens_a_request, now());
    slot.in_flight = true;
    ++in_flight_;
    return state_.transport->start(ticket, std::move(request));
  }

  /// Starts more questions while there is room and some are left. Decoding pictures takes a while, so replies
  /// are collected in between.
  Result<void> take() {
    const Clock::time_point until = now() + kTaking;
    while (room() && may_send() && now() <= until) {
      if (held_.empty()) DEW_CHECK(prepare());
      if (held_.empty()) continue;
      if (!afford(held_.front())) return {};
      Slot& slot = slots_[++tickets_] = std::move(held_.front());
      held_.pop_front();
      slot.begun = slot.due = now();
      DEW_CHECK(send(tickets_, slot));
    }
    return {};
  }

  /// While the limit of questions in flight is reached: prepares one more picture, so that it is sent the
  /// moment an answer comes. At most as many are held as may be in flight. True if one was prepared.
  Result<bool> prepare_ahead() {
    const bool full = held_.size() >= static_cast<size_t>(state_.options.concurrency);
    if (!more_ || full || in_flight_ < window()) return false;
    DEW_CHECK(prepare());
    return true;
  }

  /// The next question with its pictures, into held_. A picture that cannot be read is a reply.
  Result<void> prepare() {
    auto question = next_();
    if (!question) {
      more_ = false;
      return {};
    }
    auto pictures = pictures_of(*question, state_.question);
    if (!pictures) {
      replies_.push_back(
          {question->sample, std::move(question->name), tl::unexpected(std::move(pictures).error())});
      return {};
    }
    Slot slot;
    slot.sample = question->sample;
    slot.vote = question->vote;
    slot.name = std::move(question->name);
    slot.pictures = *std::move(pictures);
    slot.expected = expected_cost(state_, slot.pictures);
    held_.push_back(std::move(slot));
    return {};
  }

  // ---- money

  /// An upper bound: the prompt at the worst ratio to its forecast seen so far, and the longest reply.
  [[nodiscard]] double most_it_costs(const Slot& slot) const {
    if (!state_.price) return 0;
    const auto in = static_cast<double>(slot.expected.tokens_in) * longer_than_expected_;
    return state_.price->of(static_cast<int64_t>(in) + 1, longest_reply_tokens(state_.dialect));
  }

  /// Whether the budget covers one more try if everything in flight costs the most it can.
  bool afford(const Slot& slot) {
    const auto& budget = state_.options.budget_usd;
    short_of_money_ = budget && spent_ + reserved_ + most_it_costs(slot) > *budget;
    return !short_of_money_;
  }

  [[nodiscard]] Result<void> budget_spent() const {
    return work_error(fmt::format("${:.4f} of the budget of ${:.2f} are left, and one more question could "
                                  "cost more than that",
                                  *state_.options.budget_usd - spent_, *state_.options.budget_usd),
                      {}, "the answers so far are kept; run the same command again with a new --budget");
  }

  /// What a reply cost by the server's count; by our own where the server gives none or no reply came.
  void pay(Slot& slot, const HttpReply& reply) {
    reserved_ -= slot.reserved;
    if (reply.delivery == Delivery::kUnreachable || reply.delivery == Delivery::kUntrusted) return;
    if (reply.delivery == Delivery::kReply && reply.status != 200) return;
    Cost cost = reply.delivery == Delivery::kReply ? read_usage(reply.body) : Cost{};
    if (cost.tokens_in > 0 && slot.expected.tokens_in > 0)
      longer_than_expected_ =
          std::max(longer_than_expected_,
                   static_cast<double>(cost.tokens_in) / static_cast<double>(slot.expected.tokens_in));
    if (cost.tokens_in == 0 && state_.price) cost = slot.expected;
    slot.spent.tokens_in += cost.tokens_in;
    slot.spent.tokens_out += cost.tokens_out;
    if (!state_.price) return;
    const double usd = state_.price->of(cost.tokens_in, cost.tokens_out);
    *slot.spent.usd += usd;
    spent_ += usd;
  }

  Result<void> give_all() {
    if (replies_.empty()) return {};
    std::vector<Reply> replies;
    replies.swap(replies_);
    return give_(std::move(replies));
  }

  Result<void> settle(HttpReply reply) {
    const auto at = slots_.find(reply.ticket);
    if (at == slots_.end()) return work_error("a reply arrived for an unknown request", state_.server.url);
    Slot& slot = at->second;
    slot.in_flight = false;
    --in_flight_;
    pay(slot, reply);
    if (reply.delivery != Delivery::kUnreachable) heard_ = now();
    pacer_.learn(reply.rate, slot.paced, now());
    hide_key(reply.body);
    hide_key(reply.location);
    ReplyOutcome outcome = judge(reply, state_.question.choices, slot.sent, state_.server);
    hide_key(outcome.error.what);
    if (!server_failed(reply)) breaker_.alive();
    switch (outcome.kind) {
      case ReplyKind::kAnswer:
        return answered(at, std::move(outcome.answer), std::move(reply.body));
      case ReplyKind::kFailed:
        return refused(at, std::move(outcome));
      case ReplyKind::kStop:
        return tl::unexpected(std::move(outcome.error));
      case ReplyKind::kAdapt:
        adapt(outcome.dialect);
        slot.due = now();
        return {};
      case ReplyKind::kBusy:
        return busy(slot, reply, outcome.error);
      case ReplyKind::kAgain:
        return again(at, reply, std::move(outcome.error));
    }
    return {};
  }

  Result<void> answered(Slots::iterator at, ChatAnswer said, std::string raw) {
    pacer_.went_well();
    busy_rounds_ = 0;
    busy_since_.reset();
    if (at->second.trial) adapt(at->second.sent);
    state_.proven = true;
    if (said.tokens_in > 0)
      state_.tokens_a_request +=
          (static_cast<double>(said.tokens_in + said.tokens_out) - state_.tokens_a_request) / 8;
    hide_key(said.reason);
    const Slot& slot = at->second;
    return finish(at, answer_of(state_, slot.sample, slot.vote, std::move(said), std::move(raw), slot.spent));
  }

  Result<void> finish(Slots::iterator at, Result<Answer> answer) {
    Slot& slot = at->second;
    if (!state_.price) slot.spent.usd.reset();
    replies_.push_back({slot.sample, std::move(slot.name), std::move(answer), slot.spent});
    slots_.erase(at);
    return {};
  }

  /// A refusal may be about an option without naming it: until the first answer comes, the same picture is
  /// asked about with fewer and fewer options.
  Result<void> refused(Slots::iterator at, ReplyOutcome outcome) {
    Slot& slot = at->second;
    if (slot.refusal.empty()) slot.refusal = outcome.error.what;
    if (outcome.unexplained && !state_.proven && state_.descents < kMostDescents) {
      slot.trial = plainer(slot.sent);
      slot.due = now();
      if (slot.trial) return {};
      ++state_.descents;
    }
    outcome.error.what = slot.refusal;
    outcome.error.where = slot.name;
    return finish(at, tl::unexpected(std::move(outcome.error)));
  }

  /// The server wants fewer requests: everything waits as long as it says, and that costs no try.
  Result<void> busy(Slot& slot, const HttpReply& reply, const Error& error) {
    const auto asked = asked_pause(reply);
    const Milliseconds limit = state_.options.busy_limit;
    if (!busy_since_) busy_since_ = now();
    if (asked.value_or(Milliseconds(0)) > limit || now() - *busy_since_ > limit)
      return work_error(
          fmt::format("{}, for longer than {} min", error.what, state_.options.busy_limit.count()),
          state_.server.url,
          asked > limit
              ? fmt::format("it accepts no requests for {} min: run the same command again then; it "
                            "continues where it stopped",
                            asked->count() / 60'000 + 1)
              : "run the same command again later: it continues where it stopped");
    if (slot.paced.at > busy_round_) {
      ++busy_rounds_;
      busy_round_ = now();
    }
    // The server's own delay is honoured in full; pauses of ours are at most a minute.
    const Milliseconds wait =
        std::max(pause(std::max(1, busy_rounds_), asked), asked.value_or(Milliseconds(0)));
    pacer_.slow_down(slot.paced, wait, now());
    slot.due = now();
    return {};
  }

  /// Pauses before the next try, or gives up on the sample or the server.
  Result<void> again(Slots::iterator at, const HttpReply& reply, Error error) {
    Slot& slot = at->second;
    if (server_failed(reply)) {
      const bool was_open = breaker_.open();
      breaker_.failed(slot.probe);
      if (breaker_.open()) return probe(slot, reply, error, was_open);
    }
    if (++slot.failed <= state_.options.retries) {
      slot.due = now() + pause(slot.failed, asked_pause(reply));
      return {};
    }
    if (reply.delivery == Delivery::kUnreachable && heard_ <= slot.begun) return nobody_there(error);
    if (slot.failed > 1) error.what += fmt::format(" (after {} tries)", slot.failed);
    error.where = slot.name;
    error.next = "run the same command again: only what is missing is asked";
    return finish(at, tl::unexpected(std::move(error)));
  }

  /// The server fails on every request. That is not the samples' fault: none is given up for it.
  Result<void> probe(Slot& slot, const HttpReply& reply, const Error& error, bool was_open) {
    if (breaker_.hopeless()) {
      if (heard_ == Clock::time_point::min()) return nobody_there(error);
      return work_error(
          fmt::format("the server is down: {} failures in a row, the last: {}", breaker_.row(), error.what),
          state_.server.url,
          "what was answered is kept; run the same command again when the server is back: it "
          "continues where it stopped");
    }
    if (!was_open)
      watch_.warn(
          fmt::format("{} failures in a row ({}): sending one request at a time until the server is back",
                      breaker_.row(), error.what));
    slot.due = now();
    pacer_.hold_until(now() + pause(breaker_.failed_probes() + 1, asked_pause(reply)));
    return {};
  }

  [[nodiscard]] std::optional<Milliseconds> asked_pause(const HttpReply& reply) const {
    return pause_asked_for(reply, state_.options.clock->utc());
  }

  Milliseconds pause(int failed, std::optional<Milliseconds> server_asks) {
    return pause_after(Backoff{state_.options.first_pause}, failed, state_.options.chance(), server_asks);
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
    if (state_.dialect.format != poorer.format)
      watch_.warn(
          poorer.format == Format::kJsonObject
              ? "the server does not accept response_format json_schema: asking for a JSON object, and "
                "checking every answer against the classes"
              : "the server accepts no response_format, neither json_schema nor json_object: asking "
                "for JSON in the prompt, and checking every answer against the classes");
    state_.dialect = poorer;
  }

  void hide_key(std::string& text) const { hide_secrets(state_.server, text); }

  ChatState& state_;
  const Teacher::Next& next_;
  const Teacher::Give& give_;
  Watch& watch_;
  Pacer pacer_;
  Breaker breaker_;
  Slots slots_;
  std::deque<Slot> held_;       ///< ready, not yet sent
  std::vector<Reply> replies_;  ///< not yet given
  double spent_ = 0;            ///< US dollars
  double reserved_ = 0;         ///< the most that those in flight will cost
  double longer_than_expected_ = 1.15;
  bool short_of_money_ = false;
  uint64_t tickets_ = 0;
  size_t in_flight_ = 0;
  bool more_ = true;
  int busy_rounds_ = 0;  ///< times in a row that the server asked to slow down
  Clock::time_point busy_round_ = Clock::time_point::min();
  std::optional<Clock::time_point> busy_since_;
  Clock::time_point heard_ = Clock::time_point::min();  ///< the last sign of a server
};

}  // namespace

Cost expected_cost(const ChatState& state, const ChatPictures& pictures) {
  const ImageRule rule = state.price ? state.price->image : ImageRule{};
  Cost cost{chat_tokens(state.question, rule, pictures), reply_tokens(state.question), std::nullopt};
  if (state.price) cost.usd = state.price->of(cost.tokens_in, cost.tokens_out);
  return cost;
}

Result<ChatPictures> pictures_of(const Question& question, const ChatQuestion& how) {
  ChatPictures pictures;
  DEW_TRY(const Image image, question.picture());
  DEW_TRY(pictures.picture, chat_picture(image, how));
  if (how.context == Context::kNone || !question.context) return pictures;
  DEW_TRY(const Image around, question.context());
  DEW_TRY(pictures.context, chat_picture(around, how));
  return pictures;
}

Answer answer_of(const ChatState& state, int64_t sample, int vote, ChatAnswer said, std::string raw,
                 const Cost& spent) {
  Answer answer;
  answer.sample = sample;
  answer.teacher = "openai";
  answer.model = state.question.model;
  answer.prompt_hash = vote_hash(state.prompt_hash, vote);
  answer.raw = std::move(raw);
  answer.answer_class = std::move(said.label);
  answer.confidence = said.confidence;
  answer.reason = std::move(said.reason);
  answer.tokens_in = spent.tokens_in;
  answer.tokens_out = spent.tokens_out;
  answer.cost_usd = state.price ? spent.usd.value_or(0) : 0;
  answer.at = utc_text(state.options.clock->utc());
  return answer;
}

Cost ChatTeacher::forecast(Size picture, Size context) const {
  const auto as_sent = [&](Size size) -> ChatPicture {
    const int64_t longest = std::max(size.width, size.height);
    const int64_t most = state_.question.jpeg_size;
    if (longest <= most) return {{}, size.width, size.height};
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(side * most / longest)); };
    return {{}, scaled(size.width), scaled(size.height)};
  };
  const bool shown = state_.question.context != Context::kNone && context.width > 0;
  return expected_cost(state_, {as_sent(picture), shown ? as_sent(context) : ChatPicture{}});
}

std::string ChatTeacher::prices_true_on() const {
  return state_.price ? state_.price->true_on : std::string();
}

std::string ChatTeacher::prompt_text() const {
  return system_text(state_.question) + "\n\n" + state_.question.question;
}

std::string ChatTeacher::ends_on(Watch& watch) {
  if (state_.server.azure) return {};  // retires models on days of its own, which its list does not tell
  const std::string day = ask_for_end(*state_.transport, state_.server, state_.question.model, watch);
  return day.empty() && state_.price ? state_.price->ends_on : day;
}

Result<void> ask_all(ChatState& state, const Teacher::Next& next, const Teacher::Give& give, Watch& watch) {
  return Asking(state, next, give, watch).run();
}

}  // namespace dew::teacher
