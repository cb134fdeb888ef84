// Firmware on emulated boards, with a small model that does what its input says (fake/dew_fake.c): the
// outputs are right, the measurements exact, and every way to fail is named in the error.
#include "target/firmware.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <iostream>

#include "tests/target/need_tools.h"

namespace dew::target {

namespace {

using std::chrono::milliseconds;
using testing::AnyOf;
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

/// The fake model, built once a board.
Result<LinkedFirmware> fake_image(const Board& board) {
  static const auto folder = TemporaryFolder::create("dewdrop-test");
  static std::map<std::string, LinkedFirmware> built;
  if (const auto it = built.find(board.name); it != built.end()) return it->second;
  DEW_TRY(LinkedFirmware image, link_firmware(fake_model(), board, folder->path() / board.name, Watch()));
  return built[board.name] = image;
}

class OnBoard : public testing::TestWithParam<Board> {
 protected:
  void SetUp() override { NEED_TOOLS(GetParam()); }
  Result<BoardRun> run(const std::vector<Bytes>& inputs) {
    DEW_TRY(const LinkedFirmware image, fake_image(GetParam()));
    return run_linked(image, fake_model(), GetParam(), inputs, watch_);
  }
  /// The figures of a run of one input.
  Figures figures(const Bytes& input) {
    const auto result = run({input});
    EXPECT_TRUE(result) << result.error().what;
    return result ? result->figures : Figures{};
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
  EXPECT_EQ(result->outputs,
            (std::vector<Bytes>{output(8, 's' + 10), output(9, 's'), output(10, 7), output(11, 's' + 255)}));
}

TEST_P(OnBoard, CountsTheInstructionsOfAKnownLoopTwiceTheSame) {
  if (GetParam().counter == Counter::kNone)
    GTEST_SKIP() << "NOT TESTED on " << GetParam().name << ": it cannot count instructions";
  const int64_t few = figures(command('l', 1000)).instructions;
  const int64_t many = figures(command('l', 10'001'000)).instructions;
  EXPECT_EQ(figures(command('l', 10'001'000)).instructions, many);
  EXPECT_NEAR(many - few, 20'000'000, 2);  // a tick is up to 1.6 instructions, read twice
  EXPECT_NEAR(few, 2000, 130);             // what surrounds the loop
}

TEST_P(OnBoard, FindsTheDepthOfTheStack) {
  const int64_t shallow = figures(command('d', 64)).stack_bytes;
  EXPECT_GT(shallow, 64);
  EXPECT_LT(shallow, 360);
  EXPECT_EQ(figures(command('d', 64 + 4096)).stack_bytes - shallow, 4096);
}

TEST_P(OnBoard, TheLargestFiguresOfAllInputsCount) {
  const Figures all =
      run({command('d', 8), command('d', 500), command('l', 1000), command('d', 8)}).value().figures;
  EXPECT_EQ(all.stack_bytes, figures(command('d', 500)).stack_bytes);
  EXPECT_EQ(all.ram_bytes, all.static_bytes + all.stack_bytes);
}

TEST_P(OnBoard, TellsWhatAFaultWas) {
  EXPECT_THAT(failure(command('u')), HasSubstr("in dew_fake_run_tensor"));
  EXPECT_THAT(failure(command('r', 0xF0000000)), AnyOf(HasSubstr("0xf0000000"), HasSubstr("out of bounds")));
}

TEST_P(OnBoard, TellsOfAWriteBesideTheArena) {
  EXPECT_THAT(failure(command('a', 0)), HasSubstr("outside its arena"));
  EXPECT_THAT(failure(command('b', 1)), HasSubstr("outside its arena"));
}

TEST_P(OnBoard, TellsOfAStackThatRanOver) {
  EXPECT_THAT(failure(command('d', 70'000)), AnyOf(HasSubstr("stack"), HasSubstr("out of bounds")));
}

TEST_P(OnBoard, ATruncatedImageIsRefused) {
  const auto image = fake_image(GetParam());
  ASSERT_TRUE(image) << image.error().what;
  const std::string bytes = read_file(image->path).value();
  const auto folder = TemporaryFolder::create();
  const fs::path cut = folder->path() / "cut";
  const auto measure = GetParam().architecture == Architecture::kWasm ? measure_wasm : measure_elf;
  for (size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 20) {
    ASSERT_TRUE(write_file(cut, bytes.substr(0, size)));
    const auto measured = measure(cut);
    // A module may lose its trailing custom sections, which hold names.
    EXPECT_TRUE(!measured || measured->flash_bytes == image->flash_bytes) << size;
  }
  ASSERT_TRUE(write_file(cut, bytes.substr(0, 40)));
  EXPECT_FALSE(measure(cut));
}

// What start-up and harness cost, as target.h tells it.
TEST_P(OnBoard, AnEmptyModelCostsWhatTheHeaderSays) {
  Firmware empty;
  empty.symbol = "empty";
  empty.sources = {{"dew_empty.h",
                    "#include <stdint.h>\n#define DEW_EMPTY_ARENA_BYTES 4\n#define DEW_EMPTY_INPUT_BYTES 4\n"
                    "#define DEW_EMPTY_OUTPUT_BYTES 4\ntypedef struct { uint8_t *arena; } dew_empty_t;\n"
                    "void dew_empty_init(dew_empty_t *m, uint8_t *arena);\n"
                    "void dew_empty_run_tensor(dew_empty_t *m, const void *input, void *output);\n"},
                   {"dew_empty.c",
                    "#include \"dew_empty.h\"\n"
                    "void dew_empty_init(dew_empty_t *m, uint8_t *arena) { m->arena = arena; }\n"
                    "void dew_empty_run_tensor(dew_empty_t *m, const void *input, void *output) {\n"
                    "  (void)m, (void)input, *(uint32_t *)output = 1;\n}\n"}};
  empty.input_bytes = empty.output_bytes = 4;
  const std::vector<Bytes> inputs = {Bytes(4)};
  const auto result = run_firmware(empty, GetParam(), inputs, watch_);
  ASSERT_TRUE(result) << result.error().what;
  std::cout << GetParam().name << ": flash " << result->figures.flash_bytes << ", static "
            << result->figures.static_bytes << ", stack " << result->figures.stack_bytes << ", instructions "
            << result->figures.instructions << "\n";
  EXPECT_LT(result->figures.flash_bytes, GetParam().architecture == Architecture::kWasm ? 2100 : 1200);
  EXPECT_LT(result->figures.static_bytes, 120);
  EXPECT_LT(result->figures.stack_bytes, 100);
  EXPECT_LT(result->figures.instructions, 25);
}

INSTANTIATE_TEST_SUITE_P(Boards, OnBoard, testing::ValuesIn(boards_to_test()), core_name);

// What holds on any board is shown on one.
class OnM4 : public testing::Test {
 protected:
  void SetUp() override {
    board_ = find_board("cortex-m4").value();
    NEED_TOOLS(board_);
  }
  Board board_;
  Watch watch_;
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
  EXPECT_EQ(instructions(board_, {.fine = 24, .coarse = 1}), 30);
  EXPECT_EQ(instructions(board_, {.fine = 24, .coarse = (1U << 28) + 2}),
            ((int64_t{1} << 32) + 24) * 40 / 32);
  EXPECT_EQ(instructions(board_, {.fine = 0xFFFF'FFF0, .coarse = 1U << 28}), 0xFFFF'FFF0LL * 40 / 32);
}

TEST_F(OnM4, FirmwareThatHangsIsKilled) {
  Firmware firmware = fake_model();
  firmware.silence_limit = milliseconds(500);
  const std::vector<Bytes> inputs = {command('s'), command('h')};
  const auto result = run_firmware(firmware, board_, inputs, watch_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().what, HasSubstr("no output for 0.5 s"));
}

TEST_F(OnM4, AModelTooLargeIsRefusedWithTheFigures) {
  Firmware firmware = fake_model();
  firmware.sources["dew_fake.h"] += "extern uint8_t big[];\nextern const uint8_t wide[];\n";
  firmware.sources["big.c"] =
      "#include \"dew_fake.h\"\nuint8_t big[0x500000];\nconst uint8_t wide[0x500000] = {1};\n";
  // Used, or the linker drops them: wherever the fake answers, it answers with them.
  std::string& source = firmware.sources["dew_fake.c"];
  const size_t at = source.find("sum(m, bytes);");
  ASSERT_NE(at, std::string::npos);
  source.insert(at, "big[number] + wide[number] + ");
  const auto result = run_firmware(firmware, board_, {}, watch_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().what, HasSubstr("does not fit"));
  EXPECT_THAT(result.error().what, HasSubstr("flash: 5,24"));
  EXPECT_THAT(result.error().what, HasSubstr("RAM with the stack: 5,3"));
}

TEST_F(OnM4, CodeThatDoesNotCompileIsAnErrorWithTheCompilersWords) {
  Firmware firmware = fake_model();
  firmware.sources["dew_fake.c"] += "int unused_parameter(int x) { return 0; }\n";
  const auto result = run_firmware(firmware, board_, {}, watch_);
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().what, HasSubstr("model/dew_fake.c:"));
  EXPECT_THAT(result.error().what, HasSubstr("unused parameter"));
}

TEST_F(OnM4, AnInputOfTheWrongSizeIsRefused) {
  const std::vector<Bytes> inputs = {Bytes(9)};
  const auto result = run_firmware(fake_model(), board_, inputs, watch_);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().what, "an input has 9 bytes, the model takes 8");
}

TEST_F(OnM4, LeavesNothingBehind) {
  const auto folder = TemporaryFolder::create();
  const char* before = std::getenv("TMPDIR");
  const std::string old = before != nullptr ? before : "/tmp";
  ::setenv("TMPDIR", folder->path().c_str(), 1);
  const std::vector<Bytes> inputs = {command('s')};
  const auto result = run_firmware(fake_model(), board_, inputs, watch_);
  ::setenv("TMPDIR", old.c_str(), 1);
  EXPECT_TRUE(result) << result.error().what;
  EXPECT_TRUE(fs::is_empty(folder->path()));
}

TEST_F(OnM4, AMissingCompilerNamesItsPackage) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "", 1);
  const auto result = run_firmware(fake_model(), board_, {}, watch_);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, Fault::kWork);
  EXPECT_THAT(result.error().what, HasSubstr("arm-none-eabi-gcc"));
  EXPECT_THAT(result.error().next, HasSubstr("gcc-arm-none-eabi"));
}

}  // namespace
}  // namespace dew::target
