// The device's trigger in the emulator gives the gateway's events, and costs what its budget says.
#include <gtest/gtest.h>

#include <random>

#include "cascade/trigger.h"
#include "tests/target/header_firmware.h"
#include "tests/target/need_tools.h"

namespace dew::target {
namespace {

/// Firmware that takes a frame's score and time for an input tensor, and gives the trigger's word.
Firmware watching(const std::string& body) {
  return firmware_around({"watch", {"dew_trigger.h"}, 16, 8, 1}, body);
}

constexpr const char* kNothing = "  (void)m, (void)input, *(uint8_t *)output = 0;\n";
constexpr const char* kTrigger = R"(
  static const dew_trigger_rule rule = {179, 102, 3, 5, 1500u, 700u};
  const uint32_t *words = (const uint32_t *)input;
  typedef char fits[sizeof(dew_trigger_state) == 16 ? 1 : -1];
  (void)sizeof(fits);
  *(uint8_t *)output = dew_trigger_push(&rule, (dew_trigger_state *)(void *)m->arena, (uint8_t)words[0], words[1]);
)";

struct Frames {
  std::vector<Bytes> inputs;
  Bytes expected;
};

/// Scores that come and go and waver, at times whose low 32 bits wrap around in between.
Frames frames_of(const cascade::Rule& rule) {
  constexpr double kStart = 4294967.296 - 60;  // seconds; a minute before 2^32 ms
  Frames frames;
  std::minstd_rand random(11);
  cascade::Trigger trigger(rule);
  int level = 0;
  for (int i = 0; i < 2000; ++i) {
    if (random() % 12 == 0) level = static_cast<int>(random() % 256);
    const auto score = static_cast<uint8_t>(std::clamp(level + static_cast<int>(random() % 61) - 30, 0, 255));
    const double seconds = kStart + i * 0.1;
    const auto ms = static_cast<uint32_t>(static_cast<uint64_t>(std::llround(seconds * 1000)));
    const std::array<uint32_t, 2> words = {score, ms};
    const auto* bytes = reinterpret_cast<const uint8_t*>(words.data());
    frames.inputs.emplace_back(bytes, bytes + sizeof words);
    frames.expected.push_back(static_cast<uint8_t>(trigger.push(score, seconds)));
  }
  return frames;
}

TEST(TriggerOnBoard, GivesTheGatewaysEventsWithinItsBudget) {
  const Board board = find_board("cortex-m4").value();
  NEED_TOOLS(board);
  Watch watch;
  const cascade::Rule rule{"yes", 179 / 255.0, 102 / 255.0, 3, 5, 1.5, 0.7};
  const Frames frames = frames_of(rule);
  const auto ran = run_firmware(watching(kTrigger), board, frames.inputs, watch);
  ASSERT_TRUE(ran) << ran.error().what;
  Bytes changes;
  for (const Bytes& output : ran->outputs) changes.push_back(output.at(0));
  EXPECT_EQ(changes, frames.expected);
  EXPECT_GT(std::count(changes.begin(), changes.end(), 1), 20);

  const auto empty = run_firmware(watching(kNothing), board, std::vector<Bytes>{frames.inputs[0]}, watch);
  ASSERT_TRUE(empty) << empty.error().what;
  const Budget budget("trigger-cortex-m4");
  budget.expect_within("flash_bytes", ran->figures.flash_bytes - empty->figures.flash_bytes);
  budget.expect_within("instructions", ran->figures.instructions - empty->figures.instructions);
  budget.expect_within("ram_bytes", static_cast<int64_t>(sizeof(dew_trigger_state)));
}

}  // namespace
}  // namespace dew::target
