// Every format shows the same picture, the right way up, on white where it is see-through; and is recognised
// by its content.
#include <gmock/gmock.h>

#include <array>
#include <opencv2/imgcodecs.hpp>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;
using namespace std::string_literals;
using ::testing::HasSubstr;

std::string encode(const cv::Mat& picture, const std::string& extension, const std::vector<int>& how = {}) {
  std::vector<uint8_t> bytes;
  cv::imencode(extension, picture, bytes, how);
  return {bytes.begin(), bytes.end()};
}

TEST(Formats, EachShowsTheSamePicture) {
  for (const char* name : {"corners.heic", "corners.avif", "corners.jp2", "corners.j2k", "corners.tif",
                           "corners.gif", "cmyk.jpg"}) {
    const auto picture = read_image(kCases / name);
    ASSERT_TRUE(picture) << told(picture);
    EXPECT_EQ(picture->width, 64) << name;
    EXPECT_EQ(picture->height, 48) << name;
    EXPECT_EQ(quarters(*picture), "rgbw") << name;
    EXPECT_FALSE(inspect(kCases / name)->transparent) << name;
  }
}

TEST(Formats, TellTheirExtensions) {
  const auto first = [](const fs::path& path) {
    const auto extensions = picture_extensions(path);
    return extensions ? extensions->front() : extensions.error().what;
  };
  EXPECT_EQ(first(kCases / "corners.heic"), ".heic");
  EXPECT_EQ(first(kCases / "corners.j2k"), ".jp2");
  EXPECT_EQ(first(kCases / "corners.tif"), ".tif");
  EXPECT_EQ(first(kCases / "corners.gif"), ".gif");
  EXPECT_EQ(first(kCases / "cmyk.jpg"), ".jpg");
  EXPECT_EQ(first(kCases / "rgb565.bmp"), ".bmp");
  const auto folder = *TemporaryFolder::create();
  ASSERT_TRUE(write_file(folder.path() / "a.jpg", encode_png(noise(4, 4))));
  EXPECT_EQ(first(folder.path() / "a.jpg"), ".png") << "by its content";
  ASSERT_TRUE(write_file(folder.path() / "b.jpg", "P5 1 1 255 x"));
  EXPECT_EQ(first(folder.path() / "b.jpg"), ".ppm");
  ASSERT_TRUE(write_file(folder.path() / "c.jpg", "hello"));
  EXPECT_THAT(first(folder.path() / "c.jpg"), HasSubstr("not a picture"));
}

// Their containers turn the picture; the EXIF block beside says the same and must not turn it again.
TEST(Formats, HeicAndAvifAreTurnedOnce) {
  for (const char* name : {"turned.heic", "turned.avif"}) {
    const auto picture = read_image(kCases / name);
    ASSERT_TRUE(picture) << told(picture);
    EXPECT_EQ(picture->width, 48) << name;
    EXPECT_EQ(picture->height, 64) << name;
    EXPECT_EQ(quarters(*picture), "brwg") << name;
  }
}

TEST(Formats, NoCutOffFileGivesAPicture) {
  for (const char* name : {"corners.heic", "corners.avif", "corners.jp2", "corners.j2k", "corners.tif",
                           "corners.gif", "rgb565.bmp", "turned.heic", "alpha.avif"}) {
    const std::string bytes = *read_file(kCases / name);
    const Image whole = *decode_image(bytes, name);
    for (size_t kept = 0; kept < bytes.size(); kept += 1 + bytes.size() / 400) {
      const auto decoded = decode_image(bytes.substr(0, kept), name);
      if (decoded) {  // what is missing was no part of the picture
        EXPECT_EQ(*decoded, whole) << name << ", " << kept << " bytes";
      } else {
        EXPECT_FALSE(decoded.error().next.empty());
      }
    }
  }
}

// --- orientation ---

