// Operators that the reader turns into others: shape arithmetic is folded, and tensors are cut and joined.
// Each file here is made operator by operator, and what it gives is compared with what its bytes say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "graph/graph.h"
#include "tests/graph/golden.h"
#include "tflite_generated.h"

namespace dew::graph {
namespace {

using testing::HasSubstr;
using Ints = std::vector<int>;
using Bytes = std::vector<uint8_t>;

/// A file of one subgraph whose input and activations are int8 of one scale.
class File {
 public:
  explicit File(const Ints& input) {
    model_.version = 3;
    model_.subgraphs.push_back(std::make_unique<tflite::SubGraphT>());
    model_.buffers.push_back(std::make_unique<tflite::BufferT>());
    main().inputs = {activation(input)};
  }

  int activation(const Ints& shape) {
    auto made = tensor(shape, tflite::TensorType_INT8);
    made->quantization = std::make_unique<tflite::QuantizationParametersT>();
    made->quantization->scale = {0.5F};
    made->quantization->zero_point = {3};
    return add(std::move(made));
  }
  int numbers(const Ints& shape) { return add(tensor(shape, tflite::TensorType_INT32)); }
  int constant(const Ints& values, bool scalar = false) {
    auto made = tensor(scalar ? Ints{} : Ints{static_cast<int>(values.size())}, tflite::TensorType_INT32);
    auto buffer = std::make_unique<tflite::BufferT>();
    buffer->data.resize(values.size() * 4);
    std::memcpy(buffer->data.data(), values.data(), buffer->data.size());
    made->buffer = static_cast<uint32_t>(model_.buffers.size());
    model_.buffers.push_back(std::move(buffer));
    return add(std::move(made));
  }

  template <typename Options = tflite::TransposeOptionsT>
  void op(tflite::BuiltinOperator code, const Ints& inputs, const Ints& outputs, Options options = {}) {
    auto kind = std::make_unique<tflite::OperatorCodeT>();
    kind->builtin_code = code;
    auto made = std::make_unique<tflite::OperatorT>();
    made->opcode_index = static_cast<uint32_t>(model_.operator_codes.size());
    made->inputs = inputs;
    made->outputs = outputs;
    made->builtin_options.Set(std::move(options));
    model_.operator_codes.push_back(std::move(kind));
    main().operators.push_back(std::move(made));
    main().outputs = {outputs.back()};
  }

  void outputs(const Ints& tensors) { main().outputs = tensors; }

