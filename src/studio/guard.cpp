#include "studio/guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/loopback.h"
#include "base/secret.h"

namespace dew::studio {
namespace {

constexpr size_t kMostOpenings = 8;

bool is_number_address(const std::string& host) {
  in6_addr any{};
  return ::inet_pton(AF_INET, host.c_str(), &any) == 1 || ::inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

std::string in_url(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

}  // namespace

bool is_everywhere(const std::string& address) {
  return address == "0.0.0.0" || address == "::";
}

std::string cookie_in(const std::string& header, const std::string& name) {
  for (const std::string& part : split_list(header, ';')) {
    const size_t equals = part.find('=');
    if (equals != std::string::npos && trim(part.substr(0, equals)) == name)
      return trim(part.substr(equals + 1));
  }
  return {};
}

Result<Guard> Guard::create(const std::string& address, int port, const std::string& shown, bool secure,
                            const std::string& session) {
  Guard guard;
  guard.address_ = address;
  guard.shown_ = !shown.empty() ? shown : is_everywhere(address) ? "127.0.0.1" : address;
  guard.port_ = port;
  guard.secure_ = secure;
  DEW_TRY(guard.token_, random_secret());
  guard.session_ = session;
  return guard;
}

bool Guard::is_own_host(const std::string& host) const {
  const std::string ending = fmt::format(":{}", port_);
  if (!host.ends_with(ending)) return false;
  std::string name = lower(host.substr(0, host.size() - ending.size()));
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  if (name == address_ || (is_loopback(name) && (is_loopback(address_) || is_everywhere(address_))))
    return true;
  return is_everywhere(address_) && is_number_address(name);
}

bool Guard::is_own_origin(const std::string& origin, const std::string& host) const {
  return lower(origin) == (secure_ ? "https://" : "http://") + lower(host);
}

bool Guard::admits(const std::string& token) const {
  if (same_secret(token, token_)) return true;
  const std::lock_guard lock(openings_->mutex);
  auto& open = openings_->tokens;
  const auto used =
      std::find_if(open.begin(), open.end(), [&](const auto& one) { return same_secret(token, one); });
  if (used == open.end()) return false;
  open.erase(used);
  return true;
}

Result<std::string> Guard::opening_url() const {
  DEW_TRY(const std::string token, random_secret());
  const std::lock_guard lock(openings_->mutex);
  openings_->tokens.push_back(token);
  if (openings_->tokens.size() > kMostOpenings) openings_->tokens.pop_front();
  return plain_url() + "?token=" + token;
}

bool Guard::knows(const std::string& cookies) const {
  return same_secret(cookie_in(cookies, cookie_name()), session_);
}

std::string Guard::cookie_name() const {
  // Browsers send cookies to every port of a host: each studio has a name of its own.
  return fmt::format("dewdrop_studio_{}", port_);
}

std::string Guard::cookie() const {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict{}", cookie_name(), session_,
                     secure_ ? "; Secure" : "");
}

std::string Guard::url() const {
  return plain_url() + "?token=" + token_;
}

bool Guard::lets_phones_in() const {
  return secure_ && !is_loopback(address_);
}

std::string Guard::plain_url() const {
  return fmt::format("{}://{}:{}/", secure_ ? "https" : "http", in_url(shown_), port_);
}

}  // namespace dew::studio
