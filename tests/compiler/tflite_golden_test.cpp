// TensorFlow Lite's rounding to the bit, without any file from outside the repository: small nets whose
// outputs an independent implementation computed (tests/golden/tflite/README.md).
#include <set>

#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

using graph::Rounding;

const fs::path kFolder = fs::path(DEWDROP_SOURCE_DIR) / "tests/golden/tflite";

/// The nets of tests/graph/make_golden.cpp.
const std::vector<std::string> kNets = {"add",
                                        "average_pool",
                                        "batches",
                                        "concatenation",
                                        "conv",
                                        "conv_large_factors",
                                        "conv_per_tensor",
                                        "depthwise",
                                        "depthwise_strided",
                                        "div",
                                        "fully_connected",
                                        "log_softmax",
                                        "logistic",
                                        "max_pool",
                                        "mean",
                                        "mobilenet",
                                        "mul",
                                        "quantize",
                                        "relu",
                                        "softmax",
                                        "streaming"};

/// A file of tensors of `size` bytes each, one after the other.
std::vector<Bytes> read_tensors(const std::string& file, int64_t size) {
  const auto all = read_file(kFolder / file).value_or("");
  std::vector<Bytes> tensors;
  for (size_t at = 0; at + static_cast<size_t>(size) <= all.size(); at += static_cast<size_t>(size))
    tensors.emplace_back(all.begin() + static_cast<int64_t>(at),
                         all.begin() + static_cast<int64_t>(at) + size);
  return tensors;
}

class TfliteGolden : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const auto bytes = read_file(kFolder / (GetParam() + ".tflite"));
    ASSERT_TRUE(bytes) << told(bytes.error());
    auto read = graph::read_tflite(*bytes, GetParam());
    ASSERT_TRUE(read) << told(read.error());
    graph_ = *std::move(read);
    inputs_ =
        read_tensors(GetParam() + ".in.bin", graph_.tensors[static_cast<size_t>(graph_.inputs[0])].bytes());
    due_ =
        read_tensors(GetParam() + ".out.bin", graph_.tensors[static_cast<size_t>(graph_.outputs[0])].bytes());
    ASSERT_EQ(inputs_.size(), 8U);
    ASSERT_EQ(due_.size(), inputs_.size());
  }

  graph::Graph graph_;
  std::vector<Bytes> inputs_;
  std::vector<Bytes> due_;
};

TEST_P(TfliteGolden, TheOracleGivesTheseBytes) {
  const auto outputs = oracle(graph_, inputs_, Rounding::kTflite);
  ASSERT_TRUE(outputs) << told(outputs.error());
  for (size_t i = 0; i < inputs_.size(); ++i)
    EXPECT_TRUE(equal_bytes(graph_, {.rounding = Rounding::kTflite}, i, (*outputs)[i], due_[i]));
}

TEST_P(TfliteGolden, CompiledNetsGiveTheseBytes) {
  for (const auto& options : all_options()) {
    if (options.rounding == Rounding::kTflite) {
      EXPECT_TRUE(gives(graph_, inputs_, due_, options, host_runner));
    }
  }
}

// Else the files could not tell the two roundings apart.
TEST_P(TfliteGolden, TheOtherRoundingGivesOtherBytesWhereThereIsAnythingToRound) {
  static const std::set<std::string> kSameInBoth = {"concatenation", "div",      "log_softmax",
                                                    "logistic",      "max_pool", "softmax"};
  const auto outputs = oracle(graph_, inputs_, Rounding::kDew);
  ASSERT_TRUE(outputs) << told(outputs.error());
  EXPECT_EQ(*outputs == due_, kSameInBoth.contains(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Of, TfliteGolden, ::testing::ValuesIn(kNets),
                         [](const auto& each) { return each.param; });

TEST(TfliteGoldens, EveryNetOnRecordIsTested) {
  std::set<std::string> on_record;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".tflite") on_record.insert(entry.path().stem().string());
  }
  EXPECT_EQ(on_record, std::set<std::string>(kNets.begin(), kNets.end()));
}

Result<ProcessResult> reference(const std::vector<std::string>& words) {
  std::vector<std::string> command = {"node", (kFolder / "reference.mjs").string()};
  command.insert(command.end(), words.begin(), words.end());
  const Watch watch;
  return run_process(command, std::chrono::minutes(5), watch);
}

TEST(TfliteReference, GivesTheOutputsOnRecord) {
  if (!find_program("node"))
    GTEST_SKIP() << "NOT TESTED: node is not installed, so the golden outputs were not computed again";
  const auto folder = TemporaryFolder::create();
  for (const std::string& net : kNets) {
    const std::string at = (kFolder / net).string();
    const fs::path made = folder->path() / "out.bin";
    const auto ran = reference({"run", at + ".tflite", at + ".in.bin", made.string()});
    ASSERT_TRUE(ran) << told(ran.error());
    ASSERT_EQ(ran->status, 0) << ran->errors;
    EXPECT_EQ(read_file(made).value(), read_file(at + ".out.bin").value()) << net;
  }
}

TEST(TfliteReference, EqualsTensorFlowLiteMicro) {
  const fs::path models = fs::path(DEWDROP_SOURCE_DIR) / "../shared/models";
  if (!fs::exists(models / "golden"))
    GTEST_SKIP() << "NOT TESTED: " << models
                 << " is absent, so reference.mjs was not compared with the real one";
  if (!find_program("node")) GTEST_SKIP() << "NOT TESTED: node is not installed";
  const auto ran = reference({"check", models.string()});
  ASSERT_TRUE(ran) << told(ran.error());
  EXPECT_EQ(ran->status, 0) << ran->output << ran->errors;
}

}  // namespace
}  // namespace dew::test
