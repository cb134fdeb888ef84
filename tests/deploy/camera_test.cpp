// The package's C for camera frames against the scaling that training uses (media's resize): the same pixels
// within one step, for every format and for frames larger, smaller and of another shape than the net's
// picture.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "deploy/deploy.h"
#include "media/image.h"
#include "target/target.h"
#include "tests/compiler/kinds.h"

namespace dew::deploy {
namespace {

using Bytes = std::vector<uint8_t>;

/// In place of a net: it keeps the rows that it is given.
constexpr const char* kNet = R"(#include <stdint.h>
#include <string.h>
#define DEW_MODEL_INPUT_WIDTH 48
#define DEW_MODEL_INPUT_HEIGHT 32
#define DEW_MODEL_INPUT_CHANNELS {channels}
typedef struct {{ uint8_t pixels[48 * 32 * {channels}]; int rows; }} dew_model_t;
typedef struct {{ int top; }} dew_model_result;
static inline void dew_model_begin(dew_model_t *m) {{ m->rows = 0; }}
static inline void dew_model_push_row(dew_model_t *m, const uint8_t *row) {{
  if (m->rows < 32) memcpy(m->pixels + m->rows++ * 48 * {channels}, row, 48 * {channels});
}}
static inline int dew_model_finish(dew_model_t *m, dew_model_result *result) {{
  result->top = 0;
  return 32 - m->rows;
}}
)";

/// Reads format, width, height and bytes per row of each frame, and the frame; writes the net's picture.
constexpr const char* kMain = R"(#include "dew_model_camera.h"
#include <stdio.h>
#include <stdlib.h>
int main(void) {
  static dew_model_camera camera;
  static dew_model_t net;
  dew_model_result result;
  uint32_t head[4];
  FILE *in = fopen("frames", "rb"), *out = fopen("pictures", "wb");
  if (!in || !out) return 2;
  while (fread(head, 4, 4, in) == 4) {
    uint8_t *row = malloc(head[3]);
    uint32_t y;
    if (dew_model_camera_begin(&camera, &net, (dew_model_format)head[0], head[1], head[2])) return 3;
    for (y = 0; y < head[2]; y++) {
      if (fread(row, 1, head[3], in) != head[3]) return 4;
      dew_model_camera_push_row(&camera, row);
    }
    if (dew_model_camera_finish(&camera, &result)) return 5;
    fwrite(net.pixels, 1, sizeof net.pixels, out);
    free(row);
  }
  if (dew_model_camera_begin(&camera, &net, DEW_MODEL_YUYV, 31, 8) != 1) return 6;
  if (dew_model_camera_begin(&camera, &net, DEW_MODEL_GREY, 8, 0) != 1) return 7;
  if (dew_model_camera_begin(&camera, &net, DEW_MODEL_GREY, 5000, 5000) != 1) return 8;
  return fclose(out);
}
)";

enum Format : uint32_t { kRgb, kBgr, kRgb565, kRgb565Be, kYuyv, kUyvy, kGrey };

/// Edges, gradients and noise.
Image picture(int width, int height) {
  Image image{width, height, {}};
  uint32_t noise = 1;
  for (int i = 0; i < width * height * 3; ++i) {
    noise = noise * 1664525 + 1013904223;
    const int x = i / 3 % width;
    const int y = i / 3 / width;
    const double wave = 120 + 100 * std::sin(x * 0.1 * (i % 3 + 1)) * std::cos(y * 0.07);
    image.rgb.push_back(i / 3 % 5 == 0 ? static_cast<uint8_t>(noise >> 24) : static_cast<uint8_t>(wave));
  }
  return image;
}

