// Tells why replies are useless by their own words.
#include "teacher/usefulness.h"

#include <fmt/format.h>

#include "teacher/reply_json.h"
#include "teacher/server_words.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

/// The first choice of a chat completion; null where there is none.
const Json& first_choice(const Json& json) {
  static const Json kNull;
  const Json& all = member(json, "choices");
  return all.is_array() && !all.empty() ? all[0] : kNull;
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
  if (!outcome.error.next.empty()) return outcome.error.next;
  if (!succeeded(reply)) return {};
  const Json json = parse_json(reply.body);
  if (is_web_page(reply.body))
    return "this is a web page, not an API: check the base URL; it often ends in /v1";
  const Json& choice = first_choice(json);
  const bool failed = !member(json, "error").is_null() || !member(choice, "error").is_null();
  if (choice.is_object() && !failed) return hint_for_completion(choice);
  if (failed) return "see what the server's log says about it";
  return "this is not the API of chat completions: check the base URL; it often ends in /v1";
}

void Usefulness::useless(const HttpReply& reply, const ReplyOutcome& outcome) {
  ++row_;
  if (outcome.endless) ++endless_;
  last_ = outcome.error.what;
  hint_ = hint_for(reply, outcome);
}

Error Usefulness::error(const std::string& server) const {
  const std::string kept = "what was answered is kept; run the same command again then";
  const std::string no_answer = row_ == 1 ? "a reply holds no answer"
                                          : fmt::format("{} replies in a row hold no answer, the last", row_);
  return {Fault::kWork, fmt::format("{}: {}", no_answer, last_), server,
          hint_.empty() ? kept : fmt::format("{}; {}", hint_, kept)};
}

}  // namespace dew::teacher