  [[nodiscard]] Result<Graph> read() const {
    flatbuffers::FlatBufferBuilder builder;
    tflite::FinishModelBuffer(builder, tflite::Model::Pack(builder, &model_));
    return read_tflite({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, "f");
  }

 private:
  tflite::SubGraphT& main() { return *model_.subgraphs[0]; }
  static std::unique_ptr<tflite::TensorT> tensor(const Ints& shape, tflite::TensorType type) {
    auto made = std::make_unique<tflite::TensorT>();
    made->shape = shape;
    made->type = type;
    return made;
  }
  int add(std::unique_ptr<tflite::TensorT> made) {
    main().tensors.push_back(std::move(made));
    return static_cast<int>(main().tensors.size()) - 1;
  }

  tflite::ModelT model_;
};

/// The model's outputs for the input 0, 1, 2 ...
std::vector<Bytes> outputs_of(const File& file) {
  const auto graph = file.read();
  EXPECT_TRUE(graph) << problem(graph.error());
  if (!graph) return {};
  Bytes input(static_cast<size_t>(graph->tensors[static_cast<size_t>(graph->inputs[0])].bytes()));
  std::iota(input.begin(), input.end(), uint8_t{0});
  const auto values = interpret(*graph, input, Rounding::kTflite);
  EXPECT_TRUE(values) << problem(values.error());
  if (!values) return {};
  std::vector<Bytes> result;
  for (const int output : graph->outputs) result.push_back((*values)[static_cast<size_t>(output)]);
  // What is written and read again is the same graph.
  const auto again = read_tflite(write_tflite(*graph).value(), "f");
  EXPECT_TRUE(again) << problem(again.error());
  if (!again) return {};
  EXPECT_EQ(dump(*again), dump(*graph));
  return result;
}

Bytes from_to(int from, int to, int step = 1) {
  Bytes bytes;
  for (int i = from; i < to; i += step) bytes.push_back(static_cast<uint8_t>(i));
  return bytes;
}

std::string refusal_of(const File& file) {
  const auto graph = file.read();
  EXPECT_FALSE(graph);
  return graph ? "" : graph.error().what;
}

TEST(Fold, TheShapeOfAKerasFlatten) {
  File f({1, 2, 3, 4});
  const int shape = f.numbers({4});
  f.op(tflite::BuiltinOperator_SHAPE, {0}, {shape});
  const int batch = f.numbers({});
  tflite::StridedSliceOptionsT first;
  first.shrink_axis_mask = 1;
  f.op(tflite::BuiltinOperator_STRIDED_SLICE, {shape, f.constant({0}), f.constant({1}), f.constant({1})},
       {batch}, first);
  const int wanted = f.numbers({2});
  f.op(tflite::BuiltinOperator_PACK, {batch, f.constant({-1}, true)}, {wanted}, tflite::PackOptionsT{});
  f.op(tflite::BuiltinOperator_RESHAPE, {0, wanted}, {f.activation({1, 24})}, tflite::ReshapeOptionsT{});
  EXPECT_EQ(outputs_of(f), std::vector<Bytes>{from_to(0, 24)});
}

TEST(Fold, ProductsSumsAndSelectionsOfExtents) {
  File f({1, 2, 3, 4});
  const int shape = f.numbers({4});
  f.op(tflite::BuiltinOperator_SHAPE, {0}, {shape});
  const int inner = f.numbers({2});
  f.op(tflite::BuiltinOperator_GATHER, {shape, f.constant({2, 3})}, {inner}, tflite::GatherOptionsT{});
  const int product = f.numbers({});
  f.op(tflite::BuiltinOperator_REDUCE_PROD, {inner, f.constant({0})}, {product}, tflite::ReducerOptionsT{});
  const int twice = f.numbers({});
  f.op(tflite::BuiltinOperator_MUL, {product, f.constant({2}, true)}, {twice}, tflite::MulOptionsT{});
  const int wanted = f.numbers({2});
  f.op(tflite::BuiltinOperator_PACK, {f.constant({1}, true), twice}, {wanted}, tflite::PackOptionsT{});
  f.op(tflite::BuiltinOperator_RESHAPE, {0, wanted}, {f.activation({1, 24})}, tflite::ReshapeOptionsT{});
  const auto graph = f.read();
  ASSERT_TRUE(graph) << problem(graph.error());
  EXPECT_EQ(constant_int32(graph->tensors[static_cast<size_t>(wanted)]), (Ints{1, 24}));
  EXPECT_EQ(graph->ops.size(), 1U);
}

TEST(Fold, AResultThatDoesNotFitItsTensorIsRefused) {
  File f({1, 2, 3, 4});
  f.op(tflite::BuiltinOperator_SHAPE, {0}, {f.numbers({3})});
  EXPECT_THAT(refusal_of(f), HasSubstr("gives 4 values"));
}

TEST(Cut, SplitIntoEqualParts) {
  File f({1, 2, 2, 4});
  const int a = f.activation({1, 2, 2, 2});
  const int b = f.activation({1, 2, 2, 2});
  f.op(tflite::BuiltinOperator_SPLIT, {f.constant({-1}, true), 0}, {a, b}, tflite::SplitOptionsT{});
  f.outputs({a, b});
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{0, 1, 4, 5, 8, 9, 12, 13}, {2, 3, 6, 7, 10, 11, 14, 15}}));
}

TEST(Cut, SplitVIntoPartsOfWhichOneIsTheRest) {
  File f({1, 6});
  const int a = f.activation({1, 1});
  const int b = f.activation({1, 3});
  const int c = f.activation({1, 2});
  f.op(tflite::BuiltinOperator_SPLIT_V, {0, f.constant({1, -1, 2}), f.constant({1}, true)}, {a, b, c},
       tflite::SplitVOptionsT{});
  f.outputs({a, b, c});
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{0}, {1, 2, 3}, {4, 5}}));
}

TEST(Cut, UnpackDropsTheAxis) {
  File f({1, 2, 3});
  const int a = f.activation({1, 3});
  const int b = f.activation({1, 3});
  tflite::UnpackOptionsT options;
  options.axis = 1;
  options.num = 2;
  f.op(tflite::BuiltinOperator_UNPACK, {0}, {a, b}, options);
  f.outputs({a, b});
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{0, 1, 2}, {3, 4, 5}}));
}

