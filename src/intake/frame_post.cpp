#include "intake/frame_post.h"

#include <fmt/format.h>
#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/loopback.h"
#include "base/secret.h"
#include "base/serving.h"
#include "media/inspect.h"

namespace dew::intake {
namespace {

constexpr size_t kThreads =
    128;  // each waits for one client: those that send nothing shall not keep others out
constexpr time_t kPatience = 2;  // seconds without a byte of a request, and of a connection without one

bool is_camera(const std::string& name) {
  constexpr size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

void answer(httplib::Response& response, int status, const std::string& error, const std::string& next) {
  response.status = status;
  response.set_content(nlohmann::json{{"error", error}, {"next", next}}.dump() + "\n", "application/json");
}

class FramePost : public Intake {
 public:
  FramePost(PostAddress address, std::string token, const MediaLimits& limits, Host host)
      : address_(std::move(address)), token_(std::move(token)), limits_(limits), host_(std::move(host)) {
    limits_.max_bytes = std::min(limits_.max_bytes, static_cast<int64_t>(kLargestPicture));
  }
  ~FramePost() override {
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> open() {
    server_.set_socket_options(keep_port);
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_payload_max_length(kLargestPicture);
    server_.set_read_timeout(kPatience, 0);
    server_.set_write_timeout(kPatience, 0);
    server_.set_keep_alive_timeout(kPatience);
    server_.Post(R"(/frames/([^/]*))", [this](const httplib::Request& request, httplib::Response& response) {
      take(request, response);
    });
    server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (!response.body.empty()) return;
      if (response.status == 413)
        return answer(response, 413, fmt::format("more than {} bytes", with_commas(kLargestPicture)),
                      "send a smaller JPEG");
      answer(response, response.status, "nothing is here", "POST a JPEG to /frames/<camera>");
    });
    if (!server_.bind_to_port(address_.host, address_.port))
      return work_error("cannot listen there: the port is taken, or the address is not this machine's",
                        shown(), "choose another: --listen 127.0.0.1:8081");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));  // stop() needs that
    return {};
  }

  [[nodiscard]] IntakeFigures figures() const override { return {shown(), 0, refused_}; }

 private:
  [[nodiscard]] std::string shown() const {
    const bool six = address_.host.find(':') != std::string::npos;
    return fmt::format("http://{}:{}/frames", six ? "[" + address_.host + "]" : address_.host, address_.port);
  }

  void refuse(httplib::Response& response, int status, const std::string& error, const std::string& next) {
    ++refused_;
    answer(response, status, error, next);
  }

  void take(const httplib::Request& request, httplib::Response& response) {
    const std::string said = request.get_header_value("Authorization");
    constexpr size_t kScheme = 7;  // "Bearer ", in any case (RFC 9110, 11.1)
    const bool right =
        lower(said.substr(0, kScheme)) == "bearer " && same_secret(said.substr(kScheme), token_);
    if (!token_.empty() && !right) {
      response.set_header("WWW-Authenticate", "Bearer");
      return refuse(response, 401, "the token is missing or wrong",
                    "send the header Authorization: Bearer with DEWDROP_LISTEN_TOKEN of the gateway");
    }
    const std::string camera = request.matches[1];
    if (!is_camera(camera))
      return refuse(response, 400, "this is no name of a camera",
                    "use letters, digits, - _ and ., 64 at most");
    if (!request.body.starts_with("\xff\xd8\xff"))
      return refuse(response, 415, "the body is no JPEG", "send the JPEG's bytes as the body");
    if (const auto looked = inspect_picture(request.body, camera, limits_); !looked)
      return refuse(response, looked.error().exceeded == Limit::kNone ? 415 : 413, looked.error().what,
                    looked.error().next);
    const auto frames = find(camera);
    if (!frames)
      return refuse(response, 429, "more cameras than can be watched here", "start another gateway");
    frames->put({request.body, steady_seconds()});
    response.status = 202;
    response.set_content("{}\n", "application/json");
  }

  std::shared_ptr<PushedFrames> find(const std::string& camera) {
    const std::lock_guard lock(mutex_);
    if (const auto known = cameras_.find(camera); known != cameras_.end()) return known->second;
    if (full_) return nullptr;
    auto made = std::make_shared<PushedFrames>(shown() + "/" + camera);
    full_ = !host_.camera(made);
    if (full_) return nullptr;
    return cameras_[camera] = std::move(made);
  }

  PostAddress address_;
  std::string token_;
  MediaLimits limits_;
  Host host_;
  httplib::Server server_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PushedFrames>> cameras_;
  bool full_ = false;
  std::atomic<int64_t> refused_ = 0;
  std::thread thread_;
};

}  // namespace

bool PostAddress::loopback() const {
  return is_loopback(host);
}

Result<PostAddress> parse_post_address(const std::string& text) {
  PostAddress found;
  const size_t colon = text.rfind(':');
  const std::string number = colon == std::string::npos ? "" : text.substr(colon + 1);
  found.host = text.substr(0, colon);
  if (found.host.starts_with('[') && found.host.ends_with(']'))
    found.host = found.host.substr(1, found.host.size() - 2);
  if (found.host.empty()) found.host = "127.0.0.1";
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), found.port);
  const bool whole = code == std::errc() && end == number.data() + number.size();
  if (!whole || found.port < 1 || found.port > 65'535 || has_control(found.host))
    return usage_error("this is no address to listen on", printable(text), "for example 127.0.0.1:8080");
  return found;
}

std::string post_token() {
  const char* const found = std::getenv("DEWDROP_LISTEN_TOKEN");
  return found == nullptr ? "" : found;
}

Result<std::unique_ptr<Intake>> open_frame_post(const PostAddress& address, const std::string& token,
                                                const MediaLimits& limits, Host host) {
  if (token.empty() && !address.loopback())
    return usage_error("others can reach this address, and anybody could post pictures",
                       printable(address.host),
                       "set DEWDROP_LISTEN_TOKEN and let the boards send it, or listen on 127.0.0.1");
  auto made = std::make_unique<FramePost>(address, token, limits, std::move(host));
  DEW_CHECK(made->open());
  return made;
}

}  // namespace dew::intake
