// write_tflite(): from a Graph to a `.tflite` file. Explicit padding, which the format does not have, becomes
// a PAD operator in front of the convolution. States become variables: all are read before the first
// operator, and each is assigned as soon as its next value is there.
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

/// Names alone tell variables apart.
std::vector<std::string> variable_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const State& state : graph.states) {
    std::string name = state.name;
    while (name.empty() || std::find(names.begin(), names.end(), name) != names.end())
      name += "/" + std::to_string(names.size());
    names.push_back(std::move(name));
  }
  return names;
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph), names_(variable_names(graph)) {}

  std::string write() {
    buffers_.push_back(tflite::CreateBuffer(builder_));  // number 0 is empty by convention
    for (const Tensor& tensor : graph_.tensors) tensors_.push_back(write_tensor(tensor));
    Operators operators;
    if (!graph_.states.empty()) operators.push_back(write_call_once());
    write_reads(operators);
    write_assignments(graph_.inputs, operators);
    for (const State& state : graph_.states) write_assignments({state.from}, operators);
    for (const Op& op : graph_.ops) {
      operators.push_back(write_op(op));
      write_assignments(op.outputs, operators);
    }
    std::vector<flatbuffers::Offset<tflite::SubGraph>> subgraphs = {tflite::CreateSubGraphDirect(
        builder_, &tensors_, &graph_.inputs, &graph_.outputs, &operators, "main")};
    if (!graph_.states.empty()) subgraphs.push_back(write_first_values());
    std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
    for (const Code& code : codes_) {
      constexpr tflite::BuiltinOperator kMostOld = tflite::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES;
      const auto old = static_cast<int8_t>(std::min(code.builtin, kMostOld));
      codes.push_back(tflite::CreateOperatorCode(builder_, old, flatbuffers::Offset<flatbuffers::String>(),
                                                 code.version, code.builtin));
    }
    tflite::FinishModelBuffer(
        builder_, tflite::CreateModelDirect(builder_, 3, &codes, &subgraphs, "made by Dewdrop", &buffers_));
    return {reinterpret_cast<const char*>(builder_.GetBufferPointer()), builder_.GetSize()};
  }

 private:
  using Operators = std::vector<flatbuffers::Offset<tflite::Operator>>;

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

  /// A tensor that names a variable.
  flatbuffers::Offset<tflite::Tensor> write_handle(const State& state) {
    const std::vector<int> scalar;
    return tflite::CreateTensorDirect(builder_, &scalar, tflite::TensorType_RESOURCE, 0,
                                      (state.name + "/handle").c_str());
  }

  flatbuffers::Offset<tflite::Operator> write_own(tflite::BuiltinOperator code,
                                                  const std::vector<int>& inputs,
                                                  const std::vector<int>& outputs,
                                                  tflite::BuiltinOptions options,
                                                  flatbuffers::Offset<void> made) {
    return tflite::CreateOperatorDirect(builder_, code_index({code, 1}), &inputs, &outputs, options, made);
  }

  flatbuffers::Offset<tflite::Operator> write_handle_op(size_t state, int handle) {
    const std::string& name = names_[state];
    return write_own(tflite::BuiltinOperator_VAR_HANDLE, {}, {handle},
                     tflite::BuiltinOptions_VarHandleOptions,
                     tflite::CreateVarHandleOptionsDirect(builder_, "", name.c_str()).Union());
  }

  flatbuffers::Offset<tflite::Operator> write_assignment(int handle, int value) {
    return write_own(tflite::BuiltinOperator_ASSIGN_VARIABLE, {handle, value}, {},
                     tflite::BuiltinOptions_AssignVariableOptions,
                     tflite::CreateAssignVariableOptions(builder_).Union());
  }

  flatbuffers::Offset<tflite::Operator> write_call_once() {
    return write_own(tflite::BuiltinOperator_CALL_ONCE, {}, {}, tflite::BuiltinOptions_CallOnceOptions,
                     tflite::CreateCallOnceOptions(builder_, 1).Union());
  }

  void write_reads(Operators& operators) {
    for (size_t i = 0; i < graph_.states.size(); ++i) {
      const auto handle = static_cast<int>(tensors_.size());
      handles_.push_back(handle);
      tensors_.push_back(write_handle(graph_.states[i]));
      operators.push_back(write_handle_op(i, handle));
      operators.push_back(write_own(tflite::BuiltinOperator_READ_VARIABLE, {handle}, {graph_.states[i].from},
                                    tflite::BuiltinOptions_ReadVariableOptions,
                                    tflite::CreateReadVariableOptions(builder_).Union()));
    }
  }

  void write_assignments(const std::vector<int>& made, Operators& operators) {
    for (size_t i = 0; i < graph_.states.size(); ++i) {
      if (std::find(made.begin(), made.end(), graph_.states[i].to) != made.end())
        operators.push_back(write_assignment(handles_[i], graph_.states[i].to));
    }
  }

  /// What CALL_ONCE runs.
  flatbuffers::Offset<tflite::SubGraph> write_first_values() {
    std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
    Operators operators;
    for (size_t i = 0; i < graph_.states.size(); ++i) {
      const State& state = graph_.states[i];
      const auto handle = static_cast<int>(tensors.size());
      tensors.push_back(write_handle(state));
      Tensor first = graph_.tensors[static_cast<size_t>(state.from)];
      first.data = state.initial;
      tensors.push_back(write_tensor(first));
      operators.push_back(write_handle_op(i, handle));
      operators.push_back(write_assignment(handle, handle + 1));
    }
    const std::vector<int> none;
    return tflite::CreateSubGraphDirect(builder_, &tensors, &none, &none, &operators, "first_values");
  }

  const Graph& graph_;
  flatbuffers::FlatBufferBuilder builder_;
  std::vector<std::string> names_;  ///< of variables, by state
  std::vector<int> handles_;        ///< by state
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
