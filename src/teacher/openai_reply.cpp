// Reads replies: OpenAI's own, and those of servers that speak almost the same.
#include "teacher/openai_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "teacher/label_probability.h"
#include "teacher/model_text.h"
#include "teacher/refusal.h"
#include "teacher/reply_json.h"
#include "teacher/server_words.h"
#include "teacher/thoughts.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

// ---- usage

/// A count of tokens: 0 where there is none. Absent: it cannot be true. No model reads or writes ten million
/// tokens in one reply; a server that says so (or -1, or "many") has a fault, which must not become the bill.
std::optional<int64_t> plausible_count(const Json& json) {
  constexpr uint64_t kMostTokens = 10'000'000;
  if (json.is_null()) return 0;
  // A number that is not negative is unsigned to the JSON library.
  if (!json.is_number_unsigned() || json.get<uint64_t>() > kMostTokens) return std::nullopt;
  return static_cast<int64_t>(json.get<uint64_t>());
}

struct Usage {
  int64_t in = 0;
  int64_t out = 0;  ///< reasoning included
  int64_t reasoning = 0;
};

/// Some gateways leave reasoning out of completion_tokens (Gemini's, xAI's): then the total tells, or a count
/// of reasoning that is larger than the whole.
Usage usage_of(const Json& reply) {
  const Json& usage = member(reply, "usage");
  const auto in = plausible_count(member(usage, "prompt_tokens"));
  const auto out = plausible_count(member(usage, "completion_tokens"));
  const auto total = plausible_count(member(usage, "total_tokens"));
  const auto reasoning =
      plausible_count(member(member(usage, "completion_tokens_details"), "reasoning_tokens"));
  if (!in || !out || !total || !reasoning) return {};
  Usage result{*in, *out, *reasoning};
  const int64_t beside = *total - *in - *out;
  if (beside > 0 && *in > 0) {
    result.out += beside;
    result.reasoning = std::max(result.reasoning, beside);
  } else if (*reasoning > *out) {
    result.out += *reasoning;
  }
  return result;
}

// ---- the message

bool is_reasoning_part(const Json& part) {
  const std::string type = text_of(member(part, "type"));
  return type == "thinking" || type == "reasoning" || type == "redacted_thinking" ||
         member(part, "thought") == Json(true);
}

/// `content` is a string, or parts of which the text ones count.
std::string content_text(const Json& content) {
  if (!content.is_array()) return text_of(content);
  std::string text;
  for (const Json& part : content)
    if (!is_reasoning_part(part)) text += text_of(member(part, "text"));
  return text;
}

/// Reasoning that stands beside the content, by the names that servers give it: reasoning_content (DeepSeek,
/// vLLM, SGLang, llama.cpp, LM Studio), reasoning (newer vLLM, Ollama, Groq, OpenRouter), thinking.
std::string reasoning_text(const Json& message) {
  for (const char* name : {"reasoning_content", "reasoning", "thinking"})
    if (std::string text = text_of(member(message, name)); !text.empty()) return text;
  return {};
}

bool has_reasoning(const Json& message, const Usage& usage) {
  const Json& content = member(message, "content");
  const bool part = content.is_array() && std::any_of(content.begin(), content.end(), is_reasoning_part);
  const Json& details = member(message, "reasoning_details");
  return part || usage.reasoning > 0 || !reasoning_text(message).empty() ||
         (details.is_array() && !details.empty()) || after_thoughts(content_text(content)).reasoned;
}

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool was_cut_off(const std::string& finish) {
  return is_one_of(finish, {"length", "max_tokens", "max_output_tokens", "model_length"});
}

bool was_finished(const std::string& finish) {
  return is_one_of(finish, {"stop", "end_turn", "eos", "eos_token"});
}

// ---- the answer

struct Found {
  std::string text;  ///< that the answer was read from
  ModelAnswer answer;
};

/// `alone`: only a text that is nothing but the answer counts.
Result<ModelAnswer> read_text(std::string_view text, const AnswerForm& form, bool alone) {
  if (!form.free()) return read_model_text(text, form.choices, alone ? Around::kNothing : Around::kAnything);
  DEW_TRY(std::string said, read_free_text(text, form.schema, alone));
  return ModelAnswer{{}, std::move(said)};
}

/// From the content; or, where that is empty, from reasoning that is nothing but the answer's object: servers
/// whose parser waits for an end of reasoning put the whole reply there.
Result<Found> find_answer(const Json& message, const AnswerForm& form, const std::string& finish) {
  Found found{content_text(member(message, "content")), {}};
  auto answer = read_text(found.text, form, was_cut_off(finish));
  if (!answer && without_marks(found.text).empty() && was_finished(finish)) {
    std::string reasoning = reasoning_text(message);
    auto other = read_text(reasoning, form, true);
    if (other) {
      found.text = std::move(reasoning);
      answer = std::move(other);
    }
  }
  if (!answer) return tl::unexpected(std::move(answer).error());
  found.answer = *std::move(answer);
  return found;
}

/// Prose where a JSON object was asked for. Chat templates that begin the reasoning in the prompt leave no
/// mark of it in a reply that ends before the reasoning does.
bool is_prose(std::string_view content) {
  const std::string_view text = without_marks(content);
  return !text.empty() && std::string_view("{[`").find(text.front()) == std::string_view::npos;
}

int64_t room_for_more(int64_t room) {
  constexpr int64_t kMost = 200'000;  // that --max-tokens takes
  return std::min(4 * room, kMost);
}

