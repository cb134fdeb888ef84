// Writes the nets and inputs of tests/golden/tflite: `graph_make_golden tests/golden/tflite`. Their outputs
// are computed by reference.mjs there, which shares no code with src/.
#include <functional>
#include <iostream>

#include "tests/graph/builder.h"
#include "tflite_generated.h"

namespace dew::graph {
namespace {

constexpr int kInputs = 8;

struct Net {
  std::string name;
  Graph graph;
};

/// One or a few operators after an int8 image of 8 rows, 7 columns and 3 channels.
Net small(const std::string& name, const std::function<int(Builder&, int)>& add) {
  Builder b(17);
  const int x = b.input({1, 8, 7, 3}, 0.021F, -9);
  b.output(add(b, x));
  return {name, b.graph()};
}

Net from_uint8() {
  Builder b(17);
  const int x = b.input({1, 8, 7, 3}, 1.0F / 128, 128, DType::kUInt8);
  b.output(b.quantize(x, DType::kInt8, 0.026F, -3));
  return {"quantize", b.graph()};
}

/// With few terms per sum, because otherwise too few outputs would tell the two roundings apart.
Net fully_connected() {
  Builder b(17);
  b.output(b.fully_connected(b.input({1, 6}, 0.021F, -9), 120));
  return {"fully_connected", b.graph()};
}

/// Gives what its last layer reads, since the probability itself is one byte.
Net streaming() {
  Net net = {"streaming", keyword_net(17)};
  for (const Op& op : net.graph.ops) {
    if (op.kind == OpKind::kConcatenation) net.graph.outputs = op.outputs;
  }
  return net;
}

/// Three pictures at once: files have batches, graphs do not.
constexpr int kBatch = 3;

Net batches() {
  Builder b(17);
  const int x = b.input({1, 5, 4, 3}, 0.021F, -9);
  const int a = b.conv(x, 4, 3, 1, Padding::kSame, Activation::kRelu6);
  const int sum = b.add(b.depthwise(b.pad(a, 1, 0, 1, 0), 1, 2, 1, Padding::kValid, Activation::kNone), a);
  b.output(b.fully_connected(b.mean(b.relu(sum, OpKind::kRelu, 0.05F, -128), {1, 2}, false), 20));
  return {"batches", b.graph()};
}

std::string batched(const std::string& bytes) {
  tflite::ModelT model;
  tflite::GetModel(bytes.data())->UnPackTo(&model);
  for (auto& tensor : model.subgraphs[0]->tensors) {
    if (model.buffers[tensor->buffer]->data.empty()) tensor->shape[0] = kBatch;
  }
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(tflite::Model::Pack(builder, &model), tflite::ModelIdentifier());
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::vector<Net> nets() {
  const auto same = Padding::kSame;
  const auto valid = Padding::kValid;
  const auto none = Activation::kNone;
  const auto relu6 = Activation::kRelu6;
  return {
      small("conv", [&](Builder& b, int x) { return b.conv(x, 9, 3, 2, same, relu6); }),
      small("conv_per_tensor",
            [&](Builder& b, int x) {
              b.per_channel = b.with_bias = false;
              return b.conv(x, 8, 3, 1, valid, none);
            }),
      small("conv_large_factors",
            [&](Builder& b, int x) {
              b.loudness = 60;  // scales from 0.25 up: the accumulator is shifted left, or not at all
              return b.conv(x, 8, 1, 1, same, none);
            }),
      small("depthwise", [&](Builder& b, int x) { return b.depthwise(x, 3, 3, 1, same, none); }),
      small("depthwise_strided", [&](Builder& b, int x) { return b.depthwise(x, 9, 3, 2, valid, relu6); }),
      fully_connected(),
      small("add", [&](Builder& b, int x) { return b.add(b.conv(x, 3, 1, 1, same, none), x, relu6); }),
      small("mul",
            [](Builder& b, int x) {
              return b.mul(x, b.constant({1, 1, 1, 3}, 0.013F, 21));
            }),
      small("div",
            [](Builder& b, int x) {
              return b.div(x, b.constant({1, 1, 1, 3}, 0.013F, 21));
            }),
      small("average_pool", [&](Builder& b, int x) { return b.pool(OpKind::kAveragePool2D, x, 3, 2, same); }),
      small("max_pool", [&](Builder& b, int x) { return b.pool(OpKind::kMaxPool2D, x, 2, 2, valid); }),
      small("mean",
            [&](Builder& b, int x) {
              return b.mean(b.conv(x, 40, 1, 1, same, none), {1, 2}, false);
            }),
      small("concatenation",
            [&](Builder& b, int x) {
              return b.concatenation({x, b.pad(x, 0, 0, 1, 2)}, 2);
            }),
      small("relu", [](Builder& b, int x) { return b.relu(x, OpKind::kRelu, 0.07F, -128); }),
      small("softmax",
            [](Builder& b, int x) {
              return b.softmax(b.reshape(x, {1, 14, 12}));
            }),
      small("log_softmax",
            [](Builder& b, int x) {
              return b.log_softmax(b.reshape(x, {1, 14, 12}));
            }),
      small("logistic", [](Builder& b, int x) { return b.logistic(x); }),
      from_uint8(),
      batches(),
      {"mobilenet", mobilenet_like(7, 24, 5)},
      streaming(),
  };
}

bool write(const fs::path& folder, const Net& net) {
  const bool batch = net.name == "batches";
  auto bytes = write_tflite(net.graph);
  if (bytes && batch) bytes = batched(*bytes);
  if (!bytes || !write_file(folder / (net.name + ".tflite"), *bytes)) return false;
  Builder draw(23);
  draw.input(net.graph.tensors[static_cast<size_t>(net.graph.inputs[0])].shape, 1, 0);
  std::string inputs;
  for (int i = 0; i < kInputs * (batch ? kBatch : 1); ++i) {
    const auto input = draw.random_input();
    inputs.append(input.begin(), input.end());
  }
  return write_file(folder / (net.name + ".in.bin"), inputs).has_value();
}

}  // namespace
}  // namespace dew::graph

int main(int count, char** arguments) {
  if (count != 2) return 2;
  for (const auto& net : dew::graph::nets()) {
    if (dew::graph::write(arguments[1], net)) continue;
    std::cerr << "cannot write " << net.name << "\n";
    return 1;
  }
  return 0;
}
