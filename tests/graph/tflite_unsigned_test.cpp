// Models of unsigned bytes, as TensorFlow 1 wrote them, give what their int8 twins give.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"
#include "tflite_generated.h"

namespace dew::graph {
namespace {

using testing::HasSubstr;

tflite::ModelT unpacked(const Graph& graph) {
  tflite::ModelT model;
  tflite::GetModel(write_tflite(graph).value().data())->UnPackTo(&model);
  return model;
}

Result<Graph> read(const tflite::ModelT& model) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(tflite::Model::Pack(builder, &model), tflite::ModelIdentifier());
  return read_tflite({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, "f");
}

/// Every int8 tensor becomes uint8 with the same real values.
void make_unsigned(tflite::ModelT& model) {
  std::vector<bool> done(model.buffers.size(), false);
  for (auto& tensor : model.subgraphs[0]->tensors) {
    if (tensor->type != tflite::TensorType_INT8) continue;
    tensor->type = tflite::TensorType_UINT8;
    for (int64_t& zero_point : tensor->quantization->zero_point) zero_point += 128;
    if (tensor->quantization->zero_point.empty()) tensor->quantization->zero_point = {128};
    if (done[tensor->buffer]) continue;
    done[tensor->buffer] = true;
    for (uint8_t& byte : model.buffers[tensor->buffer]->data) byte ^= 0x80;
  }
}

std::vector<uint8_t> flipped(std::vector<uint8_t> bytes) {
  for (uint8_t& byte : bytes) byte ^= 0x80;
  return bytes;
}

void expect_twins(const Graph& made, const Graph& as_int8, Builder& inputs) {
  ASSERT_EQ(made.outputs.size(), as_int8.outputs.size());
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const auto input = inputs.random_input();
    const auto ours = interpret(made, flipped(input), rounding);
    const auto due = interpret(as_int8, input, rounding);
    ASSERT_TRUE(ours) << problem(ours.error());
    for (size_t i = 0; i < made.outputs.size(); ++i) {
      EXPECT_EQ(made.tensors[static_cast<size_t>(made.outputs[i])].type, DType::kUInt8);
      EXPECT_EQ((*ours)[static_cast<size_t>(made.outputs[i])],
                flipped((*due)[static_cast<size_t>(as_int8.outputs[i])]));
    }
  }
}

/// Convolutions, a residual, a product with a constant, pools, and a softmax and its logits as outputs.
TEST(Unsigned, AModelOfAllKindsOfOperatorsEqualsItsTwin) {
  for (const bool per_channel : {false, true}) {
    Builder b(7);
    b.per_channel = per_channel;
    const int in = b.input({1, 8, 8, 3}, 0.02F, -4);
    const int stem = b.conv(in, 8, 3, 2, Padding::kSame, Activation::kRelu6);
    const int deep = b.depthwise(stem, 1, 3, 1, Padding::kSame, Activation::kRelu);
    const int sum = b.add(b.conv(deep, 8, 1, 1, Padding::kSame, Activation::kNone), stem);
    const int scaled = b.mul(b.pad(sum, 1, 0, 0, 1), b.constant({8}, 0.02F, 9));
    const int joined = b.concatenation({scaled, scaled}, 3);
    const int logits = b.fully_connected(
        b.mean(b.pool(OpKind::kMaxPool2D, joined, 2, 2, Padding::kValid), {1, 2}, false), 5);
    b.output(b.softmax(logits));
    b.output(logits);
    tflite::ModelT model = unpacked(b.graph());
    make_unsigned(model);
    const auto made = read(model);
    ASSERT_TRUE(made) << problem(made.error());
    expect_twins(*made, b.graph(), b);
    EXPECT_TRUE(read_tflite(write_tflite(*made).value(), "again"));
  }
}

/// A dense layer whose weights are at most `largest`, and have the zero point `zero_point` as unsigned bytes.
struct Dense {
  Graph as_int8;
  tflite::ModelT model;
};

Dense dense(Builder& b, int largest, int zero_point) {
  b.output(b.fully_connected(b.input({1, 20}, 0.02F, -4), 6));
  auto& weights = b.graph().tensors[static_cast<size_t>(b.last().inputs[1])];
  for (uint8_t& byte : weights.data) byte = static_cast<uint8_t>(static_cast<int8_t>(byte) * largest / 127);
  Dense made = {b.graph(), unpacked(b.graph())};
  make_unsigned(made.model);
  auto& subgraph = *made.model.subgraphs[0];
  auto& unsigned_weights = *subgraph.tensors[static_cast<size_t>(b.last().inputs[1])];
  unsigned_weights.quantization->zero_point = {zero_point};
  for (uint8_t& byte : made.model.buffers[unsigned_weights.buffer]->data)
    byte = static_cast<uint8_t>(byte - 128 + zero_point);
  return made;
}

TEST(Unsigned, AnyZeroPointOfWeightsFromWhichNoneIsTooFar) {
  for (const int zero_point : {120, 128, 140}) {
    Builder b(3);
    const Dense net = dense(b, 110, zero_point);
    const auto made = read(net.model);
    ASSERT_TRUE(made) << problem(made.error());
    expect_twins(*made, net.as_int8, b);
  }
}

TEST(Unsigned, WeightsTooFarFromTheirZeroPointAreRefused) {
  Builder b(3);
  Dense net = dense(b, 40, 60);
  auto& subgraph = *net.model.subgraphs[0];
  net.model.buffers[subgraph.tensors[static_cast<size_t>(b.last().inputs[1])]->buffer]->data[3] = 250;
  const auto made = read(net.model);
  ASSERT_FALSE(made);
  EXPECT_EQ(
      made.error().what,
      "has unsigned weights with the zero point 60, of which 1 of 120 are further from it than int8 reaches");
  EXPECT_THAT(made.error().where, HasSubstr("operator 0 (FullyConnected)"));
  EXPECT_THAT(made.error().next, HasSubstr("TFLiteConverter"));
}

TEST(Unsigned, AZeroPointBeyondUint8IsTold) {
  Builder b(3);
  Dense net = dense(b, 110, 128);
  net.model.subgraphs[0]->tensors[0]->quantization->zero_point = {INT64_MIN};
  const auto made = read(net.model);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, HasSubstr("outside of uint8"));
}

/// They were read before, and what they give must not change.
TEST(Unsigned, EndsOfUint8AloneChangeNothing) {
  Graph graph = all_operators(3);
  graph.name = "f";
  const auto made = read(unpacked(graph));
  ASSERT_TRUE(made) << problem(made.error());
  EXPECT_EQ(dump(*made), dump(graph));
}

}  // namespace
}  // namespace dew::graph
