// A graph that cannot be compiled gives a user's error that names the operator.
#include <gmock/gmock.h>

#include "tests/compiler/compare.h"

namespace dew::test {
namespace {

using graph::DType;
using graph::OpKind;
using ::testing::HasSubstr;

Error error_of(const graph::Graph& graph, const compiler::Options& options = {}) {
  const auto plan = compiler::compile(graph, options);
  EXPECT_FALSE(plan);
  return plan ? Error{} : plan.error();
}

TEST(Errors, ASymbolThatIsNoIdentifier) {
  Net net(1);
  net.conv(net.input(3, 3, 2), 2, 1, 1);
  for (const char* symbol : {"", "a-b", "x y", "*/"}) {
    const Error error = error_of(net.finish(), {.symbol = symbol});
    EXPECT_EQ(error.fault, Fault::kUsage);
    EXPECT_THAT(error.what, HasSubstr("identifier"));
  }
}

TEST(Errors, FiveDimensions) {
  Net five(1);
  five.transpose(five.input({1, 1, 3, 3, 2}), {0, 1, 3, 2, 4});
  const Error error = error_of(five.finish());
  EXPECT_THAT(error.what, HasSubstr("[1, H, W, C]"));
  EXPECT_THAT(error.where, HasSubstr("operator 0 (Transpose)"));
}

TEST(Errors, FloatsInTheMiddle) {
  Net net(1);
  int x = net.conv(net.input(3, 3, 2), 2, 1, 1);
  x = net.quantize(net.dequantize(x), DType::kInt8, 0.1, 0);
  net.conv(x, 2, 1, 1);
  const Error error = error_of(net.finish());
  EXPECT_THAT(error.what, HasSubstr("float32"));
  EXPECT_THAT(error.where, HasSubstr("(Dequantize)"));
}

TEST(Errors, WhichExtentOrWindowIsTooLarge) {
  Net window(1);
  window.pool(OpKind::kMaxPool2D, window.input(5000, 1, 1), 5000, 1);
  EXPECT_EQ(error_of(window.finish()).what, "has 5,000 rows in its window; at most 4,096 are supported");
  Net rows(1);
  rows.unary(OpKind::kRelu, rows.input(70000, 1, 1));
  EXPECT_EQ(error_of(rows.finish()).what, "has 70,000 rows; at most 65,535 are supported");
}

TEST(Errors, AnOutputThatIsAConstant) {
  Net net(1);
  const int x = net.conv(net.input(3, 3, 2), 2, 1, 1);
  const int c = net.constant({1, 4});
  auto graph = net.finish(x);
  graph.outputs.push_back(c);
  EXPECT_THAT(error_of(graph).what, HasSubstr("is a constant"));
}

TEST(Errors, AGraphThatFailsItsCheck) {
  Net net(1);
  net.conv(net.input(3, 3, 2), 2, 1, 1);
  auto graph = net.finish();
  graph.tensors[0].quantisation.scale[0] = 0;
  EXPECT_THAT(error_of(graph).what, HasSubstr("scale 0"));
}

}  // namespace
}  // namespace dew::test
