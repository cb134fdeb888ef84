// IDX files, MNIST's form: many pictures in one file, plain or packed, and their labels.
#include "media/idx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/media.h"
#include "tests/media/idx_files.h"
#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IdxFile : public ::testing::Test {
 protected:
  fs::path file(const std::string& bytes) {
    EXPECT_TRUE(write_file(folder_.path() / "file", bytes));
    return folder_.path() / "file";
  }
  Result<MediaInfo> inspect(const std::string& bytes, const MediaLimits& limits = {}) {
    return inspect_media(file(bytes), limits, watch_);
  }
  std::string problem(const std::string& bytes, const MediaLimits& limits = {}) {
    const auto info = inspect(bytes, limits);
    return info ? "fine" : info.error().what;
  }
  TemporaryFolder folder_ = *TemporaryFolder::create();
  Watch watch_;
};

TEST_F(IdxFile, GivesItsPicturesByNumber) {
  const std::string plain = idx_file({3, 1, 2}, {1, 2, 3, 4, 5, 6});
  for (const std::string& bytes : {plain, gzipped(plain)}) {
    auto reader = VideoReader::open(file(bytes));
    ASSERT_TRUE(reader) << reader.error().what;
    EXPECT_EQ(reader->promised_frames(), 3);
    EXPECT_EQ(**reader->frame(2), (Image{2, 1, {5, 5, 5, 6, 6, 6}}));
    EXPECT_EQ(**reader->frame(0), (Image{2, 1, {1, 1, 1, 2, 2, 2}}));
    EXPECT_FALSE(reader->frame(3));
  }
}

TEST_F(IdxFile, MayHoldColours) {
  auto reader = VideoReader::open(file(idx_file({1, 1, 2, 3}, {1, 2, 3, 4, 5, 6})));
  ASSERT_TRUE(reader) << reader.error().what;
  EXPECT_EQ(**reader->frame(0), (Image{2, 1, {1, 2, 3, 4, 5, 6}}));
}

TEST_F(IdxFile, IsManyPicturesThatHaveNothingToDoWithEachOther) {
  const auto info = inspect(gzipped(idx_pictures(7)));
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->kind, MediaKind::kVideo);
  EXPECT_EQ(info->frames, 7);
  EXPECT_EQ(info->width, 4);
  EXPECT_EQ(info->frames_per_second, kUnrelatedFrames);
}

TEST_F(IdxFile, IsNoneWithOtherNumbersOrSizes) {
  for (const std::string& bytes :
       {idx_file({2, 1, 2}, std::string(16, 'x'), 0x0D), idx_file({2, 2}, "abcd"), idx_file({0, 4, 4}, ""),
        idx_file({1, 0, 4}, ""), idx_file({1, 1, 1, 4}, "abcd"), idx_file({2}, "ab"),
        std::string("\0\0\x08\x03", 4)})
    EXPECT_THAT(problem(bytes), HasSubstr("not a picture or video")) << printable(bytes);
  EXPECT_THAT(problem(gzipped("some text")), HasSubstr("not a picture or video"));
  EXPECT_THAT(problem(gzipped(gzipped(idx_pictures(3)))), HasSubstr("not a picture or video"));
  EXPECT_THAT(problem(idx_file({2}, "ab")), HasSubstr("an IDX file of labels"));
}

TEST_F(IdxFile, ThatIsDamagedIsRefused) {
  const std::string plain = idx_pictures(5);
  EXPECT_THAT(problem(plain.substr(0, plain.size() - 1)), HasSubstr("it holds 4 of the 5 entries"));
  EXPECT_THAT(problem(plain + "x"), HasSubstr("goes on behind the 5 entries"));
  std::string packed = gzipped(plain);
  EXPECT_THAT(problem(packed.substr(0, packed.size() / 2)), HasSubstr("cut off"));
  packed[packed.size() - 8] ^= 1;  // the sum
  EXPECT_THAT(problem(packed), HasSubstr("cut off or damaged"));
}

TEST_F(IdxFile, ThatPromisesTooMuchIsRefusedBeforeItIsRead) {
  EXPECT_THAT(problem(idx_file({2'000'000'000, 4, 4}, "x")), HasSubstr("more than is read"));
  EXPECT_THAT(problem(gzipped(idx_file({1, 2'000'000'000, 2'000'000'000}, "x"))), HasSubstr("pixels"));
  EXPECT_THAT(problem(idx_file({9'000'000, 2000, 2000}, "x")), HasSubstr("more than is read"));
  EXPECT_THAT(problem(idx_pictures(5), {.max_pixels = 15}), HasSubstr("limit of 15"));
}

TEST_F(IdxFile, OfLabelsGivesThem) {
  const std::string plain = idx_file({4}, {0, 9, 9, 3});
  for (const std::string& bytes : {plain, gzipped(plain)})
    EXPECT_THAT(read_idx_labels(file(bytes), 4).value(), ElementsAre(0, 9, 9, 3));
  const auto error = [&](const std::string& bytes) { return read_idx_labels(file(bytes), 4).error().what; };
  EXPECT_THAT(error(idx_file({5}, "abcde")), HasSubstr("5 labels, more than the 4"));
  EXPECT_THAT(error(idx_file({4}, "abc")), HasSubstr("holds 3 of the 4"));
  EXPECT_THAT(error(idx_file({2}, "abc")), HasSubstr("goes on"));
  EXPECT_THAT(error(idx_pictures(1)), HasSubstr("no labels"));
  EXPECT_THAT(error("text"), HasSubstr("no IDX file"));
}

}  // namespace
}  // namespace dew
