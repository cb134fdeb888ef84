// transport: HTTP requests in flight together on one thread, and the clock that waiting goes by.
//
// Knows nothing of models, prompts or retries. Tests replace it by a scripted transport with its own clock,
// so that a minute of waiting takes no time.
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

/// A POST of JSON, unless `get` or `upload` is set. `headers` may contain the key: no part of a request is
/// ever shown or logged.
struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  ///< "Name: value"
  std::string body;
  Milliseconds timeout{60'000};          ///< from start() to the last byte
  size_t reply_limit = size_t{1} << 20;  ///< bytes of body
  bool get = false;                      ///< a GET without a body
  fs::path upload;                       ///< POST this file as a form's "file", with "purpose" batch
  fs::path download;                     ///< the body goes there; reply_limit applies as well
  bool direct = false;                   ///< without a proxy: the server is this machine
};

enum class Delivery {
  kReply,        ///< a whole reply is here, whatever its status
  kUnreachable,  ///< no connection: refused, unknown host, no route, no proxy, a broken TLS handshake
  kUntrusted,    ///< TLS: the certificate is for another host, or not signed by a trusted authority
  kNoTls,        ///< https, and something else answers at the port
  kTimeout,      ///< connected, but not finished in time
  kBroken,       ///< the connection broke, or the reply was not HTTP
  kTooLong,      ///< more than reply_limit
};

struct HttpReply {
  uint64_t ticket = 0;  ///< what start() was given
  Delivery delivery = Delivery::kReply;
  int status = 0;
  bool sent = true;  ///< the whole request has left, so that the server may have worked on it
  std::string body;
  std::string retry_after;  ///< this header and the next, as received; empty where absent
  std::string location;
  std::map<std::string, std::string> rate;  ///< x-ratelimit-* and retry-after-ms; names in lower case
  std::string trouble;                      ///< libcurl's message where delivery is not kReply
};

/// 201 is what some gateways say instead of 200.
inline bool succeeded(const HttpReply& reply) {
  return reply.delivery == Delivery::kReply && (reply.status == 200 || reply.status == 201);
}

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  [[nodiscard]] virtual Clock::time_point now() const = 0;

  /// Sends without waiting, and a POST once only: one that may have reached the server is never sent again
  /// but by another start(). `ticket` is the caller's own number for it. Redirects are not followed, so that
  /// the key goes only to the host it is for.
  virtual Result<void> start(uint64_t ticket, HttpRequest request) = 0;

  /// Waits until a request has ended or the clock reads `until`; returns the requests that ended.
  virtual Result<std::vector<HttpReply>> wait(Clock::time_point until) = 0;

  /// Drops all requests in flight.
  virtual void drop_all() = 0;
};

/// On libcurl's multi interface: HTTP/2 where an https server offers it, with many requests on one
/// connection; else HTTP/1.1, with one connection per request in flight. HTTPS certificates are verified;
/// proxies come from the environment.
Result<std::unique_ptr<Transport>> make_transport();

}  // namespace dew::teacher
