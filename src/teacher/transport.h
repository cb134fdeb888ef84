// transport: HTTP requests in flight together on one thread, and the clock they live by.
//
// Knows nothing of models, prompts or retries. Tests put a scripted transport with a clock of its own in
// its place, so that a minute of waiting costs them nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::teacher {

using Milliseconds = std::chrono::milliseconds;

/// A POST of JSON, unless it is said otherwise. `headers` may hold the key: nothing of a request is ever
/// shown or logged.
struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;
  Milliseconds timeout{60'000};          ///< from start() to the last byte
  size_t reply_limit = size_t{1} << 20;  ///< bytes of body
  bool get = false;                      ///< a GET without a body
  fs::path upload;                       ///< POST this file as a form's "file", with "purpose" batch
  fs::path download;                     ///< the body goes there, and reply_limit bounds it all the same
  bool direct = false;                   ///< past the proxies of the environment: the server is this machine
};

enum class Delivery {
  kReply,        ///< a whole reply is here, whatever its status
  kUnreachable,  ///< nobody took the connection: refused, unknown host, no route, no proxy
  kUntrusted,    ///< TLS: the certificate is not this host's, or nobody known signed it
  kTimeout,      ///< connected, but not done in time
  kBroken,       ///< the connection ended midway, or what came was not HTTP
  kTooLong,      ///< more than reply_limit
};

struct HttpReply {
  uint64_t ticket = 0;  ///< what start() was given
  Delivery delivery = Delivery::kReply;
  int status = 0;
  std::string body;
  std::string retry_after;  ///< these two headers, as they came; empty where absent
  std::string location;
  std::map<std::string, std::string> rate;  ///< x-ratelimit-* and retry-after-ms; names in lower case
  std::string trouble;                      ///< the library's words where delivery is not kReply
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  [[nodiscard]] virtual Clock::time_point now() const = 0;

  /// Sends without waiting. `ticket` is the caller's own name for it. Redirects are not followed: the key
  /// goes to the host it was meant for, or nowhere.
  virtual Result<void> start(uint64_t ticket, HttpRequest request) = 0;

  /// Lets things happen until a request has ended or the clock reads `until`.
  virtual Result<std::vector<HttpReply>> wait(Clock::time_point until) = 0;

  /// Forgets what is in flight.
  virtual void drop_all() = 0;
};

/// On libcurl's multi interface: HTTP/2 where an https server offers it, many requests on one connection;
/// else HTTP/1.1, a connection a request in flight. HTTPS certificates are verified; proxies come from the
/// environment.
Result<std::unique_ptr<Transport>> make_transport();

}  // namespace dew::teacher
