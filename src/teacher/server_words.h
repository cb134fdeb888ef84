// server_words: what a server says went wrong.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace dew::teacher {

/// {"error": {"message": ...}}, {"error": "..."}, {"message": ...}, {"detail": ...} (FastAPI's is a list);
/// what the provider behind a gateway said (OpenRouter's metadata.raw); a web page's title; or the bytes as
/// they are. Not printable yet.
std::string complaint(std::string_view body);

/// "what: the server's words", fit for a terminal.
std::string with_words(std::string what, std::string_view body);

/// A web page instead of JSON: a firewall, a proxy, or the wrong address.
bool is_web_page(std::string_view body);

/// Whether `text` has one of `words` in it; both in lower case.
bool says_any(std::string_view text, std::initializer_list<std::string_view> words);

}  // namespace dew::teacher
