// Chips and boards by their names, and the range of cycles against what others measured.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compiler.h"
#include "target/devices.h"

namespace dew::target {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A table of one core, one chip and one board, with `more` behind it.
std::string table(const std::string& more = "") {
  return "[core.\"cortex-m4\"]\ncycles = [1, 2]\nbasis = \"a guess\"\n"
         "[chip.\"one\"]\ntitle = \"One\"\ncore = \"cortex-m4\"\nmhz = 100\nram = \"64K\"\nflash = \"1M\"\n"
         "source = \"https://one\"\n"
         "[board.\"two\"]\ntitle = \"Two\"\nchip = \"one\"\nflash = \"2M\"\ncamera = \"eye\"\n"
         "source = \"https://two\"\n" +
         more;
}

std::string fault_of(const std::string& text) {
  const auto parsed = parse_devices(text, "mine.toml");
  return parsed ? "fine" : parsed.error().where + ": " + parsed.error().what;
}

TEST(Devices, ABoardHasWhatItsChipHasAndMore) {
  const auto parsed = parse_devices(table(), "mine.toml");
  ASSERT_TRUE(parsed) << parsed.error().what;
  ASSERT_EQ(parsed->devices.size(), 2U);
  const Device& board = parsed->devices[1];
  EXPECT_EQ(board.name, "two");
  EXPECT_EQ(board.chip, "one");
  EXPECT_EQ(board.core, "cortex-m4");
  EXPECT_EQ(board.ram_bytes, 64 << 10);
  EXPECT_EQ(board.flash_bytes, 2 << 20);
  EXPECT_EQ(board.camera, "eye");
}

TEST(Devices, FaultsOfATableAreNamed) {
  EXPECT_EQ(fault_of(table()), "fine");
  EXPECT_THAT(fault_of("[core"), HasSubstr("mine.toml:1: this is not valid TOML"));
  EXPECT_THAT(fault_of("[core.\"cortex-m4\"]\n"), HasSubstr("there is no [chip"));
  EXPECT_THAT(fault_of(table("aliases = [\"O-N-E\"]\n")), HasSubstr("'O-N-E' names one and two"));
  EXPECT_THAT(fault_of(table("ram = \"64 apples\"\n")), HasSubstr("64 apples"));
  EXPECT_THAT(fault_of(table("[board.\"three\"]\nchip = \"none\"\n")), HasSubstr("no chip 'none'"));
  EXPECT_THAT(fault_of(table("[board.\"three\"]\nchip = \"one\"\ntitle = \"Three\"\n")),
              HasSubstr("board three: 'title' or 'source' is missing"));
  EXPECT_THAT(fault_of(table("[chip.\"three\"]\ntitle = \"Three\"\ncore = \"z80\"\nmhz = 4\nram = \"64K\"\n"
                             "source = \"https://three\"\n")),
              HasSubstr("three has the unknown core 'z80'"));
  EXPECT_THAT(fault_of(table("[core.\"z80\"]\ncycles = [2, 1]\nbasis = \"a guess\"\n")),
              HasSubstr("'cycles' is no range"));
  EXPECT_THAT(fault_of(table("[core.\"z80\"]\n")), HasSubstr("no emulated core is called 'z80'"));
}

TEST(Devices, TheBuiltInTableIsPlausible) {
  ASSERT_GT(devices().devices.size(), 60U);
  for (const Core& core : devices().cores) EXPECT_FALSE(core.basis.empty()) << core.name;
  for (const Device& device : devices().devices) {
    const auto target = find_target(device.name);
    ASSERT_TRUE(target) << device.name;
    EXPECT_EQ(target->name, device.name);
    EXPECT_TRUE(device.mhz >= 16 && device.mhz <= 1000) << device.name;
    EXPECT_TRUE(device.ram_bytes >= 16 << 10 && device.ram_bytes <= 16 << 20) << device.name;
    EXPECT_TRUE(device.flash_bytes == 0 || device.flash_bytes >= 64 << 10) << device.name;
    EXPECT_FALSE(device.title.empty()) << device.name;
    EXPECT_THAT(device.source, testing::StartsWith("https://")) << device.name;
  }
}

TEST(Devices, ThoseThatPeopleHaveAreThere) {
  for (const char* name : {"XIAO ESP32S3 Sense",
                           "ESP32-S3-EYE",
                           "ESP32-CAM",
                           "ESP32-C3",
                           "ESP32-C6",
                           "ESP32-P4",
                           "Nicla Vision",
                           "Portenta H7",
                           "Nano 33 BLE Sense",
                           "UNO Q",
                           "RP2040",
                           "RP2350",
                           "STM32F103",
                           "STM32F411",
                           "STM32F746",
                           "STM32H743",
                           "STM32L4R5",
                           "STM32U575",
                           "STM32N6",
                           "nRF52840",
                           "nRF5340",
                           "OpenMV H7",
                           "OpenMV RT1062",
                           "OpenMV AE3",
                           "OpenMV N6",
                           "Grove Vision AI V2",
                           "Alif E7",
                           "micro:bit V2",
                           "esp32s3",
                           "esp32_s3",
                           "pico_w",
                           "STM32F103C8T6",
                           "Teensy 4.1"}) {
    const auto target = find_target(name);
    ASSERT_TRUE(target) << name;
    EXPECT_TRUE(target->device) << name;
  }
}

TEST(Devices, ATargetHasTheKernelsOfItsCore) {
  EXPECT_EQ(find_target("nicla-vision")->board.core, "cortex-m7");
  EXPECT_FALSE(find_target("nicla-vision")->stands_in());
  EXPECT_THAT(stand_in_text(*find_target("nicla-vision")), IsEmpty());
  const auto xtensa = find_target("esp32s3");
  EXPECT_TRUE(xtensa->stands_in());
  EXPECT_EQ(compiler::isa_of(xtensa->board.core), compiler::Isa::kGeneric);
  EXPECT_THAT(stand_in_text(*xtensa), AllOf(HasSubstr("xtensa-lx7 of esp32s3"), HasSubstr("rv32imac")));
  EXPECT_EQ(compiler::isa_of(find_target("ra8d1")->board.core), compiler::Isa::kHelium);
  const auto core = find_target("cortex-m33");
  EXPECT_FALSE(core->device);
  EXPECT_EQ(core->name, "cortex-m33");
  EXPECT_EQ(find_target("qemu:mps2-an386")->name, "cortex-m4");
  EXPECT_EQ(find_target("wasm32")->board.name, "node:wasm32");
}

TEST(Devices, AnUnknownNameIsAUsageErrorThatSaysWhatIsLikeIt) {
  const auto next_of = [](const char* name) {
    const auto target = find_target(name);
    EXPECT_FALSE(target) << name;
    EXPECT_EQ(target.error().fault, Fault::kUsage);
    return target ? "" : target.error().next;
  };
  EXPECT_THAT(next_of("nikla-vision"), HasSubstr("did you mean nicla-vision?"));
  EXPECT_THAT(next_of("stm32f4"),
              AllOf(HasSubstr("stm32f401re or stm32f407vg"), HasSubstr("dewdrop boards")));
  EXPECT_THAT(next_of("stm32h743iit6"), HasSubstr("did you mean stm32h743?"));
  EXPECT_THAT(next_of("cortex-m9"), HasSubstr("did you mean cortex-m"));
  EXPECT_THAT(next_of("z80"), Not(HasSubstr("did you mean")));
  EXPECT_LT(next_of("z80").size(), 60U) << "a short list";
}

TEST(Devices, TimeIsARangeOfWhatWasCounted) {
  const auto lasts = estimate(*find_target("stm32l4r5"), 24'000'000);
  ASSERT_TRUE(lasts);
  EXPECT_DOUBLE_EQ(lasts->from, 240);  // 24 M at 120 MHz: 200 ms, times 1.2
  EXPECT_DOUBLE_EQ(lasts->to, 360);
  EXPECT_FALSE(estimate(*find_target("stm32l4r5"), 0)) << "nothing was counted";
  EXPECT_FALSE(estimate(*find_target("cortex-m4"), 24'000'000)) << "a core has no clock";
}

/// How far the ends of the core's range lie from what was measured, as docs/boards.md shows it.
std::string published_row(const Published& one, const Cycles& range) {
  const auto off = [&](double end) { return 100 * (end - one.cycles()) / one.cycles(); };
  return fmt::format("| {} | {} | {} | {:.1f} | {:.2f} M, {} | {:.2f} | {} to {} | {:+.0f} % to {:+.0f} % |",
                     one.board, one.core, one.net, one.milliseconds, one.instructions / 1e6,
                     one.counted ? "counted" : "scaled", one.cycles(), range.from, range.to, off(range.from),
                     off(range.to));
}

TEST(Devices, RangesHoldWhatWasPublishedAndTheManualSaysHowFarOffTheyAre) {
  const auto manual = read_file(fs::path(DEWDROP_SOURCE_DIR) / "docs/boards.md");
  ASSERT_TRUE(manual);
  ASSERT_GE(devices().published.size(), 5U);
  for (const Published& one : devices().published) {
    EXPECT_THAT(one.source, testing::StartsWith("https://"));
    const auto core = std::find_if(devices().cores.begin(), devices().cores.end(),
                                   [&](const Core& c) { return c.name == one.core; });
    ASSERT_NE(core, devices().cores.end()) << one.core;
    EXPECT_LE(core->cycles->from, one.cycles()) << one.board;
    EXPECT_GE(core->cycles->to, one.cycles()) << one.board;
    EXPECT_THAT(*manual, HasSubstr(published_row(one, *core->cycles)));
  }
}

}  // namespace
}  // namespace dew::target
