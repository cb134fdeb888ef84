// The sound front end in the emulator gives the gateway's features, and costs what its budget says.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "kernels/dew_sound.h"
#include "sound/sound.h"
#include "tests/target/header_firmware.h"
#include "tests/target/need_tools.h"

namespace dew::target {
namespace {

constexpr int kStep = 160;

/// Firmware that takes 10 ms of samples for an input tensor, and gives a full flag and the features.
Firmware hearing(const std::string& body) {
  return firmware_around({"hear", {"dew_sound.h", "dew_sound_tables.h"}, 4096, 2 * kStep, 81}, body);
}

constexpr const char* kNothing =
    "  (void)m, (void)input, (void)dew_sound_push, (void)dew_sound_quantize, (void)dew_sound_16k;\n"
    "  memset(output, 0, 81);\n";
constexpr const char* kFrontEnd = R"(
  const dew_sound_tables tables = dew_sound_16k(160);
  static uint16_t features[40];
  uint8_t full;
  (void)dew_sound_quantize;
  dew_sound_push(&tables, (dew_sound_state *)(void *)m->arena, (const int16_t *)input, 160, features, &full);
  *(uint8_t *)output = full;
  if (full) memcpy((uint8_t *)output + 1, features, 80); else memset((uint8_t *)output + 1, 0, 80);
)";

/// Half a second of tones and noise, in steps.
std::vector<Bytes> steps_of_sound() {
  std::vector<Bytes> steps;
  std::minstd_rand random(7);
  for (int step = 0; step < 50; ++step) {
    std::array<int16_t, kStep> samples{};
    for (int i = 0; i < kStep; ++i) {
      const double at = (step * kStep + i) / 16000.0;
      const double loud = step / 10 % 2 == 0 ? 12000 : 400;
      const int hiss = static_cast<int>(random() % 401) - 200;
      samples[static_cast<size_t>(i)] =
          static_cast<int16_t>(loud * std::sin(2 * 3.14159265 * 700 * at) + hiss);
    }
    const auto* bytes = reinterpret_cast<const uint8_t*>(samples.data());
    steps.emplace_back(bytes, bytes + sizeof samples);
  }
  return steps;
}

std::vector<Bytes> as_the_gateway_hears(const std::vector<Bytes>& steps) {
  std::vector<Bytes> expected;
  sound::FrontEnd front_end(kStep);
  for (const Bytes& step : steps) {
    std::array<int16_t, kStep> samples{};
    std::memcpy(samples.data(), step.data(), step.size());
    Bytes output(81);
    front_end.hear(samples, [&](const sound::Features& features) {
      output[0] = 1;
      std::memcpy(output.data() + 1, features.data(), 80);
    });
    expected.push_back(output);
  }
  return expected;
}

TEST(SoundOnBoard, GivesTheGatewaysFeaturesWithinItsBudget) {
  const Board board = find_board("cortex-m4").value();
  NEED_TOOLS(board);
  Watch watch;
  const std::vector<Bytes> steps = steps_of_sound();
  const auto ran = run_firmware(hearing(kFrontEnd), board, steps, watch);
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(ran->outputs, as_the_gateway_hears(steps));
  EXPECT_EQ(ran->outputs.at(2).at(0), 1) << "the third step fills the first window";

  const auto empty = run_firmware(hearing(kNothing), board, std::vector<Bytes>{steps[0]}, watch);
  ASSERT_TRUE(empty) << empty.error().what;
  const Budget budget("sound-cortex-m4");
  budget.expect_within("flash_bytes", ran->figures.flash_bytes - empty->figures.flash_bytes);
  budget.expect_within("instructions", ran->figures.instructions - empty->figures.instructions);
  budget.expect_within("stack_bytes", ran->figures.stack_bytes - empty->figures.stack_bytes);
  budget.expect_within("ram_bytes", static_cast<int64_t>(sizeof(dew_sound_state)));
}

}  // namespace
}  // namespace dew::target
