// Finds the sentence for people in a server's refusal.
#include "teacher/server_words.h"

#include <algorithm>

#include "base/base.h"
#include "teacher/reply_json.h"

namespace dew::teacher {
namespace {

constexpr size_t kMostBytes = 1000;  ///< of a body that is shown as it is

/// The title of a web page; empty where it has none.
std::string page_title(std::string_view page) {
  constexpr std::string_view kOpen = "<title>";
  const std::string low = lower(page);
  const size_t open = low.find(kOpen);
  const size_t close = open == std::string::npos ? open : low.find("</title>", open);
  if (close == std::string::npos) return {};
  const size_t begin = open + kOpen.size();
  return trim(page.substr(begin, close - begin));
}

/// What the provider behind OpenRouter said, where the gateway only says that there was an error.
std::string behind_gateway(const nlohmann::json& error) {
  const std::string raw = text_of(member(member(error, "metadata"), "raw"));
  const nlohmann::json json = parse_json(raw);
  const std::string inner = text_of(member(member(json, "error"), "message"));
  return inner.empty() ? raw : inner;
}

}  // namespace

bool is_web_page(std::string_view body) {
  const std::string begin = lower(trim(body.substr(0, kMostBytes)));
  return begin.starts_with("<!doctype html") || begin.starts_with("<html");
}

std::string complaint(std::string_view body) {
  const nlohmann::json whole = parse_json(body);
  const nlohmann::json& json =
      whole.is_array() && !whole.empty() ? whole.front() : whole;  // Gemini's is a list
  const nlohmann::json& error = member(json, "error");
  if (const std::string words = behind_gateway(error); !words.empty()) return words;
  for (const nlohmann::json* words :
       {&member(error, "message"), &error, &member(json, "message"), &member(json, "detail")}) {
    if (words->is_string()) return words->get<std::string>();
    if (words->is_array()) return words->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  if (is_web_page(body))
    if (std::string title = page_title(body); !title.empty()) return title;
  return trim(body.substr(0, kMostBytes));
}

std::string with_words(std::string what, std::string_view body) {
  const std::string words = printable(complaint(body));
  return words.empty() ? what : std::move(what) + ": " + words;
}

bool says_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace dew::teacher
