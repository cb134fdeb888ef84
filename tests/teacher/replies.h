// Replies as servers send them, for the tests of what is read from them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "teacher/openai_reply.h"

namespace dew::teacher {

inline const std::vector<std::string> kChoices = {"yes", "no", "unsure"};

inline Server server() {
  Server result;
  result.url = "http://127.0.0.1:1/v1/chat/completions";
  result.key = "sk-test-0123456789abcdef";
  return result;
}

inline HttpReply status(int code, std::string body = "{}") {
  HttpReply reply;
  reply.status = code;
  reply.body = std::move(body);
  return reply;
}

inline ReplyOutcome judged(const HttpReply& reply, const Dialect& used = {}) {
  return judge(reply, kChoices, used, server());
}

/// A whole reply around `message`, as OpenAI sends it.
inline std::string reply_with(const nlohmann::json& message, const std::string& finish = "stop") {
  return nlohmann::json{{"choices", {{{"index", 0}, {"message", message}, {"finish_reason", finish}}}},
                        {"usage", {{"prompt_tokens", 97}, {"completion_tokens", 21}}}}
      .dump();
}

}  // namespace dew::teacher
