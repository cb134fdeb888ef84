// Published models: with TensorFlow Lite's rounding, every golden output is equal to the bit.
#include "tests/graph/golden.h"
#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

class Goldens : public ::testing::TestWithParam<const char*> {};

TEST_P(Goldens, OutputsEqualUnderEverySchedule) {
  if (!graph::have_models()) GTEST_SKIP() << graph::kModelsMissing;
  const auto model = graph::read_model(GetParam());
  ASSERT_TRUE(model) << told(model.error());
  std::vector<Bytes> inputs;
  std::vector<Bytes> due;
  for (int i = 0; i < graph::kGoldens; ++i) {
    inputs.push_back(graph::golden(GetParam(), "in", i));
    due.push_back(graph::golden(GetParam(), "out", i));
  }
  for (const auto& options : all_options()) {
    if (options.rounding != graph::Rounding::kTflite) continue;
    const auto plan = compiler::compile(*model, options);
    ASSERT_TRUE(plan) << told(plan.error());
    const auto outputs = host_runner(*plan, inputs);
    ASSERT_TRUE(outputs) << told(outputs.error());
    EXPECT_EQ(*outputs, due) << name(options);
    std::cout << GetParam() << ' ' << name(options) << ": arena " << plan->arena_bytes << '\n';
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Goldens,
                         ::testing::Values("person_detect", "vww_96_int8", "tf2_mobilenet_v2_1.0_224_ptq"),
                         [](const auto& each) {
                           std::string name = each.param;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

}  // namespace
}  // namespace dew::test
