#include "teacher/responses.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace dew::teacher {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kChatPath = "/chat/completions";
constexpr std::string_view kResponsesPath = "/responses";

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_chat(const HttpRequest& request) {
  return !request.get && request.upload.empty() && request.url.ends_with(kChatPath);
}

Json member(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) ? json[key] : Json();
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

// ---- requests

/// {"type": "image_url", "image_url": {"url", "detail"}} and {"type": "text", "text"}.
Json input_part(const Json& part) {
  if (text_of(member(part, "type")) == "text") return {{"type", "input_text"}, {"text", part["text"]}};
  const Json image = member(part, "image_url");
  Json input = {{"type", "input_image"}, {"image_url", member(image, "url")}};
  if (image.contains("detail")) input["detail"] = image["detail"];
  return input;
}

Json input_of(const Json& messages) {
  Json input = Json::array();
  for (const Json& message : messages) {
    Json content = member(message, "content");
    if (content.is_array()) {
      Json parts = Json::array();
      for (const Json& part : content) parts.push_back(input_part(part));
      content = std::move(parts);
    }
    input.push_back({{"role", member(message, "role")}, {"content", std::move(content)}});
  }
  return input;
}

/// The schema stands in an object of its own in chat completions, beside the type here.
Json text_format(const Json& response_format) {
  Json format = {{"type", member(response_format, "type")}};
  const Json schema = member(response_format, "json_schema");
  if (schema.is_object()) format.update(schema);
  return {{"format", format}};
}

// ---- replies

struct Said {
  std::string text;
  std::string refusal;
  Json logprobs = Json::array();
};

/// The parts of the model's messages, in order; its reasoning is left out.
Said read_output(const Json& output) {
  Said said;
  if (!output.is_array()) return said;
  for (const Json& item : output) {
    const Json content = member(item, "content");
    if (text_of(member(item, "type")) != "message" || !content.is_array()) continue;
    for (const Json& part : content) {
      if (text_of(member(part, "type")) == "output_text") said.text += text_of(member(part, "text"));
      said.refusal += text_of(member(part, "refusal"));
      const Json logprobs = member(part, "logprobs");
      if (logprobs.is_array()) said.logprobs.insert(said.logprobs.end(), logprobs.begin(), logprobs.end());
    }
  }
  return said;
}

std::string finish_reason(const Json& json) {
  if (text_of(member(json, "status")) != "incomplete") return "stop";
  return text_of(member(member(json, "incomplete_details"), "reason")) == "content_filter" ? "content_filter"
                                                                                           : "length";
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

/// Remembers what is in flight as long as it may have to be sent again.
class ResponsesTransport : public Transport {
 public:
  explicit ResponsesTransport(std::unique_ptr<Transport> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] Clock::time_point now() const override { return inner_->now(); }

  Result<void> start(uint64_t ticket, HttpRequest request) override {
    if (!is_chat(request)) return inner_->start(ticket, std::move(request));
    if (mode_ == Mode::kResponses) return start_responses(ticket, request);
    if (mode_ == Mode::kUnknown) asked_[ticket] = request;
    return inner_->start(ticket, std::move(request));
  }

  Result<std::vector<HttpReply>> wait(Clock::time_point until) override {
    DEW_TRY(auto replies, inner_->wait(until));
    std::vector<HttpReply> passed;
    for (HttpReply& reply : replies) {
      DEW_TRY(const bool again, ask_again(reply));
      if (!again) passed.push_back(std::move(reply));
    }
    return passed;
  }

  void drop_all() override {
    asked_.clear();
    translated_.clear();
    inner_->drop_all();
  }

 private:
  enum class Mode { kUnknown, kChat, kResponses };

  Result<void> start_responses(uint64_t ticket, HttpRequest request) {
    request.url.replace(request.url.size() - kChatPath.size(), kChatPath.size(), kResponsesPath);
    request.body = responses_body(request.body);
    translated_.insert(ticket);
    return inner_->start(ticket, std::move(request));
  }

  /// True: the reply was a refusal of chat completions, and the question is on its way again.
  Result<bool> ask_again(HttpReply& reply) {
    if (translated_.erase(reply.ticket) > 0) {
      make_chat_reply(reply);
      return false;
    }
    const auto at = asked_.find(reply.ticket);
    if (at == asked_.end()) return false;
    const HttpRequest request = std::move(at->second);
    asked_.erase(at);
    if (asks_for_responses(reply)) {
      mode_ = Mode::kResponses;
      DEW_CHECK(start_responses(reply.ticket, request));
      return true;
    }
    if (mode_ == Mode::kUnknown && reply.status == 200) {
      mode_ = Mode::kChat;
      asked_.clear();
    }
    return false;
  }

  std::unique_ptr<Transport> inner_;
  Mode mode_ = Mode::kUnknown;
  std::map<uint64_t, HttpRequest> asked_;  ///< sent as chat completions
  std::set<uint64_t> translated_;          ///< sent as responses
};

}  // namespace

bool asks_for_responses(const HttpReply& reply) {
  if (reply.delivery != Delivery::kReply || (reply.status != 400 && reply.status != 404)) return false;
  const std::string words = lower(reply.body.substr(0, 4000));
  return words.find("v1/responses") != std::string::npos && words.find("supported") != std::string::npos;
}

std::string responses_body(std::string_view chat_body) {
  const Json chat = Json::parse(chat_body, nullptr, false);
  Json body = {{"model", member(chat, "model")}, {"input", input_of(member(chat, "messages"))}};
  for (const char* key : {"max_tokens", "max_completion_tokens"})
    if (chat.contains(key)) body["max_output_tokens"] = chat[key];
  if (chat.contains("temperature")) body["temperature"] = chat["temperature"];
  if (chat.contains("reasoning_effort")) body["reasoning"] = {{"effort", chat["reasoning_effort"]}};
  if (chat.contains("response_format")) body["text"] = text_format(chat["response_format"]);
  if (chat.contains("logprobs")) body["include"] = {"message.output_text.logprobs"};
  body["store"] = false;
  return dump(body);
}

void make_chat_reply(HttpReply& reply) {
  if (reply.delivery != Delivery::kReply) return;
  if (reply.status != 200) {
    replace_all(reply.body, "reasoning.effort", "reasoning_effort");
    replace_all(reply.body, "text.format", "response_format");
    replace_all(reply.body, "message.output_text.logprobs", "logprobs");
    return;
  }
  Json json = Json::parse(reply.body, nullptr, false);
  if (!json.is_object() || json.contains("choices") || !json.contains("output")) return;
  const Said said = read_output(json["output"]);
  Json message = {{"role", "assistant"}, {"content", said.text}};
  if (!said.refusal.empty()) message["refusal"] = said.refusal;
  Json choice = {{"index", 0}, {"message", message}, {"finish_reason", finish_reason(json)}};
  if (!said.logprobs.empty()) choice["logprobs"] = {{"content", said.logprobs}};
  json["choices"] = Json::array({choice});
  const Json usage = member(json, "usage");
  if (usage.is_object()) {
    json["usage"]["prompt_tokens"] = member(usage, "input_tokens");
    json["usage"]["completion_tokens"] = member(usage, "output_tokens");
    json["usage"]["completion_tokens_details"] = member(usage, "output_tokens_details");
  }
  reply.body = dump(json);
}

std::unique_ptr<Transport> with_responses(std::unique_ptr<Transport> inner) {
  return std::make_unique<ResponsesTransport>(std::move(inner));
}

}  // namespace dew::teacher
