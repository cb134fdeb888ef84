// Reads replies: OpenAI's own, and those of servers that speak almost the same.
#include "teacher/openai_reply.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "teacher/choice.h"
#include "teacher/quota.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr size_t kReasonLimit = 2000;  ///< bytes; the prompt asks for one short sentence

Json parse(std::string_view text) {
  return Json::parse(text, nullptr, false);
}

/// The member of an object; null where there is none, or `json` is no object.
const Json& member(const Json& json, const char* key) {
  static const Json kNull;
  if (!json.is_object()) return kNull;
  const auto at = json.find(key);
  return at == json.end() ? kNull : *at;
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

int64_t count_of(const Json& json) {
  if (!json.is_number_integer()) return 0;
  return std::max<int64_t>(0, json.get<int64_t>());
}

/// At most `limit` bytes, never ending inside a UTF-8 sequence.
std::string shortened(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  text.resize(limit);
  return text;
}

/// `content` is a string, or parts of which the text ones count.
std::string content_text(const Json& content) {
  if (!content.is_array()) return text_of(content);
  std::string text;
  for (const Json& part : content) text += text_of(member(part, "text"));
  return text;
}

/// Without the thoughts that some servers leave in front of the answer.
std::string_view after_thinking(std::string_view text) {
  constexpr std::string_view kEnd = "</think>";
  if (text.substr(0, 7) != "<think>") return text;
  const size_t end = text.find(kEnd);
  return end == std::string_view::npos ? text : text.substr(end + kEnd.size());
}

/// Without the fence, where the text is one fenced block ("```json\n...\n```").
std::string_view inside_fence(std::string_view text) {
  constexpr std::string_view kFence = "```";
  if (text.size() < 2 * kFence.size() || text.substr(0, 3) != kFence) return text;
  if (text.substr(text.size() - 3) != kFence) return text;
  const size_t line_end = text.find('\n');
  if (line_end == std::string_view::npos || line_end + 4 > text.size()) return text;
  return text.substr(line_end + 1, text.size() - 3 - (line_end + 1));
}

/// What the server says went wrong: {"error": {"message": ...}}, {"error": "..."}, {"message": ...},
/// {"detail": ...} (FastAPI's is a list), or its bytes as they are.
std::string complaint(std::string_view body) {
  const Json json = parse(body);
  for (const Json* words : {&member(member(json, "error"), "message"), &member(json, "error"),
                            &member(json, "message"), &member(json, "detail")}) {
    if (words->is_string()) return words->get<std::string>();
    if (words->is_array()) return words->dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return trim(body.substr(0, 1000));
}

std::string server_words(std::string_view body) {
  return printable(complaint(body));
}

std::string with_words(std::string what, std::string_view body) {
  const std::string words = server_words(body);
  return words.empty() ? what : std::move(what) + ": " + words;
}

/// Where the label's own characters stand in the model's words: the value of "label", or its first words.
std::pair<size_t, size_t> label_span(const std::string& text) {
  const size_t key = text.find("\"label\"");
  if (key == std::string::npos) {
    const size_t first = std::min(text.find_first_not_of(" \t\r\n\"'`*"), text.size());
    return {first, std::min(text.find_first_of(",.;:!\n\"'`*", first), text.size())};
  }
  const size_t colon = std::min(text.find(':', key), text.size());
  const size_t open = std::min(text.find('"', colon), text.size());
  return {std::min(open + 1, text.size()), std::min(text.find('"', open + 1), text.size())};
}

/// The probability that the model gave the label: the product over the tokens that spell it
/// (choices[0].logprobs.content: [{"token", "logprob"}, ...]). Nothing where the server sends none.
std::optional<double> label_probability(const Json& tokens) {
  if (!tokens.is_array() || tokens.empty()) return std::nullopt;
  std::string text;
  for (const Json& token : tokens) text += text_of(member(token, "token"));
  const auto [from, to] = label_span(text);
  double sum = 0;
  size_t at = 0;
  bool any = false;
  for (const Json& token : tokens) {
    const size_t end = at + text_of(member(token, "token")).size();
    const Json& logprob = member(token, "logprob");
    if (at < to && end > from) {
      if (!logprob.is_number()) return std::nullopt;
      sum += logprob.get<double>();
      any = true;
    }
    at = end;
  }
  if (!any || !(sum <= 1e-6)) return std::nullopt;
  return std::clamp(std::exp(sum), 0.0, 1.0);
}

ReplyOutcome outcome(ReplyKind kind, std::string what, std::string where = {}, std::string next = {}) {
  ReplyOutcome result;
  result.kind = kind;
  result.error = Error{Fault::kWork, std::move(what), std::move(where), std::move(next)};
  return result;
}

/// The richest dialect without what a refused request (400, 422...) complains about; nothing where the
/// complaint is about something else. OpenAI names the parameter; others only mention it.
std::optional<Dialect> adapted(std::string_view body, const Dialect& used) {
  const std::string words = lower(complaint(body).substr(0, 4000));
  const std::string named = lower(text_of(member(member(parse(body), "error"), "param")));
  const std::string& about = named.empty() ? words : named;
  const auto mentions = [&](std::string_view word) { return about.find(word) != std::string::npos; };
  const auto any = [&](std::initializer_list<std::string_view> all) {
    return std::any_of(all.begin(), all.end(), mentions);
  };
  Dialect dialect = used;
  // The whole phrase: vLLM names both parameters where it means that the context is too short.
  if (used.max_tokens && words.find("use 'max_completion_tokens'") != std::string::npos)
    dialect.max_tokens = false;
  else if (used.logprobs && mentions("logprob"))
    dialect.logprobs = false;
  else if (used.temperature && mentions("temperature"))
    dialect.temperature = false;
  else if (used.format != Format::kWords &&
           any({"response_format", "response format", "json_schema", "json_object", "json mode", "grammar",
                "structured output", "guided"}))
    dialect.format = used.format == Format::kSchema ? Format::kJsonObject : Format::kWords;
  else if (used.detail && any({"image_url.detail", "'detail'", "\"detail\"", "`detail`"}))
    dialect.detail = false;
  else if (used.seed && (named == "seed" || any({"'seed'", "\"seed\"", "`seed`"})))
    dialect.seed = false;
  if (dialect == used) return std::nullopt;
  return dialect;
}

/// The model is blind, in the words of llama.cpp, vLLM, LM Studio, Ollama.
bool cannot_see(std::string_view body) {
  const std::string words = lower(complaint(body).substr(0, 4000));
  const auto says = [&](std::string_view text) { return words.find(text) != std::string::npos; };
  return says("image input is not supported") || says("not a multimodal model") ||
         says("does not support image") || says("model does not support vision") ||
         says("missing data required for image input") || says("not support image_url");
}

/// vLLM's words where a question shows more pictures than it was started for.
bool too_many_pictures(std::string_view body) {
  const std::string words = lower(complaint(body).substr(0, 4000));
  return words.find("image(s) may be provided") != std::string::npos;
}

ReplyOutcome no_access(const HttpReply& reply, const Server& server) {
  // The server's words stay out: some of them repeat part of the key.
  const std::string variable = server.azure ? "AZURE_OPENAI_API_KEY" : "OPENAI_API_KEY";
  if (server.key_withheld)
    return outcome(ReplyKind::kStop, fmt::format("the server requires a key ({})", reply.status), server.url,
                   variable +
                       " is not sent unencrypted to another machine: use https, or name the server "
                       "in OPENAI_BASE_URL and give openai:MODEL");
  if (server.key.empty())
    return outcome(ReplyKind::kStop, fmt::format("the server requires a key ({})", reply.status), server.url,
                   "set " + variable + " to a key of that server");
  return outcome(ReplyKind::kStop,
                 fmt::format("{} is wrong or has no access to this model ({})", variable, reply.status),
                 server.url,
                 "check the key in " + variable + ", and that it belongs to this server and model");
}

ReplyOutcome too_many(const HttpReply& reply) {
  return outcome(ReplyKind::kBusy, with_words("the server asks to slow down (429)", reply.body));
}

/// llama.cpp says so for as long as it reads the model's file; Anthropic-like gateways say 529.
bool not_ready(const HttpReply& reply) {
  if (reply.status == 529) return true;
  return reply.status == 503 && lower(complaint(reply.body)).find("loading model") != std::string::npos;
}

/// Azure refuses with 400 what its content filter does not like.
bool is_filtered(std::string_view body) {
  const Json error = member(parse(body), "error");
  return text_of(member(error, "code")) == "content_filter" ||
         text_of(member(member(error, "innererror"), "code")) == "ResponsibleAIPolicyViolation";
}

ReplyOutcome refused(const HttpReply& reply, const Dialect& used, const Server& server) {
  if (is_filtered(reply.body))
    return outcome(ReplyKind::kFailed, "the server's content filter stopped the question");
  if (cannot_see(reply.body))
    return outcome(ReplyKind::kStop, with_words("the model cannot see pictures", reply.body), server.url,
                   "name a model that can; llama.cpp's server needs the model's --mmproj file as well");
  if (too_many_pictures(reply.body))
    return outcome(
        ReplyKind::kStop, with_words("a question contains more pictures than the server accepts", reply.body),
        server.url,
        "leave out --examples and --context, or let it accept more: vLLM has --limit-mm-per-prompt");
  if (const auto dialect = adapted(reply.body, used)) {
    ReplyOutcome result;
    result.kind = ReplyKind::kAdapt;
    result.dialect = *dialect;
    return result;
  }
  const ReplyKind kind = reply.status >= 500 && reply.status != 501 ? ReplyKind::kAgain : ReplyKind::kFailed;
  ReplyOutcome result =
      outcome(kind, with_words(fmt::format("the server said {}", reply.status), reply.body));
  result.unexplained = reply.status == 400 || reply.status == 422 || reply.status == 501;
  return result;
}

ReplyOutcome by_status(const HttpReply& reply, const std::vector<std::string>& choices, const Dialect& used,
                       const Server& server) {
  const int status = reply.status;
  if (status == 200) return read_chat_reply(reply.body, choices);
  if (const auto what = used_up(status, reply.body))
    return outcome(ReplyKind::kStop, with_words(*what, reply.body), server.url,
                   "add credit with the provider, or wait until the quota begins anew; then run the same "
                   "command again: it continues where it stopped");
  if (status == 401 || status == 403) return no_access(reply, server);
  if (status == 402)
    return outcome(
        ReplyKind::kStop, with_words("the server requires payment (402)", reply.body), server.url,
        "add credit with the provider, then run the same command again: it continues where it stopped");
  if (status == 404)
    return outcome(ReplyKind::kStop,
                   with_words("the server does not know this URL or model (404)", reply.body), server.url,
                   "check the model's name and that the base URL is right; it often ends in /v1");
  if (status == 429) return too_many(reply);
  if (not_ready(reply))
    return outcome(ReplyKind::kBusy,
                   with_words(fmt::format("the server is not ready ({})", status), reply.body));
  if (status >= 300 && status < 400)
    return outcome(ReplyKind::kStop,
                   fmt::format("the server redirects ({}) to '{}'", status, printable(reply.location)),
                   server.url, "give the URL it redirects to, if you trust it: redirects are not followed");
  if (status == 408 || status == 409 || status == 425)
    return outcome(ReplyKind::kAgain, with_words(fmt::format("the server said {}", status), reply.body));
  return refused(reply, used, server);
}

}  // namespace

Result<ChatAnswer> read_model_text(std::string_view text, const std::vector<std::string>& choices) {
  const std::string answer = trim(after_thinking(trim(text)));
  const std::string inner = trim(inside_fence(answer));
  if (inner.empty()) return work_error("the answer is empty");
  ChatAnswer result;
  std::string said = inner;  // the bare label, unless there is JSON
  if (inner.front() == '{') {
    const Json json = parse(inner);
    if (json.is_discarded()) return work_error("the answer is not valid JSON: '" + printable(inner) + "'");
    const Json& label = member(json, "label");
    if (label.is_null()) return work_error("the answer has no \"label\": '" + printable(inner) + "'");
    if (label.is_structured()) return work_error("the \"label\" of the answer is not a string");
    said = label.is_string() ? label.get<std::string>() : label.dump();  // a class may be called 7
    result.reason = shortened(text_of(member(json, "reason")), kReasonLimit);
  }
  const auto choice = match_words(said, choices);
  if (!choice)
    return work_error(
        fmt::format("answered '{}', which is not one of {}", printable(said, 60), join(choices)));
  result.label = *choice;
  return result;
}

Cost read_usage(std::string_view body) {
  const Json json = parse(body);
  const Json& usage = member(json, "usage");
  return {count_of(member(usage, "prompt_tokens")), count_of(member(usage, "completion_tokens")),
          std::nullopt};
}

ReplyOutcome read_chat_reply(std::string_view body, const std::vector<std::string>& choices) {
  const Json json = parse(body);
  if (json.is_discarded())
    return outcome(ReplyKind::kAgain,
                   "the reply is not JSON: '" + printable(trim(body.substr(0, 1000)), 100) + "'");
  // Some servers report failures with status 200.
  if (!member(json, "error").is_null())
    return outcome(ReplyKind::kAgain, with_words("the server reports an error", body));
  const Json& all = member(json, "choices");
  if (!all.is_array() || all.empty()) return outcome(ReplyKind::kAgain, "the reply has no \"choices\"");
  const Json& message = member(all[0], "message");
  if (const std::string refusal = text_of(member(message, "refusal")); !refusal.empty())
    return outcome(ReplyKind::kFailed, "the model refuses: '" + printable(refusal) + "'");
  const std::string finish = text_of(member(all[0], "finish_reason"));
  if (finish == "content_filter")
    return outcome(ReplyKind::kFailed, "the server's content filter stopped the answer");
  if (finish == "length")
    return outcome(ReplyKind::kFailed, "the answer was cut off: the model wrote too much");
  auto answer = read_model_text(content_text(member(message, "content")), choices);
  if (!answer) return outcome(ReplyKind::kAgain, answer.error().what);
  ReplyOutcome result;
  result.kind = ReplyKind::kAnswer;
  result.answer = *std::move(answer);
  result.answer.confidence = label_probability(member(member(all[0], "logprobs"), "content"));
  const Json& usage = member(json, "usage");
  result.answer.tokens_in = count_of(member(usage, "prompt_tokens"));
  result.answer.tokens_out = count_of(member(usage, "completion_tokens"));
  return result;
}

ReplyOutcome judge(const HttpReply& reply, const std::vector<std::string>& choices, const Dialect& used,
                   const Server& server) {
  switch (reply.delivery) {
    case Delivery::kReply:
      return by_status(reply, choices, used, server);
    case Delivery::kUnreachable:
      return outcome(ReplyKind::kAgain, "no server answers: " + printable(reply.trouble));
    case Delivery::kUntrusted:
      return outcome(ReplyKind::kStop,
                     "the server's certificate cannot be verified: " + printable(reply.trouble), server.url,
                     "check the host name; a certificate of your own goes into the system's store");
    case Delivery::kNoTls:
      return outcome(ReplyKind::kStop, "no TLS at this port: " + printable(reply.trouble), server.url,
                     "the URL begins with https://, and the server there does not speak it: try http://");
    case Delivery::kTimeout:
      return outcome(ReplyKind::kAgain, "no answer in time: " + printable(reply.trouble));
    case Delivery::kTooLong:
      return outcome(ReplyKind::kAgain, "the reply is longer than 1 MiB");
    case Delivery::kBroken:
      return outcome(ReplyKind::kAgain, "the connection broke: " + printable(reply.trouble));
  }
  return outcome(ReplyKind::kFailed, "the reply is of an unknown kind");
}

}  // namespace dew::teacher