uint8_t byte(double value) {
  return static_cast<uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

/// A frame in a camera's format, and the picture that it shows.
struct Frame {
  Format format;
  Image shown;
  Bytes bytes;
};

void push_565(const uint8_t* rgb, bool low_first, Bytes& bytes) {
  const int word = rgb[0] >> 3 << 11 | rgb[1] >> 2 << 5 | rgb[2] >> 3;
  bytes.push_back(static_cast<uint8_t>(low_first ? word & 255 : word >> 8));
  bytes.push_back(static_cast<uint8_t>(low_first ? word >> 8 : word & 255));
}

/// Two pixels from their bytes of luma and a common U and V.
void show_yuv(double y, double u, double v, uint8_t* rgb) {
  rgb[0] = byte(y + 1.402 * (v - 128));
  rgb[1] = byte(y - 0.344136 * (u - 128) - 0.714136 * (v - 128));
  rgb[2] = byte(y + 1.772 * (u - 128));
}

Frame frame(Format format, int width, int height) {
  Frame made{format, picture(width, height), {}};
  for (size_t i = 0; i < made.shown.rgb.size(); i += 3) {
    uint8_t* rgb = &made.shown.rgb[i];
    switch (format) {
      case kRgb:
        made.bytes.insert(made.bytes.end(), rgb, rgb + 3);
        break;
      case kBgr:
        made.bytes.insert(made.bytes.end(), {rgb[2], rgb[1], rgb[0]});
        break;
      case kRgb565:
      case kRgb565Be:
        push_565(rgb, format == kRgb565, made.bytes);
        rgb[0] = byte(std::floor((rgb[0] >> 3) * 8.25));
        rgb[1] = byte(std::floor((rgb[1] >> 2) * 4.0625));
        rgb[2] = byte(std::floor((rgb[2] >> 3) * 8.25));
        break;
      case kYuyv:
      case kUyvy: {
        if (i % 6 != 0) break;
        const uint8_t y[2] = {rgb[0], rgb[3]};
        const uint8_t u = rgb[1];
        const uint8_t v = rgb[4];
        if (format == kYuyv)
          made.bytes.insert(made.bytes.end(), {y[0], u, y[1], v});
        else
          made.bytes.insert(made.bytes.end(), {u, y[0], v, y[1]});
        show_yuv(y[0], u, v, rgb);
        show_yuv(y[1], u, v, rgb + 3);
        break;
      }
      case kGrey:
        made.bytes.push_back(rgb[0]);
        rgb[1] = rgb[2] = rgb[0];
        break;
    }
  }
  return made;
}

std::vector<Frame> frames() {
  std::vector<Frame> all;
  for (const Format format : {kRgb, kBgr, kRgb565, kRgb565Be, kYuyv, kUyvy, kGrey}) {
    for (const auto& [width, height] :
         {std::pair(160, 120), std::pair(48, 32), std::pair(96, 64), std::pair(102, 77), std::pair(30, 200),
          std::pair(200, 20), std::pair(24, 16), std::pair(2, 1)})
      all.push_back(frame(format, width, height));
  }
  return all;
}

void append(uint32_t number, std::string& to) {
  to.append(reinterpret_cast<const char*>(&number), 4);
}

std::string as_input(const std::vector<Frame>& all) {
  std::string input;
  for (const Frame& one : all) {
    append(one.format, input);
    append(static_cast<uint32_t>(one.shown.width), input);
    append(static_cast<uint32_t>(one.shown.height), input);
    append(static_cast<uint32_t>(one.bytes.size()) / static_cast<uint32_t>(one.shown.height), input);
    input.append(one.bytes.begin(), one.bytes.end());
  }
  return input;
}

/// The template under the name that it has in a package for "model".
void copy_camera(const fs::path& to) {
  const fs::path from = fs::path(DEWDROP_SOURCE_DIR) / "src/deploy/templates/c";
  fs::copy_file(from / "camera.h", to / "dew_model_camera.h");
  fs::copy_file(from / "camera.c", to / "dew_model_camera.c");
}

void compile_and_run(const fs::path& folder, const char* compiler) {
  const std::string command = "cd " + folder.string() + " && " + compiler +
                              " -Wall -Wextra -Wconversion -Wsign-conversion -Wpedantic -Wshadow -Werror -c "
                              "dew_model_camera.c -o camera.o && "
                              "cc -O1 -fsanitize=address,undefined -fno-sanitize-recover=all main.c "
                              "dew_model_camera.c -o main && ./main";
  const auto ran = run_process({"sh", "-c", command}, std::chrono::minutes(2), Watch());
  ASSERT_TRUE(ran) << ran.error().what;
  ASSERT_EQ(ran->status, 0) << ran->errors.substr(0, 2000);
}

class Camera : public ::testing::TestWithParam<int> {};

TEST_P(Camera, RowsAreThePicturesThatTrainingSaw) {
  const int channels = GetParam();
  const auto folder = TemporaryFolder::create();
  copy_camera(folder->path());
  const std::vector<Frame> all = frames();
  ASSERT_TRUE(write_file(folder->path() / "dew_model.h",
                         fmt::format(fmt::runtime(kNet), fmt::arg("channels", channels))));
  ASSERT_TRUE(write_file(folder->path() / "main.c", kMain));
  ASSERT_TRUE(write_file(folder->path() / "frames", as_input(all)));
  compile_and_run(folder->path(), channels == 1 ? "c++ -x c++" : "cc -std=c99");
  const auto made = read_file(folder->path() / "pictures");
  ASSERT_TRUE(made);
  const size_t size = size_t{48} * 32 * static_cast<size_t>(channels);
  ASSERT_EQ(made->size(), all.size() * size);
  for (size_t f = 0; f < all.size(); ++f) {
    const Image due = resize(all[f].shown, 48, 32);
    int worst = 0;
    for (size_t i = 0; i < size; ++i) {
      const size_t pixel = 3 * i;
      const int grey =
          channels == 3
              ? 0
              : (299 * due.rgb[pixel] + 587 * due.rgb[pixel + 1] + 114 * due.rgb[pixel + 2] + 500) / 1000;
      const int wanted = channels == 3 ? due.rgb[i] : grey;
      worst = std::max(worst, std::abs(wanted - static_cast<uint8_t>((*made)[f * size + i])));
    }
    EXPECT_LE(worst, 1) << "format " << all[f].format << ", " << all[f].shown.width << " x "
                        << all[f].shown.height;
  }
}

INSTANTIATE_TEST_SUITE_P(Channels, Camera, ::testing::Values(3, 1));

/// The whole package, from a picture on disk to scores, against the host with the trainer's scaling.
TEST(Package, ScoresOfAPictureAreTheHostsWithinAStep) {
  const auto kind = test::kinds()[0];
  const auto plan = kind.compile({});
  ASSERT_TRUE(plan);
  const auto files = find_format("c")->make({kind.graph, *plan, {}});
  ASSERT_TRUE(files);
  const auto folder = TemporaryFolder::create();
  for (const auto& [name, text] : *files) ASSERT_TRUE(write_file(folder->path() / name, text));
  const Image image = picture(101, 77);
  std::string ppm = "P6\n101 77\n255\n";
  ppm.append(image.rgb.begin(), image.rgb.end());
  ASSERT_TRUE(write_file(folder->path() / "picture.ppm", ppm));
  const auto ran = run_process(
      {"sh", "-c", "cd " + folder->path().string() + " && make -s CFLAGS=-O1 && ./example picture.ppm"},
      std::chrono::minutes(2), Watch());
  ASSERT_TRUE(ran) << ran.error().what;
  ASSERT_EQ(ran->status, 0) << ran->errors;
  Bytes input = resize(image, 32, 32).rgb;
  for (uint8_t& pixel : input) pixel ^= 0x80U;
  Watch watch;
  const auto outputs = target::run_on_host(*plan, {&input, 1}, watch, kernels::Vectors::kNone);
  ASSERT_TRUE(outputs);
  float yes = -1;
  ASSERT_EQ(std::sscanf(ran->output.c_str(), "yes %f", &yes), 1) << ran->output;
  const double due = (static_cast<int8_t>((*outputs)[0][0]) + 128) / 256.0;
  EXPECT_NEAR(static_cast<double>(yes), due, 1.5 / 256);
  EXPECT_NE(ran->output.find(due > 0.5 ? "class yes" : "class no"), std::string::npos) << ran->output;
}

}  // namespace
}  // namespace dew::deploy
