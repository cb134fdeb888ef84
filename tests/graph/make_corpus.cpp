// Writes the seeds of fuzz/corpus/tflite: `graph_make_corpus fuzz/corpus/tflite`. Small, since a fuzzer
// changes a byte at a time.
#include <functional>
#include <iostream>
#include <utility>

#include "tests/graph/builder.h"

namespace dew::graph {
namespace {

Graph one(const std::function<int(Builder&, int)>& add, DType type = DType::kInt8) {
  Builder b(5);
  const int x = b.input({1, 4, 4, 2}, 0.05F, type == DType::kUInt8 ? 128 : 3, type);
  b.output(add(b, x));
  return b.graph();
}

std::vector<std::pair<std::string, Graph>> seeds() {
  const auto same = Padding::kSame;
  const auto valid = Padding::kValid;
  const auto relu6 = Activation::kRelu6;
  return {
      {"all", all_operators(3)},
      {"conv", one([&](Builder& b, int x) { return b.conv(x, 3, 3, 2, same, relu6); })},
      {"depthwise", one([&](Builder& b, int x) { return b.depthwise(x, 2, 3, 1, valid, relu6); })},
      {"dense", one([](Builder& b, int x) { return b.softmax(b.fully_connected(x, 3)); })},
      {"log_softmax", one([](Builder& b, int x) { return b.log_softmax(x); })},
      {"add", one([](Builder& b, int x) {
         return b.add(x, b.constant({1, 1, 1, 2}, 0.02F, 9));
       })},
      {"mul", one([](Builder& b, int x) {
         return b.mul(b.constant({4, 2}, 0.02F, 9), x);
       })},
      {"div", one([](Builder& b, int x) { return b.div(x, b.constant({2}, 0.02F, 9)); })},
      {"pad", one([](Builder& b, int x) { return b.pad(x, 1, 0, 2, 1); })},
      {"average", one([&](Builder& b, int x) { return b.pool(OpKind::kAveragePool2D, x, 3, 2, same); })},
      {"max", one([&](Builder& b, int x) { return b.pool(OpKind::kMaxPool2D, x, 2, 2, valid); })},
      {"mean", one([](Builder& b, int x) {
         return b.mean(x, {1, 2}, true);
       })},
      {"logistic", one([](Builder& b, int x) { return b.logistic(x); })},
      {"concatenation", one([](Builder& b, int x) {
         return b.concatenation({x, x}, 2);
       })},
      {"transpose", one([](Builder& b, int x) {
         return b.transpose(x, {0, 2, 3, 1});
       })},
      {"sub", one([](Builder& b, int x) {
         const int y = b.add(x, b.constant({2}, 0.02F, 9));
         b.last().kind = OpKind::kSub;
         return y;
       })},
      {"prelu", one([](Builder& b, int x) {
         const int y = b.add(x, b.constant({2}, 0.02F, 9));
         b.last().kind = OpKind::kPrelu;
         return y;
       })},
      {"leaky", one([](Builder& b, int x) {
         const int y = b.relu(x, OpKind::kLeakyRelu, 0.04F, 3);
         b.last().alpha = 0.1F;
         return y;
       })},
      {"hard_swish", one([](Builder& b, int x) { return b.relu(x, OpKind::kHardSwish, 0.04F, 3); })},
      {"tanh", one([](Builder& b, int x) { return b.relu(x, OpKind::kTanh, 1.0F / 128, 0); })},
      {"neg", one([](Builder& b, int x) { return b.relu(x, OpKind::kNeg, 0.05F, 3); })},
      {"slice", one([](Builder& b, int x) {
         return b.slice(x, {0, 1, 0, 0}, {1, 4, 4, 1}, {1, 1, 2, 1});
       })},
      {"nearest", one([](Builder& b, int x) { return b.resize(OpKind::kResizeNearest, x, 8, 8); })},
      {"bilinear", one([](Builder& b, int x) { return b.resize(OpKind::kResizeBilinear, x, 7, 3); })},
      {"joined", one([](Builder& b, int x) {
         const int c = b.constant({1, 4, 4, 1}, 0.05F, 3);
         return b.concatenation({x, c}, 3);
       })},
      {"state", one([](Builder& b, int x) {
         const int before = b.state(x, {1, 2, 4, 2});
         const int all = b.concatenation({before, x}, 1);
         b.remember(before, b.slice(all, {0, 4, 0, 0}, {1, 6, 4, 2}, {1, 1, 1, 1}));
         return all;
       })},
      {"states", one([](Builder& b, int x) {
         const int older = b.state(x, {1, 4, 4, 2});
         const int newer = b.state(x, {1, 4, 4, 2});
         b.remember(older, newer);
         b.remember(newer, x);
         return b.add(older, x);
       })},
      {"quantize",
       one([](Builder& b, int x) { return b.quantize(x, DType::kInt8, 0.03F, 0); }, DType::kUInt8)},
      {"float",
       one([](Builder& b, int x) { return b.quantize(x, DType::kInt8, 0.03F, 0); }, DType::kFloat32)},
  };
}

}  // namespace
}  // namespace dew::graph

int main(int count, char** arguments) {
  if (count != 2) return 2;
  for (const auto& [name, graph] : dew::graph::seeds()) {
    const auto bytes = dew::graph::write_tflite(graph);
    if (!bytes || !dew::write_file(dew::fs::path(arguments[1]) / (name + ".tflite"), *bytes)) {
      std::cerr << "cannot write " << name << "\n";
      return 1;
    }
  }
  return 0;
}
