// Requests to the studio, from whoever has its cookie or not: a line with method and target, then the body.
// Or raw bytes on the connection, where the first one is '!'.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "fuzz/expect.h"
#include "media/image.h"
#include "studio/studio.h"
#include "verbs/project/project.h"

namespace {

using namespace dew;

/// A studio over two pictures without labels.
class Served {
 public:
  Served() {
    Watch watch;
    verbs::NewArgs fresh{folder_.path() / "p", {}};
    fresh.settings.question = "?";
    fresh.settings.classes = {"yes", "no"};
    fresh.settings.unsure = "unsure";
    FUZZ_EXPECT(verbs::create_project(fresh, watch).has_value());
    for (const int shade : {40, 200}) {
      Image picture{16, 16, std::vector<uint8_t>(size_t{16} * 16 * 3, static_cast<uint8_t>(shade))};
      FUZZ_EXPECT(
          write_file(folder_.path() / "pictures" / (std::to_string(shade) + ".png"), encode_png(picture))
              .has_value());
    }
    verbs::AddArgs added;
    added.project = folder_.path() / "p";
    added.files = {folder_.path() / "pictures"};
    FUZZ_EXPECT(verbs::add(added, watch).has_value());
    studio::StudioArgs args;
    args.project = folder_.path() / "p";
    args.open_browser = false;
    auto opened = studio::Studio::open(args, watch);
    FUZZ_EXPECT(opened.has_value());
    studio_ = *std::move(opened);
    const std::string url = studio_->url();
    host_ = url.substr(7, url.find('/', 7) - 7);
    port_ = static_cast<uint16_t>(std::stoi(host_.substr(host_.rfind(':') + 1)));
    const std::string reply =
        talk("GET " + url.substr(url.find("/?")) + " HTTP/1.1\r\nHost: " + host_ + "\r\n\r\n", true);
    const size_t at = reply.find("Set-Cookie: ") + 12;
    cookie_ = reply.substr(at, reply.find(';', at) - at);
  }

  /// The reply. `whole`: the request has an end, so that there will be one.
  [[nodiscard]] std::string talk(const std::string& request, bool whole) const {
    const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port_);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // A request that has no end is given up: the server waits for the rest of it for seconds.
    const timeval patience{whole ? 10 : 0, whole ? 0 : 20'000};
    ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    FUZZ_EXPECT(::connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    (void)::send(connection, request.data(), request.size(), MSG_NOSIGNAL);
    std::string reply;
    char some[4096];
    constexpr size_t kEnough = size_t{1} << 20;
    for (ssize_t count = 0; reply.size() < kEnough && (count = ::recv(connection, some, sizeof some, 0)) > 0;)
      reply.append(some, static_cast<size_t>(count));
    ::close(connection);
    return reply;
  }

  [[nodiscard]] std::string request(std::string_view line, std::string_view body) const {
    const bool file =
        line.find("/upload") != std::string_view::npos || line.find("/classify") != std::string_view::npos;
    return std::string(line) + " HTTP/1.1\r\nHost: " + host_ + "\r\nOrigin: http://" + host_ +
           "\r\nCookie: " + cookie_ +
           "\r\nContent-Type: " + (file ? "application/octet-stream" : "application/json") +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  }

  /// The job that this reply began, and all others, are over when it returns: a training that outlives main()
  /// would use libraries that have been taken down.
  void end_jobs(const std::string& began) const {
    if (const size_t at = began.find("\"id\":"); at != std::string::npos)
      (void)talk(
          request("POST /api/jobs/" + std::to_string(std::atoll(began.c_str() + at + 5)) + "/stop", "{}"),
          true);
    for (int i = 0; i < 600; ++i) {
      const std::string jobs = talk(request("GET /api/jobs", ""), true);
      if (jobs.find("\"state\":\"running\"") == std::string::npos &&
          jobs.find("\"state\":\"waiting\"") == std::string::npos)
        return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FUZZ_EXPECT(false);  // a job that cannot be stopped
  }

 private:
  TemporaryFolder folder_ = *TemporaryFolder::create();
  std::unique_ptr<studio::Studio> studio_;
  std::string host_;
  uint16_t port_ = 0;
  std::string cookie_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Served served;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.starts_with('!')) {
    const std::string reply = served.talk(std::string(text.substr(1)), false);
    FUZZ_EXPECT(!reply.starts_with("HTTP/1.1 200"));  // without the cookie nothing is given
    return 0;
  }
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  if (line.find("/api/events") != std::string_view::npos) return 0;  // it has no end
  const std::string reply =
      served.talk(served.request(line, text.substr(std::min(end + 1, text.size()))), true);
  FUZZ_EXPECT(reply.find("unexpected failure") == std::string::npos);
  if (reply.starts_with("HTTP/1.1 202")) served.end_jobs(reply);
  return 0;
}