/// What each EXIF orientation makes of red, green, blue, white (CIPA DC-008, 4.6.4 A).
constexpr std::array<const char*, 9> kTurned{"",     "rgbw", "grwb", "wbgr", "bwrg",
                                             "rbgw", "brwg", "wgbr", "gwrb"};

std::string exif_block(uint32_t orientation) {
  return "MM\0*"s + big_endian(8, 4) + big_endian(1, 2) + big_endian(0x0112, 2) + big_endian(3, 2) +
         big_endian(1, 4) + big_endian(orientation, 2) + std::string(6, '\0');
}

/// `jpeg` with an EXIF block.
std::string with_exif(const std::string& jpeg, const std::string& block) {
  const std::string segment = "Exif\0\0"s + block;
  return jpeg.substr(0, 2) + "\xFF\xE1" + big_endian(static_cast<uint32_t>(segment.size() + 2), 2) + segment +
         jpeg.substr(2);
}

std::string in_jpeg(uint32_t orientation) {
  return with_exif(encode_jpeg(four_quarters(64, 48), 95), exif_block(orientation));
}

/// PNG specification, 5.5.
uint32_t crc32(const std::string& bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

std::string in_png(uint32_t orientation) {
  const std::string png = encode_png(four_quarters(64, 48));
  const std::string chunk = "eXIf" + exif_block(orientation);
  const size_t behind_header = 8 + 25;
  return png.substr(0, behind_header) + big_endian(static_cast<uint32_t>(chunk.size() - 4), 4) + chunk +
         big_endian(crc32(chunk), 4) + png.substr(behind_header);
}

std::string in_webp(uint32_t orientation) {
  const Image picture = four_quarters(64, 48);
  cv::Mat bgr(48, 64, CV_8UC3);
  for (int at = 0; at < 64 * 48; ++at)
    for (int c = 0; c < 3; ++c) bgr.data[at * 3 + c] = picture.rgb[static_cast<size_t>(at * 3 + 2 - c)];
  const std::string pixels = encode(bgr, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101}).substr(12);
  const std::string block = exif_block(orientation);
  const std::string body = "WEBPVP8X" + little_endian(10, 4) + "\x08\0\0\0"s + little_endian(63, 3) +
                           little_endian(47, 3) + pixels + "EXIF" +
                           little_endian(static_cast<uint32_t>(block.size()), 4) + block;
  return "RIFF" + little_endian(static_cast<uint32_t>(body.size()), 4) + body;
}

std::string tiff_entry(uint32_t tag, uint32_t type, uint32_t count, uint32_t value) {
  return little_endian(tag, 2) + little_endian(type, 2) + little_endian(count, 4) + little_endian(value, 4);
}

/// TIFF 6.0, section 6: one strip of pixels behind the header, then the directory. `samples` is 3 or 4.
std::string tiff(const std::string& pixels, uint32_t width, uint32_t height, uint32_t samples,
                 uint32_t orientation) {
  constexpr uint32_t kShort = 3;
  constexpr uint32_t kLong = 4;
  const auto size = static_cast<uint32_t>(pixels.size());
  const uint32_t bits_at = 8 + size;
  const uint32_t entries = samples == 4 ? 12 : 11;
  std::string bytes = "II*\0"s + little_endian(bits_at + 8, 4) + pixels;
  for (int sample = 0; sample < 4; ++sample) bytes += little_endian(8, 2);
  bytes += little_endian(entries, 2) + tiff_entry(256, kLong, 1, width) + tiff_entry(257, kLong, 1, height) +
           tiff_entry(258, kShort, samples, bits_at) + tiff_entry(259, kShort, 1, 1) +
           tiff_entry(262, kShort, 1, 2) + tiff_entry(273, kLong, 1, 8) +
           tiff_entry(274, kShort, 1, orientation) + tiff_entry(277, kShort, 1, samples) +
           tiff_entry(278, kLong, 1, height) + tiff_entry(279, kLong, 1, size) +
           tiff_entry(284, kShort, 1, 1);
  if (samples == 4) bytes += tiff_entry(338, kShort, 1, 2);  // the alpha is not multiplied in
  return bytes + std::string(4, '\0');
}

