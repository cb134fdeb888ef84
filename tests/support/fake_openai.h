// A server on loopback that speaks OpenAI's chat completions and does what a script says, wrongly on
// purpose. In tests it runs inside; the command line's tests run it as a program (fake_openai_main.cpp).
//
// The script is one JSON object:
//   {"steps": [step, ...],      what each request gets, in the order they come ("times": n repeats a step)
//    "then": step,              what all later ones get; default {"label": "yes"}
//    "cycle": true,             or: begin the steps again
//    "key": "sk-...",           anything else in Authorization gets 401
//    "model": "gpt-4o",         any other model gets 404
//    "refuse": ["schema", "temperature", "max_tokens"],   what gets 400, in OpenAI's words
//    "count": {"base": 85, "tile": 170},  usage as OpenAI bills it: tiles, and four characters a token
//    "shape": "llama.cpp",       another server's manners: how it refuses, and whether it tells
//    log-probabilities
//                             (see kShapes in fake_openai.cpp); without one, OpenAI's, and no
//                             log-probabilities
//    "azure": {"key": "...", "version": "2024-10-21"},    wants Azure's header and api-version
//    "forget": true}          bodies are not kept (seen() has empty ones)
// A step is one of
//   {"label": "yes", "reason": "...", "p": 0.8}   a good answer, its label as probable as p
//   {"content": "..." or [parts]}          the message's content, word for word
//   {"message": {...}, "finish_reason": "length"}
//   {"body": "..."}                        the HTTP body, word for word
// each with any of "status", "headers" {...}, "delay_ms", "usage": false; or
//   {"hang": true}                         never answers
//   {"cut": true}                          ends the connection in the middle of the body
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace dew::testing {

/// What the server saw of a request.
struct SeenRequest {
  std::string authorization;
  std::string content_type;
  std::string body;
  std::string api_key;  ///< Azure's header
};

class FakeOpenAi {
 public:
  /// Listens on 127.0.0.1, on a port of the system's choice.
  explicit FakeOpenAi(nlohmann::json script);
  FakeOpenAi(const FakeOpenAi&) = delete;
  FakeOpenAi& operator=(const FakeOpenAi&) = delete;
  ~FakeOpenAi();

  [[nodiscard]] int port() const { return port_; }
  /// "http://127.0.0.1:PORT/v1"
  [[nodiscard]] std::string base_url() const;
  /// All requests so far, in the order they came.
  [[nodiscard]] std::vector<SeenRequest> seen() const;
  [[nodiscard]] int64_t requests() const;
  [[nodiscard]] int64_t most_at_once() const;
  /// From the first request to the last one.
  [[nodiscard]] double seconds() const;
  /// Of a request, from its last byte to the first of its reply: the script's delay and the server's own
  /// work.
  [[nodiscard]] double mean_latency() const;
  /// All tokens that were billed so far, with "count".
  [[nodiscard]] int64_t tokens_in() const;
  [[nodiscard]] int64_t tokens_out() const;

 private:
  struct Http;
  nlohmann::json next_step();
  void serve_chat(const void* request, void* response);

  nlohmann::json script_;
  std::vector<nlohmann::json> steps_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<SeenRequest> seen_;
  int64_t at_once_ = 0;
  int64_t most_at_once_ = 0;
  double latency_ = 0;  ///< the sum
  int64_t tokens_in_ = 0;
  int64_t tokens_out_ = 0;
  std::chrono::steady_clock::time_point first_;
  std::chrono::steady_clock::time_point last_;
  int port_ = 0;
  std::unique_ptr<Http> http_;
  std::thread thread_;
};

}  // namespace dew::testing
