// Lines to a server that is away, refuses, hangs: in order, each once, and nobody waits.
#include "verbs/cascade/webhook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include "base/hmac.h"

namespace dew::verbs {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Webhooks : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Post("/token-1234", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      if (!statuses_.empty()) {
        response.status = statuses_.front();
        statuses_.erase(statuses_.begin());
      }
      if (response.status >= 300) return;
      bodies_.push_back(request.body);
      signatures_.push_back(request.get_header_value("X-Dewdrop-Signature"));
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(milliseconds(1));
  }
  void TearDown() override {
    unsetenv("DEWDROP_WEBHOOK_SECRET");
    server_.stop();
    thread_.join();
  }
  std::unique_ptr<Webhook> open() {
    return Webhook::open("http://127.0.0.1:" + std::to_string(port_) + "/token-1234",
                         [this](const std::string& warning) {
                           const std::lock_guard lock(mutex_);
                           warned_.push_back(warning);
                         },
                         {milliseconds(5), milliseconds(20)})
        .value();
  }

  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  std::mutex mutex_;
  std::vector<int> statuses_;
  std::vector<std::string> bodies_;
  std::vector<std::string> signatures_;
  std::vector<std::string> warned_;
};

TEST_F(Webhooks, LinesComeInOrderOverFaultsAndRefusals) {
  statuses_ = {200, 503, 429, 200, 400};  // a; b three times; c is refused
  const auto webhook = open();
  for (const char* line : {"a", "b", "c", "d"}) webhook->send(line);
  webhook->drain(std::chrono::seconds(5));
  EXPECT_THAT(bodies_, ElementsAre("a", "b", "d"));
  EXPECT_EQ(webhook->figures().sent, 3);
  EXPECT_EQ(webhook->figures().refused, 1);
  EXPECT_EQ(webhook->figures().waiting, 0);
  ASSERT_THAT(warned_, SizeIs(2));
  EXPECT_THAT(warned_[0], HasSubstr("status 503"));
  EXPECT_THAT(warned_[1], HasSubstr("given up"));
  for (const std::string& warning : warned_) EXPECT_THAT(warning, Not(HasSubstr("token-1234")));
}

TEST_F(Webhooks, ASecretSignsTheBody) {
  setenv("DEWDROP_WEBHOOK_SECRET", "s3cret", 1);
  const auto webhook = open();
  webhook->send("{}");
  webhook->drain(std::chrono::seconds(5));
  EXPECT_THAT(signatures_, ElementsAre("sha256=" + hmac_sha256("s3cret", "{}")));
}

TEST_F(Webhooks, OfTooManyTheOldestAreDropped) {
  statuses_ = std::vector<int>(100'000, 503);
  const auto webhook = open();
  for (size_t i = 0; i < Webhook::kMostWaiting + 5; ++i) webhook->send(std::to_string(i));
  EXPECT_EQ(webhook->figures().dropped, 5);
  EXPECT_EQ(webhook->figures().waiting, static_cast<int64_t>(Webhook::kMostWaiting));
}

TEST(Webhook, AServerThatNeverAnswersDoesNotHoldTheEnd) {
  // Bound, and never accepted from.
  const int silent = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(::bind(silent, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 1), 0);
  socklen_t size = sizeof address;
  ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
  const auto began = std::chrono::steady_clock::now();
  {
    const auto webhook = Webhook::open("http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/",
                                       [](const std::string&) {})
                             .value();
    webhook->send("a");
    webhook->drain(milliseconds(100));
    EXPECT_EQ(webhook->figures().waiting, 1);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4));
  ::close(silent);
}

TEST(Webhook, OtherAddressesAreRefused) {
  EXPECT_FALSE(Webhook::open("ftp://example.org/", [](const std::string&) {}));
  EXPECT_FALSE(Webhook::open("", [](const std::string&) {}));
}

}  // namespace
}  // namespace dew::verbs
