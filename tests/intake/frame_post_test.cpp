#include "intake/frame_post.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/intake/cameras.h"
#include "tests/support/broker.h"
#include "tests/support/shapes.h"
#include "tests/verbs/recorded_watch.h"

namespace dew::intake {
namespace {

using namespace dew::testing;
using ::testing::HasSubstr;

class Posting : public ::testing::Test {
 protected:
  void open(const std::string& token = {}, size_t most_pixels = 100'000) {
    MediaLimits limits;
    limits.max_pixels = static_cast<int64_t>(most_pixels);
    for (address_.port = 18'080; address_.port < 18'180 && !intake_; ++address_.port)
      if (auto opened = open_frame_post(address_, token, limits, cameras_.host()))
        intake_ = *std::move(opened);
    --address_.port;
    ASSERT_TRUE(intake_);
  }
  int post(const std::string& path, const std::string& body, const httplib::Headers& headers = {}) {
    httplib::Client client("127.0.0.1", address_.port);
    const auto reply = client.Post(path, headers, body, "image/jpeg");
    body_ = reply ? reply->body : "";
    return reply ? reply->status : -1;
  }
  std::shared_ptr<PushedFrames> camera(const std::string& name) {
    return cameras_.find("http://127.0.0.1:" + std::to_string(address_.port) + "/frames/" + name);
  }

  Cameras cameras_{2};
  PostAddress address_{"127.0.0.1", 0};
  std::string jpeg_ = encode_jpeg(disc_picture(true, 1));
  std::string body_;
  std::unique_ptr<Intake> intake_;
};

TEST_F(Posting, APostedJpegIsAFrame) {
  open();
  EXPECT_EQ(post("/frames/yard", jpeg_), 202);
  ASSERT_TRUE(camera("yard"));
  EXPECT_EQ(next_of(*camera("yard")), jpeg_);
  EXPECT_EQ(intake_->figures().refused, 0);
}

TEST_F(Posting, ClientsThatSendNothingDoNotKeepOthersOut) {
  open("secret");
  std::vector<int> idle;
  for (int i = 0; i < 40; ++i) {
    const int one = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(address_.port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::connect(one, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    const std::string_view half = "POST /frames/y HTTP/1.1\r\n";
    ASSERT_EQ(::send(one, half.data(), half.size(), MSG_NOSIGNAL), std::ssize(half));
    idle.push_back(one);
  }
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(post("/frames/yard", jpeg_, {{"Authorization", "bearer secret"}}), 202);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(1500));
  for (const int one : idle) ::close(one);
}

TEST_F(Posting, WhatIsWrongIsAnsweredWithItsReason) {
  open();
  EXPECT_EQ(post("/frames/", jpeg_), 400);
  EXPECT_THAT(body_, HasSubstr("name of a camera"));
  EXPECT_EQ(post("/frames/a%20b", jpeg_), 400);
  EXPECT_EQ(post("/frames/..%2Fb", jpeg_), 404);
  EXPECT_EQ(post("/elsewhere", jpeg_), 404);
  EXPECT_THAT(body_, HasSubstr("/frames/<camera>"));
  EXPECT_EQ(post("/frames/yard", "no JPEG"), 415);
  EXPECT_THAT(body_, HasSubstr("no JPEG"));
  EXPECT_EQ(post("/frames/yard", jpeg_.substr(0, 100)), 415);
  EXPECT_EQ(post("/frames/yard", encode_jpeg(resize(disc_picture(true, 1), 400, 400))), 413);
  EXPECT_THAT(body_, HasSubstr("pixels"));
  EXPECT_EQ(post("/frames/yard", std::string(kLargestPicture + 1, '\xff')), 413);
  EXPECT_EQ(cameras_.count(), 0U);
  for (const char* name : {"a", "b"}) EXPECT_EQ(post("/frames/" + std::string(name), jpeg_), 202);
  EXPECT_EQ(post("/frames/c", jpeg_), 429);
  EXPECT_EQ(post("/frames/a", jpeg_), 202);
}

TEST_F(Posting, ATokenIsAskedForWhereThereIsOne) {
  open("s3cret");
  EXPECT_EQ(post("/frames/yard", jpeg_), 401);
  EXPECT_EQ(post("/frames/yard", jpeg_, {{"Authorization", "Bearer s3cre"}}), 401);
  EXPECT_EQ(post("/frames/yard", jpeg_, {{"Authorization", "Bearer s3cret!"}}), 401);
  EXPECT_EQ(body_.find("s3cret"), std::string::npos);
  EXPECT_EQ(post("/frames/yard", jpeg_, {{"Authorization", "Bearer s3cret"}}), 202);
}

TEST_F(Posting, BeyondThisMachineATokenIsNeeded) {
  const auto open_to_all = open_frame_post({"0.0.0.0", 18'081}, "", {}, cameras_.host());
  ASSERT_FALSE(open_to_all);
  EXPECT_EQ(open_to_all.error().fault, Fault::kUsage);
  EXPECT_THAT(error_of(open_to_all), HasSubstr("DEWDROP_LISTEN_TOKEN"));
}

TEST_F(Posting, APortThatIsTakenIsTold) {
  open();
  EXPECT_THAT(error_of(open_frame_post(address_, "", {}, cameras_.host())), HasSubstr("cannot listen"));
}

TEST(PostAddress, IsReadInItsForms) {
  EXPECT_EQ(parse_post_address(":8080")->host, "127.0.0.1");
  EXPECT_EQ(parse_post_address("0.0.0.0:80")->port, 80);
  EXPECT_EQ(parse_post_address("[::1]:8080")->host, "::1");
  EXPECT_TRUE(parse_post_address("[::1]:8080")->loopback());
  EXPECT_FALSE(parse_post_address("10.0.0.5:8080")->loopback());
  for (const char* wrong : {"", "8080", "host:", "host:0", "host:99999", "host:80x"})
    EXPECT_FALSE(parse_post_address(wrong)) << wrong;
}

}  // namespace
}  // namespace dew::intake
