// Pictures that are what they should be: decoding, cutting, scaling, encoding.
#include <gmock/gmock.h>

#include <opencv2/imgcodecs.hpp>

#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;

std::string encode(const cv::Mat& picture, const std::string& extension) {
  std::vector<uint8_t> bytes;
  cv::imencode(extension, picture, bytes);
  return {bytes.begin(), bytes.end()};
}

TEST(Image, PngComesBackToTheBitAndJpegNearly) {
  const Image picture = noise(37, 21);
  EXPECT_EQ(decode_image(encode_png(picture), "x"), picture);
  const Image flat = plain(40, 30, 200, 100, 50);
  const auto jpeg = decode_image(encode_jpeg(flat, 95), "x");
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(jpeg->width, 40);
  EXPECT_EQ(jpeg->height, 30);
  for (size_t c = 0; c < 3; ++c) EXPECT_NEAR(jpeg->rgb[c], flat.rgb[c], 3);
  EXPECT_LT(encode_jpeg(picture, 10).size(), encode_jpeg(picture, 95).size());
}

TEST(Image, EveryFormatGivesTheSamePixels) {
  const cv::Mat bgr(4, 6, CV_8UC3, cv::Scalar(10, 20, 30));
  for (const char* extension : {".png", ".bmp", ".ppm"}) {
    const auto picture = decode_image(encode(bgr, extension), extension);
    ASSERT_TRUE(picture) << extension << told(picture);
    EXPECT_EQ(*picture, plain(6, 4, 30, 20, 10)) << extension;
  }
  std::vector<uint8_t> bytes;
  cv::imencode(".webp", bgr, bytes, {cv::IMWRITE_WEBP_QUALITY, 101});  // above 100: lossless
  EXPECT_EQ(decode_image({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, "webp"),
            plain(6, 4, 30, 20, 10));
}

TEST(Image, GreyAndSixteenBitsBecomeRgb) {
  EXPECT_EQ(decode_image("P5\n# a comment\n2 1\n255\n\x05\xfa", "grey.pgm"),
            (Image{2, 1, {5, 5, 5, 250, 250, 250}}));
  EXPECT_EQ(decode_image("P3 1 2 255  1 2 3  4 5 6\n", "text.ppm"), (Image{1, 2, {1, 2, 3, 4, 5, 6}}));
  EXPECT_EQ(decode_image(encode(cv::Mat(2, 2, CV_16UC1, cv::Scalar(0x4000)), ".png"), "16"),
            plain(2, 2, 64, 64, 64));
}

// What phones write: the sensor's rows, and a note which way was up.
TEST(Image, TheExifOrientationIsApplied) {
  Image picture = plain(40, 20, 0, 0, 0);
  for (int y = 0; y < 20; ++y)  // the left half is red
    for (int x = 0; x < 20; ++x) picture.rgb[static_cast<size_t>((y * 40 + x) * 3)] = 255;
  const std::string jpeg = encode_jpeg(picture, 95);
  const std::string tiff = std::string("Exif\0\0MM\0*", 10) + big_endian(8, 4) + big_endian(1, 2) +
                           big_endian(0x0112, 2) + big_endian(3, 2) + big_endian(1, 4) + big_endian(6, 2) +
                           std::string(6, '\0');
  const std::string turned = jpeg.substr(0, 2) + "\xFF\xE1" +
                             big_endian(static_cast<uint32_t>(tiff.size() + 2), 2) + tiff + jpeg.substr(2);
  const auto decoded = decode_image(turned, "phone.jpg");
  ASSERT_TRUE(decoded) << told(decoded);
  EXPECT_EQ(decoded->width, 20);
  EXPECT_EQ(decoded->height, 40);
  EXPECT_GT(decoded->rgb[0], 200) << "6 is a quarter turn clockwise: left becomes up";
  EXPECT_LT(decoded->rgb[decoded->rgb.size() - 3], 50);
}

TEST(Image, CropTakesExactlyThatPart) {
  const Image picture = noise(10, 8);
  const Image part = crop(picture, {3, 2, 4, 5});
  ASSERT_EQ(part.width, 4);
  ASSERT_EQ(part.height, 5);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 4; ++x)
      for (int c = 0; c < 3; ++c)
        EXPECT_EQ(part.rgb[static_cast<size_t>((y * 4 + x) * 3 + c)],
                  picture.rgb[static_cast<size_t>(((y + 2) * 10 + x + 3) * 3 + c)]);
  EXPECT_EQ(crop(picture, {0, 0, 10, 8}), picture);
}

