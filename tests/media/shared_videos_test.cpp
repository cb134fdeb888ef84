// The project's longer test videos decode to their last frame, and half of one does not pass for a whole.
#include <gmock/gmock.h>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;

TEST(SharedVideos, AreWhole) {
  if (!fs::exists(kShared / "video")) GTEST_SKIP() << "NOT TESTED: ../shared/video is absent";
  const std::vector<std::pair<const char*, int64_t>> videos{{"bottle-detection.mp4", 1189},
                                                            {"one-by-one-person-detection.mp4", 1394}};
  const auto folder = TemporaryFolder::create();
  for (const auto& [name, frames] : videos) {
    const auto info = inspect(kShared / "video" / name);
    ASSERT_TRUE(info) << told(info);
    EXPECT_EQ(info->frames, frames);
    cut_copy(kShared / "video" / name, folder->path() / "half.mp4", 0.5);
    EXPECT_FALSE(inspect(folder->path() / "half.mp4"));
  }
}

}  // namespace
}  // namespace dew
