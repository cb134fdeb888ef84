// Cuts a .tflite before its last dense layer, and runs what is in front of it.
#include "verbs/common/cut_net.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <thread>

#include "base/beside.h"
#include "target/target.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

using graph::OpKind;

bool passes_on(OpKind kind) {
  return kind == OpKind::kQuantize || kind == OpKind::kDequantize || kind == OpKind::kSoftmax ||
         kind == OpKind::kLogSoftmax || kind == OpKind::kReshape;
}

/// The operator that turns features into scores: the last one before softmax and the like.
Result<size_t> find_head(const graph::Graph& net, const fs::path& path) {
  for (size_t i = net.ops.size(); i-- > 0;) {
    if (passes_on(net.ops[i].kind)) continue;
    const graph::Op& op = net.ops[i];
    const bool dense = op.kind == OpKind::kFullyConnected || op.kind == OpKind::kConv2D;
    const graph::Tensor& features = net.tensors[op.inputs[0]];
    if (dense && features.type == graph::DType::kInt8 && features.elements() == features.shape.back())
      return i;
    break;
  }
  return work_error("its last layer is no dense layer over features", path.string(),
                    "give an int8 classifier such as MobileNetV2");
}

/// real = scale * int8, a row an output.
student::TeacherHead head_of(const graph::Graph& net, const graph::Op& op) {
  const graph::Tensor& features = net.tensors[op.inputs[0]];
  const graph::Tensor& weights = net.tensors[op.inputs[1]];
  student::TeacherHead head;
  head.features = static_cast<int>(features.elements());
  head.outputs = weights.shape[0];
  head.scale = features.quantisation.scale[0];
  head.zero_point = static_cast<int>(features.quantisation.zero_point[0]);
  const auto scale = [&weights](int output) {
    const auto& scales = weights.quantisation.scale;
    return scales[scales.size() == 1 ? 0 : static_cast<size_t>(output)];
  };
  const auto* values = reinterpret_cast<const int8_t*>(weights.data.data());
  head.weights.resize(weights.data.size());
  for (size_t i = 0; i < head.weights.size(); ++i)
    head.weights[i] = scale(static_cast<int>(i / static_cast<size_t>(head.features))) * values[i];
  head.bias.resize(static_cast<size_t>(head.outputs));
  if (op.inputs.size() > 2 && op.inputs[2] >= 0) {
    const auto bias = graph::constant_int32(net.tensors[op.inputs[2]]);
    for (int i = 0; i < head.outputs; ++i) head.bias[i] = head.scale * scale(i) * static_cast<float>(bias[i]);
  }
  return head;
}

using Rows = std::vector<std::vector<float>>;

/// What the net sees in pictures `from` ... `to` - 1.
Result<Rows> look(const CutNet& net, const std::vector<std::vector<uint8_t>>& pictures, size_t from,
                  size_t to) {
  std::vector<target::Bytes> inputs;
  inputs.reserve(to - from);
  for (size_t i = from; i < to; ++i)
    inputs.push_back(net.input.type == graph::DType::kInt8 ? rgb_to_int8(pictures[i]) : pictures[i]);
  Watch quiet;
  DEW_TRY(const auto outputs, target::run_on_host(net.plan, inputs, quiet));
  Rows rows;
  for (const target::Bytes& output : outputs) {
    std::vector<float> row;
    for (const uint8_t byte : output)
      row.push_back(net.head.scale * static_cast<float>(static_cast<int8_t>(byte) - net.head.zero_point));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Result<CutNet> cut_net(const fs::path& path) {
  DEW_TRY(const std::string bytes, read_file(path));
  DEW_TRY(graph::Graph net, graph::read_tflite(bytes, path.string()));
  DEW_TRY(const size_t at, find_head(net, path));
  CutNet cut;
  cut.head = head_of(net, net.ops[at]);
  net.outputs = {net.ops[at].inputs[0]};
  net.ops.resize(at);
  net.classes.clear();
  compiler::Options options;
  options.isa = target::host_isa();
  DEW_TRY(cut.plan, compiler::compile(net, options));
  cut.input = net.tensors[net.inputs[0]];
  return cut;
}

Result<std::vector<std::vector<float>>> features_of(const CutNet& net,
                                                    const std::vector<std::vector<uint8_t>>& pictures) {
  const size_t parts = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, pictures.size() + 1);
  std::vector<std::future<Result<Rows>>> looking;
  for (size_t part = 0; part < parts; ++part)
    looking.push_back(beside([&, part] {
      return look(net, pictures, pictures.size() * part / parts, pictures.size() * (part + 1) / parts);
    }));
  Rows rows;
  Result<void> all;
  for (auto& one : looking) {
    auto seen = one.get();
    if (!seen) all = tl::unexpected(seen.error());
    if (seen) std::move(seen->begin(), seen->end(), std::back_inserter(rows));
  }
  DEW_CHECK(all);
  return rows;
}

}  // namespace dew::verbs
