// guard: who may speak to the studio. A page of somebody else's that is open in the same browser may not, nor
// may one whose name has been pointed at this machine (DNS rebinding), nor another user of the machine.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "base/base.h"

namespace dew::studio {

/// The value of a cookie in a Cookie header; empty: it is not there.
std::string cookie_in(const std::string& header, const std::string& name);

/// Whether it stands for all addresses of this machine: "0.0.0.0" or "::".
bool is_everywhere(const std::string& address);

class Guard {
 public:
  /// `address`: what is listened on; "0.0.0.0" and "::" are all addresses of this machine. `shown`: the one
  /// that people are told; empty: `address`. `secure`: by https. `session`: the cookie's secret.
  static Result<Guard> create(const std::string& address, int port, const std::string& shown, bool secure,
                              const std::string& session);

  /// Whether a Host header names this server. Beyond loopback, where all addresses are listened on, every
  /// address written as a number does: only names can be pointed at another machine.
  [[nodiscard]] bool is_own_host(const std::string& host) const;
  /// Whether an Origin header is that of the page at this host.
  [[nodiscard]] bool is_own_origin(const std::string& origin, const std::string& host) const;

  /// Whether this is the printed token, or one of opening_url(), each of which is good for one use.
  [[nodiscard]] bool admits(const std::string& token) const;
  /// Whether a Cookie header holds what admission gave.
  [[nodiscard]] bool knows(const std::string& cookies) const;
  /// The Set-Cookie header of an admission.
  [[nodiscard]] std::string cookie() const;
  /// "http://127.0.0.1:8484/?token=...".
  [[nodiscard]] std::string url() const;
  /// The same with a token for one use: for a program that opens the browser, as others on this machine can
  /// see the words of a command, and for a phone that sees it on a screen. The newest eight are good.
  [[nodiscard]] Result<std::string> opening_url() const;
  /// Whether a phone can come here and be given its camera by its browser: beyond loopback, by https.
  [[nodiscard]] bool lets_phones_in() const;
  /// url() without the token.
  [[nodiscard]] std::string plain_url() const;

 private:
  Guard() = default;
  [[nodiscard]] std::string cookie_name() const;

  struct Openings {
    std::mutex mutex;
    std::deque<std::string> tokens;  ///< not used yet, the oldest first
  };

  std::string address_;
  std::string shown_;
  int port_ = 0;
  bool secure_ = false;
  std::string token_;    ///< in the printed URL
  std::string session_;  ///< in the cookie
  std::unique_ptr<Openings> openings_ = std::make_unique<Openings>();
};

}  // namespace dew::studio
