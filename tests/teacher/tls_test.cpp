// HTTPS to a server whose certificate nobody signed: it must not see a byte of the request.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <atomic>
#include <memory>
#include <thread>

#include "teacher/teacher.h"
#include "tests/teacher/environment.h"

namespace dew::teacher {
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
  EXPECT_THAT(asked.error().what, HasSubstr("certificate cannot be verified"));
  EXPECT_EQ(requests, 0);
}

template <typename Write>
std::string pem(Write write) {
  BIO* memory = BIO_new(BIO_s_mem());
  write(memory);
  char* bytes = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(memory, &bytes));
  std::string text(bytes, size);
  BIO_free(memory);
  return text;
}

// Answers after 20 ms and says by which protocol it was asked, and on how many connections until then.
constexpr const char* kHttp2Server = R"js(
const fs = require('fs'), http2 = require('http2');
const [key, cert, port] = process.argv.slice(2);
let sessions = 0;
const server = http2.createSecureServer({key: fs.readFileSync(key), cert: fs.readFileSync(cert), allowHTTP1: true});
server.on('session', () => ++sessions);
server.on('request', (request, response) => {
  request.resume();
  request.on('end', () => setTimeout(() => {
    const words = JSON.stringify({label: 'yes', reason: `HTTP/${request.httpVersion} on ${sessions}`});
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({choices: [{message: {content: words}}]}));
  }, 20));
});
server.listen(0, '127.0.0.1', () => fs.writeFileSync(port, String(server.address().port)));
)js";

TEST(Tls, Http2CarriesManyQuestionsOnOneConnection) {
  if (!find_program("node")) GTEST_SKIP() << "NOT TESTED: there is no node to be the HTTP/2 server";
  const Key key(EVP_RSA_gen(2048), &EVP_PKEY_free);
  const Certificate certificate = self_signed(key.get());
  auto folder = TemporaryFolder::create();
  ASSERT_TRUE(folder);
  const fs::path at = folder->path();
  ASSERT_TRUE(write_file(at / "server.js", kHttp2Server));
  ASSERT_TRUE(write_file(at / "key.pem", pem([&](BIO* out) {
                           PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
                         })));
  ASSERT_TRUE(
      write_file(at / "cert.pem", pem([&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); })));
  class UntilDone : public Watch {
   public:
    [[nodiscard]] bool interrupted() const override { return done; }
    std::atomic<bool> done = false;
  } server_watch;
  std::thread server([&] {
    (void)run_process({"node", (at / "server.js").string(), (at / "key.pem").string(),
                       (at / "cert.pem").string(), (at / "port").string()},
                      std::chrono::seconds(60), server_watch);
  });
  const auto listens = [&] {
    const auto text = read_file(at / "port");
    return text && !text->empty();
  };
  for (int i = 0; i < 400 && !listens(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(25));
  const auto port = read_file(at / "port");
  std::vector<std::string> reasons;
  Result<void> asked;
  if (port) {
    const Environment secret("OPENAI_API_KEY", "sk-test-0123456789abcdef");
    const Environment trusted("CURL_CA_BUNDLE", (at / "cert.pem").string());
    TeacherOptions options;
    options.concurrency = 8;
    const auto teacher =
        make_teacher("https://127.0.0.1:" + *port + "/v1#m", Prompt{"Is it?", {"yes", "no"}, ""}, options);
    Watch watch;
    asked = (*teacher)->ask(
        [taken = 0]() mutable -> std::optional<Question> {
          if (++taken > 40) return std::nullopt;
          return Question{taken, "s", [] { return Image{1, 1, {0, 0, 0}}; }};
        },
        [&](const std::vector<Reply>& replies) -> Result<void> {
          for (const Reply& reply : replies)
            reasons.push_back(reply.answer ? reply.answer->reason : reply.answer.error().what);
          return {};
        },
        watch);
  }
  server_watch.done = true;
  server.join();
  ASSERT_TRUE(port);
  ASSERT_TRUE(asked) << asked.error().what;
  ASSERT_EQ(reasons.size(), 40U);
  EXPECT_THAT(reasons, ::testing::Each("HTTP/2.0 on 1"));
}

}  // namespace
}  // namespace dew::teacher
