// The table of operators on emulated boards. All models of a board are in one firmware, each with its arena
// at a different 4-byte-aligned address between guards; outputs equal the oracle to the bit. So the default
// rounding is the same on all boards and on the host.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/compiler/compare.h"
#include "tests/compiler/many_models.h"
#include "tests/compiler/table.h"
#include "tests/target/need_tools.h"

namespace dew::target {
namespace {

using compiler::Options;
using compiler::Plan;
using compiler::Schedule;
using graph::Rounding;

/// One model of the firmware, and its expected outputs.
struct Model {
  test::Case from;
  Options options;
  Plan plan;
  std::vector<Bytes> due;
};

/// Compiles a case for a core; every fourth pair of cases layer by layer.
Result<Model> model_of(const test::Case& from, const Board& board, Rounding rounding, size_t number) {
  Model model;
  model.from = from;
  model.options.symbol = "c" + std::to_string(number);
  model.options.rounding = rounding;
  model.options.schedule = number / 2 % 4 == 3 ? Schedule::kLayers : Schedule::kRows;
  model.options.isa = compiler::isa_of(board.core);
  DEW_TRY(model.plan, compiler::compile(from.graph, model.options));
  constexpr int64_t kMostMacs = 1'000'000;  // an emulator runs about ten million per second
  if (model.plan.macs > kMostMacs) model.from.inputs.resize(1);
  DEW_TRY(model.due, test::oracle(from.graph, model.from.inputs, rounding));
  return model;
}

class TableOnBoard : public testing::TestWithParam<Board> {
 protected:
  void SetUp() override { NEED_TOOLS(GetParam()); }
};

/// Each board gets its own slice, a large one if DEWDROP_SWEEP is set.
test::Selection slice(const Board& board) {
#ifdef DEWDROP_ALL_BOARDS
  int most = 3;
#else
  int most = 2;
#endif
  if (std::getenv("DEWDROP_SWEEP") != nullptr) most = 15;
  return {.most = most, .seed = static_cast<uint32_t>(std::hash<std::string>()(board.core) % 1000)};
}

TEST_P(TableOnBoard, EqualsTheOracle) {
  std::vector<Model> models;
  for (const auto& family : test::families()) {
    test::for_each_case(family, slice(GetParam()), [&](const test::Case& each) {
      for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
        auto model = model_of(each, GetParam(), rounding, models.size());
        EXPECT_TRUE(model) << each.name << ": " << test::told(model.error());
        if (!model) return false;
        models.push_back(*std::move(model));
      }
      return true;
    });
  }
  ASSERT_FALSE(HasFailure());

  std::vector<Plan> plans;
  for (const Model& model : models) plans.push_back(model.plan);
  const test::ManyModels many(plans);
  Firmware firmware;
  firmware.symbol = "table";
  firmware.sources = many.sources;
  firmware.input_bytes = many.input_bytes;
  firmware.output_bytes = many.output_bytes;
  std::vector<Bytes> inputs;
  for (size_t i = 0; i < models.size(); ++i) {
    const bool remembers = !models[i].from.graph.states.empty();
    const size_t first = inputs.size();
    for (const Bytes& own : models[i].from.inputs) {
      const bool again = remembers && inputs.size() > first;
      const auto shift = static_cast<uint32_t>(again ? first : inputs.size()) % test::kMostShift;
      inputs.push_back(many.input(i, shift, own, again));
    }
  }
  Watch watch;
  const auto run = run_firmware(firmware, GetParam(), inputs, watch);
  ASSERT_TRUE(run) << test::told(run.error());
  ASSERT_EQ(run->outputs.size(), inputs.size());
  for (size_t i = 0, at = 0; i < models.size(); ++i) {
    const Model& model = models[i];
    for (size_t n = 0; n < model.due.size(); ++n, ++at) {
      EXPECT_EQ(test::table_status(run->outputs[at]), test::kTableFine) << model.from.name;
      ASSERT_TRUE(test::equal_bytes(model.from.graph, model.options, n,
                                    test::table_output(run->outputs[at], model.plan.output_bytes()),
                                    model.due[n]))
          << model.from.name << " on " << GetParam().name;
    }
  }
  std::cout << GetParam().name << ": " << models.size() << " models, " << inputs.size() << " inputs\n";
}

INSTANTIATE_TEST_SUITE_P(Boards, TableOnBoard, testing::ValuesIn(boards_to_test()), core_name);

}  // namespace
}  // namespace dew::target
