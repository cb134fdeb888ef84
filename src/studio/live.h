// live: what happens, told to every page that listens (server-sent events). A page that comes later, or comes
// back, is told the present state first: nothing is kept for those that are not there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "studio/jobs.h"

namespace httplib {
class DataSink;
struct Response;
}  // namespace httplib

namespace dew::studio {

class Live {
 public:
  /// The project's version as it is now.
  using Version = std::function<int64_t()>;
  static constexpr int kMostPages = 24;

  /// Why the project cannot be read as it is now; absent: it can. Pages show it.
  void set_trouble(const std::optional<Error>& why);
  /// Something has changed: pages are told within a tenth of a second.
  void wake();
  /// Answers with events until the page goes or stop() is called. Failing that 429: too many pages listen.
  void stream(const Jobs& jobs, Version version, httplib::Response& response);
  /// Ends all streams.
  void stop();

 private:
  static constexpr const char* kNoTrouble = "null";
  struct Page {
    int64_t moment = 0;
    int64_t version = -1;
    std::string trouble = kNoTrouble;
    int quiet = 0;  ///< seconds since something was sent
  };
  bool feed(Page& page, const Jobs& jobs, const Version& version, httplib::DataSink& sink);

  std::mutex mutex_;
  std::condition_variable woken_;
  int64_t changes_ = 0;
  std::string trouble_ = kNoTrouble;  ///< as JSON
  bool stopped_ = false;
  std::atomic<int> pages_ = 0;
};

}  // namespace dew::studio
