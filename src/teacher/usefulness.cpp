// Tells why replies are useless by their own words.
#include "teacher/usefulness.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr size_t kWordsRead = 4000;  ///< bytes of a body

bool says_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

const Json& member(const Json& json, const char* key) {
  static const Json kNull;
  if (!json.is_object()) return kNull;
  const auto at = json.find(key);
  return at == json.end() ? kNull : *at;
}

/// The first choice of a chat completion; null where there is none.
const Json& first_choice(const Json& json) {
  static const Json kNull;
  const Json& all = member(json, "choices");
  return all.is_array() && !all.empty() ? all[0] : kNull;
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

/// The model's words say that it got no picture.
bool sees_nothing(const std::string& content) {
  const std::string words = lower(content);
  return says_any(words, {"image", "picture", "photo"}) &&
         says_any(words,
                  {"can't see", "cannot see", "can't view", "cannot view", "unable to view", "unable to see",
                   "not able to see", "not able to view", "don't see any", "no image", "no picture",
                   "did not provide", "didn't provide", "not provided", "text-based", "language model"});
}

/// Of a whole completion that holds no answer.
std::string hint_for_completion(const Json& choice) {
  if (text_of(member(choice, "finish_reason")) == "length")
    return "the answers are cut off: give a larger --max-tokens, or --instructions to answer in fewer words";
  const Json& message = member(choice, "message");
  if (text_of(member(choice, "finish_reason")) == "content_filter")
    return "the server's content filter stops them: ask in other words, or ask another server";
  if (!text_of(member(message, "refusal")).empty())
    return "the model refuses to answer: ask in other words, add --instructions, or name another model";
  if (sees_nothing(text_of(member(message, "content"))))
    return "the model seems not to see the pictures: name one that can; llama.cpp's server needs the model's "
           "--mmproj file as well";
  return "the model does not keep to the form of the answer: tell it how with --instructions, or name a "
         "larger "
         "model";
}

}  // namespace

std::string hint_for(const HttpReply& reply, const ReplyOutcome& outcome) {
  const std::string_view start = std::string_view(reply.body).substr(0, kWordsRead);
  const std::string words = lower(start);
  if (reply.status == 413 || says_any(words, {"payload too large", "entity too large", "body too large"}))
    return "give a smaller --jpeg-size, for example 768, or let the server take larger requests (nginx: "
           "client_max_body_size)";
  if (says_any(words, {"context size", "context length", "context window", "exceed_context", "n_ctx"}))
    return "the model's context is too small for prompt and picture: start llama.cpp's server with a larger "
           "-c (vLLM: --max-model-len), or give a smaller --jpeg-size";
  if (!outcome.error.next.empty()) return outcome.error.next;
  if (!succeeded(reply)) return {};
  const Json json = Json::parse(reply.body, nullptr, false);
  if (json.is_discarded() && trim(start).starts_with('<'))
    return "this is a web page, not an API: check the base URL; it often ends in /v1";
  const Json& choice = first_choice(json);
  if (choice.is_object() && member(choice, "error").is_null()) return hint_for_completion(choice);
  if (!member(json, "error").is_null()) return "see what the server's log says about it";
  return "this is not the API of chat completions: check the base URL; it often ends in /v1";
}

void Usefulness::useless(const HttpReply& reply, const ReplyOutcome& outcome) {
  ++row_;
  last_ = outcome.error.what;
  hint_ = hint_for(reply, outcome);
}

Error Usefulness::error(const std::string& server) const {
  const std::string kept = "what was answered is kept; run the same command again then";
  return {Fault::kWork, fmt::format("{} replies in a row hold no answer, the last: {}", row_, last_), server,
          hint_.empty() ? kept : fmt::format("{}; {}", hint_, kept)};
}

}  // namespace dew::teacher
