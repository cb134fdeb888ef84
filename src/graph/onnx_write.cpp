// ONNX out: QDQ form, opset 13. Every activation goes through QuantizeLinear and DequantizeLinear, weights
// and biases through DequantizeLinear, so that any runtime gives our numbers up to rounding, and runtimes
// that recognise the pattern compute in integers. Inputs and outputs stay as in the .tflite (NHWC, int8 or
// uint8). The entry point is write_onnx().
#include <onnx/checker.h>

#include <cstring>
#include <new>

#include "graph/onnx_writer.h"

namespace dew::graph {
namespace {

constexpr int64_t kOpset = 13;     // the first with per-axis scales
constexpr int64_t kIrVersion = 7;  // the version that belongs to it

onnx::TensorProto::DataType onnx_type(DType type) {
  switch (type) {
    case DType::kInt8:
      return onnx::TensorProto::INT8;
    case DType::kUInt8:
      return onnx::TensorProto::UINT8;
    case DType::kInt32:
      return onnx::TensorProto::INT32;
    case DType::kFloat32:
      return onnx::TensorProto::FLOAT;
  }
  return onnx::TensorProto::UNDEFINED;
}

std::vector<int64_t> wide(const std::vector<int>& shape) {
  return {shape.begin(), shape.end()};
}

void describe(onnx::ValueInfoProto& value, const std::string& name, const Tensor& tensor) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx_type(tensor.type));
  for (const int extent : tensor.shape) type.mutable_shape()->add_dim()->set_dim_value(extent);
}

/// Numbers as ONNX stores them: little-endian, like this machine.
template <typename T>
std::string raw(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

std::vector<uint8_t> permuted(const std::vector<uint8_t>& data, const std::vector<int>& shape,
                              const std::vector<int>& permutation, int64_t element) {
  std::vector<int64_t> stride(shape.size(), element);
  for (size_t i = shape.size() - 1; i > 0; --i) stride[i - 1] = stride[i] * shape[i];
  std::vector<uint8_t> out;
  out.reserve(data.size());
  std::vector<int> at(shape.size(), 0);  // position in the result
  while (out.size() < data.size()) {
    int64_t from = 0;
    for (size_t i = 0; i < at.size(); ++i) from += at[i] * stride[static_cast<size_t>(permutation[i])];
    out.insert(out.end(), data.begin() + from, data.begin() + from + element);
    for (size_t i = at.size(); i-- > 0;) {
      if (++at[i] < shape[static_cast<size_t>(permutation[i])]) break;
      at[i] = 0;
    }
  }
  return out;
}

OnnxWriter::OnnxWriter(const Graph& graph, onnx::GraphProto& out)
    : graph_(graph),
      out_(out),
      reals_(graph.tensors.size()),
      quantised_(graph.tensors.size()),
      parameters_(graph.tensors.size()) {
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const std::string& own = graph.tensors[i].name;
    names_.push_back(fresh(own.empty() ? "tensor_" + std::to_string(i) : own));
  }
}

std::string OnnxWriter::fresh(const std::string& wanted) {
  std::string name = wanted;
  while (taken_.contains(name)) name = wanted + "_" + std::to_string(++taken_[wanted]);
  taken_[name] = 0;
  return name;
}

onnx::TensorProto& OnnxWriter::initializer(const std::string& name, onnx::TensorProto::DataType type,
                                           const std::vector<int64_t>& shape) {
  onnx::TensorProto& made = *out_.add_initializer();
  made.set_name(name);
  made.set_data_type(type);
  for (const int64_t extent : shape) made.add_dims(extent);
  return made;
}

std::string OnnxWriter::floats(const std::string& wanted, const std::vector<float>& values, bool scalar) {
  const std::string made = fresh(wanted);
  const std::vector<int64_t> shape =
      scalar ? std::vector<int64_t>{} : std::vector<int64_t>{static_cast<int64_t>(values.size())};
  initializer(made, onnx::TensorProto::FLOAT, shape).set_raw_data(raw(values));
  return made;
}

