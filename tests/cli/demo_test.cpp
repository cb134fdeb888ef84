// The demo as a user runs it: what the README promises, measured.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/support/json_keys.h"
#include "tests/support/tools.h"

namespace dew::testing {
namespace {

// README quotes the median of seeds 1, 2 and 3 over 155 test tiles: 0.981, where seed 1 has 0.974. One tile
// fewer fails either bar.
constexpr double kLeastOfSeedOne = 0.97;
constexpr double kLeastMedian = 0.975;
constexpr double kOnePoint = 0.01;
const fs::path kBudget = fs::path(DEWDROP_SOURCE_DIR) / "tests" / "budgets" / "demo-cortex-m4.json";

/// Top-1 of each pair of int8 scores in a file of outputs.
std::vector<int> top_of_pairs(const std::string& bytes) {
  std::vector<int> tops;
  for (size_t at = 0; at + 1 < bytes.size(); at += 2)
    tops.push_back(static_cast<int8_t>(bytes[at + 1]) > static_cast<int8_t>(bytes[at]) ? 1 : 0);
  return tops;
}

double agreement(const std::vector<int>& a, const std::vector<int>& b) {
  int64_t equal = 0;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) equal += a[i] == b[i] ? 1 : 0;
  return static_cast<double>(equal) / static_cast<double>(std::max(a.size(), b.size()));
}

/// Runs the same inputs through us, and through TensorFlow Lite's and ONNX Runtime's WebAssembly builds.
void compare_with_others(const Command& command, const std::string& run) {
  const fs::path interop = fs::path(DEWDROP_SOURCE_DIR) / "tests" / "interop";
  if (!fs::exists(interop / "node_modules")) {
    ADD_FAILURE() << interop << "/node_modules is missing: run npm ci there (scripts/test does)";
    return;
  }
  const Ran written = command.run({"test", "--no-board", "--write-inputs", "inputs.bin"}, "demo");
  ASSERT_EQ(written.status, 0) << written.err;
  const Ran ours = command.run({"run", "--raw", "inputs.bin", "--out", "ours.bin"}, "demo");
  ASSERT_EQ(ours.status, 0) << ours.err;
  const Ran deployed = command.run({"deploy", "--to", "onnx", "-o", "onnx", "--symbol", "net"}, "demo");
  ASSERT_EQ(deployed.status, 0) << deployed.err;
  const auto a = top_of_pairs(read_file(command.folder() / "demo" / "ours.bin").value_or(""));
  ASSERT_GT(a.size(), 100U);
  for (const auto& [script, model] :
       {std::pair<std::string, std::string>("run_tflite.mjs", run + "/model.tflite"),
        {"run_onnx.mjs", "onnx/net.onnx"}}) {
    const Ran theirs = command.shell("node " + (interop / script).string() + " demo/" + model +
                                     " demo/inputs.bin theirs.bin");
    ASSERT_EQ(theirs.status, 0) << theirs.out << theirs.err;
    const auto b = top_of_pairs(read_file(command.folder() / "theirs.bin").value_or(""));
    std::cout << script << ": top-1 equal in " << agreement(a, b) << "\n";
    EXPECT_GE(agreement(a, b), 0.99) << script;
  }
}

struct Accuracies {
  double in_float = 0;
  double in_int8 = 0;
};

/// The demo with this seed, held to all that does not depend on the seed.
void run_demo(int seed, Accuracies& accuracies) {
  const Command command;
  const Ran ran = command.run({"demo", "demo", "--seed", std::to_string(seed), "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  expect_keys("demo", ran);
  const auto keys = ran.json();
  std::cout << "seed " << seed << ": float " << keys["float"]["accuracy"] << ", int8 "
            << keys["int8_host"]["accuracy"] << ", board " << keys["int8_board"]["accuracy"] << ", RAM "
            << keys["ram_bytes"] << ", flash " << keys["flash_bytes"] << ", instructions "
            << keys["instructions"] << ", seconds " << keys["seconds"] << "\n";
  accuracies.in_float = keys["float"]["accuracy"].get<double>();
  accuracies.in_int8 = keys["int8_host"]["accuracy"].get<double>();
  EXPECT_LE(std::abs(accuracies.in_float - accuracies.in_int8), kOnePoint);
  EXPECT_EQ(keys["int8_board"]["accuracy"].get<double>(), accuracies.in_int8);
  EXPECT_EQ(keys["bit_equal"], true);
  EXPECT_EQ(keys["samples"], 155);
  const auto budget = nlohmann::json::parse(read_file(kBudget).value_or("{}"));
  for (const char* figure : {"ram_bytes", "flash_bytes", "instructions"})
    EXPECT_LE(keys[figure].get<int64_t>(), budget.at(figure).get<int64_t>()) << figure;
  EXPECT_GT(keys["instructions"].get<int64_t>(), 1'000'000);
  EXPECT_TRUE(fs::exists(keys["report"].get<std::string>()));
  compare_with_others(command, keys["folder"].get<std::string>());

  // The same command again finds everything done.
  const Ran again = command.run({"demo", "demo", "--seed", std::to_string(seed), "--json"});
  ASSERT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(again.json()["run"], keys["run"]);
  EXPECT_EQ(again.json()["float"], keys["float"]);
  EXPECT_NE(again.err.find("nothing to train"), std::string::npos);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// One training is two minutes of a core: all three seeds run where DEWDROP_SEEDS=3 asks for them.
TEST(Demo, KeepsItsPromises) {
  if (!fs::exists(kSampleVideo)) GTEST_SKIP() << kNoSampleVideo;
  if (!have_board_tools()) GTEST_SKIP() << kNoBoardTools;
  const char* wanted = std::getenv("DEWDROP_SEEDS");
  const int seeds = wanted == nullptr ? 1 : std::clamp(std::atoi(wanted), 1, 9);
  std::vector<double> in_float;
  std::vector<double> in_int8;
  for (int seed = 1; seed <= seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Accuracies accuracies;
    ASSERT_NO_FATAL_FAILURE(run_demo(seed, accuracies));
    in_float.push_back(accuracies.in_float);
    in_int8.push_back(accuracies.in_int8);
  }
  EXPECT_GE(in_float[0], kLeastOfSeedOne);
  EXPECT_GE(in_int8[0], kLeastOfSeedOne);
  if (seeds < 3) return;
  EXPECT_GE(median(in_float), kLeastMedian);
  EXPECT_GE(median(in_int8), kLeastMedian);
}

}  // namespace
}  // namespace dew::testing
