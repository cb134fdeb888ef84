#include "intake/filling_folder.h"

#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <optional>
#include <thread>
#include <vector>

#include "base/descriptor.h"
#include "media/frames.h"
#include "media/inspect.h"

namespace dew::intake {
namespace {

constexpr int kLookMilliseconds = 50;
constexpr uint32_t kArrives = IN_CLOSE_WRITE | IN_MOVED_TO;
constexpr uint32_t kVanishes = IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED;

bool is_wanted(const fs::path& name) {
  return !name.empty() && !name.string().starts_with('.') && media_kind(name) == MediaKind::kImage;
}

double seconds_of(const timespec& at) {
  return static_cast<double>(at.tv_sec) + 1e-9 * static_cast<double>(at.tv_nsec);
}

/// When it was written, since 1970; 0: it is gone.
double file_seconds(const fs::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? seconds_of(status.st_mtim) : 0;
}

/// By the clock that files have.
double file_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return seconds_of(now);
}

class FillingFolder : public Intake {
 public:
  FillingFolder(fs::path folder, Host host) : folder_(std::move(folder)), host_(std::move(host)) {}
  ~FillingFolder() override {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

  Result<void> open(bool from_start) {
    if (!follow()) return system_failure("cannot watch the folder", folder_, errno);
    if (from_start)
      list();
    else
      last_ = file_clock();
    frames_ = std::make_shared<PushedFrames>(folder_.string());
    if (!host_.camera(frames_)) return usage_error("more cameras than can be watched here", folder_.string());
    thread_ = std::thread([this] { run(); });
    return {};
  }

  [[nodiscard]] IntakeFigures figures() const override {
    return {printable_source(folder_.string()), returned_, refused_};
  }

 private:
  bool follow() {
    constexpr uint32_t kWanted = kArrives | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    notices_.emplace(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    if (notices_->get() >= 0 && ::inotify_add_watch(notices_->get(), folder_.c_str(), kWanted) >= 0)
      return true;
    const int why = errno;
    notices_.reset();
    errno = why;
    return false;
  }

  /// What lies in the folder and is younger than the last one that came, the oldest first.
  void list() {
    std::vector<std::pair<double, fs::path>> found;
    std::error_code code;
    for (fs::directory_iterator at(folder_, code); !code && at != fs::directory_iterator();
         at.increment(code)) {
      const double seconds = file_seconds(at->path());
      if (is_wanted(at->path().filename()) && seconds > last_) found.emplace_back(seconds, at->path());
    }
    std::sort(found.begin(), found.end());
    for (auto& [seconds, path] : found) arrived_.push_back(std::move(path));
  }

  void run() {
    while (!stop_) {
      if (!arrived_.empty()) {
        hand_over();
      } else if (notices_) {
        pollfd ready{notices_->get(), POLLIN, 0};
        ::poll(&ready, 1, kLookMilliseconds);
      } else {
        wait_for_return();
      }
      if (notices_) read_notices();
    }
  }

  void read_notices() {
    alignas(inotify_event) std::array<char, 16'384> buffer;
    while (true) {
      const ssize_t size = ::read(notices_->get(), buffer.data(), buffer.size());
      if (size <= 0) return;
      for (const char* at = buffer.data(); at < buffer.data() + size;) {
        const auto* const notice = reinterpret_cast<const inotify_event*>(at);
        at += sizeof(inotify_event) + notice->len;
        if (notice->mask & IN_Q_OVERFLOW) list();
        if (notice->mask & kVanishes) return vanish();
        if (notice->len > 0 && (notice->mask & kArrives) && !(notice->mask & IN_ISDIR) &&
            is_wanted(notice->name))
          arrived_.push_back(folder_ / notice->name);
      }
    }
  }

  void vanish() {
    notices_.reset();
    host_.warn(printable_source(folder_.string()) + ": the folder is gone; it is waited for");
  }

  void wait_for_return() {
    std::this_thread::sleep_for(std::chrono::milliseconds(kLookMilliseconds));
    if (!follow()) return;
    ++returned_;
    host_.warn(printable_source(folder_.string()) + ": the folder is back");
    list();
  }

  /// The first that waits, or nothing yet where the net is slower.
  void hand_over() {
    if (next_.bytes.empty()) {
      const fs::path file = arrived_.front();
      std::error_code code;
      const auto size = fs::file_size(file, code);
      auto bytes = code || size > kLargestPicture ? Result<std::string>(work_error("too large or gone"))
                                                  : read_file(file);
      if (!bytes || bytes->empty()) {
        ++refused_;
        arrived_.pop_front();
        return;
      }
      last_ = std::max(last_, file_seconds(file));
      next_ = {*std::move(bytes), last_};
    }
    if (!frames_->put_if_room(next_, std::chrono::milliseconds(kLookMilliseconds))) return;
    next_ = {};
    arrived_.pop_front();
  }

  fs::path folder_;
  Host host_;
  std::optional<Descriptor> notices_;  ///< absent while the folder is gone
  std::shared_ptr<PushedFrames> frames_;
  std::deque<fs::path> arrived_;
  PushedFrame next_;
  double last_ = 0;  ///< when the last one that came was written
  std::atomic<bool> stop_ = false;
  std::atomic<int64_t> returned_ = 0;
  std::atomic<int64_t> refused_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Intake>> open_filling_folder(const fs::path& folder, bool from_start, Host host) {
  auto made = std::make_unique<FillingFolder>(folder, std::move(host));
  DEW_CHECK(made->open(from_start));
  return made;
}

}  // namespace dew::intake
