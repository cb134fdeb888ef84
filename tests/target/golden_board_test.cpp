// The golden outputs of TensorFlow Lite Micro's reference kernels on emulated boards: with its rounding,
// equal to the bit. One start of the firmware runs all inputs of a model.
#include "tests/compiler/compare.h"
#include "tests/graph/golden.h"
#include "tests/target/need_tools.h"

namespace dew::target {
namespace {

class GoldensOnBoard : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(GoldensOnBoard, EveryOutputIsEqual) {
  if (!graph::have_models()) GTEST_SKIP() << graph::kModelsMissing;
  const auto [core, name] = GetParam();
  const Board board = find_board(core).value();
  NEED_TOOLS(board);
  const auto model = graph::read_model(name);
  ASSERT_TRUE(model) << test::told(model.error());
  std::vector<Bytes> inputs;
  std::vector<Bytes> due;
  for (int i = 0; i < graph::kGoldens; ++i) {
    inputs.push_back(graph::golden(name, "in", i));
    due.push_back(graph::golden(name, "out", i));
  }
  const auto plan =
      compiler::compile(*model, {.rounding = graph::Rounding::kTflite, .isa = compiler::isa_of(core)});
  ASSERT_TRUE(plan) << test::told(plan.error());
  Watch watch;
  const auto run = run_on_board(*plan, board, inputs, watch);
  ASSERT_TRUE(run) << test::told(run.error());
  EXPECT_EQ(run->outputs, due);
  std::cout << name << " on " << board.name << ": " << inputs.size() << " inputs, "
            << run->figures.instructions << " instructions, " << run->figures.ram_bytes << " bytes of RAM\n";
}

INSTANTIATE_TEST_SUITE_P(Of, GoldensOnBoard,
                         testing::Combine(testing::Values("cortex-m4", "cortex-m55"),
                                          testing::Values("person_detect", "vww_96_int8",
                                                          "tf2_mobilenet_v2_1.0_224_ptq")));

}  // namespace
}  // namespace dew::target
