// The asking loop: at most `concurrency` pictures in hand, each tried until it has an answer or its tries
// are used up. One thread; it looks at the watch at least every 50 ms.
#include "teacher/openai.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <random>

#include "teacher/openai_reply.h"
#include "teacher/retry.h"

namespace dew::teacher {
namespace {

constexpr Milliseconds kLook{50};      ///< between two looks at the watch
constexpr size_t kKeyWorthHiding = 8;  ///< shorter ones ("none", "ollama") are placeholders, and words

/// A sample in hand. Its JPEG is kept for the next try.
struct Slot {
  int64_t sample = 0;
  std::string name;
  std::string jpeg;
  int failed = 0;  ///< tries
  Dialect sent;    ///< of the try in flight
  bool in_flight = false;
  Clock::time_point begun;  ///< the first try
  Clock::time_point due;    ///< of the next one
};

/// What a teacher keeps from one ask() to the next.
struct Standing {
  Server server;
  ChatQuestion question;
  TeacherOptions options;
  std::unique_ptr<Transport> transport;
  Dialect dialect;
  std::minstd_rand dice{std::random_device{}()};
};

/// One call of ask().
class Asking {
 public:
  Asking(Standing& standing, const std::string& prompt_hash,
         const std::function<std::optional<Question>()>& next, const std::function<Result<void>(Reply)>& give,
         Watch& watch)
      : standing_(standing), prompt_hash_(prompt_hash), next_(next), give_(give), watch_(watch) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() { standing_.transport->drop_all(); }

  Result<void> run() {
    while (true) {
      if (watch_.interrupted()) return interrupted_error();
      DEW_CHECK(send_due());
      // One picture a turn: decoding it may take a while, and the others go on meanwhile.
      DEW_TRY(const bool took, take_next());
      if (slots_.empty() && !more_) return {};
      DEW_TRY(const auto replies, standing_.transport->wait(took ? now() : next_wake()));
      for (const HttpReply& reply : replies) DEW_CHECK(settle(reply));
    }
  }

 private:
  [[nodiscard]] Clock::time_point now() const { return standing_.transport->now(); }

  Clock::time_point next_wake() const {
    Clock::time_point wake = now() + kLook;
    for (const auto& [ticket, slot] : slots_)
      if (!slot.in_flight) wake = std::min(wake, std::max(slot.due, gate_));
    return wake;
  }

  Result<void> send_due() {
    if (now() < gate_) return {};
    for (auto& [ticket, slot] : slots_)
      if (!slot.in_flight && slot.due <= now()) DEW_CHECK(send(ticket, slot));
    return {};
  }

  Result<void> send(uint64_t ticket, Slot& slot) {
    HttpRequest request;
    request.url = standing_.server.url;
    request.headers = {"Content-Type: application/json"};
    if (!standing_.server.key.empty())
      request.headers.push_back("Authorization: Bearer " + standing_.server.key);
    request.body = chat_body(standing_.question, standing_.dialect, slot.jpeg);
    request.timeout = standing_.options.timeout;
    request.direct = standing_.server.direct;
    slot.sent = standing_.dialect;
    slot.in_flight = true;
    return standing_.transport->start(ticket, std::move(request));
  }

  /// Takes one more question in hand, if there is room and one left. True if it did.
  Result<bool> take_next() {
    const bool room = slots_.size() < static_cast<size_t>(standing_.options.concurrency);
    if (!more_ || !room || now() < gate_) return false;
    auto question = next_();
    if (!question) {
      more_ = false;
      return false;
    }
    auto jpeg = question->picture().and_then(
        [&](const Image& image) { return chat_jpeg(image, standing_.options.jpeg_quality); });
    if (!jpeg) {
      DEW_CHECK(give_({question->sample, question->name, tl::unexpected(std::move(jpeg).error())}));
      return true;
    }
    Slot& slot = slots_[++tickets_];
    slot.sample = question->sample;
    slot.name = std::move(question->name);
    slot.jpeg = *std::move(jpeg);
    slot.begun = slot.due = now();
    DEW_CHECK(send(tickets_, slot));
    return true;
  }

  Result<void> settle(HttpReply reply) {
    const auto at = slots_.find(reply.ticket);
    if (at == slots_.end()) return work_error("a reply to no request", standing_.server.url);
    Slot& slot = at->second;
    slot.in_flight = false;
    if (reply.delivery != Delivery::kUnreachable) heard_ = now();
    hide_key(reply.body);
    hide_key(reply.location);
    Verdict verdict = judge(reply, standing_.question.choices, slot.sent, standing_.server);
    hide_key(verdict.error.what);
    switch (verdict.fate) {
      case Fate::kAnswer:
        return finish(at, to_answer(slot, std::move(verdict.answer), std::move(reply.body)));
      case Fate::kFailed:
        verdict.error.where = slot.name;
        return finish(at, tl::unexpected(std::move(verdict.error)));
      case Fate::kStop:
        return tl::unexpected(std::move(verdict.error));
      case Fate::kAdapt:
        adapt(verdict.dialect);
        slot.due = now();
        return {};
      case Fate::kAgain:
        return again(at, reply, std::move(verdict.error));
    }
    return {};
  }