std::string in_tiff(uint32_t orientation) {
  const Image picture = four_quarters(64, 48);
  return tiff({picture.rgb.begin(), picture.rgb.end()}, 64, 48, 3, orientation);
}

// --- inspecting a picture ---

/// CIPA DC-008: Make and Model, and in a directory of their own DateTimeOriginal and SubSecTimeOriginal.
std::string exif_of_photo(const std::string& date, const std::string& fraction) {
  constexpr uint32_t kAscii = 2;
  constexpr uint32_t kLong = 4;
  const std::string texts = "Acme\0\0"s + "One 2000\0"s + date + "\0"s;
  const uint32_t texts_at = 8 + 2 + 3 * 12 + 4;
  const uint32_t inner_at = texts_at + static_cast<uint32_t>(texts.size());
  uint32_t sub_second = 0;
  for (size_t i = 0; i < fraction.size(); ++i) sub_second |= static_cast<uint32_t>(fraction[i]) << 8 * i;
  return "II*\0"s + little_endian(8, 4) + little_endian(3, 2) + tiff_entry(0x010F, kAscii, 6, texts_at) +
         tiff_entry(0x0110, kAscii, 9, texts_at + 6) + tiff_entry(0x8769, kLong, 1, inner_at) +
         std::string(4, '\0') + texts + little_endian(2, 2) +
         tiff_entry(0x9003, kAscii, static_cast<uint32_t>(date.size() + 1), texts_at + 15) +
         tiff_entry(0x9291, kAscii, static_cast<uint32_t>(fraction.size() + 1), sub_second) +
         std::string(4, '\0');
}

TEST(Formats, InspectingTellsWhenAndByWhatAPhotoWasTaken) {
  const std::string jpeg = encode_jpeg(four_quarters(64, 48), 95);
  const auto look = [&](const std::string& date, const std::string& fraction) {
    const auto info = inspect_picture(with_exif(jpeg, exif_of_photo(date, fraction)), "a.jpg", {});
    EXPECT_TRUE(info) << told(info);
    return *info->look;
  };
  const Look photo = look("2024:02:29 17:03:59", "25");
  EXPECT_EQ(photo.camera, "Acme One 2000");
  EXPECT_EQ(photo.taken, 1'709'226'239'250);
  EXPECT_EQ(look("2024:02:29 17:04:00", "").taken, 1'709'226'240'000);
  for (const char* wrong :
       {"0000:00:00 00:00:00", "    :  :     :  :  ", "2023:02:29 17:03:59", "yesterday, noon...."})
    EXPECT_EQ(look(wrong, "").taken, std::nullopt) << wrong;
  EXPECT_EQ(inspect_picture(jpeg, "a.jpg", {})->look->taken, std::nullopt);
}

TEST(Formats, ABrokenExifBlockSaysNothing) {
  const std::string jpeg = encode_jpeg(four_quarters(64, 48), 95);
  const std::string whole = exif_of_photo("2024:02:29 17:03:59", "25");
  for (size_t at = 4; at < whole.size(); ++at) {
    std::string broken = whole;
    broken[at] = '\xFF';
    EXPECT_TRUE(inspect_picture(with_exif(jpeg, broken), "a.jpg", {})) << at;
    EXPECT_TRUE(inspect_picture(with_exif(jpeg, whole.substr(0, at)), "a.jpg", {})) << at;
  }
}

