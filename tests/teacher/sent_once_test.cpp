// Servers that close a connection while a request is on its way: libcurl would send it once more by itself,
// and the bill would not know.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>

#include "teacher/teacher.h"
#include "teacher/transport.h"
#include "tests/teacher/environment.h"

namespace dew::teacher {
namespace {

using dew::testing::Environment;
using ::testing::SizeIs;

constexpr int64_t kTokensIn = 1000;

/// Answers the first request of each connection, reads the second one to its end, and hangs up.
class HangsUp {
 public:
  HangsUp() {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  HangsUp(const HangsUp&) = delete;
  HangsUp& operator=(const HangsUp&) = delete;
  ~HangsUp() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }
  [[nodiscard]] int requests() const { return requests_; }

 private:
  void serve() {
    while (true) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      if (read_request(connection)) {
        const std::string body =
            R"({"choices":[{"message":{"content":"{\"label\":\"yes\"}"},"finish_reason":"stop"}],)"
            R"("usage":{"prompt_tokens":1000,"completion_tokens":9,"total_tokens":1009}})";
        const std::string reply =
            "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
        EXPECT_EQ(::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL), std::ssize(reply));
        read_request(connection);
      }
      ::close(connection);
    }
  }

  /// False where none comes.
  bool read_request(int connection) {
    std::string text;
    const auto receive = [&] {
      char bytes[4096];
      const ssize_t got = ::recv(connection, bytes, sizeof(bytes), 0);
      if (got > 0) text.append(bytes, static_cast<size_t>(got));
      return got > 0;
    };
    while (text.find("\r\n\r\n") == std::string::npos)
      if (!receive()) return false;
    const size_t begin = text.find("\r\n\r\n") + 4;
    const size_t length = std::stoul(text.substr(text.find("Content-Length: ") + 16));
    while (text.size() < begin + length)
      if (!receive()) return false;
    ++requests_;
    return true;
  }

  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

HttpReply reply_to(Transport& transport, const HangsUp& server, uint64_t ticket) {
  HttpRequest request;
  request.url = server.url();
  request.body = std::string(200'000, 'x');
  EXPECT_TRUE(transport.start(ticket, request));
  const auto replies = transport.wait(transport.now() + Milliseconds(5000));
  EXPECT_THAT(*replies, SizeIs(1));
  return replies->empty() ? HttpReply{} : replies->front();
}

TEST(SentOnce, ARequestOnAConnectionThatBreaksIsNotSentAgainUnasked) {
  const HangsUp server;
  const auto transport = make_transport();
  ASSERT_TRUE(transport);
  EXPECT_EQ(reply_to(**transport, server, 1).status, 200);
  const HttpReply broken = reply_to(**transport, server, 2);
  EXPECT_EQ(broken.delivery, Delivery::kBroken);
  EXPECT_TRUE(broken.sent);
  EXPECT_EQ(broken.trouble, "the server closed it without a reply");
  EXPECT_EQ(server.requests(), 2);
}

TEST(SentOnce, WhatTheServerReadIsInTheBill) {
  const Environment key("OPENAI_API_KEY", std::nullopt);
  const HangsUp server;
  TeacherOptions options;
  options.concurrency = 1;
  options.first_pause = std::chrono::milliseconds(1);
  const auto teacher = make_teacher(server.url() + "#gpt-4o", {"Is it?", {"yes", "no"}, ""}, options);
  ASSERT_TRUE(teacher);
  int taken = 0;
  int answers = 0;
  int64_t billed = 0;
  Watch watch;
  ASSERT_TRUE((*teacher)->ask(
      [&]() -> std::optional<Question> {
        if (taken == 8) return std::nullopt;
        return Question{++taken, "s", [] { return Image{8, 8, std::vector<uint8_t>(192, 9)}; }};
      },
      [&](const std::vector<Reply>& replies) -> Result<void> {
        for (const Reply& reply : replies) {
          answers += reply.answer ? 1 : 0;
          billed += reply.spent.tokens_in;
        }
        return {};
      },
      watch));
  EXPECT_EQ(answers, 8);
  EXPECT_EQ(server.requests(), 15) << "all but the first were sent to a connection that was then closed";
  const int64_t estimate = (*teacher)->forecast({8, 8}, {}).tokens_in;
  EXPECT_EQ(billed, answers * kTokensIn + (server.requests() - answers) * estimate);
}

}  // namespace
}  // namespace dew::teacher
