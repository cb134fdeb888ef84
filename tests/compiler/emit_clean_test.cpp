// Emitted files in other people's builds: every warning that such builds turn into an error, C and C++, cross
// compilers, and the files of two nets in one translation unit.
#include <fmt/format.h>

#include <fstream>

#include "tests/compiler/compare.h"
#include "tests/compiler/kinds.h"
#include "tests/graph/golden.h"

namespace dew::test {
namespace {

using compiler::Options;
using compiler::Plan;
using graph::Rounding;

const std::vector<std::string> kStrict = {"-Wall",      "-Wextra",  "-Wconversion", "-Wsign-conversion",
                                          "-Wpedantic", "-Wshadow", "-Werror"};

Result<ProcessResult> run_in(const fs::path& folder, std::vector<std::string> argv) {
  argv.insert(argv.begin(), {"env", "-C", folder.string()});
  return run_process(argv, std::chrono::seconds(100), Watch());
}

void write_all(const fs::path& folder, const std::map<std::string, std::string>& files) {
  for (const auto& [name, text] : files) ASSERT_TRUE(write_file(folder / name, text));
}

/// Neighbours differ in rounding, schedule and kernels.
Options nth_options(size_t n) {
  const auto all = all_options();
  return all[n * 5 % all.size()];
}

/// The kinds; with `more`, every golden of the repository and a published model too.
std::vector<Plan> all_plans(bool more) {
  std::vector<Plan> plans;
  const auto add = [&](const Kind& kind) {
    const auto plan = kind.compile(nth_options(plans.size()));
    ASSERT_TRUE(plan) << kind.name << ": " << told(plan.error());
    plans.push_back(*plan);
  };
  for (const Kind& kind : kinds()) add(kind);
  if (!more) return plans;
  for (const auto& entry : fs::directory_iterator(fs::path(DEWDROP_SOURCE_DIR) / "tests/golden/tflite")) {
    if (entry.path().extension() != ".tflite") continue;
    auto graph = graph::read_tflite(read_file(entry.path()).value_or(""), entry.path().string());
    EXPECT_TRUE(graph) << told(graph.error());
    if (graph) add({"golden_" + entry.path().stem().string(), *std::move(graph), {}});
  }
  if (graph::have_models()) {
    auto person = graph::read_model("person_detect");
    EXPECT_TRUE(person) << told(person.error());
    if (person) add({"person", *std::move(person), {}});
  } else {
    std::cout << graph::kModelsMissing << "\n";
  }
  return plans;
}

/// A compiler and what makes it that one: {"arm-none-eabi-gcc", "-mcpu=cortex-m4"}.
class Clean : public ::testing::TestWithParam<std::vector<std::string>> {
 protected:
  void SetUp() override {
    if (!find_program(GetParam()[0])) GTEST_SKIP() << "NOT TESTED: " << GetParam()[0] << " is not installed";
  }
};

TEST_P(Clean, FilesOfEveryKindOfNet) {
  const auto folder = TemporaryFolder::create();
  std::vector<std::string> argv = GetParam();
  argv.insert(argv.end(), kStrict.begin(), kStrict.end());
  argv.emplace_back("-fsyntax-only");
  const auto plans = all_plans(GetParam()[0] == "gcc");
  ASSERT_GE(plans.size(), 8U);
  for (const Plan& plan : plans) {
    write_all(folder->path(), compiler::emit_c(plan));
    argv.push_back("dew_" + plan.symbol + ".c");
  }
  const auto built = run_in(folder->path(), argv);
  ASSERT_TRUE(built) << told(built.error());
  EXPECT_EQ(built->status, 0) << built->errors.substr(0, 4000);
}

std::string name_of(const ::testing::TestParamInfo<std::vector<std::string>>& info) {
  std::string name;
  for (const std::string& word : info.param) name += word;
  std::string letters;
  for (const char c : name)
    letters += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : c == '+' ? 'p' : '_';
  return letters;
}

INSTANTIATE_TEST_SUITE_P(Under, Clean,
                         ::testing::Values(std::vector<std::string>{"gcc", "-std=c99"},
                                           std::vector<std::string>{"clang", "-std=c99"},
                                           std::vector<std::string>{"g++", "-std=c++11", "-x", "c++"},
                                           std::vector<std::string>{"clang++", "-std=c++11", "-x", "c++"},
                                           std::vector<std::string>{"arm-none-eabi-gcc", "-std=c99",
                                                                    "-mcpu=cortex-m4", "-mthumb"},
                                           std::vector<std::string>{"arm-none-eabi-g++", "-mcpu=cortex-m55",
                                                                    "-mthumb", "-mfloat-abi=hard"}),
                         name_of);

std::string array_of(const char* name, const Bytes& bytes) {
  std::string text = fmt::format("static const uint8_t {}[] = {{", name);
  for (const uint8_t byte : bytes) text += fmt::format("{},", byte);
  return text + "};\n";
}

/// Includes both sources; its exit status says which net gives other bytes than the oracle.
constexpr const char* kTwoMain = R"(#include "dew_picture.c"
#include "dew_keyword.c"
{arrays}
int main(void) {{
  static uint32_t arena[(DEW_PICTURE_ARENA_BYTES + DEW_KEYWORD_ARENA_BYTES) / 4];
  static uint8_t out[DEW_PICTURE_OUTPUT_BYTES + DEW_KEYWORD_OUTPUT_BYTES];
  dew_picture_t picture;
  dew_keyword_t keyword;
  dew_picture_init(&picture, (uint8_t *)arena);
  dew_keyword_init(&keyword, (uint8_t *)arena + DEW_PICTURE_ARENA_BYTES);
  dew_picture_run_tensor(&picture, picture_in, out);
  if (memcmp(out, picture_out, sizeof picture_out)) return 1;
  dew_keyword_run_tensor(&keyword, keyword_in, out);
  return memcmp(out, keyword_out, sizeof keyword_out) ? 2 : 0;
}}
)";

TEST(TwoNets, InOneTranslationUnit) {
  const auto all = kinds();
  std::string arrays;
  const auto folder = TemporaryFolder::create();
  for (const size_t at : {size_t{0}, size_t{3}}) {
    Options options;
    options.rounding = at == 0 ? Rounding::kDew : Rounding::kTflite;
    options.isa = at == 0 ? compiler::Isa::kLanes : compiler::Isa::kGeneric;
    const auto plan = all[at].compile(options);
    ASSERT_TRUE(plan) << told(plan.error());
    write_all(folder->path(), compiler::emit_c(*plan));
    Bytes input(static_cast<size_t>(plan->input.bytes()));
    for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<uint8_t>(i * 37 + i / 7);
    const auto due = oracle(all[at].graph, {input}, options.rounding);
    ASSERT_TRUE(due) << told(due.error());
    arrays += array_of((plan->symbol + "_in").c_str(), input);
    arrays += array_of((plan->symbol + "_out").c_str(), (*due)[0]);
  }
  ASSERT_EQ(all[0].name + all[3].name, "picturekeyword");
  ASSERT_TRUE(
      write_file(folder->path() / "main.c", fmt::format(fmt::runtime(kTwoMain), fmt::arg("arrays", arrays))));
  const std::vector<std::vector<std::string>> compilers = {{"cc", "-std=c99"}, {"c++", "-x", "c++"}};
  for (auto argv : compilers) {
    argv.insert(argv.end(), kStrict.begin(), kStrict.end());
    argv.insert(argv.end(), {"main.c", "-o", "two"});
    const auto built = run_in(folder->path(), argv);
    ASSERT_TRUE(built) << told(built.error());
    ASSERT_EQ(built->status, 0) << argv[0] << ": " << built->errors.substr(0, 4000);
    const auto ran = run_in(folder->path(), {"./two"});
    ASSERT_TRUE(ran) << told(ran.error());
    EXPECT_EQ(ran->status, 0) << argv[0];
  }
}

/// Its exit status says what went wrong.
constexpr const char* kRowsMain = R"(#include "dew_picture.h"
#include <string.h>
int main(void) {
  static uint32_t arena[DEW_PICTURE_ARENA_BYTES / 4];
  static uint8_t row[DEW_PICTURE_INPUT_WIDTH * DEW_PICTURE_INPUT_CHANNELS];
  dew_picture_t m;
  dew_picture_result result;
  int y;
  memset(&result, 99, sizeof result);
  dew_picture_init(&m, (uint8_t *)arena);
  if (dew_picture_finish(&m, &result) != DEW_PICTURE_INPUT_HEIGHT) return 1;
  for (y = 0; y < DEW_PICTURE_INPUT_HEIGHT - 1; y++) dew_picture_push_row(&m, row);
  if (dew_picture_finish(&m, &result) != 1 || result.scores[0] != 99) return 2;
  dew_picture_push_row(&m, row);
  if (dew_picture_finish(&m, &result) != 0 || result.top > 1 || result.scores[0] == 99) return 3;
  dew_picture_begin(&m);
  return dew_picture_finish(&m, &result) != DEW_PICTURE_INPUT_HEIGHT ? 4 : 0;
}
)";

TEST(Finish, SaysHowManyRowsAreMissing) {
  const auto plan = kinds()[0].compile({});
  ASSERT_TRUE(plan) << told(plan.error());
  const auto folder = TemporaryFolder::create();
  write_all(folder->path(), compiler::emit_c(*plan));
  ASSERT_TRUE(write_file(folder->path() / "main.c", kRowsMain));
  const auto built = run_in(folder->path(), {"cc", "main.c", "dew_picture.c", "-o", "rows"});
  ASSERT_TRUE(built) << told(built.error());
  ASSERT_EQ(built->status, 0) << built->errors;
  const auto ran = run_in(folder->path(), {"./rows"});
  ASSERT_TRUE(ran) << told(ran.error());
  EXPECT_EQ(ran->status, 0);
}

}  // namespace
}  // namespace dew::test