// A large JPEG is inspected at an eighth: its size, its hash and its damage are those of the whole.
TEST(Formats, InspectingALargeJpegFindsTheSameAsDecodingIt) {
  const Image small = noise(5, 4, 3);
  const Image picture = resize(small, 1201, 901);
  for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
    const std::string bytes = with_exif(encode_jpeg(picture, 90), exif_block(orientation));
    const auto info = inspect_picture(bytes, "a.jpg", {});
    ASSERT_TRUE(info) << told(info);
    const auto decoded = decode_image(bytes, "a.jpg");
    EXPECT_EQ(info->width, decoded->width);
    EXPECT_EQ(info->height, decoded->height);
    EXPECT_LE(hash_distance(info->look->hash.hash, difference_hash(*decoded)), 1);
    EXPECT_GT(info->look->hash.detail, 32);
    EXPECT_FALSE(inspect_picture(bytes.substr(0, bytes.size() * 2 / 3), "a.jpg", {}));
    std::string grey = bytes.substr(0, bytes.size() * 2 / 3) + "\xFF\xD9";
    EXPECT_FALSE(inspect_picture(grey, "a.jpg", {}));
  }
  const MediaLimits tight{1'000'000, 1 << 30, 1};
  const auto refused = inspect_picture(encode_jpeg(picture, 90), "a.jpg", tight);
  ASSERT_FALSE(refused) << "the limit holds for the whole picture";
  EXPECT_EQ(refused.error().exceeded, Limit::kPixels);
}

TEST(Formats, AFlatPictureHasNoDetail) {
  EXPECT_EQ(detailed_hash(plain(64, 48, 90, 90, 90)).detail, 0);
  EXPECT_EQ(detailed_hash(noise(640, 480)).detail, 0) << "noise is flat when it is scaled down";
  EXPECT_GT(detailed_hash(resize(noise(9, 8), 90, 80)).detail, 50);
}

TEST(Formats, TheOrientationIsAppliedWhereverItStands) {
  for (uint32_t orientation = 1; orientation <= 8; ++orientation) {
    const std::vector<std::pair<const char*, std::string>> files{{"jpeg", in_jpeg(orientation)},
                                                                 {"png", in_png(orientation)},
                                                                 {"webp", in_webp(orientation)},
                                                                 {"tiff", in_tiff(orientation)}};
    for (const auto& [name, bytes] : files) {
      const auto picture = decode_image(bytes, name);
      ASSERT_TRUE(picture) << name << " " << told(picture);
      EXPECT_EQ(quarters(*picture), kTurned[orientation]) << name << " " << orientation;
      EXPECT_EQ(picture->width, orientation < 5 ? 64 : 48) << name << " " << orientation;
    }
  }
  EXPECT_EQ(quarters(*decode_image(in_jpeg(9), "senseless")), "rgbw");
}

// --- transparency ---

TEST(Formats, WhatIsSeeThroughStandsOnWhite) {
  const cv::Mat half(2, 2, CV_8UC4, cv::Scalar(0, 100, 200, 128));  // BGRA
  const cv::Mat none(2, 2, CV_8UC4, cv::Scalar(0, 0, 0, 0));
  const Image half_on_white = plain(2, 2, 227, 177, 127);
  EXPECT_EQ(decode_image(encode(half, ".png"), "half.png"), half_on_white);
  EXPECT_EQ(decode_image(encode(none, ".png"), "none.png"), plain(2, 2, 255, 255, 255));
  EXPECT_EQ(decode_image(encode(none, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101}), "none.webp"),
            plain(2, 2, 255, 255, 255));
  std::string rgba;
  for (int pixel = 0; pixel < 4; ++pixel) rgba += "\xC8\x64\0\x80"s;
  const auto from_tiff = decode_image(tiff(rgba, 2, 2, 4, 1), "half.tif");
  ASSERT_TRUE(from_tiff) << told(from_tiff);
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(from_tiff->rgb[c], half_on_white.rgb[c], 1);
  EXPECT_EQ(quarters(*read_image(kCases / "alpha.avif")), "wgbw");
}

