// The fake server, on cpp-httplib.
#include "tests/support/fake_openai.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <cmath>
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

/// What other servers make of a request that OpenAI would take. Their words are from their issue trackers.
struct Shape {
  const char* name;
  bool logprobs;        ///< tells them where they are asked for; nobody else says anything
  const char* schema;   ///< the body that refuses json_schema; null: takes it
  const char* object;   ///< ... json_object
  int refusal;          ///< the status of both
  int pictures;         ///< in one request at most
  const char* unknown;  ///< the body for a model it does not have
};

constexpr const char* kLlamaSchema =
    R"({"error":{"code":500,"message":"response_format type must be one of \"text\" or \"json_object\", )"
    R"(but got: json_schema","type":"server_error"}})";
constexpr const char* kLmStudioObject =
    R"({"error":"'response_format.type' must be 'json_schema' or 'text'"})";
constexpr const char* kNotFound = R"({"error":{"message":"not found","type":"not_found_error"}})";
constexpr const char* kOllamaUnknown =
    R"({"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error","param":null,)"
    R"("code":null}})";
constexpr const char* kVllmUnknown =
    R"({"object":"error","message":"The model `m` does not exist.","type":"NotFoundError","param":null,)"
    R"("code":404})";
constexpr const char* kVllmPictures =
    R"({"object":"error","message":"At most 1 image(s) may be provided in one request.",)"
    R"("type":"BadRequestError","param":null,"code":400})";

constexpr Shape kShapes[] = {
    {"llama.cpp", true, nullptr, nullptr, 400, 99, kNotFound},
    {"llama.cpp-old", false, kLlamaSchema, nullptr, 500, 99, kNotFound},
    {"ollama", true, nullptr, nullptr, 400, 99, kOllamaUnknown},
    {"ollama-old", false, nullptr, nullptr, 400, 99, kOllamaUnknown},  // drops what it does not know
    {"vllm", true, nullptr, nullptr, 400, 1, kVllmUnknown},
    {"lmstudio", false, nullptr, kLmStudioObject, 400, 99, kNotFound},
};

const Shape* shape_of(const Json& script) {
  for (const Shape& shape : kShapes)
    if (script.value("shape", "") == shape.name) return &shape;
  return nullptr;
}

int pictures_in(const Json& request) {
  int count = 0;
  for (const Json& message : request.at("messages"))
    if (message.at("content").is_array())
      for (const Json& part : message.at("content")) count += part.at("type") == "image_url" ? 1 : 0;
  return count;
}

/// The body with which the shape refuses the request; null where it takes it.
const char* refused_by(const Shape& shape, const Json& request) {
  const std::string format =
      request.contains("response_format") ? request["response_format"].value("type", "") : "";
  if (format == "json_schema" && shape.schema != nullptr) return shape.schema;
  if (format == "json_object" && shape.object != nullptr) return shape.object;
  return pictures_in(request) > shape.pictures ? kVllmPictures : nullptr;
}

/// choices[0].logprobs for a content that names its label: three tokens, of which only the label is in doubt.
Json logprobs_of(const std::string& content, const std::string& label, double p) {
  const size_t at = content.find(label);
  const auto token = [](const std::string& text, double logprob) {
    return Json{{"token", text}, {"logprob", logprob}, {"top_logprobs", Json::array()}};
  };
  return {{"content",
           {token(content.substr(0, at), 0), token(label, std::log(p)),
            token(content.substr(at + label.size()), 0)}}};
}

std::string unbase64(const std::string& text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (value < 0) break;
    bits = bits << 6 | static_cast<unsigned>(value);
    if ((count += 6) >= 8) bytes += static_cast<char>(bits >> (count -= 8) & 0xff);
  }
  return bytes;
}

/// Width and height by a JPEG's frame header (ITU T.81, B.2.2).
std::pair<int, int> jpeg_size(const std::string& jpeg) {
  const auto byte = [&](size_t at) { return at < jpeg.size() ? static_cast<unsigned char>(jpeg[at]) : 0; };
  for (size_t at = 2; at + 9 < jpeg.size() && byte(at) == 0xff; at += 2 + byte(at + 2) * 256U + byte(at + 3))
    if (byte(at + 1) >= 0xc0 && byte(at + 1) <= 0xc2)
      return {byte(at + 7) * 256 + byte(at + 8), byte(at + 5) * 256 + byte(at + 6)};
  return {0, 0};
}

/// OpenAI's guide, step by step: fit into 2048 x 2048, bring the shorter side to 768, count 512-pixel
/// squares.
int64_t picture_tokens(const Json& rule, const Json& image_url) {
  const int64_t base = rule.at("base");
  if (image_url.value("detail", "auto") == "low") return base;
  const std::string url = image_url.at("url");
  auto [width, height] = jpeg_size(unbase64(url.substr(url.find(',') + 1)));
  double w = width;
  double h = height;
  if (w > 2048 || h > 2048) {
    const double longer = w > h ? w : h;
    w *= 2048 / longer;
    h *= 2048 / longer;
  }
  if (w > 768 && h > 768) {
    const double shorter = w < h ? w : h;
    w *= 768 / shorter;
    h *= 768 / shorter;
  }
  int64_t squares = 0;
  for (double y = 0; y < h - 0.5; y += 512)
    for (double x = 0; x < w - 0.5; x += 512) ++squares;
  return base + rule.at("tile").get<int64_t>() * squares;
}

