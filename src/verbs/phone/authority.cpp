#include "verbs/phone/authority.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/secret.h"

namespace dew::verbs {
namespace {

constexpr long kDay = 24L * 60 * 60;
constexpr long kYears = 3650;      ///< days that an authority lasts
constexpr long kLeaf = 397;        ///< days of a server's certificate
constexpr long kRenewBefore = 30;  ///< days before its end
constexpr int kSerialBits = 159;   ///< RFC 5280: at most 20 octets, positive

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

tl::unexpected<Error> failed(const std::string& what) {
  return work_error("OpenSSL cannot " + what, {}, "use http on this machine alone: --listen 127.0.0.1");
}

/// Of one address.
std::string whole_mask(const std::string& host) {
  return host.find(':') == std::string::npos ? "255.255.255.255" : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
}

bool is_address(const std::string& host) {
  in6_addr buffer{};
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 || inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

/// Only this machine, and what the internet does not reach.
std::string permitted(const std::vector<std::string>& hosts) {
  std::string all = "critical,permitted;DNS:localhost,permitted;DNS:local";
  for (const char* range :
       {"10.0.0.0/255.0.0.0", "172.16.0.0/255.240.0.0", "192.168.0.0/255.255.0.0", "169.254.0.0/255.255.0.0",
        "100.64.0.0/255.192.0.0", "127.0.0.0/255.0.0.0", "fc00::/fe00::", "fe80::/ffc0::"})
    all += fmt::format(",permitted;IP:{}", range);
  for (const std::string& host : hosts)
    all += is_address(host) ? fmt::format(",permitted;IP:{}/{}", host, whole_mask(host))
                            : ",permitted;DNS:" + host;
  return all;
}

std::string alternatives(const std::vector<std::string>& hosts) {
  std::vector<std::string> all;
  for (const std::string& host : hosts) all.push_back((is_address(host) ? "IP:" : "DNS:") + host);
  return join(all, ",");
}

/// Letters, figures, dashes and dots: what may stand in a certificate's configuration.
bool is_host_name(const std::string& host) {
  constexpr size_t kLongest = 63;
  return !host.empty() && host.size() <= kLongest && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

bool set_random_serial(X509* certificate) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(BN_new(), &BN_free);
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509_NAME* name, const std::string& text) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (made == nullptr) return false;
  const bool added = X509_add_ext(certificate, made, -1) == 1;
  X509_EXTENSION_free(made);
  return added;
}

/// Everything but the extensions and the signature.
Certificate blank(EVP_PKEY* key, const std::string& name, long days) {
  Certificate made(X509_new());
  const bool fine =
      made && X509_set_version(made.get(), X509_VERSION_3) == 1 && set_random_serial(made.get()) &&
      X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), days * kDay) != nullptr &&
      set_name(X509_get_subject_name(made.get()), name) && X509_set_pubkey(made.get(), key) == 1;
  if (!fine) made.reset();
  return made;
}

/// The first name that is none of localhost's, for people.
std::string machine(const std::vector<std::string>& hosts) {
  const auto name = std::find_if(hosts.begin(), hosts.end(), [](const std::string& host) {
    return !is_address(host) && host != "localhost";
  });
  return name == hosts.end() ? "this machine" : *name;
}

Result<Identity> make_authority(const std::vector<std::string>& hosts) {
  Identity own;
  own.key.reset(EVP_EC_gen("P-256"));
  if (!own.key) return failed("make a key");
  own.certificate = blank(own.key.get(), "Dewdrop on " + machine(hosts), kYears);
  X509* const certificate = own.certificate.get();
  const bool fine =
      certificate != nullptr && X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1 &&
      add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
      add_extension(certificate, certificate, NID_subject_key_identifier, "hash") &&
      add_extension(certificate, certificate, NID_name_constraints, permitted(hosts)) &&
      X509_sign(certificate, own.key.get(), EVP_sha256()) > 0;
  if (!fine) return failed("make a certificate");
  return own;
}

Result<std::string> pem_of(const Identity& own) {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio ||
      PEM_write_bio_PrivateKey(bio.get(), own.key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(bio.get(), own.certificate.get()) != 1)
    return failed("write a key");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return std::string(bytes, static_cast<size_t>(size));
}

