// A source of frames that is not a file: a pipe, a server, a camera; and what holds for every source.
#include <gmock/gmock.h>
#include <httplib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Image grey_frame(int number) {
  const auto value = static_cast<uint8_t>(5 + 6 * number);
  return plain(64, 48, value, value, value);
}

/// Frames as a camera sends them: one JPEG after the other.
std::string motion_jpeg(int frames) {
  std::string bytes;
  for (int number = 0; number < frames; ++number) bytes += encode_jpeg(grey_frame(number), 95);
  return bytes;
}

/// Standard input from a thread that writes `bytes` and then, unless `open_ended`, closes it.
class PipedInput {
 public:
  PipedInput(std::string bytes, bool open_ended) : kept_(::dup(STDIN_FILENO)) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
    to_ = ends[1];
    writer_ = std::thread([this, bytes = std::move(bytes), open_ended] {
      size_t at = 0;
      while (at < bytes.size()) {
        const ssize_t some = ::write(to_, bytes.data() + at, bytes.size() - at);
        if (some <= 0) break;
        at += static_cast<size_t>(some);
      }
      if (!open_ended) ::close(std::exchange(to_, -1));
    });
  }
  PipedInput(const PipedInput&) = delete;
  PipedInput& operator=(const PipedInput&) = delete;
  ~PipedInput() {
    ::dup2(kept_, STDIN_FILENO);  // the last reader goes: a writer that waits gets EPIPE
    ::close(kept_);
    writer_.join();
    if (to_ >= 0) ::close(to_);
  }

 private:
  int kept_;
  int to_ = -1;
  std::thread writer_;
};

std::vector<int> all_numbers(FrameSource& source) {
  Watch watch;
  std::vector<int> numbers;
  while (true) {
    const auto more = source.advance(watch);
    EXPECT_TRUE(more) << told(more);
    if (!more || !*more) return numbers;
    EXPECT_EQ(source.number(), static_cast<int64_t>(numbers.size()));
    numbers.push_back(frame_number_in(*source.image()));
  }
}

class Frames : public ::testing::Test {
 protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
  TemporaryFolder folder_ = *TemporaryFolder::create();
  Watch watch_;
};

TEST_F(Frames, ComeFromAPipe) {
  for (const char* name : {"-", "pipe:"}) {
    const PipedInput input(motion_jpeg(6), false);
    auto source = FrameSource::open(name, {}, watch_);
    ASSERT_TRUE(source) << told(source);
    EXPECT_TRUE(source->live());
    EXPECT_EQ(all_numbers(*source), (std::vector<int>{0, 1, 2, 3, 4, 5}));
  }
}

TEST_F(Frames, AMatroskaFileComesThroughAPipe) {
  const fs::path path = folder_.path() / "a.mkv";
  write_video(path, 8);
  const PipedInput input(*read_file(path), false);
  auto source = FrameSource::open("-", {}, watch_);
  ASSERT_TRUE(source) << told(source);
  EXPECT_EQ(all_numbers(*source).size(), 8U);
}

