// The table of operators as emitted C: gcc and clang compile it without warnings, and it runs under
// AddressSanitizer and UndefinedBehaviorSanitizer with the arena at every 4-byte-aligned address between
// guards. Its outputs equal the oracle to the bit.
#include <algorithm>
#include <iostream>

#include "tests/compiler/compare.h"
#include "tests/compiler/many_models.h"
#include "tests/compiler/table.h"

namespace dew::test {
namespace {

using compiler::Options;
using compiler::Plan;

/// Reads all records from the file "inputs" and writes their outputs to "outputs".
constexpr const char* kMain = R"(#include <stdio.h>
#include <stdlib.h>
#include "dew_table.h"
int main(void) {
  static uint32_t arena[DEW_TABLE_ARENA_BYTES / 4];
  static dew_table_t m;
  unsigned char *in = malloc(DEW_TABLE_INPUT_BYTES), *out = malloc(DEW_TABLE_OUTPUT_BYTES);
  FILE *inputs = fopen("inputs", "rb"), *outputs = fopen("outputs", "wb");
  if (!in || !out || !inputs || !outputs) return 2;
  dew_table_init(&m, (uint8_t *)arena);
  while (fread(in, 1, DEW_TABLE_INPUT_BYTES, inputs) == DEW_TABLE_INPUT_BYTES) {
    dew_table_run_tensor(&m, in, out);
    if (fwrite(out, 1, DEW_TABLE_OUTPUT_BYTES, outputs) != DEW_TABLE_OUTPUT_BYTES) return 3;
  }
  free(in);
  free(out);
  return fclose(inputs) || fclose(outputs) ? 4 : 0;
}
)";

const std::vector<std::string> kStrict = {"-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wshadow"};

Result<void> cc(std::vector<std::string> argv, const std::vector<std::string>& more) {
  argv.insert(argv.end(), kStrict.begin(), kStrict.end());
  argv.insert(argv.end(), more.begin(), more.end());
  const Watch watch;
  DEW_TRY(const auto built, run_process(argv, std::chrono::minutes(5), watch));
  if (built.status != 0) return work_error(argv[0] + ": " + built.errors);
  return {};
}

/// Builds the models with sanitizers in `folder`, runs them and returns the output of each record.
Result<std::vector<Bytes>> run_sanitized(const ManyModels& many, const std::vector<Bytes>& inputs,
                                         const std::string& compiler, const fs::path& folder) {
  std::vector<std::string> words = {
      "-O1", "-DDEW_TABLE_POISON",       "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
      "-o",  (folder / "a.out").string()};
  for (const auto& [file, text] : many.sources) {
    DEW_CHECK(write_file(folder / file, text));
    if (fs::path(file).extension() == ".c") words.push_back((folder / file).string());
  }
  DEW_CHECK(write_file(folder / "main.c", kMain));
  words.push_back((folder / "main.c").string());
  DEW_CHECK(cc({compiler}, words));
  std::string records;
  for (const Bytes& input : inputs) records.append(input.begin(), input.end());
  DEW_CHECK(write_file(folder / "inputs", records));
  const Watch watch;
  DEW_TRY(const auto ran,
          run_process({"env", "-C", folder.string(), "./a.out"}, std::chrono::minutes(5), watch));
  if (ran.status != 0) return work_error("status " + std::to_string(ran.status) + ": " + ran.errors);
  DEW_TRY(const auto bytes, read_file(folder / "outputs"));
  std::vector<Bytes> outputs;
  for (size_t at = 0; at < bytes.size(); at += static_cast<size_t>(many.output_bytes))
    outputs.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         bytes.begin() + static_cast<std::ptrdiff_t>(at) + many.output_bytes);
  return outputs;
}

class EmittedTable : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!find_program(GetParam())) GTEST_SKIP() << "NOT TESTED: " << GetParam() << " is not installed";
  }
};

/// Cycles through all options, so that each family is tested with several.
Options nth_options(size_t n) {
  const auto all = all_options();
  Options options = all[n * 7 % all.size()];
  options.symbol = "c" + std::to_string(n);
  return options;
}

TEST_P(EmittedTable, EqualsTheOracleWithTheArenaAtEveryAddress) {
  std::vector<Case> from;
  std::vector<Options> options;
  std::vector<Plan> plans;
  for (const auto& family : families()) {
    for_each_case(family, {.most = 4, .seed = 77}, [&](const Case& each) {
      const Options mine = nth_options(plans.size());
      const auto plan = compiler::compile(each.graph, mine);
      EXPECT_TRUE(plan) << each.name << ": " << told(plan.error());
      if (!plan) return false;
      from.push_back(each);
      options.push_back(mine);
      plans.push_back(*plan);
      return true;
    });
  }
  ASSERT_FALSE(HasFailure());
  const ManyModels many(plans);
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < plans.size(); ++i) {
    const bool remembers = !from[i].graph.states.empty();
    for (uint32_t shift = 0; shift < kMostShift; ++shift) {
      const bool again = remembers && shift % 2 == 1;
      inputs.push_back(many.input(i, again ? shift - 1 : shift, from[i].inputs[shift % 2], again));
    }
  }
  const auto folder = TemporaryFolder::create();
  const auto outputs = run_sanitized(many, inputs, GetParam(), folder->path());
  ASSERT_TRUE(outputs) << told(outputs.error());
  ASSERT_EQ(outputs->size(), inputs.size());
  for (size_t i = 0, at = 0; i < plans.size(); ++i) {
    const auto due = oracle(from[i].graph, from[i].inputs, options[i].rounding);
    ASSERT_TRUE(due) << told(due.error());
    for (uint32_t shift = 0; shift < kMostShift; ++shift, ++at) {
      EXPECT_EQ(table_status((*outputs)[at]), kTableFine) << from[i].name << " shifted by " << shift;
      ASSERT_TRUE(equal_bytes(from[i].graph, options[i], shift % 2,
                              table_output((*outputs)[at], plans[i].output_bytes()), (*due)[shift % 2]))
          << from[i].name << " shifted by " << shift;
    }
  }
  std::cout << GetParam() << ": " << plans.size() << " models, " << kMostShift << " addresses\n";
}

/// Unchanged files of one model each; above, models share their kernels.
TEST_P(EmittedTable, EveryFamilysOwnFilesAreClean) {
  size_t number = 0;
  const auto folder = TemporaryFolder::create();
  std::vector<std::string> words = {"-O1", "-c"};
  for (const auto& family : families()) {
    for_each_case(family, {.most = 1, .seed = 5}, [&](const Case& each) {
      const Options mine = nth_options(number++);
      const auto plan = compiler::compile(each.graph, mine);
      EXPECT_TRUE(plan) << each.name << ": " << told(plan.error());
      if (!plan) return false;
      for (const auto& [file, text] : compiler::emit_c(*plan)) {
        EXPECT_TRUE(write_file(folder->path() / file, text));
        if (fs::path(file).extension() == ".c") words.push_back(file);
      }
      return true;
    });
  }
  ASSERT_GE(number, 10U);
  const auto built = cc({"env", "-C", folder->path().string(), GetParam()}, words);
  EXPECT_TRUE(built) << told(built.error());
}

INSTANTIATE_TEST_SUITE_P(By, EmittedTable, ::testing::Values("gcc", "clang"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace dew::test