/// OpenAI's rule of thumb.
int64_t words_tokens(const std::string& text) {
  return (static_cast<int64_t>(text.size()) + 3) / 4;
}

int64_t request_tokens(const Json& rule, const Json& request) {
  int64_t tokens = 0;
  for (const Json& message : request.at("messages")) {
    tokens += 4;
    if (message.at("content").is_string()) {
      tokens += words_tokens(message.at("content"));
      continue;
    }
    for (const Json& part : message.at("content"))
      tokens += part.at("type") == "text" ? words_tokens(part.at("text"))
                                          : picture_tokens(rule, part.at("image_url"));
  }
  if (request.contains("response_format")) tokens += words_tokens(request.at("response_format").dump());
  return tokens;
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
  server.set_read_timeout(60, 0);  // a client that is stopped in mid-request is no bad request
  server.set_keep_alive_max_count(100'000);
  server.Post(R"(/openai/deployments/[^/]+/chat/completions)",
              [this](const httplib::Request& request, httplib::Response& response) {
                serve_chat(&request, &response);
              });
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

double FakeOpenAi::seconds() const {
  const std::lock_guard lock(mutex_);
  return std::chrono::duration<double>(last_ - first_).count();
}

double FakeOpenAi::mean_latency() const {
  const std::lock_guard lock(mutex_);
  return seen_.empty() ? 0 : latency_ / static_cast<double>(seen_.size());
}

int64_t FakeOpenAi::tokens_in() const {
  const std::lock_guard lock(mutex_);
  return tokens_in_;
}

int64_t FakeOpenAi::tokens_out() const {
  const std::lock_guard lock(mutex_);
  return tokens_out_;
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

  struct Timed {  // until the reply is handed over
    FakeOpenAi& server;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    ~Timed() {
      const std::lock_guard lock(server.mutex_);
      server.latency_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    }
  } const timed{*this};

  std::unique_lock lock(mutex_);
  last_ = std::chrono::steady_clock::now();
  if (seen_.empty()) first_ = last_;
  seen_.push_back({request.get_header_value("Authorization"), request.get_header_value("Content-Type"),
                   script_.value("forget", false) ? std::string() : request.body,
                   request.get_header_value("api-key")});
  most_at_once_ = std::max(most_at_once_, ++at_once_);
  const Json step = next_step();
  const bool hang = step.value("hang", false);
  const auto delay = std::chrono::milliseconds(hang ? 600'000 : step.value("delay_ms", 0));
  changed_.wait_for(lock, delay, [&] { return stopping_; });
  --at_once_;
  lock.unlock();

  if (script_.contains("azure")) {
    const bool known =
        request.get_header_value("api-key") == script_["azure"]["key"].get<std::string>() &&
        request.get_param_value("api-version") == script_["azure"]["version"].get<std::string>();
    if (!known)
      return answer(
          401, {{"error", {{"code", "401"}, {"message", "Access denied due to invalid subscription key"}}}});
  }
  const std::string key = script_.value("key", "");
  if (!key.empty() && request.get_header_value("Authorization") != "Bearer " + key)
    return answer(401,
                  {{"error",
                    {{"message", "Incorrect API key provided: " + request.get_header_value("Authorization")},
                     {"type", "invalid_request_error"},
                     {"code", "invalid_api_key"}}}});
  const Json asked = Json::parse(request.body, nullptr, false);
  const std::string model = asked.is_object() ? asked.value("model", "") : "";
  const Shape* shape = shape_of(script_);
  const auto word_for_word = [&](int status, const char* body) {
    response.status = status;
    response.set_content(body, "application/json");
  };
  if (shape != nullptr && script_.contains("model") && model != script_["model"])
    return word_for_word(404, shape->unknown);
  if (shape != nullptr)
    if (const char* body = refused_by(*shape, asked)) {
      const bool pictures = body == kVllmPictures;
      return word_for_word(pictures ? 400 : shape->refusal, body);
    }
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
  Json whole = completion(step, model);
  if (shape != nullptr && shape->logprobs && asked.value("logprobs", false) && step.contains("label"))
    whole["choices"][0]["logprobs"] =
        logprobs_of(whole["choices"][0]["message"]["content"], step["label"], step.value("p", 1.0));
  if (script_.contains("count") && response.status == 200) {
    const int64_t in = request_tokens(script_["count"], asked);
    const int64_t out = words_tokens(whole["choices"][0]["message"].value("content", ""));
    whole["usage"] = {{"prompt_tokens", in}, {"completion_tokens", out}, {"total_tokens", in + out}};
    const std::lock_guard counting(mutex_);
    tokens_in_ += in;
    tokens_out_ += out;
  }
  if (step.contains("body"))
    response.set_content(step["body"].get<std::string>(), "application/json");
  else if (response.status == 200)
    response.set_content(whole.dump(), "application/json");
  else
    answer(response.status, {{"error", {{"message", "as the script says"}, {"type", "scripted"}}}});
}

}  // namespace dew::testing