Result<Identity> read_authority(const fs::path& file) {
  DEW_TRY(const std::string pem, read_file(file, 1 << 16));
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Identity own;
  own.key.reset(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  own.certificate.reset(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!own.key || !own.certificate || X509_check_private_key(own.certificate.get(), own.key.get()) != 1)
    return work_error("this is no key with its certificate", file.string(),
                      "remove it: another is made, which phones must trust anew");
  return own;
}

bool lasts(const Identity& own) {
  time_t then = time(nullptr) + kRenewBefore * kDay;
  return X509_cmp_time(X509_get0_notAfter(own.certificate.get()), &then) > 0;
}

}  // namespace

Result<Authority> Authority::open(const fs::path& folder, const std::vector<std::string>& hosts) {
  const fs::path file = folder / "authority.pem";
  std::error_code none;
  if (fs::exists(file, none)) {
    DEW_TRY(Identity own, read_authority(file));
    if (lasts(own)) return Authority(std::move(own));
  }
  std::vector<std::string> sound = hosts;
  std::erase_if(sound, [](const std::string& host) { return !is_address(host) && !is_host_name(host); });
  DEW_TRY(Identity made, make_authority(sound));
  DEW_TRY(const std::string pem, pem_of(made));
  DEW_CHECK(write_secret(file, pem));
  return Authority(std::move(made));
}

bool Authority::vouches_for(const std::string& host) const {
  if (!is_address(host) && !is_host_name(host)) return false;
  const std::unique_ptr<NAME_CONSTRAINTS, decltype(&NAME_CONSTRAINTS_free)> allowed(
      static_cast<NAME_CONSTRAINTS*>(
          X509_get_ext_d2i(own_.certificate.get(), NID_name_constraints, nullptr, nullptr)),
      &NAME_CONSTRAINTS_free);
  const Certificate trial = blank(own_.key.get(), "Dewdrop", 1);
  // X509_check_purpose() is what reads the names for the check.
  return allowed && trial &&
         add_extension(trial.get(), trial.get(), NID_subject_alt_name, alternatives({host})) &&
         X509_sign(trial.get(), own_.key.get(), EVP_sha256()) > 0 &&
         X509_check_purpose(trial.get(), -1, 0) == 1 &&
         NAME_CONSTRAINTS_check(trial.get(), allowed.get()) == X509_V_OK;
}

Result<Identity> Authority::issue(const std::vector<std::string>& hosts) const {
  std::vector<std::string> named = hosts;
  std::erase_if(named, [&](const std::string& host) { return !vouches_for(host); });
  Identity server;
  server.key.reset(EVP_EC_gen("P-256"));
  if (!server.key) return failed("make a key");
  server.certificate = blank(server.key.get(), "Dewdrop", kLeaf);
  X509* const certificate = server.certificate.get();
  X509* const issuer = own_.certificate.get();
  const bool fine = certificate != nullptr &&
                    X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
                    add_extension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                    add_extension(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
                    add_extension(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
                    add_extension(certificate, issuer, NID_authority_key_identifier, "keyid:always") &&
                    add_extension(certificate, issuer, NID_subject_alt_name, alternatives(named)) &&
                    X509_sign(certificate, own_.key.get(), EVP_sha256()) > 0;
  if (!fine) return failed("make a certificate for " + join(hosts));
  return server;
}

std::string Authority::der() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(own_.certificate.get(), &bytes);
  const std::string der(reinterpret_cast<char*>(bytes), static_cast<size_t>(std::max(0, size)));
  OPENSSL_free(bytes);
  return der;
}

std::string Authority::name() const {
  constexpr int kLongest = 256;
  char text[kLongest] = {};
  X509_NAME_get_text_by_NID(X509_get_subject_name(own_.certificate.get()), NID_commonName, text, kLongest);
  return text;
}

std::string Authority::fingerprint() const {
  const std::string hex = sha256(der());
  std::string text;
  for (size_t i = 0; i < hex.size(); i += 2) text += (i == 0 ? "" : ":") + hex.substr(i, 2);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? char(c - 'a' + 'A') : c; });
  return text;
}

}  // namespace dew::verbs
