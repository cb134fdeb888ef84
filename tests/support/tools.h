// The programs that some tests of the command line need, and what a skipped test says of them.
#pragma once

#include "base/base.h"

namespace dew::testing {

/// The cross compiler and the emulator of the usual board.
inline bool have_board_tools() {
  return find_program("arm-none-eabi-gcc") && find_program("qemu-system-arm");
}
inline constexpr const char* kNoBoardTools =
    "arm-none-eabi-gcc or qemu-system-arm is missing: scripts/install demo";

/// OpenCV's sample video.
inline const fs::path kSampleVideo = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
inline constexpr const char* kNoSampleVideo = "OpenCV's vtest.avi is missing: scripts/install demo";

}  // namespace dew::testing
