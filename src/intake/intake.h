// intake: pictures that others push, from MQTT, Frigate, HTTP and folders that fill. Each kind is one file,
// has a thread of its own, and brings cameras as they appear: a queue each (media/pushed.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "media/pushed.h"

namespace dew::intake {

/// Who takes the cameras. Called from the intake's thread; neither call may wait for the thread that ends the
/// intake.
struct Host {
  /// One that was not there before. False: there are too many.
  std::function<bool(const std::shared_ptr<PushedFrames>&)> camera;
  std::function<void(const std::string&)> warn;
};

struct IntakeFigures {
  std::string source;       ///< as it may be shown
  int64_t reconnected = 0;  ///< a broker that was gone, or a folder, is back
  int64_t refused =
      0;  ///< what came and is no picture of a camera: too large, the wrong form, too many cameras
};

/// What is left of a picture at most, by bytes: a JPEG of a camera has less than one megabyte.
inline constexpr size_t kLargestPicture = size_t{16} << 20;

/// Runs from its opening on; destroying it stops it.
class Intake {
 public:
  Intake() = default;
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  virtual ~Intake() = default;
  [[nodiscard]] virtual IntakeFigures figures() const = 0;
};

/// Seconds by the clock that never goes back.
double steady_seconds();

}  // namespace dew::intake