/// What the user can still do about a model that reasons to the end of its room. Unless the user chose the
/// reasoning, the least that the server takes was asked for.
std::string against_reasoning(const Dialect& used) {
  const int64_t room = longest_reply_tokens(used);
  const std::string more = fmt::format("allow more: --max-tokens {}", room_for_more(room));
  if (used.reasons) return more + ", or ask for less: --reasoning low or none";
  const std::string asked = used.effort_chosen || used.effort == Effort::kNone
                                ? "it was asked not to reason, and does"
                                : "the server does not let a request turn the reasoning off";
  return more + "; " + asked +
         ": turn it off at the server (llama.cpp: --reasoning-budget 0), or name a model that does not "
         "reason";
}

/// The reply ended before the answer did. Where reasoning took the room, the next replies get more of it.
ReplyOutcome cut_off(const Json& message, const Usage& usage, const Dialect& used, const AnswerForm& form) {
  constexpr int64_t kLongText = 2000;  // tokens: where a text is the answer, prose may be a long one
  const std::string content = content_text(member(message, "content"));
  const int64_t room = longest_reply_tokens(used);
  const bool text = form.free() && form.schema == nullptr;
  if (content.empty() || (is_prose(content) && (!text || room < kLongText)) ||
      has_reasoning(message, usage)) {
    if (const auto dialect = roomier(used)) return adapt_to(*dialect);
    ReplyOutcome endless =
        without_answer(ReplyKind::kFailed,
                       fmt::format("the answer was cut off: the model was still reasoning after {} tokens",
                                   with_commas(room)),
                       {}, against_reasoning(used));
    endless.endless = true;
    return endless;
  }
  return without_answer(ReplyKind::kFailed,
                        fmt::format("the answer was cut off: the model wrote more than {} tokens", room), {},
                        fmt::format("allow more: --max-tokens {}", room_for_more(room)));
}

std::string no_answer(const Error& error, const Json& message, const Usage& usage) {
  const bool empty = without_marks(content_text(member(message, "content"))).empty();
  return empty && has_reasoning(message, usage) ? "the answer is empty: there is only reasoning" : error.what;
}

}  // namespace

Cost read_usage(std::string_view body) {
  const Usage usage = usage_of(parse_json(body));
  return {usage.in, usage.out, std::nullopt};
}

ReplyOutcome read_chat_reply(std::string_view body, const AnswerForm& form, const Dialect& used) {
  const Json json = parse_json(body);
  if (json.is_discarded())
    return without_answer(ReplyKind::kAgain,
                          "the reply is not JSON: '" + printable(trim(body.substr(0, 1000)), 100) + "'");
  // Some servers report failures with status 200.
  if (!member(json, "error").is_null())
    return without_answer(ReplyKind::kAgain, with_words("the server reports an error", body));
  const Json& all = member(json, "choices");
  if (!all.is_array() || all.empty())
    return without_answer(ReplyKind::kAgain, "the reply has no \"choices\"");
  const Json& choice = all[0];
  if (!member(choice, "error").is_null())  // OpenRouter: the provider failed while it wrote
    return without_answer(ReplyKind::kAgain,
                          with_words("the server reports an error",
                                     choice.dump(-1, ' ', false, Json::error_handler_t::replace)));
  const Json& message = member(choice, "message");
  if (const std::string refusal = text_of(member(message, "refusal")); !refusal.empty())
    return without_answer(ReplyKind::kFailed, "the model refuses: '" + printable(refusal) + "'");
  const std::string finish = lower(text_of(member(choice, "finish_reason")));
  if (finish == "content_filter")
    return without_answer(ReplyKind::kFailed, "the server's content filter stopped the answer");
  const Usage usage = usage_of(json);
  auto found = find_answer(message, form, finish);
  if (!found && was_cut_off(finish)) return cut_off(message, usage, used, form);
  if (!found) {
    ReplyOutcome spoken = without_answer(ReplyKind::kAgain, no_answer(found.error(), message, usage));
    spoken.spoken = true;
    return spoken;
  }
  ReplyOutcome result;
  result.kind = ReplyKind::kAnswer;
  result.answer.label = std::move(found->answer.label);
  result.answer.reason = std::move(found->answer.reason);
  if (!form.free())
    result.answer.confidence = label_probability(member(member(choice, "logprobs"), "content"), found->text,
                                                 found->answer.label_at, found->answer.label_size);
  result.answer.tokens_in = usage.in;
  result.answer.tokens_out = usage.out;
  return result;
}

ReplyOutcome judge(const HttpReply& reply, const AnswerForm& form, const Dialect& used,
                   const Server& server) {
  switch (reply.delivery) {
    case Delivery::kReply:
      if (succeeded(reply)) return read_chat_reply(reply.body, form, used);
      return judge_refusal(reply, used, server);
    case Delivery::kUnreachable:
      return without_answer(ReplyKind::kAgain, "no server answers: " + printable(reply.trouble));
    case Delivery::kUntrusted:
      return without_answer(
          ReplyKind::kStop, "the server's certificate cannot be verified: " + printable(reply.trouble),
          server.url, "check the host name; a certificate of your own goes into the system's store");
    case Delivery::kNoTls:
      return without_answer(
          ReplyKind::kStop, "no TLS at this port: " + printable(reply.trouble), server.url,
          "the URL begins with https://, and the server there does not speak it: try http://");
    case Delivery::kTimeout:
      return without_answer(ReplyKind::kAgain, "no answer in time: " + printable(reply.trouble));
    case Delivery::kTooLong:
      return without_answer(ReplyKind::kAgain, "the reply is longer than 1 MiB", {},
                            "no chat completion is that long: check the base URL, which often ends in /v1, "
                            "and the server's log");
    case Delivery::kBroken:
      return without_answer(ReplyKind::kAgain, "the connection broke: " + printable(reply.trouble));
  }
  return without_answer(ReplyKind::kFailed, "the reply is of an unknown kind");
}

}  // namespace dew::teacher
