// By status first, by the server's words where the status does not tell.
#include "teacher/refusal.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "teacher/adapted.h"
#include "teacher/pacer.h"
#include "teacher/quota.h"
#include "teacher/reply_json.h"
#include "teacher/server_words.h"
#include "teacher/span_text.h"

namespace dew::teacher {
namespace {

using Words = std::initializer_list<std::string_view>;

/// FastAPI's list where the message may only be a text: an entry says so of "content", and none is about
/// the picture in it. Pydantic 1 says "str type expected", Pydantic 2 "Input should be a valid string".
bool takes_only_text(std::string_view body) {
  const nlohmann::json json = parse_json(body);
  const nlohmann::json& entries = member(json, "detail");
  if (!entries.is_array()) return false;
  bool found = false;
  for (const nlohmann::json& entry : entries) {
    const std::string where =
        member(entry, "loc").dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string words = lower(text_of(member(entry, "msg")));
    if (where.find("image_url") != std::string::npos) return false;
    found = found || (where.find("\"content\"") != std::string::npos &&
                      says_any(words, {"str type expected", "should be a valid string"}));
  }
  return found;
}

/// The server's complaint in lower case, and the code that it gives it.
struct Complaint {
  std::string words;
  std::string code;
  bool text_only = false;  ///< see takes_only_text()

  explicit Complaint(std::string_view body) : words(lower(complaint(body).substr(0, 4000))) {
    const nlohmann::json json = parse_json(body);
    const nlohmann::json& error = member(json, "error");
    code = text_of(member(error, "code"));
    if (code.empty()) code = text_of(member(json, "code"));
    text_only = takes_only_text(body);
  }

