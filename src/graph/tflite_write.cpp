// write_tflite(): from a Graph to a `.tflite` file. Explicit padding, which the format does not have, becomes
// a PAD operator in front of the convolution.
#include <algorithm>

#include "graph/graph.h"
#include "graph/tflite_ops.h"

namespace dew::graph {
namespace {

tflite::TensorType written_type(DType type) {
  switch (type) {
    case DType::kInt8:
      return tflite::TensorType_INT8;
    case DType::kUInt8:
      return tflite::TensorType_UINT8;
    case DType::kInt32:
      return tflite::TensorType_INT32;
    case DType::kFloat32:
      return tflite::TensorType_FLOAT32;
  }
  return tflite::TensorType_INT8;
}

Tensor paddings_tensor(const std::string& name, const Op& op) {
  Tensor t{.name = name, .shape = {4, 2}, .type = DType::kInt32, .quantisation = {}, .data = {}};
  for (const int pad : {0, 0, op.pad_top, op.pad_bottom, op.pad_left, op.pad_right, 0, 0}) {
    for (int byte = 0; byte < 4; ++byte)
      t.data.push_back(static_cast<uint8_t>(static_cast<uint32_t>(pad) >> (8 * byte)));
  }
  return t;
}

/// The same graph, with a Pad and a VALID convolution in place of each explicitly padded one.
Graph without_explicit_padding(Graph graph) {
  std::vector<Op> ops;
  for (Op& op : graph.ops) {
    if (op.padding != Padding::kExplicit) {
      ops.push_back(std::move(op));
      continue;
    }
    Tensor padded = graph.tensors[static_cast<size_t>(op.inputs[0])];
    padded.name = graph.tensors[static_cast<size_t>(op.outputs[0])].name + "/pad";
    padded.data.clear();
    padded.shape[1] += op.pad_top + op.pad_bottom;
    padded.shape[2] += op.pad_left + op.pad_right;
    const auto index = static_cast<int>(graph.tensors.size());
    Op pad;
    pad.kind = OpKind::kPad;
    pad.inputs = {op.inputs[0], index + 1};
    pad.outputs = {index};
    graph.tensors.push_back(padded);
    graph.tensors.push_back(paddings_tensor(padded.name + "/paddings", op));
    op.inputs[0] = index;
    op.padding = Padding::kValid;
    op.pad_top = op.pad_bottom = op.pad_left = op.pad_right = 0;
    ops.push_back(std::move(pad));
    ops.push_back(std::move(op));
  }
  graph.ops = std::move(ops);
  return graph;
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {}

  std::string write() {
    buffers_.push_back(tflite::CreateBuffer(builder_));  // number 0 is empty by convention
    for (const Tensor& tensor : graph_.tensors) tensors_.push_back(write_tensor(tensor));
    std::vector<flatbuffers::Offset<tflite::Operator>> operators;
    for (const Op& op : graph_.ops) operators.push_back(write_op(op));
    const auto subgraph = tflite::CreateSubGraphDirect(builder_, &tensors_, &graph_.inputs, &graph_.outputs,
                                                       &operators, "main");
    const std::vector<flatbuffers::Offset<tflite::SubGraph>> subgraphs = {subgraph};
    std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
    for (const Code& code : codes_) {
      const auto old = static_cast<int8_t>(code.builtin);  // all of ours are below 127
      codes.push_back(tflite::CreateOperatorCode(builder_, old, flatbuffers::Offset<flatbuffers::String>(),
                                                 code.version, code.builtin));
    }
    tflite::FinishModelBuffer(
        builder_, tflite::CreateModelDirect(builder_, 3, &codes, &subgraphs, "made by Dewdrop", &buffers_));
    return {reinterpret_cast<const char*>(builder_.GetBufferPointer()), builder_.GetSize()};
  }

 private:
  struct Code {
    tflite::BuiltinOperator builtin;
    int version;
    bool operator==(const Code&) const = default;
  };

  flatbuffers::Offset<tflite::Tensor> write_tensor(const Tensor& tensor) {
    uint32_t buffer = 0;
    if (tensor.constant()) {
      buffer = static_cast<uint32_t>(buffers_.size());
      buffers_.push_back(tflite::CreateBufferDirect(builder_, &tensor.data));
    }
    flatbuffers::Offset<tflite::QuantizationParameters> quantisation;
    const Quantisation& q = tensor.quantisation;
    if (!q.scale.empty())
      quantisation = tflite::CreateQuantizationParametersDirect(builder_, nullptr, nullptr, &q.scale,
                                                                &q.zero_point, 0, std::max(q.axis, 0));
    return tflite::CreateTensorDirect(builder_, &tensor.shape, written_type(tensor.type), buffer,
                                      tensor.name.c_str(), quantisation);
  }

  uint32_t code_index(const Code& code) {
    const auto found = std::find(codes_.begin(), codes_.end(), code);
    const auto index = static_cast<uint32_t>(found - codes_.begin());
    if (found == codes_.end()) codes_.push_back(code);
    return index;
  }

  flatbuffers::Offset<tflite::Operator> write_op(const Op& op) {
    const WrittenOptions options = write_options(builder_, graph_, op);
    const uint32_t code = code_index({code_of(op.kind), version_of(graph_, op)});
    return tflite::CreateOperatorDirect(builder_, code, &op.inputs, &op.outputs, options.type,
                                        options.offset);
  }

  const Graph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<flatbuffers::Offset<tflite::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<tflite::Tensor>> tensors_;
  std::vector<Code> codes_;
};

}  // namespace

Result<std::string> write_tflite(const Graph& graph) {
  DEW_CHECK(check(graph));
  const Graph plain = without_explicit_padding(graph);
  return Writer(plain).write();
}

}  // namespace dew::graph