TEST(Image, ResizeAveragesDownAndInterpolatesUp) {
  const Image four{2, 2, {0, 0, 0, 10, 10, 10, 20, 20, 20, 30, 30, 30}};
  EXPECT_EQ(resize(four, 1, 1), plain(1, 1, 15, 15, 15));
  EXPECT_EQ(resize(four, 2, 2), four);
  // Every pixel of a large picture counts: with point sampling one white pixel in 64 would vanish or flood.
  Image dot = plain(8, 8, 0, 0, 0);
  dot.rgb[0] = 128;
  EXPECT_EQ(resize(dot, 1, 1), plain(1, 1, 2, 0, 0));
  const Image row{2, 1, {0, 0, 0, 100, 100, 100}};
  EXPECT_EQ(resize(row, 4, 1), (Image{4, 1, {0, 0, 0, 25, 25, 25, 75, 75, 75, 100, 100, 100}}));
  // Down in one direction and up in the other.
  EXPECT_EQ(resize(four, 1, 4), (Image{1, 4, {5, 5, 5, 10, 10, 10, 20, 20, 20, 25, 25, 25}}));
  EXPECT_EQ(resize(plain(50, 7, 9, 8, 7), 96, 96), plain(96, 96, 9, 8, 7));
}

TEST(Image, TilesHaveOneSizeLieInsideAndDoNotOverlap) {
  const auto of_vtest = tiles(768, 576, 4, 3);
  ASSERT_EQ(of_vtest.size(), 12U);
  EXPECT_EQ(of_vtest[1], (Rect{192, 0, 192, 192}));
  EXPECT_EQ(of_vtest[4], (Rect{0, 192, 192, 192}));
  for (const auto& [width, height, columns, rows] : std::vector<std::array<int, 4>>{
           {10, 7, 3, 2}, {1, 1, 1, 1}, {640, 360, 7, 5}, {5, 5, 5, 5}, {1'000'000, 3, 64, 2}}) {
    const auto grid = tiles(width, height, columns, rows);
    ASSERT_EQ(grid.size(), static_cast<size_t>(columns) * static_cast<size_t>(rows));
    for (size_t i = 0; i < grid.size(); ++i) {
      EXPECT_EQ(grid[i].width, width / columns);
      EXPECT_EQ(grid[i].height, height / rows);
      EXPECT_LE(grid[i].x + grid[i].width, width);
      EXPECT_LE(grid[i].y + grid[i].height, height);
      if (i % static_cast<size_t>(columns) > 0) {
        EXPECT_LE(grid[i - 1].x + grid[i - 1].width, grid[i].x);
      }
      if (i >= static_cast<size_t>(columns)) {
        EXPECT_LE(grid[i - static_cast<size_t>(columns)].y + grid[i].height, grid[i].y);
      }
    }
  }
  EXPECT_TRUE(tiles(3, 100, 4, 1).empty());
}

TEST(Image, APictureThatAFormatCannotHoldGivesNoBytes) {
  EXPECT_EQ(encode_jpeg(plain(70'000, 1, 0, 0, 0)), "");
  EXPECT_NE(encode_png(plain(70'000, 1, 0, 0, 0)), "");
}

TEST(Image, InspectTellsSizeAndKind) {
  const auto folder = TemporaryFolder::create();
  ASSERT_TRUE(write_file(folder->path() / "a.PNG", encode_png(noise(12, 34))));
  Watch watch;
  const auto info = inspect_media(folder->path() / "a.PNG", {}, watch);
  ASSERT_TRUE(info) << told(info);
  EXPECT_EQ(info->kind, MediaKind::kImage);
  EXPECT_EQ(info->width, 12);
  EXPECT_EQ(info->height, 34);
  EXPECT_EQ(info->frames, 1);
}

TEST(Image, KindsByExtension) {
  EXPECT_EQ(media_kind("a/b.JPG"), MediaKind::kImage);
  EXPECT_EQ(media_kind("b.webp"), MediaKind::kImage);
  EXPECT_EQ(media_kind("IMG_0001.HEIC"), MediaKind::kImage);
  EXPECT_EQ(media_kind("b.mp4"), MediaKind::kVideo);
  EXPECT_EQ(media_kind("00001.MTS"), MediaKind::kVideo);
  EXPECT_FALSE(media_kind("b.txt"));
  EXPECT_FALSE(media_kind("jpg"));
}

}  // namespace
}  // namespace dew
