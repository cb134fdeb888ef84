// A certificate authority of this machine's own, for pages that browsers take for secure: a phone trusts it
// once, and then allows the camera and installing. It may vouch for this machine and for private addresses
// alone (RFC 5280, 4.2.1.10), so that a stolen key is of no use anywhere else.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::verbs {

struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Certificate = std::unique_ptr<X509, FreeX509>;
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;

/// What a server shows, and proves that it is.
struct Identity {
  Certificate certificate;
  Key key;
};

class Authority {
 public:
  /// The one in `folder`, which only the user may read; made where there is none, or where it ends within a
  /// month: for private addresses and these names and addresses. Error: damaged (names the file), a folder
  /// that cannot be written.
  static Result<Authority> open(const fs::path& folder, const std::vector<std::string>& hosts);

  /// False for an address of the internet that this machine did not have when the authority was made.
  [[nodiscard]] bool vouches_for(const std::string& host) const;

  /// A certificate for those of these names and addresses that it vouches for, valid for 397 days (browsers
  /// take no longer one).
  [[nodiscard]] Result<Identity> issue(const std::vector<std::string>& hosts) const;

  [[nodiscard]] std::string der() const;          ///< what a phone is to trust
  [[nodiscard]] std::string name() const;         ///< "Dewdrop on HOST"
  [[nodiscard]] std::string fingerprint() const;  ///< SHA-256, "AB:CD:..."

 private:
  explicit Authority(Identity own) : own_(std::move(own)) {}
  Identity own_;
};

}  // namespace dew::verbs
