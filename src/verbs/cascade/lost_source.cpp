#include "verbs/cascade/lost_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "media/frames.h"

namespace dew::verbs {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{50};  ///< how often a pause asks whether it shall end
constexpr milliseconds kFirstPause{1'000};
constexpr milliseconds kLongestPause{30'000};

}  // namespace

bool LostSource::lost(const std::string& why) {
  pause_ = std::clamp(2 * pause_, kFirstPause, kLongestPause);
  if (since_) return false;
  since_ = Steady::now();
  watch_.warn(printable_source(source_) + ": " + why + "; it is opened again as soon as it can be");
  return true;
}

void LostSource::pause(const std::function<bool()>& stopped) {
  const Steady::time_point until = Steady::now() + pause_;
  while (Steady::now() < until && !stopped()) std::this_thread::sleep_for(kLook);
}

void LostSource::is_back() {
  if (!since_) return;
  watch_.warn(fmt::format("{}: is back after {:.0f} s", printable_source(source_),
                          std::chrono::duration<double>(Steady::now() - *since_).count()));
  since_.reset();
  pause_ = milliseconds(0);
}

}  // namespace dew::verbs
