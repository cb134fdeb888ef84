// Frames that are decoded beside the net: none of a recording is lost, a camera's are the newest, and a
// stream that breaks off comes back.
#include "verbs/cascade/frame_feed.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <opencv2/videoio.hpp>

#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

/// A camera on the network: JPEGs between boundaries. The first connection ends after some frames.
class Camera {
 public:
  Camera(int first, std::chrono::milliseconds between) {
    server_.Get("/stream", [=, this](const httplib::Request&, httplib::Response& response) {
      const bool ends = connections_++ == 0 && first > 0;
      response.set_chunked_content_provider(
          "multipart/x-mixed-replace; boundary=frame",
          [=, sent = 0](size_t, httplib::DataSink& sink) mutable {
            if (ends && sent == first) {
              sink.done();
              return true;
            }
            const std::string jpeg = encode_jpeg(disc_picture(false, static_cast<uint64_t>(sent++)), 90);
            const std::string part =
                "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(jpeg.size()) +
                "\r\n\r\n" + jpeg + "\r\n";
            std::this_thread::sleep_for(between);
            return sink.write(part.data(), part.size());
          });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }
  Camera(const Camera&) = delete;
  Camera& operator=(const Camera&) = delete;
  ~Camera() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string address() const {
    return "http://127.0.0.1:" + std::to_string(port_) + "/stream";
  }

 private:
  httplib::Server server_;
  std::atomic<int> connections_{0};
  int port_ = 0;
  std::thread thread_;
};

TEST(FrameFeed, AStreamThatBreaksOffIsTakenUpAgain) {
  const Camera camera(12, 10ms);
  RecordedWatch watch;
  FrameFeed feed(camera.address(), nullptr, {}, watch);
  int64_t number = -1;
  double seconds = -1;
  int64_t before = 0;
  int64_t after = 0;
  bool lost = false;
  while (after < 10) {
    const auto frame = feed.next();
    ASSERT_EQ(error_of(frame), "fine");
    ASSERT_TRUE(*frame) << "a camera has no end";
    if ((*frame)->lost) {
      lost = true;
      continue;
    }
    EXPECT_GT((*frame)->number, number);
    EXPECT_GT((*frame)->seconds, seconds);
    number = (*frame)->number;
    seconds = (*frame)->seconds;
    ++(lost ? after : before);
  }
  EXPECT_EQ(before, 12);
  EXPECT_GT(seconds, 1) << "it was away for a second at least";
  EXPECT_EQ(feed.figures().breaks, 1);
  EXPECT_TRUE(feed.figures().live);
  EXPECT_TRUE(some_hold(watch.warned, "it is opened again as soon as it can be"));
  EXPECT_TRUE(some_hold(watch.warned, "is back after"));
}

TEST(FrameFeed, WhereTheNetIsSlowACameraGivesItsNewestFrames) {
  const Camera camera(0, 5ms);
  RecordedWatch watch;
  FrameFeed feed(camera.address(), nullptr, {}, watch);
  ASSERT_TRUE(feed.next().value());
  std::this_thread::sleep_for(500ms);
  int64_t last = 0;
  for (int i = 0; i < 4; ++i) last = feed.next().value()->number;
  EXPECT_GT(last, 10);
  EXPECT_GT(feed.figures().dropped, 5);
}

TEST(FrameFeed, WhereTheNetIsSlowARecordingWaits) {
  const TemporaryFolder folder = *TemporaryFolder::create();
  const fs::path path = folder.path() / "a.avi";
  {
    cv::VideoWriter writer(path.string(), cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, cv::Size(64, 64));
    const Image picture = disc_picture(true, 1);
    for (int k = 0; k < 20; ++k)
      writer.write(cv::Mat(64, 64, CV_8UC3, const_cast<uint8_t*>(picture.rgb.data())));
  }
  RecordedWatch watch;
  FrameFeed feed(path.string(), nullptr, {}, watch);
  for (int64_t k = 0; k < 20; ++k) {
    if (k == 2) std::this_thread::sleep_for(100ms);
    const auto frame = feed.next();
    ASSERT_EQ(error_of(frame), "fine");
    EXPECT_EQ((*frame)->number, k);
    EXPECT_NEAR((*frame)->seconds, static_cast<double>(k) / 10, 1e-6);
  }
  EXPECT_FALSE(feed.next().value());
  EXPECT_EQ(feed.figures().dropped, 0);
  EXPECT_FALSE(feed.figures().live);
}

TEST(FrameFeed, SilenceIsTold) {
  RecordedWatch watch;
  const auto pushed = std::make_shared<PushedFrames>("yard");
  pushed->put({encode_jpeg(disc_picture(false, 1), 90), 1});
  FrameFeed feed("yard", pushed, {}, watch);
  EXPECT_FALSE(feed.next(5s).value()->lost);
  EXPECT_TRUE(feed.next(50ms).value()->lost);
  EXPECT_TRUE(feed.next(50ms).value()->lost);
  pushed->put({encode_jpeg(disc_picture(false, 2), 90), 2});
  EXPECT_FALSE(feed.next(5s).value()->lost);
  EXPECT_EQ(feed.figures().breaks, 0);
  pushed->close();
}

TEST(FrameFeed, ASourceThatWasNeverThereIsAnError) {
  RecordedWatch watch;
  FrameFeed none("/nowhere/a.avi", nullptr, {}, watch);
  EXPECT_THAT(error_of(none.next()), HasSubstr("/nowhere/a.avi"));
}

}  // namespace
}  // namespace dew::verbs
