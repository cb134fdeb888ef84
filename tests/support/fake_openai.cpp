// The fake server, on cpp-httplib.
#include "tests/support/fake_openai.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <cstdlib>

namespace dew::testing {
namespace {

using Json = nlohmann::json;

Json refusal(const std::string& message, const std::string& param) {
  return {{"error",
           {{"message", message}, {"type", "invalid_request_error"}, {"param", param}, {"code", nullptr}}}};
}

/// The 400 body for what the request has and the script refuses; null where there is nothing.
Json refused(const Json& script, const Json& request) {
  for (const Json& what : script.value("refuse", Json::array())) {
    if (what == "schema" && request.contains("response_format"))
      return refusal(
          "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
          "response_format");
    if (what == "temperature" && request.contains("temperature"))
      return refusal("Unsupported value: 'temperature' does not support 0 with this model.", "temperature");
    if (what == "max_tokens" && request.contains("max_tokens"))
      return refusal(
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
          "instead.",
          "max_tokens");
  }
  return nullptr;
}

/// A whole chat.completion object around the step's message.
Json completion(const Json& step, const std::string& model) {
  Json message = step.value("message", Json{{"role", "assistant"}, {"refusal", nullptr}});
  if (step.contains("label"))
    message["content"] =
        Json{{"label", step["label"]}, {"reason", step.value("reason", "as the script says")}}.dump();
  if (step.contains("content")) message["content"] = step["content"];
  const Json choice = {
      {"index", 0}, {"message", message}, {"finish_reason", step.value("finish_reason", "stop")}};
  Json reply = {{"id", "chatcmpl-fake"},
                {"object", "chat.completion"},
                {"created", 1730000000},
                {"model", model},
                {"choices", Json::array({choice})}};
  if (step.value("usage", true))
    reply["usage"] = {{"prompt_tokens", 97}, {"completion_tokens", 21}, {"total_tokens", 118}};
  return reply;
}

}  // namespace

struct FakeOpenAi::Http {
  httplib::Server server;
};

FakeOpenAi::FakeOpenAi(Json script) : script_(std::move(script)), http_(std::make_unique<Http>()) {
  for (const Json& step : script_.value("steps", Json::array()))
    for (int64_t i = step.value("times", int64_t{1}); i > 0; --i) steps_.push_back(step);
  httplib::Server& server = http_->server;
  constexpr size_t kThreads = 72;  // a hanging request holds one
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_timeout(1);
  server.set_keep_alive_max_count(100'000);
  server.Post("/v1/chat/completions", [this](const httplib::Request& request, httplib::Response& response) {
    serve_chat(&request, &response);
  });
  server.Get("/count", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(Json{{"requests", requests()}, {"most_at_once", most_at_once()}}.dump(),
                         "application/json");
  });
  int listening = -1;
  server.set_socket_options([&](socket_t socket) { listening = socket; });
  port_ = server.bind_to_any_port("127.0.0.1");
  // The library's backlog of 5 drops connections that come together; each then waits a second.
  if (port_ <= 0 || ::listen(listening, SOMAXCONN) != 0) std::abort();
  thread_ = std::thread([this] { http_->server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
}

FakeOpenAi::~FakeOpenAi() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  http_->server.stop();
  thread_.join();
}

std::string FakeOpenAi::base_url() const {
  return "http://127.0.0.1:" + std::to_string(port_) + "/v1";
}

std::vector<SeenRequest> FakeOpenAi::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

int64_t FakeOpenAi::requests() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(seen_.size());
}

int64_t FakeOpenAi::most_at_once() const {
  const std::lock_guard lock(mutex_);
  return most_at_once_;
}

/// For the request that was just noted in seen_; the lock is held.
Json FakeOpenAi::next_step() {
  const size_t index = seen_.size() - 1;
  if (index < steps_.size()) return steps_[index];
  if (script_.value("cycle", false) && !steps_.empty()) return steps_[index % steps_.size()];
  return script_.value("then", Json{{"label", "yes"}});
}

void FakeOpenAi::serve_chat(const void* request_pointer, void* response_pointer) {
  const auto& request = *static_cast<const httplib::Request*>(request_pointer);
  auto& response = *static_cast<httplib::Response*>(response_pointer);
  const auto answer = [&](int status, const Json& body) {
    response.status = status;
    response.set_content(body.dump(), "application/json");
  };

  std::unique_lock lock(mutex_);
  seen_.push_back(
      {request.get_header_value("Authorization"), request.get_header_value("Content-Type"), request.body});
  most_at_once_ = std::max(most_at_once_, ++at_once_);
  const Json step = next_step();
  const bool hang = step.value("hang", false);
  const auto delay = std::chrono::milliseconds(hang ? 600'000 : step.value("delay_ms", 0));
  changed_.wait_for(lock, delay, [&] { return stopping_; });
  --at_once_;
  lock.unlock();

  const std::string key = script_.value("key", "");
  if (!key.empty() && request.get_header_value("Authorization") != "Bearer " + key)
    return answer(401,
                  {{"error",
                    {{"message", "Incorrect API key provided: " + request.get_header_value("Authorization")},
                     {"type", "invalid_request_error"},
                     {"code", "invalid_api_key"}}}});
  const Json asked = Json::parse(request.body, nullptr, false);
  const std::string model = asked.is_object() ? asked.value("model", "") : "";
  if (script_.contains("model") && model != script_["model"])
    return answer(404,
                  {{"error",
                    {{"message", "The model `" + model + "` does not exist or you do not have access to it."},
                     {"code", "model_not_found"}}}});
  if (const Json complaint = refused(script_, asked); !complaint.is_null()) return answer(400, complaint);

  const Json headers = step.value("headers", Json::object());
  for (const auto& [name, value] : headers.items()) response.set_header(name, value.get<std::string>());
  if (step.value("cut", false)) {
    response.set_content_provider(1000, "application/json", [](size_t, size_t, httplib::DataSink& sink) {
      sink.write("{\"id\"", 5);
      return false;
    });
    return;
  }
  response.status = step.value("status", 200);
  if (step.contains("body"))
    response.set_content(step["body"].get<std::string>(), "application/json");
  else if (response.status == 200)
    response.set_content(completion(step, model).dump(), "application/json");
  else
    answer(response.status, {{"error", {{"message", "as the script says"}, {"type", "scripted"}}}});
}

}  // namespace dew::testing