TEST(Cut, StridedSliceWithMasksAndNegativeBounds) {
  File f({1, 4, 3, 2});
  tflite::StridedSliceOptionsT options;
  options.begin_mask = 1;
  options.end_mask = 5;
  options.shrink_axis_mask = 8;
  f.op(tflite::BuiltinOperator_STRIDED_SLICE,
       {0, f.constant({0, 1, 0, -1}), f.constant({0, -1, 0, 0}), f.constant({1, 1, 2, 1})},
       {f.activation({1, 2, 2})}, options);
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{7, 11, 13, 17}}));
}

TEST(Cut, SliceToTheEnd) {
  File f({1, 3, 4});
  f.op(tflite::BuiltinOperator_SLICE, {0, f.constant({0, 1, 2}), f.constant({1, 2, -1})},
       {f.activation({1, 2, 2})}, tflite::SliceOptionsT{});
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{6, 7, 10, 11}}));
}

TEST(Cut, GatherOfNeighbours) {
  File f({1, 4, 2});
  tflite::GatherOptionsT options;
  options.axis = 1;
  f.op(tflite::BuiltinOperator_GATHER, {0, f.constant({1, 2})}, {f.activation({1, 2, 2})}, options);
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{2, 3, 4, 5}}));
}

TEST(Join, PackMakesAnAxis) {
  File f({1, 4});
  tflite::PackOptionsT options;
  options.axis = 2;
  options.values_count = 2;
  f.op(tflite::BuiltinOperator_PACK, {0, 0}, {f.activation({1, 4, 2})}, options);
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{{0, 0, 1, 1, 2, 2, 3, 3}}));
}

TEST(Join, ExpandDimsMovesNothing) {
  File f({1, 4});
  f.op(tflite::BuiltinOperator_EXPAND_DIMS, {0, f.constant({1}, true)}, {f.activation({1, 1, 4})},
       tflite::ExpandDimsOptionsT{});
  EXPECT_EQ(outputs_of(f), (std::vector<Bytes>{from_to(0, 4)}));
}

TEST(ReduceMax, OverRowsAndColumnsOverOneAxisAndOverTheLast) {
  const struct {
    Ints axes;
    Ints shape;
    Bytes due;
  } cases[] = {{{1, 2}, {1, 2}, {10, 11}},
               {{1}, {1, 3, 2}, {6, 7, 8, 9, 10, 11}},
               {{-1}, {1, 2, 3}, {1, 3, 5, 7, 9, 11}},
               {{1, 2, 3}, {1}, {11}}};
  for (const auto& each : cases) {
    File f({1, 2, 3, 2});
    f.op(tflite::BuiltinOperator_REDUCE_MAX, {0, f.constant(each.axes)}, {f.activation(each.shape)},
         tflite::ReducerOptionsT{});
    EXPECT_EQ(outputs_of(f), std::vector<Bytes>{each.due});
  }
}

TEST(Refused, WhatCannotBeCut) {
  File backwards({1, 4});
  tflite::StridedSliceOptionsT options;
  options.begin_mask = options.end_mask = 3;
  backwards.op(tflite::BuiltinOperator_STRIDED_SLICE,
               {0, backwards.constant({0, 0}), backwards.constant({0, 0}), backwards.constant({1, -1})},
               {backwards.activation({1, 4})}, options);
  EXPECT_THAT(refusal_of(backwards), HasSubstr("backwards"));

  File uneven({1, 5});
  const int a = uneven.activation({1, 2});
  uneven.op(tflite::BuiltinOperator_SPLIT, {uneven.constant({1}, true), 0}, {a, uneven.activation({1, 3})},
            tflite::SplitOptionsT{});
  EXPECT_THAT(refusal_of(uneven), HasSubstr("divides an axis of 5 by 2"));

  File moving({1, 4});
  moving.op(tflite::BuiltinOperator_SLICE, {0, moving.numbers({2}), moving.constant({1, 2})},
            {moving.activation({1, 2})}, tflite::SliceOptionsT{});
  EXPECT_THAT(refusal_of(moving), HasSubstr("not constant"));

  File far({1, 4, 2});
  tflite::GatherOptionsT axis;
  axis.axis = 1;
  far.op(tflite::BuiltinOperator_GATHER, {0, far.constant({0, 3})}, {far.activation({1, 2, 2})}, axis);
  EXPECT_THAT(refusal_of(far), HasSubstr("not neighbours"));
}

}  // namespace
}  // namespace dew::graph
