#include "verbs/phone/trust.h"

#include <openssl/evp.h>

#include <map>

#include "embed/phone.h"

namespace dew::verbs {
namespace {

std::string base64(const std::string& bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()), int(bytes.size()));
  text.resize(static_cast<size_t>(size));
  return text;
}

/// As profiles want them (RFC 4122's form), the same for the same bytes.
std::string uuid_of(const std::string& bytes) {
  const std::string hex = sha256(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-5" + hex.substr(13, 3) + "-8" + hex.substr(17, 3) +
         "-" + hex.substr(20, 12);
}

std::string filled(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string all(text);
  for (const auto& [name, value] : values)
    for (size_t at = all.find(name); at != std::string::npos; at = all.find(name, at + value.size()))
      all.replace(at, name.size(), value);
  return all;
}

}  // namespace

std::string trust_page(const Authority& authority, const std::string& home) {
  return filled(phone::trust_html,
                {{"@NAME@", authority.name()}, {"@FINGERPRINT@", authority.fingerprint()}, {"@HOME@", home}});
}

std::string mobile_config(const Authority& authority) {
  return filled(phone::mobileconfig, {{"@NAME@", authority.name()},
                                      {"@CERTIFICATE@", base64(authority.der())},
                                      {"@OUTER@", uuid_of("profile " + authority.der())},
                                      {"@INNER@", uuid_of(authority.der())}});
}

}  // namespace dew::verbs