std::string OnnxWriter::int64s(const std::string& wanted, const std::vector<int64_t>& values) {
  const std::string made = fresh(wanted);
  initializer(made, onnx::TensorProto::INT64, {static_cast<int64_t>(values.size())})
      .set_raw_data(raw(values));
  return made;
}

std::string OnnxWriter::node(const std::string& type, const std::vector<std::string>& inputs,
                             const std::vector<std::pair<std::string, std::vector<int64_t>>>& attributes) {
  onnx::NodeProto& made = *out_.add_node();
  made.set_op_type(type);
  const std::string output = fresh(type);
  made.set_name(output);
  for (const std::string& input : inputs) made.add_input(input);
  made.add_output(output);
  for (const auto& [key, values] : attributes) {
    onnx::AttributeProto& attribute = *made.add_attribute();
    attribute.set_name(key);
    attribute.set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
  }
  return output;
}

std::string OnnxWriter::transpose(const std::string& value, const std::vector<int>& permutation) {
  return node("Transpose", {value}, {{"perm", wide(permutation)}});
}

std::string OnnxWriter::reshape(const std::string& value, const std::vector<int64_t>& shape) {
  return node("Reshape", {value, int64s("shape", shape)});
}

std::string OnnxWriter::dequantised(const std::string& wanted, onnx::TensorProto::DataType type,
                                    const std::vector<int64_t>& shape, const std::vector<uint8_t>& data,
                                    const std::vector<float>& scale, int axis) {
  const std::string made = fresh(wanted);
  initializer(made, type, shape).set_raw_data(raw(data));
  const std::string scales = floats(made + "_scale", scale, axis < 0);
  const std::string value = node("DequantizeLinear", {made, scales});
  if (axis >= 0) {
    onnx::AttributeProto& attribute = *last().add_attribute();
    attribute.set_name("axis");
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(axis);
  }
  return value;
}

std::string OnnxWriter::convert(const char* type, int index, const std::string& value) {
  const Tensor& own = tensor(index);
  Parameters& parameters = parameters_[static_cast<size_t>(index)];
  if (parameters.scale.empty()) {
    parameters.scale = floats(name(index) + "_scale", {own.quantisation.scale[0]}, true);
    parameters.zero_point = fresh(name(index) + "_zero_point");
    const auto byte = static_cast<uint8_t>(own.quantisation.zero_point[0]);
    initializer(parameters.zero_point, onnx_type(own.type), {}).set_raw_data(raw(std::vector<uint8_t>{byte}));
  }
  return node(type, {value, parameters.scale, parameters.zero_point});
}

std::string OnnxWriter::constant(int index) {
  const Tensor& own = tensor(index);
  const bool four = own.shape.size() == 4;
  std::vector<int64_t> shape = wide(own.shape);
  std::vector<uint8_t> data = own.data;
  if (four) {
    for (size_t i = 0; i < 4; ++i) shape[i] = own.shape[static_cast<size_t>(kToNchw[i])];
    data = permuted(own.data, own.shape, kToNchw, element_bytes(own.type));
  }
  const std::string made = fresh(name(index) + "_data");
  initializer(made, onnx_type(own.type), shape).set_raw_data(raw(data));
  return own.type == DType::kFloat32 ? made : convert("DequantizeLinear", index, made);
}

std::string OnnxWriter::real(int index) {
  std::string& made = reals_[static_cast<size_t>(index)];
  if (made.empty() && tensor(index).constant()) made = constant(index);
  return made;
}

std::string OnnxWriter::real_nhwc(int index) {
  return tensor(index).shape.size() == 4 ? transpose(real(index), kToNhwc) : real(index);
}