TEST_F(Frames, AnythingElseInAPipeIsAnError) {
  const PipedInput input("#EXTM3U\n/etc/passwd\n" + std::string(100'000, 'x'), false);
  const auto source = FrameSource::open("-", {}, watch_);
  EXPECT_THAT(told(source), AllOf(HasSubstr("standard input"), HasSubstr("MJPEG")));
}

TEST_F(Frames, ASilentPipeCanBeInterrupted) {
  class Soon : public Watch {
   public:
    [[nodiscard]] bool interrupted() const override { return std::chrono::steady_clock::now() > end_; }

   private:
    std::chrono::steady_clock::time_point end_ =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  } soon;
  const PipedInput input("", true);
  const auto begun = std::chrono::steady_clock::now();
  const auto source = FrameSource::open("-", {}, soon);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().what, "interrupted");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}

/// A server on a free port of this machine.
class Server {
 public:
  explicit Server(const std::function<void(httplib::Server&)>& set_up) {
    set_up(server_);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    server_.stop();
    thread_.join();
  }
  [[nodiscard]] std::string address(const std::string& path, const std::string& user = {}) const {
    return "http://" + user + "127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(Frames, ComeFromAServer) {
  const std::string bytes = *read_file(kCases / "r90.mp4");
  const Server server([&](httplib::Server& http) {
    http.Get("/a.mp4", [&](const httplib::Request&, httplib::Response& response) {
      response.set_content(bytes, "video/mp4");
    });
  });
  auto source = FrameSource::open(server.address("/a.mp4"), {}, watch_);
  ASSERT_TRUE(source) << told(source);
  EXPECT_TRUE(source->live());
  int frames = 0;
  while (*source->advance(watch_)) {
    EXPECT_NEAR(source->seconds(), frames / 10.0, 1e-6);
    EXPECT_EQ(source->image()->width, 120) << "upright";
    ++frames;
  }
  EXPECT_EQ(frames, 10);
}

// What cameras on a network send: JPEGs between boundaries, without an end.
TEST_F(Frames, ComeFromANetworkCamera) {
  const Server server([&](httplib::Server& http) {
    http.Get("/stream", [&](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider(
          "multipart/x-mixed-replace; boundary=frame", [number = 0](size_t, httplib::DataSink& sink) mutable {
            const std::string jpeg = encode_jpeg(grey_frame(number++ % 40), 95);
            const std::string part =
                "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(jpeg.size()) +
                "\r\n\r\n" + jpeg + "\r\n";
            return sink.write(part.data(), part.size());
          });
    });
  });
  auto source = FrameSource::open(server.address("/stream"), {}, watch_);
  ASSERT_TRUE(source) << told(source);
  for (int number = 0; number < 30; ++number) {
    const auto more = source->advance(watch_);
    ASSERT_TRUE(more && *more) << told(more);
    EXPECT_EQ(frame_number_in(*source->image()), number);
  }
}

TEST_F(Frames, AServersPasswordIsNotTold) {
  const Server server([](httplib::Server&) {});
  const auto source = FrameSource::open(server.address("/none.mp4?token=t0p", "anna:s3cret@"), {}, watch_);
  EXPECT_THAT(told(source),
              AllOf(HasSubstr("http://127.0.0.1"), HasSubstr("/none.mp4"), HasSubstr("check the address"),
                    Not(HasSubstr("s3cret")), Not(HasSubstr("anna")), Not(HasSubstr("t0p"))));
  EXPECT_EQ(printable_source("rtsp://u:p@cam.local:554/a@b?x=1#y"), "rtsp://cam.local:554/a@b");
  EXPECT_EQ(printable_source("rtsp://cam.local"), "rtsp://cam.local");
  EXPECT_EQ(printable_source("a\x1b[31m.mp4"), "a\\x1b[31m.mp4");
}

// A playlist could name any file of this machine, or any server.
TEST_F(Frames, PlaylistsOfFilesAreRefused) {
  const fs::path list = folder_.path() / "list.mp4";
  write_video(folder_.path() / "a.avi", 3);
  ASSERT_TRUE(write_file(list, "ffconcat version 1.0\nfile a.avi\n"));
  EXPECT_FALSE(FrameSource::open(list.string(), {}, watch_));
  const Server server([&](httplib::Server& http) {
    http.Get("/list.m3u8", [&](const httplib::Request&, httplib::Response& response) {
      response.set_content("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://" +
                               (folder_.path() / "a.avi").string() + "\n#EXT-X-ENDLIST\n",
                           "application/vnd.apple.mpegurl");
    });
  });
  EXPECT_FALSE(FrameSource::open(server.address("/list.m3u8"), {}, watch_));
}

TEST_F(Frames, ACameraThatIsNotThereIsNamed) {
  EXPECT_THAT(told(FrameSource::open("camera:987", {}, watch_)), HasSubstr("no camera /dev/video987"));
  EXPECT_THAT(told(FrameSource::open("camera:/dev/null/x", {}, watch_)), HasSubstr("no camera /dev/null/x"));
  EXPECT_FALSE(FrameSource::open("camera:/dev/null", {}, watch_));
}

TEST_F(Frames, LimitsHoldForFrames) {
  const fs::path path = folder_.path() / "a.avi";
  write_video(path, 20);
  MediaLimits few;
  few.max_frames = 10;
  auto source = FrameSource::open(path.string(), few, watch_);
  ASSERT_TRUE(source) << told(source);
  for (int number = 0; number < 10; ++number) ASSERT_TRUE(*source->advance(watch_));
  EXPECT_THAT(told(source->advance(watch_)), HasSubstr("more frames than the limit of 10"));
  EXPECT_THAT(told(inspect_media(path, few, watch_)), HasSubstr("more frames than the limit of 10"));
  MediaLimits small;
  small.max_pixels = 64 * 48 - 1;
  EXPECT_THAT(told(FrameSource::open(path.string(), small, watch_)), HasSubstr("64 x 48"));
  const PipedInput input(motion_jpeg(3), false);
  auto piped = FrameSource::open("-", small, watch_);  // a pipe's size is known by its frames only
  ASSERT_TRUE(piped) << told(piped);
  EXPECT_THAT(told(piped->advance(watch_)), HasSubstr("no frame that can be decoded"));
}

TEST_F(Frames, MemoryStaysFlat) {
  const fs::path path = folder_.path() / "a.avi";
  write_video(path, 40, "MJPG", 640, 480);
  const auto peak_kilobytes = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const auto read_all = [&] {
    auto source = FrameSource::open(path.string(), {}, watch_);
    EXPECT_TRUE(source) << told(source);
    while (*source->advance(watch_)) EXPECT_TRUE(source->image());
  };
  read_all();
  const auto before = peak_kilobytes();
  for (int round = 0; round < 5; ++round) read_all();  // 200 frames of 900 KB
  EXPECT_LT(peak_kilobytes() - before, 20'000);
}

}  // namespace
}  // namespace dew
