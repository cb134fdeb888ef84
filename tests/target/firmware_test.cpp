// Firmware on every emulated board, with a small model that does as its input says (fake/dew_fake.c): right
// outputs, exact measurements, and each way to fail told as what it is.
#include "target/firmware.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

namespace dew::target {

void PrintTo(const Board& board, std::ostream* out) { *out << board.name; }

namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Firmware fake_model() {
  const fs::path folder = fs::path(DEWDROP_SOURCE_DIR) / "tests/target/fake";
  Firmware firmware;
  firmware.symbol = "fake";
  for (const char* name : {"dew_fake.c", "dew_fake.h"})
    firmware.sources[name] = read_file(folder / name).value();
  firmware.input_bytes = 8;
  firmware.output_bytes = 5;
  return firmware;
}

Bytes command(char what, uint32_t number = 0) {
  Bytes bytes(8);
  bytes[0] = static_cast<uint8_t>(what);
  std::memcpy(bytes.data() + 4, &number, 4);
  return bytes;
}

Bytes output(uint8_t calls, uint32_t answer) {
  Bytes bytes(5);
  bytes[0] = calls;
  std::memcpy(bytes.data() + 1, &answer, 4);
  return bytes;
}

class OnBoard : public testing::TestWithParam<Board> {
 protected:
  void SetUp() override {
    for (const std::string& program : {GetParam().compiler, GetParam().emulator})
      if (const auto found = require_tool(program); !found)
        GTEST_SKIP() << "NOT TESTED on " << GetParam().name << ": " << found.error().what;
  }
  Result<BoardRun> run(const std::vector<Bytes>& inputs) {
    return run_firmware(fake_model(), GetParam(), inputs, watch_);
  }
  /// The error of a run of one input.
  std::string failure(const Bytes& input) {
    const auto result = run({input});
    return result ? "no error" : result.error().what;
  }
  Watch watch_;
};

TEST_P(OnBoard, GivesOneRightOutputAnInput) {
  const auto result = run({command('s', 0x01020304), command('s'), command('f', 14), command('s', 255)});
  ASSERT_TRUE(result) << result.error().what;
  EXPECT_EQ(result->outputs, (std::vector<Bytes>{output(8, 's' + 10), output(9, 's'), output(10, 7),
                                                 output(11, 's' + 255)}));
}

TEST_P(OnBoard, CountsInstructionsOfAKnownLoopExactlyAndTwiceTheSame) {
  const auto count = [&](uint32_t turns) {
    const auto result = run({command('l', turns)});
    EXPECT_TRUE(result) << result.error().what;
    return result ? result->figures.instructions : 0;
  };
  const int64_t few = count(1000);
  const int64_t many = count(10'001'000);
  EXPECT_EQ(count(10'001'000), many);
  EXPECT_NEAR(many - few, 20'000'000, 2);  // a tick is up to 1.6 instructions, read twice
  EXPECT_NEAR(few, 2000, 70);              // what surrounds the loop
}

TEST_P(OnBoard, FindsTheDepthOfTheStack) {
  const auto depth = [&](uint32_t bytes) {
    const auto result = run({command('d', bytes), command('d', 8)});
    EXPECT_TRUE(result) << result.error().what;
    return result ? result->figures.stack_bytes : 0;
  };
  const int64_t shallow = depth(8);
  EXPECT_GT(shallow, 8);
  EXPECT_LT(shallow, 300);
  EXPECT_EQ(depth(8 + 4096) - shallow, 4096);
}

TEST_P(OnBoard, MeasuresFlashAndRam) {
  const auto result = run({command('s')});
  ASSERT_TRUE(result) << result.error().what;
  const Figures& figures = result->figures;
  EXPECT_EQ(figures.ram_bytes, figures.static_bytes + figures.stack_bytes);
  EXPECT_GE(figures.static_bytes, 256 + 8 + 5);  // arena, input, output
  EXPECT_LT(figures.static_bytes, 256 + 8 + 5 + 100);
  EXPECT_LT(figures.flash_bytes, 2048);
}

TEST_P(OnBoard, TellsWhatAFaultWas) {
  EXPECT_THAT(failure(command('u')), HasSubstr("in dew_fake_run_tensor"));
  EXPECT_THAT(failure(command('r', 0xF0000000)), HasSubstr("0xf0000000"));
}

TEST_P(OnBoard, TellsOfAWriteBesideTheArena) {
  EXPECT_THAT(failure(command('a', 0)), HasSubstr("outside its arena"));
  EXPECT_THAT(failure(command('b', 1)), HasSubstr("outside its arena"));
}

TEST_P(OnBoard, TellsOfAStackThatRanOver) { EXPECT_THAT(failure(command('d', 70'000)), HasSubstr("stack")); }

TEST_P(OnBoard, KillsFirmwareThatHangs) {
  Firmware firmware = fake_model();
  firmware.patience = milliseconds(500);
  const std::vector<Bytes> inputs = {command('s'), command('h')};
  const auto result = run_firmware(firmware, GetParam(), inputs, watch_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().what, HasSubstr("no output for 0.5 s"));
}

TEST_P(OnBoard, AModelTooLargeIsRefusedWithTheFigures) {
  Firmware firmware = fake_model();
  firmware.sources["big.c"] =
      "extern unsigned char big[];\nunsigned char big[0x2000000];\n"
      "extern const unsigned char wide[];\nconst unsigned char wide[0x2000000] = {1};\n";
  std::string& source = firmware.sources["dew_fake.c"];
  source += "extern unsigned char big[];\nextern const unsigned char wide[];\n";
  source.replace(source.find("default: break;"), 15, "default: answer = big[number] + wide[number]; break;");
  source.insert(source.find("/* Initialised"), "extern unsigned char big[];\nextern const unsigned char wide[];\n");
  const auto result = run_firmware(firmware, GetParam(), {}, watch_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().what, HasSubstr("does not fit"));
  EXPECT_THAT(result.error().what, HasSubstr("flash: 33,5"));
  EXPECT_THAT(result.error().what, HasSubstr("RAM with the stack: 33,6"));
}

TEST_P(OnBoard, CodeThatDoesNotCompileIsAnErrorWithTheCompilersWords) {
  Firmware firmware = fake_model();
  firmware.sources["dew_fake.c"] += "int unused_parameter(int x) { return 0; }\n";
  const auto result = run_firmware(firmware, GetParam(), {}, watch_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().what, HasSubstr("model/dew_fake.c:"));
  EXPECT_THAT(result.error().what, HasSubstr("unused parameter"));
}

std::string name_of(const testing::TestParamInfo<Board>& info) {
  std::string name = info.param.core;
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Boards, OnBoard, testing::ValuesIn(boards()), name_of);

// What holds on any board is shown on one.
class OnM4 : public testing::Test {
 protected:
  void SetUp() override {
    board_ = find_board("cortex-m4").value();
    for (const std::string& program : {board_.compiler, board_.emulator})
      if (const auto found = require_tool(program); !found) GTEST_SKIP() << "NOT TESTED: " << found.error().what;
  }
  Board board_;
};

TEST_F(OnM4, ReportsProgressAndStopsWhenInterrupted) {
  class Stopper : public Watch {
   public:
    void advance(int64_t done, std::string_view) override { done_ = done; }
    [[nodiscard]] bool interrupted() const override { return done_ >= 2; }
    int64_t done_ = 0;
  };
  Stopper stopper;
  const std::vector<Bytes> inputs = {command('s'), command('s'), command('h')};
  const auto result = run_firmware(fake_model(), board_, inputs, stopper);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "interrupted");
  EXPECT_EQ(stopper.done_, 2);
}

TEST_F(OnM4, CountsPastAWrapOfTheFineCounter) {
  const CounterReading before{0xFFFF'FFF0, 0x0FFF'FFFF};
  const CounterReading wrapped{8, 0x1000'0001};            // 24 ticks on
  const CounterReading much_later{8, 0x1000'0001 + (1U << 28)};  // one wrap more
  EXPECT_EQ(instructions_between(board_, before, wrapped), 30);
  EXPECT_EQ(instructions_between(board_, before, much_later), ((int64_t{1} << 32) + 24) * 40 / 32);
}

TEST_F(OnM4, AnInputOfTheWrongSizeIsRefused) {
  Watch watch;
  const std::vector<Bytes> inputs = {Bytes(9)};
  const auto result = run_firmware(fake_model(), board_, inputs, watch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "an input has 9 bytes, the model takes 8");
}

TEST_F(OnM4, LeavesNothingBehind) {
  const auto folder = TemporaryFolder::create();
  const char* before = std::getenv("TMPDIR");
  const std::string old = before != nullptr ? before : "/tmp";
  ::setenv("TMPDIR", folder->path().c_str(), 1);
  Watch watch;
  const std::vector<Bytes> inputs = {command('s')};
  const auto result = run_firmware(fake_model(), board_, inputs, watch);
  ::setenv("TMPDIR", old.c_str(), 1);
  EXPECT_TRUE(result) << result.error().what;
  EXPECT_TRUE(fs::is_empty(folder->path()));
}

TEST_F(OnM4, AMissingCompilerNamesItsPackage) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "", 1);
  Watch watch;
  const auto result = run_firmware(fake_model(), board_, {}, watch);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::kWork);
  EXPECT_THAT(result.error().what, HasSubstr("arm-none-eabi-gcc"));
  EXPECT_THAT(result.error().next, HasSubstr("gcc-arm-none-eabi"));
}

}  // namespace
}  // namespace dew::target
