// Downloads from a server on this machine.
#include "base/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

namespace dew {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Downloads : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.Get("/file", [this](const httplib::Request& request, httplib::Response& response) {
      agent_ = request.get_header_value("User-Agent");
      response.set_content(std::string(1000, 'd'), "application/octet-stream");
    });
    server_.Get("/moved", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("/file", 301);
    });
    server_.Get("/circle", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("/circle", 302);
    });
    server_.Get("/elsewhere", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("file:///etc/passwd", 302);
    });
    server_.Get("/endless", [](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider("application/octet-stream", [](size_t, httplib::DataSink& sink) {
        const std::string block(10'000, 'x');
        return sink.write(block.data(), block.size());
      });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    ASSERT_GT(port_, 0);
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  void TearDown() override {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url(const std::string& path, const std::string& user = {}) const {
    return "http://" + user + "127.0.0.1:" + std::to_string(port_) + path;
  }

  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  std::string agent_;
  Watch watch_;
};

TEST_F(Downloads, GiveTheBodyAlsoBehindARedirect) {
  const auto direct = download(url("/file"), 1000, watch_);
  ASSERT_TRUE(direct) << direct.error().what;
  EXPECT_EQ(*direct, std::string(1000, 'd'));
  EXPECT_EQ(agent_, "dewdrop");
  EXPECT_EQ(download(url("/moved"), 1000, watch_).value(), *direct);
}

TEST_F(Downloads, EndAtTheLimit) {
  EXPECT_THAT(download(url("/file"), 999, watch_).error().what, HasSubstr("larger than 999 bytes"));
  EXPECT_THAT(download(url("/endless"), 100'000, watch_).error().what, HasSubstr("larger than 100,000"));
}

TEST_F(Downloads, FollowNoCircleAndNoOtherProtocol) {
  EXPECT_THAT(download(url("/circle"), 1000, watch_).error().what, HasSubstr("redirects"));
  EXPECT_THAT(download(url("/elsewhere"), 100'000, watch_).error().what, HasSubstr("cannot download"));
  const auto file = download("file:///etc/passwd", 100'000, watch_);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().fault, Fault::kUsage);
}

TEST_F(Downloads, ErrorsShowNoPassword) {
  const auto missing = download(url("/none", "ada:hunter2@"), 1000, watch_);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().what, HasSubstr("404"));
  EXPECT_EQ(missing.error().where, url("/none"));
  EXPECT_EQ(shown_url("https://ada:hunter2@host/a@b"), "https://host/a@b");
  EXPECT_EQ(shown_url("https://host/a@b?c=d@e"), "https://host/a@b?c=d@e");
  EXPECT_THAT(shown_url("https://ada:\x1b@host"), Not(HasSubstr("\x1b")));
}

TEST_F(Downloads, StopWhenInterrupted) {
  class StopAfter : public Watch {
   public:
    void advance(int64_t done, std::string_view) override { done_ = done; }
    [[nodiscard]] bool interrupted() const override { return done_ > 100; }

   private:
    int64_t done_ = 0;
  };
  StopAfter watch;
  EXPECT_EQ(download(url("/endless"), int64_t{1} << 40, watch).error().what, "interrupted");
}

TEST(Download, SaysThatNobodyAnswers) {
  Watch watch;
  const auto got = download("http://127.0.0.1:1/x", 1000, watch);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().fault, Fault::kWork);
  EXPECT_THAT(got.error().what, HasSubstr("cannot download"));
}

}  // namespace
}  // namespace dew