void OnnxWriter::finish(const Op& op, std::string value) {
  if (op.activation == Activation::kRelu) value = node("Relu", {value});
  if (op.activation == Activation::kRelu6) {
    if (six_.empty()) {
      zero_ = floats("zero", {0}, true);
      six_ = floats("six", {6}, true);
    }
    value = node("Clip", {value, zero_, six_});
  }
  const int index = op.outputs[0];
  const auto at = static_cast<size_t>(index);
  if (tensor(index).type == DType::kFloat32) {
    reals_[at] = value;
    return;
  }
  quantised_[at] = convert("QuantizeLinear", index, value);
  reals_[at] = convert("DequantizeLinear", index, quantised_[at]);
}

void OnnxWriter::input(int index) {
  const Tensor& own = tensor(index);
  describe(*out_.add_input(), name(index), own);
  const std::string value = own.shape.size() == 4 ? transpose(name(index), kToNchw) : name(index);
  const auto at = static_cast<size_t>(index);
  if (own.type == DType::kFloat32) {
    reals_[at] = value;
    return;
  }
  quantised_[at] = value;
  reals_[at] = convert("DequantizeLinear", index, value);
}

void OnnxWriter::output(int index) {
  const Tensor& own = tensor(index);
  const auto at = static_cast<size_t>(index);
  if (own.constant()) {
    const std::string data = fresh(name(index) + "_data");
    initializer(data, onnx_type(own.type), wide(own.shape)).set_raw_data(raw(own.data));
    node("Identity", {data});
  } else {
    const std::string& value = own.type == DType::kFloat32 ? reals_[at] : quantised_[at];
    if (own.shape.size() == 4)
      transpose(value, kToNhwc);
    else
      node("Identity", {value});
  }
  last().set_output(0, name(index));
  describe(*out_.add_output(), name(index), own);
}

void OnnxWriter::write() {
  for (const int index : graph_.inputs) input(index);
  for (const Op& op : graph_.ops) write_op(*this, op);
  for (const int index : graph_.outputs) output(index);
}

namespace {

/// QDQ form needs a scale for every 8-bit tensor, even one that no operator reads as numbers.
Result<void> check_scales(const Graph& graph) {
  std::vector<int> made = graph.inputs;
  for (const Op& op : graph.ops) made.insert(made.end(), op.outputs.begin(), op.outputs.end());
  for (const int index : made) {
    const Tensor& tensor = graph.tensors[static_cast<size_t>(index)];
    const Quantisation& q = tensor.quantisation;
    if (tensor.type != DType::kFloat32 && (q.scale.size() != 1 || q.zero_point.size() != 1))
      return usage_error("tensor \"" + printable(tensor.name, 80) + "\" has no scale; ONNX needs one",
                         graph.name, "quantise the model to int8 (full integer quantisation)");
  }
  return {};
}

onnx::ModelProto model_of(const Graph& graph) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("Dewdrop");
  onnx::OperatorSetIdProto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  model.mutable_graph()->set_name(graph.name.empty() ? "model" : graph.name);
  OnnxWriter(graph, *model.mutable_graph()).write();
  if (!graph.classes.empty()) {
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key("classes");
    entry.set_value(join(graph.classes, "\n"));
  }
  return model;
}

}  // namespace

Result<std::string> write_onnx(const Graph& graph) {
  DEW_CHECK(check(graph));
  if (!graph.states.empty())
    return usage_error("the net has variables, and ONNX has none: its nets remember nothing between runs",
                       graph.name, "use the .tflite file, or the C that `dewdrop compile` gives");
  DEW_CHECK(check_scales(graph));
  try {
    const onnx::ModelProto model = model_of(graph);
    onnx::checker::check_model(model);
    return model.SerializeAsString();
  } catch (const std::bad_alloc&) {
    return work_error("out of memory while writing ONNX", graph.name);
  } catch (const std::exception& refused) {
    return work_error("the ONNX checker refuses the model: " + printable(refused.what(), 400), graph.name,
                      "report this, with the model");
  }
}

}  // namespace dew::graph
