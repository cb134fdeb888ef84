// HTTPS to a server whose certificate nobody signed: it must not see a byte of the request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <atomic>
#include <memory>
#include <thread>

#include "teacher/teacher.h"
#include "tests/teacher/environment.h"

namespace dew {
namespace {

using dew::testing::Environment;
using ::testing::HasSubstr;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

/// For 127.0.0.1, valid for an hour, signed by itself.
Certificate self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

TEST(Tls, ACertificateThatNobodySignedStopsTheRun) {
  const Environment secret("OPENAI_API_KEY", "sk-test-0123456789abcdef");
  const Key key(EVP_RSA_gen(2048), &EVP_PKEY_free);
  const Certificate certificate = self_signed(key.get());
  httplib::SSLServer server(certificate.get(), key.get());
  std::atomic<int> requests = 0;
  server.Post(".*", [&](const httplib::Request&, httplib::Response&) { ++requests; });
  const int port = server.bind_to_any_port("127.0.0.1");
  ASSERT_GT(port, 0);
  std::thread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();

  const auto teacher = make_teacher("https://127.0.0.1:" + std::to_string(port) + "/v1#m",
                                    Prompt{"Is it?", {"yes", "no"}, ""}, {});
  ASSERT_TRUE(teacher) << teacher.error().what;
  Watch watch;
  const auto asked = (*teacher)->ask(
      [taken = 0]() mutable -> std::optional<Question> {
        if (++taken > 1) return std::nullopt;
        return Question{1, "s", [] { return Image{1, 1, {0, 0, 0}}; }};
      },
      [](const std::vector<Reply>&) { return Result<void>{}; }, watch);
  server.stop();
  thread.join();
  ASSERT_FALSE(asked);
  EXPECT_THAT(asked.error().what, HasSubstr("certificate is not to be trusted"));
  EXPECT_EQ(requests, 0);
}

}  // namespace
}  // namespace dew
