// What MobileNetV2 0.35 at 96x96 may cost on each core: tests/budgets/mobilenet-v2-035-96.json.
//
// Figures are exact, and so are the budgets. A figure above its budget fails the test, and so does one that
// is clearly below it, until the budget is lowered:
//     DEWDROP_UPDATE_BUDGETS=1 build/release/tests/target/budgets_test
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/reference.h"
#include "tests/compiler/nets.h"
#include "tests/target/need_tools.h"

namespace dew::bench {
namespace {

using Json = nlohmann::ordered_json;
using target::Board;

const fs::path kBudgets = fs::path(DEWDROP_SOURCE_DIR) / "tests" / "budgets" / "mobilenet-v2-035-96.json";
constexpr double kClearly = 0.02;

bool updating() {
  const char* set = std::getenv("DEWDROP_UPDATE_BUDGETS");
  return set != nullptr && std::string(set) == "1";
}

Json read_budgets() {
  std::ifstream file(kBudgets);
  return Json::parse(file, nullptr, false);
}

std::map<std::string, int64_t> figures(const Costs& costs) {
  return {{"instructions", costs.instructions},
          {"ram_bytes", costs.ram_bytes},
          {"flash_bytes", costs.flash_bytes},
          {"rows_ram_bytes", costs.rows_ram_bytes}};
}

/// The net, or one like it that once fell off a cliff; each has its own rows in the file.
struct Variant {
  std::string rows;
  graph::Graph net;
  graph::Rounding rounding = graph::Rounding::kDew;
};

const std::vector<Variant>& variants() {
  static const std::vector<Variant> all = {
      {"cores", reference_net()},
      {"large_factors", large_factors(reference_net())},
      {"tflite", reference_net(), graph::Rounding::kTflite},
  };
  return all;
}

class Budget : public testing::TestWithParam<Board> {
 protected:
  void SetUp() override { NEED_TOOLS(GetParam()); }
};

void expect_kept(const Variant& variant, const Board& board, Json& budgets) {
  Watch watch;
  const auto costs = measure(variant.net, board, {.rounding = variant.rounding}, Feeds::kImageAndRows, watch);
  ASSERT_TRUE(costs) << costs.error().what;
  ASSERT_TRUE(budgets.contains("must") && budgets["must"].contains(board.core)) << kBudgets;
  for (const auto& [figure, measured] : figures(*costs)) {
    std::cout << variant.rows << " " << board.core << " " << figure << " " << measured << "\n";
    EXPECT_GT(measured, 1000) << figure;
    EXPECT_LE(measured, budgets["must"][board.core].at(figure).get<int64_t>())
        << figure << " is above what was promised";
    if (updating()) {
      budgets[variant.rows][board.core][figure] = measured;
      continue;
    }
    const auto budget = budgets[variant.rows][board.core].value(figure, int64_t{0});
    EXPECT_LE(measured, budget) << figure << " went up: make it smaller, or raise the budget in " << kBudgets
                                << " and say in the commit why";
    EXPECT_GE(static_cast<double>(measured), (1 - kClearly) * static_cast<double>(budget))
        << figure << " is clearly below its budget: lower it with DEWDROP_UPDATE_BUDGETS=1";
  }
}

TEST_P(Budget, IsKept) {
  Json budgets = read_budgets();
  for (const Variant& variant : variants()) expect_kept(variant, GetParam(), budgets);
  if (updating()) std::ofstream(kBudgets) << budgets.dump(2) << "\n";
}

INSTANTIATE_TEST_SUITE_P(Cores, Budget, testing::ValuesIn(counting_boards()), target::core_name);

// Arenas need no tools. They are checked for the kernels of every core, because scratch and padding differ.
TEST(ArenaBudget, IsKeptByLargerAndPublishedModels) {
  struct Model {
    double alpha;
    int size;
    int64_t most;  ///< bytes, the image included
  };
  for (const auto& [alpha, size, most] : {Model{1.0, 224, 320 * 1024}, Model{0.30, 80, 40 * 1024}}) {
    const graph::Graph graph = test::mobilenet_v2(alpha, size, 1000, 1280, 1);
    for (const Board& board : target::boards()) {
      const auto plan = compiler::compile(graph, {.isa = compiler::isa_of(board.core)});
      ASSERT_TRUE(plan) << plan.error().what;
      EXPECT_LE(plan->arena_bytes + plan->input.bytes(), most)
          << alpha << " at " << size << ", " << board.core;
    }
  }
}

}  // namespace
}  // namespace dew::bench