  [[nodiscard]] bool says(Words any) const { return says_any(words, any); }
};

/// The model is blind.
bool cannot_see(const Complaint& complaint) {
  return complaint.text_only ||
         complaint.says({
             "image input is not supported",        // llama.cpp
             "not a multimodal model",              // vLLM
             "at most 0 image(s) may be provided",  // vLLM, started for text only
             "does not support image",              // LM Studio, Fireworks, Together
             "do not support image",                // Volcengine
             "doesn't support image",               //
             "doesn't support the image",           // Bedrock: "the image content block", "the image field"
             "not support image_url",               //
             "does not support vision",             // Ollama
             "missing data required for image input",      // Ollama
             "image_url is only supported by certain",     // OpenAI, Azure
             "unsupported content part type",              // TGI, llama-cpp-python, gateways
             "unsupported content type: image",            //
             "unknown variant `image_url`",                // DeepSeek
             "unknown variant image_url",                  //
             "content must be a string",                   // Groq, Cerebras: text only
             "invalid type: sequence, expected a string",  // DeepSeek, older
             "no endpoints found that support image",      // OpenRouter
             "image input modality is not enabled",        // Gemini
             "image input is not enabled",                 // Mistral
             "image inputs are not supported",             // xAI
             "images are not supported",                   // Cohere
             "image content is not supported",             //
             "does not support multimodal",                // SiliconFlow, DashScope
             "multimodal input is not supported",          //
             "model is not a vlm",                         // SiliconFlow
             "not a vision model",                         //
         });
}

/// vLLM's words where a question shows more pictures than it was started for.
bool too_many_pictures(const Complaint& complaint) {
  return complaint.says({"image(s) may be provided"});
}

bool wrong_region(const Complaint& complaint) {
  return complaint.code == "unsupported_country_region_territory" ||
         complaint.says({"country, region, or territory not supported", "user location is not supported",
                         "not available in your country", "not available in your region"});
}

bool firewalled(const HttpReply& reply, const Complaint& complaint) {
  return is_web_page(reply.body) ||
         complaint.says({"request blocked", "request was blocked", "you have been blocked", "cloudflare"});
}

/// Azure refuses with 400 what its content filter does not like, OpenRouter with 403.
bool is_filtered(const HttpReply& reply) {
  const nlohmann::json json = parse_json(reply.body);
  const nlohmann::json& error = member(json, "error");
  return text_of(member(error, "code")) == "content_filter" ||
         text_of(member(member(error, "innererror"), "code")) == "ResponsibleAIPolicyViolation" ||
         (reply.status == 403 && member(member(error, "metadata"), "flagged_input").is_string());
}

/// Groq: the model's text did not fit the schema, which the next one may.
bool wrote_no_json(const Complaint& complaint) {
  return complaint.code == "json_validate_failed" ||
         complaint.says({"failed to generate json", "failed to validate json"});
}

bool context_too_small(const Complaint& complaint) {
  return complaint.code == "context_length_exceeded" ||
         complaint.says({"context length", "context size", "context window", "exceed_context_size"});
}

ReplyOutcome no_access(const HttpReply& reply, const Server& server) {
  // The server's words stay out: some of them repeat part of the key.
  const std::vector<std::string> sent = key_variables(server);
  const bool several = sent.size() > 1;
  const bool any = !server.key.empty() || several ||
                   std::any_of(server.headers.begin(), server.headers.end(),
                               [](const ExtraHeader& one) { return !one.variables.empty(); });
  if (!server.withheld.empty())
    return without_answer(
        ReplyKind::kStop, fmt::format("the server requires a key ({})", reply.status), server.url,
        fmt::format("{} {} not sent unencrypted to another machine: use https, or name the "
                    "server in OPENAI_BASE_URL and give openai:MODEL",
                    join(server.withheld, " and "), server.withheld.size() > 1 ? "are" : "is"));
  if (!any)
    return without_answer(ReplyKind::kStop, fmt::format("the server requires a key ({})", reply.status),
                          server.url, "set " + sent.front() + " to a key of that server");
  return without_answer(
      ReplyKind::kStop,
      fmt::format("{} is wrong or has no access to this model ({})", join(sent, " or "), reply.status),
      server.url,
      fmt::format("check the {} in {}, and that {} to this server and model", several ? "keys" : "key",
                  join(sent, " and "), several ? "they belong" : "it belongs"));
}

/// When there will be answers again, as far as the server says so.
std::string begins_anew(const HttpReply& reply) {
  constexpr double kWeek = 604'800;
  if (const auto at = reset_at(reply.rate, reply.body)) {
    std::string text = utc_text(*at);
    return "it begins anew at " + text.replace(text.find('T'), 1, " ").substr(0, 16) + " UTC";
  }
  auto span = try_again_in(reply.body);
  if (const auto seconds = parse_span(reply.retry_after); !span && seconds)
    span = std::chrono::milliseconds(static_cast<int64_t>(std::min(*seconds, kWeek) * 1000));
  if (span) return "the server says to wait for " + span_text(*span);
  return "wait until it begins anew, which the server does not date";
}

ReplyOutcome too_many(const HttpReply& reply) {
  return without_answer(ReplyKind::kBusy, with_words("the server asks to slow down (429)", reply.body));
}

/// llama.cpp says so for as long as it reads the model's file; Anthropic-like gateways say 529.
bool not_ready(const HttpReply& reply) {
  if (reply.status == 529) return true;
  return reply.status == 503 && lower(complaint(reply.body)).find("loading model") != std::string::npos;
}

/// What the user can do about a refusal that costs one sample.
std::string hint(const HttpReply& reply, const Complaint& complaint) {
  if (reply.status == 413)
    return "send smaller pictures, for example --jpeg-size 768, or let the server take larger requests "
           "(nginx: client_max_body_size)";
  if (context_too_small(complaint))
    return "the model's context is too small for prompt and picture: start llama.cpp's server with a larger "
           "-c (vLLM: --max-model-len), or send less: --jpeg-size, fewer --examples, a lower --max-tokens";
  if (reply.status >= 200 && reply.status < 300)
    return "a reply without an answer is not that of chat completions: check the base URL; it often ends in "
           "/v1";
  if (reply.status == 501)
    return "the server does not have what is asked for: check the base URL and the model's name; if both are "
           "right, it has no chat completions with pictures";
  if (reply.status == 400 || reply.status == 422)
    return "see what the server's log says about it; check the model's name, and that it takes pictures";
  return {};
}

/// What the words tell whatever the status is; kFailed and unexplained where they tell nothing.
ReplyOutcome by_words(const HttpReply& reply, const Dialect& used, const Server& server) {
  const Complaint complaint(reply.body);
  if (is_filtered(reply))
    return without_answer(ReplyKind::kFailed, "the server's content filter stopped the question");
  if (wrong_region(complaint))
    return without_answer(
        ReplyKind::kStop,
        with_words(fmt::format("the provider does not serve this country or region ({})", reply.status),
                   reply.body),
        server.url, "ask another provider, or run it on a machine where this one is available");
  if (cannot_see(complaint))
    return without_answer(
        ReplyKind::kStop, with_words("the model cannot see pictures", reply.body), server.url,
        "name a model that can; llama.cpp's server needs the model's --mmproj file as well");
  if (too_many_pictures(complaint))
    return without_answer(
        ReplyKind::kStop, with_words("a question contains more pictures than the server accepts", reply.body),
        server.url,
        "leave out --examples and --context, or let it accept more: vLLM has --limit-mm-per-prompt");
  if (wrote_no_json(complaint))
    return without_answer(ReplyKind::kAgain, with_words("the model wrote no valid JSON", reply.body));
  if (const auto dialect = adapted(reply.body, used)) return adapt_to(*dialect);
  if (used.effort_chosen && refuses_effort(reply.body))
    return without_answer(ReplyKind::kStop,
                          with_words("the server does not accept this --reasoning", reply.body), server.url,
                          "give a value that it accepts, or --reasoning auto");
  ReplyOutcome result = without_answer(
      ReplyKind::kFailed, with_words(fmt::format("the server said {}", reply.status), reply.body), {},
      hint(reply, complaint));
  result.unexplained = reply.status == 400 || reply.status == 422 || reply.status == 501;
  return result;
}

/// A key is only one of the reasons for 403.
ReplyOutcome forbidden(const HttpReply& reply, const Dialect& used, const Server& server) {
  const ReplyOutcome told = by_words(reply, used, server);
  const bool known = told.kind != ReplyKind::kFailed || is_filtered(reply);
  if (known) return told;
  if (firewalled(reply, Complaint(reply.body)))
    return without_answer(
        ReplyKind::kStop,
        with_words("a firewall in front of the server blocks the request (403)", reply.body), server.url,
        "the key was not looked at: check proxy and VPN, or ask whoever runs the firewall; some block large "
        "requests (--jpeg-size)");
  return no_access(reply, server);
}

}  // namespace

ReplyOutcome judge_refusal(const HttpReply& reply, const Dialect& used, const Server& server) {
  const int status = reply.status;
  if (const auto spent = used_up(status, reply.body))
    return without_answer(
        ReplyKind::kStop, with_words(spent->what, reply.body), server.url,
        (spent->daily ? begins_anew(reply)
                      : "add credit with the provider, or wait until the quota begins anew") +
            "; then run the same command again: it continues where it stopped");
  if (status == 401) return no_access(reply, server);
  if (status == 403) return forbidden(reply, used, server);
  if (status == 402)
    return without_answer(
        ReplyKind::kStop, with_words("the server requires payment (402)", reply.body), server.url,
        "add credit with the provider, then run the same command again: it continues where it stopped");
  if (status == 404 && !cannot_see(Complaint(reply.body)))
    return without_answer(
        ReplyKind::kStop, with_words("the server does not know this URL or model (404)", reply.body),
        server.url, "check the model's name and that the base URL is right; it often ends in /v1");
  if (status == 405)
    return without_answer(
        ReplyKind::kStop, with_words("the server takes no questions at this URL (405)", reply.body),
        server.url,
        "check the base URL: it often ends in /v1; a web page's address or a proxy's is not an API");
  if (status == 429) return too_many(reply);
  if (not_ready(reply))
    return without_answer(ReplyKind::kBusy,
                          with_words(fmt::format("the server is not ready ({})", status), reply.body));
  if (status >= 300 && status < 400)
    return without_answer(
        ReplyKind::kStop, fmt::format("the server redirects ({}) to '{}'", status, printable(reply.location)),
        server.url, "give the URL it redirects to, if you trust it: redirects are not followed");
  if (status == 408 || status == 409 || status == 425)
    return without_answer(ReplyKind::kAgain,
                          with_words(fmt::format("the server said {}", status), reply.body));
  ReplyOutcome told = by_words(reply, used, server);
  const bool passing = status >= 500 && status != 501;
  if (passing && told.kind == ReplyKind::kFailed) told.kind = ReplyKind::kAgain;
  return told;
}

}  // namespace dew::teacher
