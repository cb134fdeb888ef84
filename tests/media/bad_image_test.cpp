// Pictures that are not what they should be: each fails with an error that says which file, what, and what
// next, before memory is spent on it, and without a word on stderr.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <opencv2/imgcodecs.hpp>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;
using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Captures file descriptor 2, so that words printed by C libraries count as well.
template <typename Do>
std::string said_on_stderr(Do work) {
  ::testing::internal::CaptureStderr();
  work();
  return ::testing::internal::GetCapturedStderr().substr(0, 500);
}

std::string png_header(uint32_t width, uint32_t height) {
  return "\x89PNG\r\n\x1a\n"s + big_endian(13, 4) + "IHDR" + big_endian(width, 4) + big_endian(height, 4) +
         "\x08\x02\0\0\0"s + "crc?";
}

/// A directory entry with one 32-bit value.
std::string tiff_long(uint32_t tag, uint32_t value) {
  return big_endian(tag, 2) + big_endian(4, 2) + big_endian(1, 4) + big_endian(value, 4);
}

TEST(BadImage, AHugeHeaderIsRefusedInEveryFormat) {
  const std::string riff = "RIFF" + little_endian(100, 4) + "WEBP";
  const std::vector<std::pair<const char*, std::string>> files{
      {"a.png", png_header(40'000, 40'000)},
      {"a.jpg", "\xFF\xD8\xFF\xE0\0\x04??"s + "\xFF\xC2\0\x11\x08"s + big_endian(40'000, 2) +
                    big_endian(40'000, 2) + "\3\1\x22\0\2\x11\1\3\x11\1"s +
                    "\xFF\xDA\0\x0C\3\1\0\2\0\3\0\0\0\0"s},
      {"a.bmp", "BM" + std::string(12, '\0') + little_endian(40, 4) + little_endian(40'000, 4) +
                    little_endian(static_cast<uint32_t>(-40'000), 4)},
      {"a.webp", riff + "VP8X" + little_endian(10, 4) + std::string(4, '\0') + little_endian(39'999, 3) +
                     little_endian(39'999, 3)},
      {"a.ppm", "P6 # tall\n40000\n40000 255\n"},
      {"a.gif", "GIF89a" + little_endian(40'000, 2) + little_endian(40'000, 2) + "\0\0\0;"s},
      {"a.j2k",
       "\xFF\x4F\xFF\x51\0\x2F\0\0"s + big_endian(40'000, 4) + big_endian(40'000, 4) + std::string(40, '\0')},
      {"a.tif", "MM\0*"s + big_endian(8, 4) + big_endian(4, 2) + tiff_long(0x0100, 40'000) +
                    tiff_long(0x0101, 40'000) + tiff_long(0x0111, 8) + tiff_long(0x0117, 100) +
                    std::string(4, '\0')}};
  const auto folder = TemporaryFolder::create();
  for (const auto& [name, bytes] : files) {
    const fs::path path = folder->path() / name;
    ASSERT_TRUE(write_file(path, bytes));
    Watch watch;
    EXPECT_THAT(
        told(inspect_media(path, {}, watch)),
        AllOf(HasSubstr("40,000 x 40,000"), HasSubstr("limit of 64,000,000"), HasSubstr(path.string())));
  }
  EXPECT_THAT(told(decode_image(png_header(0xFFFFFFFF, 0xFFFFFFFF), "x")), HasSubstr("more than the limit"));
}

TEST(BadImage, TheLimitItselfPasses) {
  const std::string png = encode_png(plain(100, 10, 1, 2, 3));
  EXPECT_TRUE(decode_image(png, "x", {1000, 1 << 20}));
  EXPECT_THAT(told(decode_image(png, "x", {999, 1 << 20})), HasSubstr("100 x 10 pixels by its header"));
  EXPECT_THAT(told(decode_image(png, "x", {1000, 10})), HasSubstr("more than the limit of 10"));
}

TEST(BadImage, EachKindOfFileThatIsNotAPictureHasItsOwnError) {
  const auto folder = TemporaryFolder::create();
  const auto at = [&](const char* name) { return folder->path() / name; };
  ASSERT_TRUE(write_file(at("text.jpg"), "Dear diary,\n"));
  ASSERT_TRUE(write_file(at("empty.jpg"), ""));
  ASSERT_TRUE(write_file(at("iphone.heic"), "\0\0\0\x18"s + "ftypheic...."));
  ASSERT_TRUE(write_file(at("report.jpg"), "%PDF-1.7\0"s));
  ASSERT_TRUE(write_file(at("esc\x1b[31m.jpg"), "\1\2\3"));
  ASSERT_TRUE(write_file(at("short.png"), "\x89PNG\r\n\x1a\n"));
  ASSERT_TRUE(write_file(at("notes.txt"), "x"));
  fs::create_directory(at("folder.jpg"));
  ASSERT_EQ(::mkfifo(at("pipe.jpg").c_str(), 0600), 0);
  const std::vector<std::pair<const char*, const char*>> cases{{"text.jpg", "by its first bytes it is text"},
                                                               {"empty.jpg", "the file is empty (0 bytes)"},
                                                               {"iphone.heic", "the picture is damaged"},
                                                               {"report.jpg", "it is a PDF document"},
                                                               {"short.png", "header is cut off or damaged"},
                                                               {"notes.txt", "it is text"},
                                                               {"folder.jpg", "this is a folder"},
                                                               {"pipe.jpg", "a device or a pipe"},
                                                               {"missing.jpg", "there is no such file"}};
  for (const auto& [name, what] : cases) {
    Watch watch;
    const auto info = inspect_media(at(name), {}, watch);
    EXPECT_THAT(told(info), AllOf(HasSubstr(what), HasSubstr(at(name).string())));
    ASSERT_FALSE(info);
    EXPECT_FALSE(info.error().next.empty()) << name;
  }
  Watch watch;
  const auto escape = inspect_media(at("esc\x1b[31m.jpg"), {}, watch);
  EXPECT_THAT(told(escape), AllOf(HasSubstr("esc\\x1b[31m.jpg"), Not(HasSubstr("\x1b"))));
}

// libjpeg fills what is missing with grey and OpenCV says nothing: such a picture would be learnt.
TEST(BadImage, NoPictureIsReadFromACutOffFile) {
  const Image picture = noise(64, 64);
  std::vector<std::string> whole{encode_jpeg(picture), encode_png(picture)};
  for (const char* extension : {".bmp", ".ppm", ".webp"}) {
    std::vector<uint8_t> bytes;
    cv::imencode(extension, cv::Mat(64, 64, CV_8UC3, const_cast<uint8_t*>(picture.rgb.data())), bytes);
    whole.emplace_back(bytes.begin(), bytes.end());
  }
  const std::string printed = said_on_stderr([&] {
    for (const std::string& bytes : whole) {
      ASSERT_TRUE(decode_image(bytes, "whole"));
      for (size_t kept = 0; kept < bytes.size() - 8; kept += 1 + bytes.size() / 200) {
        const auto decoded = decode_image(bytes.substr(0, kept), "cut.jpg");
        EXPECT_FALSE(decoded) << kept << " of " << bytes.size() << " bytes of " << bytes.substr(0, 4);
        if (!decoded) {
          EXPECT_FALSE(decoded.error().next.empty());
        }
      }
    }
  });
  EXPECT_EQ(printed, "");
}

TEST(BadImage, DamageInTheMiddleIsAnErrorOrAPictureAndNeverAWordOnStderr) {
  std::mt19937 random(3);
  const std::string jpeg = encode_jpeg(noise(64, 64));
  const std::string png = encode_png(noise(64, 64));
  int refused = 0;
  const std::string printed = said_on_stderr([&] {
    for (int round = 0; round < 400; ++round) {
      std::string bytes = round % 2 == 0 ? jpeg : png;
      for (int change = 0; change < 5; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
      const auto decoded = decode_image(bytes, "damaged");
      refused += decoded ? 0 : 1;
      if (decoded) {
        EXPECT_EQ(decoded->rgb.size(), size_t{3} * static_cast<size_t>(decoded->width * decoded->height));
      }
    }
  });
  EXPECT_EQ(printed, "");
  EXPECT_GT(refused, 190) << "every damaged PNG fails its checksum";
}

TEST(BadImage, TheDecodersWordsAreInTheErrorAndOthersStillReachStderr) {
  std::string png = encode_png(noise(64, 64));
  png[png.size() / 2] = static_cast<char>(png[png.size() / 2] ^ 0x55);
  std::string told_error;
  const std::string printed = said_on_stderr([&] {
    told_error = told(decode_image(png, "broken.png"));
    std::fprintf(stderr, "after");
  });
  EXPECT_EQ(printed, "after");
  EXPECT_THAT(told_error, AllOf(HasSubstr("damaged and cannot be decoded"), HasSubstr("IDAT")));
}

}  // namespace
}  // namespace dew