TEST(Formats, InspectTellsOfTransparency) {
  const auto folder = TemporaryFolder::create();
  const fs::path path = folder->path() / "a.png";
  ASSERT_TRUE(write_file(path, encode(cv::Mat(4, 4, CV_8UC4, cv::Scalar(1, 2, 3, 128)), ".png")));
  EXPECT_TRUE(inspect(path)->transparent);
  ASSERT_TRUE(write_file(path, encode(cv::Mat(4, 4, CV_8UC4, cv::Scalar(1, 2, 3, 255)), ".png")));
  EXPECT_FALSE(inspect(path)->transparent) << "an alpha channel that hides nothing";
  EXPECT_TRUE(inspect(kCases / "alpha.avif")->transparent);
}

// --- JPEG ---

TEST(Formats, AJpegIsJudgedByWhatWasDecoded) {
  for (const int progressive : {0, 1}) {
    const cv::Mat picture(120, 160, CV_8UC3);
    cv::randu(picture, 0, 255);
    const std::string bytes = encode(picture, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, progressive});
    const auto whole = decode_image(bytes, "whole.jpg");
    ASSERT_TRUE(whole) << told(whole);
    EXPECT_EQ(decode_image(bytes.substr(0, bytes.size() - 2), "no end mark.jpg"), *whole);
    for (size_t kept = bytes.size() / 2; kept < bytes.size() - 40; kept += 997) {
      const auto cut = decode_image(bytes.substr(0, kept) + "\xFF\xD9", "cut.jpg");
      ASSERT_FALSE(cut) << kept << " of " << bytes.size() << " bytes and an end mark";
      EXPECT_THAT(told(cut), HasSubstr("damaged")) << kept;
    }
  }
}

TEST(Formats, ACallerThatNeedsLessGetsASmallerJpeg) {
  const std::string bytes = encode_jpeg(four_quarters(1600, 1200));
  EXPECT_EQ(decode_image(bytes, "x", {}, 0)->width, 1600);
  const std::vector<std::pair<int, int>> widths{{1200, 1600}, {601, 1600}, {600, 800},
                                                {224, 400},   {150, 200},  {96, 200}};
  for (const auto& [at_most, width] : widths) {
    const auto small = decode_image(bytes, "x", {}, at_most);
    ASSERT_TRUE(small) << told(small);
    EXPECT_EQ(small->width, width) << at_most;
    EXPECT_EQ(quarters(*small), "rgbw");
  }
  const MediaLimits tight{200 * 150};
  EXPECT_THAT(told(decode_image(bytes, "x", tight)), HasSubstr("1,600 x 1,200"));
  EXPECT_EQ(decode_image(bytes, "x", tight, 100)->width, 200) << "the limit is on what is decoded";
  EXPECT_FALSE(decode_image(bytes, "x", tight, 300));
}

// --- what a file is ---

TEST(Formats, AreRecognisedByContent) {
  const auto folder = TemporaryFolder::create();
  const std::vector<std::pair<const char*, MediaKind>> kinds{
      {"IMG_0001.HEIC", MediaKind::kImage}, {"corners.avif", MediaKind::kImage},
      {"corners.gif", MediaKind::kImage},   {"three.gif", MediaKind::kVideo},
      {"three.webp", MediaKind::kVideo},    {"three.png", MediaKind::kVideo},
      {"r90.mp4", MediaKind::kVideo},       {"cmyk.jpg", MediaKind::kImage}};
  for (const auto& [name, kind] : kinds) {
    const fs::path odd = folder->path() / "without extension";
    ASSERT_TRUE(write_file(odd, *read_file(kCases / name)));
    const auto detected = detect_media_kind(odd);
    ASSERT_TRUE(detected) << told(detected);
    EXPECT_EQ(*detected, kind) << name;
    const auto info = inspect(odd);
    ASSERT_TRUE(info) << told(info);
    EXPECT_EQ(info->kind, kind) << name;
    EXPECT_EQ(info->frames, name == "three"s + fs::path(name).extension().string() ? 3
                            : kind == MediaKind::kVideo                            ? 10
                                                                                   : 1);
  }
}

}  // namespace
}  // namespace dew
