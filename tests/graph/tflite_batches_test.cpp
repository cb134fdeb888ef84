// A file with a batch of pictures gives what its pictures give one by one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/graph/builder.h"
#include "tests/graph/golden.h"
#include "tflite_generated.h"

namespace dew::graph {
namespace {

using testing::HasSubstr;

constexpr int kPictures = 3;

/// The same file with `pictures` in place of one.
Result<Graph> batched(const Graph& one, int pictures = kPictures) {
  tflite::ModelT model;
  tflite::GetModel(write_tflite(one).value().data())->UnPackTo(&model);
  for (auto& tensor : model.subgraphs[0]->tensors) {
    if (model.buffers[tensor->buffer]->data.empty()) tensor->shape[0] = pictures;
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(tflite::Model::Pack(builder, &model), tflite::ModelIdentifier());
  return read_tflite({reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()}, "f");
}

void expect_picture_by_picture(Builder& b) {
  const Graph& one = b.graph();
  const auto all = batched(one);
  ASSERT_TRUE(all) << problem(all.error());
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    std::vector<uint8_t> inputs;
    std::vector<std::vector<uint8_t>> due(one.outputs.size());
    for (int i = 0; i < kPictures; ++i) {
      const auto input = b.random_input();
      inputs.insert(inputs.end(), input.begin(), input.end());
      const auto values = interpret(one, input, rounding);
      ASSERT_TRUE(values) << problem(values.error());
      for (size_t k = 0; k < due.size(); ++k) {
        const auto& made = (*values)[static_cast<size_t>(one.outputs[k])];
        due[k].insert(due[k].end(), made.begin(), made.end());
      }
    }
    const auto values = interpret(*all, inputs, rounding);
    ASSERT_TRUE(values) << problem(values.error());
    for (size_t k = 0; k < due.size(); ++k)
      EXPECT_EQ((*values)[static_cast<size_t>(all->outputs[k])], due[k]) << dump(*all);
  }
}

TEST(Batches, EveryOperatorOfPictures) {
  const std::vector<std::function<int(Builder&, int)>> operators = {
      [](Builder& b, int x) { return b.conv(x, 5, 3, 2, Padding::kSame, Activation::kRelu6); },
      [](Builder& b, int x) { return b.depthwise(x, 2, 3, 1, Padding::kSame, Activation::kNone); },
      [](Builder& b, int x) { return b.pool(OpKind::kAveragePool2D, x, 3, 2, Padding::kSame); },
      [](Builder& b, int x) { return b.pool(OpKind::kMaxPool2D, x, 2, 2, Padding::kValid); },
      [](Builder& b, int x) { return b.pad(x, 1, 0, 2, 1); },
      [](Builder& b, int x) {
        return b.mean(x, {1, 2}, false);
      },
      [](Builder& b, int x) {
        return b.mean(x, {1, 2}, true);
      },
      [](Builder& b, int x) { return b.mean(x, {2}, false); },
      [](Builder& b, int x) {
        return b.transpose(x, {0, 2, 3, 1});
      },
      [](Builder& b, int x) { return b.resize(OpKind::kResizeBilinear, x, 9, 4); }};
  for (const auto& add : operators) {
    Builder b(5);
    b.output(add(b, b.input({1, 6, 5, 3}, 0.02F, -4)));
    expect_picture_by_picture(b);
  }
}

/// What follows goes on with the pictures; the dense layers take the batch, and an output is the whole.
TEST(Batches, AWholeNet) {
  Builder b(5);
  const int x = b.input({1, 8, 8, 3}, 0.02F, -4);
  const int stem = b.conv(x, 8, 3, 2, Padding::kSame, Activation::kRelu6);
  const int deep = b.depthwise(stem, 1, 3, 1, Padding::kSame, Activation::kNone);
  const int sum = b.add(b.mul(deep, b.constant({1, 1, 8}, 0.02F, 9)), stem);
  const int joined =
      b.logistic(b.conv(b.concatenation({sum, sum}, 3), 8, 1, 1, Padding::kSame, Activation::kNone));
  b.output(b.softmax(b.fully_connected(b.mean(joined, {1, 2}, false), 4)));
  b.output(stem);
  expect_picture_by_picture(b);
}

TEST(Batches, OnePictureStaysAsItIs) {
  Builder b(5);
  b.output(b.conv(b.input({1, 6, 5, 3}, 0.02F, -4), 5, 3, 2, Padding::kSame, Activation::kRelu6));
  b.graph().name = "f";
  const auto made = batched(b.graph(), 1);
  ASSERT_TRUE(made) << problem(made.error());
  EXPECT_EQ(dump(*made), dump(b.graph()));
}

TEST(Batches, TooManyPicturesAreRefused) {
  Builder b(5);
  b.output(b.conv(b.input({1, 6, 5, 3}, 0.02F, -4), 5, 3, 2, Padding::kSame, Activation::kRelu6));
  const auto made = batched(b.graph(), 257);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, HasSubstr("[257, 6, 5, 3]"));
}

}  // namespace
}  // namespace dew::graph