  using Slots = std::map<uint64_t, Slot>;

  Result<void> finish(Slots::iterator at, Result<Answer> answer) {
    Reply reply{at->second.sample, std::move(at->second.name), std::move(answer)};
    slots_.erase(at);
    return give_(std::move(reply));
  }

  /// Pauses before the next try, or gives the sample up.
  Result<void> again(Slots::iterator at, const HttpReply& reply, Error error) {
    Slot& slot = at->second;
    if (++slot.failed <= standing_.options.retries) {
      const double chance = std::uniform_real_distribution<>(0, 1)(standing_.dice);
      slot.due = now() + pause_after(Backoff{standing_.options.first_pause}, slot.failed, chance,
                                     parse_retry_after(reply.retry_after, std::time(nullptr)));
      // Too many requests concern all of them: nobody goes on before this one may.
      if (reply.status == 429) gate_ = std::max(gate_, slot.due);
      return {};
    }
    if (reply.delivery == Delivery::kUnreachable && heard_ <= slot.begun) return nobody_there(error);
    if (slot.failed > 1) error.what += fmt::format(" (after {} tries)", slot.failed);
    error.where = slot.name;
    error.next = "run the same command again: only what is missing is asked";
    return finish(at, tl::unexpected(std::move(error)));
  }

  /// All tries of one sample found no server, and meanwhile nobody else's did: so would the next ones.
  [[nodiscard]] Result<void> nobody_there(const Error& error) const {
    return work_error(
        error.what, standing_.server.url,
        "check the URL and that the server is running, then run the same command again: it goes "
        "on where it was");
  }

  void adapt(const Dialect& dialect) {
    const Dialect poorer = common(standing_.dialect, dialect);
    if (standing_.dialect.schema && !poorer.schema)
      watch_.warn(
          "the server does not take response_format json_schema: asking for JSON in words, and "
          "checking every answer against the classes");
    standing_.dialect = poorer;
  }

  Answer to_answer(const Slot& slot, ChatAnswer said, std::string raw) {
    Answer answer;
    answer.sample = slot.sample;
    answer.teacher = "openai";
    answer.model = standing_.question.model;
    answer.prompt_hash = prompt_hash_;
    answer.raw = std::move(raw);
    answer.answer_class = std::move(said.label);
    answer.reason = std::move(said.reason);
    hide_key(answer.reason);
    answer.tokens_in = said.tokens_in;
    answer.tokens_out = said.tokens_out;
    answer.at = utc_now();
    return answer;
  }

  /// A server may repeat what it was sent. What it sent back is stored and shown; the key is not.
  void hide_key(std::string& text) const {
    const std::string& key = standing_.server.key;
    if (key.size() < kKeyWorthHiding) return;
    for (size_t at = text.find(key); at != std::string::npos; at = text.find(key, at))
      text.replace(at, key.size(), "[key]");
  }

  Standing& standing_;
  const std::string& prompt_hash_;
  const std::function<std::optional<Question>()>& next_;
  const std::function<Result<void>(Reply)>& give_;
  Watch& watch_;
  Slots slots_;
  uint64_t tickets_ = 0;
  bool more_ = true;
  Clock::time_point gate_ = Clock::time_point::min();   ///< no request starts before
  Clock::time_point heard_ = Clock::time_point::min();  ///< the last sign of a server
};

class OpenAiTeacher : public Teacher {
 public:
  explicit OpenAiTeacher(Standing standing)
      : standing_(std::move(standing)), prompt_hash_(chat_hash(standing_.question)) {}

  [[nodiscard]] std::string name() const override { return "openai"; }
  [[nodiscard]] std::string model() const override { return standing_.question.model; }
  [[nodiscard]] std::string prompt_hash() const override { return prompt_hash_; }

  Result<void> ask(const std::function<std::optional<Question>()>& next,
                   const std::function<Result<void>(Reply)>& give, Watch& watch) override {
    return Asking(standing_, prompt_hash_, next, give, watch).run();
  }

 private:
  Standing standing_;
  std::string prompt_hash_;
};

}  // namespace

std::unique_ptr<Teacher> make_openai_teacher(Server server, ChatQuestion question,
                                             const TeacherOptions& options,
                                             std::unique_ptr<Transport> transport) {
  Standing standing;
  standing.server = std::move(server);
  standing.question = std::move(question);
  standing.options = options;
  standing.transport = std::move(transport);
  return std::make_unique<OpenAiTeacher>(std::move(standing));
}

}  // namespace dew::teacher
