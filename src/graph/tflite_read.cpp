// read_tflite(): from a `.tflite` file, none of whose bytes can be trusted, to a Graph that has passed
// check().
//
// FlatBuffers' verifier makes sure that no offset leaves the file. What the numbers mean is checked here
// (indices, sizes, types) and in check() (shapes, scales, order).
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <new>
#include <set>
#include <utility>

#include "graph/graph.h"
#include "graph/tflite_batches.h"
#include "graph/tflite_ops.h"
#include "graph/tflite_rewrite.h"
#include "graph/tflite_survey.h"
#include "graph/tflite_unsigned.h"
#include "graph/tflite_variables.h"

namespace dew::graph {
namespace {

constexpr size_t kMostFileBytes = size_t{1} << 28;
constexpr size_t kMostConstantBytes = size_t{1}
                                      << 28;  // tensors may share a buffer, so the file's size is no limit
constexpr flatbuffers::uoffset_t kMostDepth = 32;
constexpr flatbuffers::uoffset_t kMostTables = 1000000;
constexpr size_t kMostRank = 8;
constexpr std::string_view kBegin =
    "give each variable a constant as its first value when the model is exported, as microWakeWord does";
constexpr std::string_view kQuantise = "quantise the model to int8 (full integer quantisation)";

/// Copies a vector byte by byte: the verifier checks where it ends, not whether its 64-bit numbers are
/// aligned.
template <typename T>
std::vector<T> copied(const flatbuffers::Vector<T>* from) {
  if (from == nullptr || from->size() == 0) return {};
  std::vector<T> to(from->size());
  std::memcpy(to.data(), from->Data(), to.size() * sizeof(T));
  for (T& value : to) value = flatbuffers::EndianScalar(value);
  return to;
}

tl::expected<DType, std::string> type_of(tflite::TensorType type) {
  switch (type) {
    case tflite::TensorType_INT8:
      return DType::kInt8;
    case tflite::TensorType_UINT8:
      return DType::kUInt8;
    case tflite::TensorType_INT32:
    case tflite::TensorType_INT64:  // int64 constants become int32
      return DType::kInt32;
    case tflite::TensorType_FLOAT32:
      return DType::kFloat32;
    default:
      return tl::unexpected(
          fmt::format("of type {} ({})", static_cast<int>(type), tflite::EnumNameTensorType(type)));
  }
}

/// For paddings and axes that a converter wrote as int64.
tl::expected<std::vector<uint8_t>, std::string> narrowed(const std::vector<uint8_t>& from) {
  std::vector<uint8_t> to;
  for (size_t i = 0; i + 8 <= from.size(); i += 8) {
    int64_t wide = 0;
    std::memcpy(&wide, &from[i], 8);
    const auto narrow = static_cast<int32_t>(wide);
    if (narrow != wide) return tl::unexpected(fmt::format("with the value {}, beyond int32", wide));
    for (int byte = 0; byte < 4; ++byte)
      to.push_back(static_cast<uint8_t>(static_cast<uint32_t>(narrow) >> (8 * byte)));
  }
  return to;
}

/// A name that may go to a terminal and into generated files.
std::string clean(const std::string& name) {
  constexpr size_t kMostBytes = 1000;
  return printable(name, kMostBytes);
}

class Reader {
 public:
  Reader(const tflite::Model& model, const tflite::SubGraph& subgraph, const std::string& name)
      : model_(model), subgraph_(subgraph) {
    graph_.name = name;
    // A tensor that no operator uses stays a scalar without data.
    const size_t count = subgraph.tensors() == nullptr ? 0 : subgraph.tensors()->size();
    graph_.tensors.assign(
        count, Tensor{.name = {}, .shape = {}, .type = DType::kInt32, .quantisation = {}, .data = {}});
    seen_.assign(count, false);
  }

  Result<Graph> read() {
    graph_.inputs = copied(subgraph_.inputs());
    graph_.outputs = copied(subgraph_.outputs());
    const auto* operators = subgraph_.operators();
    for (size_t i = 0; operators != nullptr && i < operators->size(); ++i)
      DEW_CHECK(read_operator(i, *operators->Get(static_cast<flatbuffers::uoffset_t>(i))));
    DEW_CHECK(read_tensors(graph_.inputs, "the model's input"));
    DEW_CHECK(read_tensors(graph_.outputs, "the model's output"));
    for (int& output : graph_.outputs) output = variables_.stands_for(output);
    drop_last_handles();
    if (const auto finished = variables_.finish(graph_); !finished)
      return fail("its variables", finished.error(), kBegin);
    DEW_CHECK(take_over_unsigned(graph_));
    unroll_batches(graph_);
    DEW_CHECK(check(graph_));
    return std::move(graph_);
  }

  /// Of a subgraph that CALL_ONCE runs: what it assigns to variables.
  Result<std::map<VariableName, Tensor>> read_first_values(size_t number) {
    std::map<VariableName, Tensor> values;
    const auto* operators = subgraph_.operators();
    for (flatbuffers::uoffset_t i = 0; operators != nullptr && i < operators->size(); ++i) {
      const tflite::Operator& op = *operators->Get(i);
      if (op.opcode_index() >= model_.operator_codes()->size())
        return fail(fmt::format("subgraph {}, operator {}", number, i),
                    "the file is damaged: the operator has no code");
      const auto code = builtin_of(*model_.operator_codes()->Get(op.opcode_index()));
      const std::string named =
          fmt::format("subgraph {}, operator {} ({})", number, i, tflite::EnumNameBuiltinOperator(code));
      if (code == tflite::BuiltinOperator_VAR_HANDLE) {
        if (const auto added = handles_.add(op); !added) return fail(named, added.error());
        continue;
      }
      if (code == tflite::BuiltinOperator_QUANTIZE) {
        DEW_CHECK(quantise_constant(op, named));
        continue;
      }
      if (code != tflite::BuiltinOperator_ASSIGN_VARIABLE)
        return fail(named, "does something else than to assign constants to variables", kBegin);
      const auto name = handles_.of(op);
      if (!name) return fail(named, name.error());
      const int value = op.inputs()->size() == 2 ? op.inputs()->Get(1) : -1;
      if (value < 0) return fail(named, "assigns nothing");
      DEW_CHECK(read_tensors({value}, named));
      const Tensor& tensor = graph_.tensors[static_cast<size_t>(value)];
      if (!tensor.constant() || static_cast<int64_t>(tensor.data.size()) != tensor.bytes())
        return fail(named, fmt::format("the variable {} begins with no constant", text_of(*name)), kBegin);
      values[*name] = tensor;
    }
    return values;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> fail(const std::string& at, const std::string& what,
                                           std::string_view next = kSupported) const {
    return usage_error(what, graph_.name + ": " + at, std::string(next));
  }

  Result<void> read_operator(size_t index, const tflite::Operator& from) {
    const auto builtin =
        builtin_of(*model_.operator_codes()->Get(from.opcode_index()));  // survey() has looked
    const auto kind = kind_of(builtin);
    const std::string named = fmt::format("operator {} ({})", index,
                                          kind ? op_name(*kind) : tflite::EnumNameBuiltinOperator(builtin));
    if (is_of_variables(builtin)) return read_variable(builtin, from, named);
    FileOp whole = {builtin, from, copied(from.inputs()), copied(from.outputs())};
    DEW_CHECK(read_tensors(whole.inputs, named));
    DEW_CHECK(read_tensors(whole.outputs, named));
    for (int& input : whole.inputs) input = variables_.stands_for(input);
    for (const int output : whole.outputs) {
      if (variables_.stands_for(output) != output)
        return fail(named, fmt::format("makes tensor {}, which READ_VARIABLE has made", output));
    }
    auto done = fold_shape(graph_, whole);
    if (done && !*done) done = rewrite(graph_, whole);
    if (!done) return fail(named, done.error());
    if (*done) return {};
    Op op;
    op.kind = *kind;
    op.inputs = whole.inputs;
    op.outputs = whole.outputs;
    if (const auto read = read_options(from, op); !read) return fail(named, read.error());
    if (op.kind == OpKind::kDepthwiseConv2D) infer_depth_multiplier(op);
    if (builtin == tflite::BuiltinOperator_PADV2) DEW_CHECK(drop_pad_value(op, named));
    graph_.ops.push_back(std::move(op));
    return {};
  }

  /// Operators of variables leave nothing behind but what the others read, and the graph's states.
  Result<void> read_variable(tflite::BuiltinOperator code, const tflite::Operator& from,
                             const std::string& named) {
    const auto told = [&](const Variables::Done& done) -> Result<void> {
      if (!done) return fail(named, done.error());
      return {};
    };
    if (code == tflite::BuiltinOperator_CALL_ONCE) return call_once(from, named);
    if (code == tflite::BuiltinOperator_VAR_HANDLE) return told(handles_.add(from));
    const auto name = handles_.of(from);
    if (!name) return fail(named, name.error());
    const auto inputs = copied(from.inputs());
    const auto outputs = copied(from.outputs());
    const bool reads = code == tflite::BuiltinOperator_READ_VARIABLE;
    if (inputs.size() != (reads ? 1 : 2) || outputs.size() != (reads ? 1 : 0))
      return fail(named, fmt::format("has {} inputs and {} outputs", inputs.size(), outputs.size()));
    const int tensor = reads ? outputs[0] : inputs[1];
    if (tensor < 0) return fail(named, reads ? "gives nothing" : "assigns nothing");
    if (reads && static_cast<size_t>(tensor) < seen_.size() && seen_[static_cast<size_t>(tensor)])
      return fail(named, fmt::format("makes tensor {}, which something else has made or used", tensor));
    DEW_CHECK(read_tensors({tensor}, named));
    if (reads && graph_.tensors[static_cast<size_t>(tensor)].constant())
      return fail(named, fmt::format("makes tensor {}, which is a constant", tensor));
    return told(reads ? variables_.read(graph_, *name, tensor)
                      : variables_.assign(graph_, *name, variables_.stands_for(tensor)));
  }

  /// A first value may be a constant of floats behind QUANTIZE.
  Result<void> quantise_constant(const tflite::Operator& from, const std::string& named) {
    Op op;
    op.kind = OpKind::kQuantize;
    op.inputs = copied(from.inputs());
    op.outputs = copied(from.outputs());
    if (op.inputs.size() != 1 || op.outputs.size() != 1 || op.inputs[0] < 0 || op.outputs[0] < 0)
      return fail(named, fmt::format("has {} inputs and {} outputs", op.inputs.size(), op.outputs.size()));
    DEW_CHECK(read_tensors(op.inputs, named));
    DEW_CHECK(read_tensors(op.outputs, named));
    Graph alone;
    alone.name = graph_.name + ": " + named;
    alone.tensors = {graph_.tensors[static_cast<size_t>(op.inputs[0])],
                     graph_.tensors[static_cast<size_t>(op.outputs[0])]};
    const std::vector<uint8_t> bytes = std::exchange(alone.tensors[0].data, {});
    if (bytes.empty()) return fail(named, "quantises no constant", kBegin);
    op.inputs = alone.inputs = {0};
    op.outputs = alone.outputs = {1};
    alone.ops = {op};
    DEW_TRY(auto values, interpret(alone, bytes, Rounding::kTflite));
    graph_.tensors[static_cast<size_t>(from.outputs()->Get(0))].data = std::move(values[1]);
    return {};
  }

  /// Handles stand behind all other tensors in files that we write, which are to be read back as they were.
  void drop_last_handles() {
    while (graph_.tensors.size() == seen_.size() && !seen_.empty() && !seen_.back() &&
           handles_.has(static_cast<int>(seen_.size()) - 1)) {
      graph_.tensors.pop_back();
      seen_.pop_back();
    }
  }

  Result<void> call_once(const tflite::Operator& from, const std::string& named) {
    const auto* options = from.builtin_options_as_CallOnceOptions();
    if (options == nullptr) return fail(named, "lacks its CallOnceOptions");
    const auto count = static_cast<int64_t>(model_.subgraphs()->size());
    const int64_t number = options->init_subgraph_index();
    if (number < 1 || number >= count)
      return fail(named, fmt::format("the file is damaged: there is no subgraph {} to call", number));
    const auto at = static_cast<flatbuffers::uoffset_t>(number);
    Reader once(model_, *model_.subgraphs()->Get(at), graph_.name);
    once.constant_bytes_ = constant_bytes_;
    DEW_TRY(const auto values, once.read_first_values(at));
    constant_bytes_ = once.constant_bytes_;
    if (const auto begun = variables_.begin(values); !begun) return fail(named, begun.error());
    return {};
  }

  Result<void> read_tensors(const std::vector<int>& indices, const std::string& at) {
    for (const int index : indices) {
      if (index == -1) continue;
      if (index < 0 || static_cast<size_t>(index) >= seen_.size())  // rewriting adds tensors
        return fail(at, fmt::format("the file is damaged: there is no tensor {}", index));
      if (seen_[static_cast<size_t>(index)]) continue;
      seen_[static_cast<size_t>(index)] = true;
      DEW_CHECK(read_tensor(index, at));
    }
    return {};
  }

  Result<void> read_tensor(int index, const std::string& at) {
    const tflite::Tensor& from = *subgraph_.tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
    Tensor& to = graph_.tensors[static_cast<size_t>(index)];
    const std::string which = fmt::format("{}, tensor {}", at, index);
    if (from.name() != nullptr) to.name = clean(from.name()->str());
    const auto type = type_of(from.type());
    if (!type) return fail(which, "a tensor " + type.error() + " is not supported", kQuantise);
    to.type = *type;
    if (from.is_variable() || from.sparsity() != nullptr)
      return fail(which, "a variable or sparse tensor is not supported");
    DEW_CHECK(read_shape(from, to, which));
    DEW_CHECK(read_quantisation(from, to, which));
    return read_data(from, to, which);
  }

  Result<void> read_shape(const tflite::Tensor& from, Tensor& to, const std::string& which) {
    to.shape = copied(from.shape());
    if (to.shape.size() > kMostRank)
      return fail(which, "a tensor with more than 8 dimensions is not supported");
    const auto signature = copied(from.shape_signature());
    for (size_t i = 0; i < to.shape.size(); ++i) {
      // A batch left open is run with one picture; anything else must be known now.
      const bool open = i < signature.size() && signature[i] < 0 && !(i == 0 && to.shape[0] == 1);
      if (open || to.shape[i] < 1)
        return fail(which, fmt::format("a dynamic shape is not supported: dimension {} is not fixed", i),
                    "convert the model with a fixed input shape");
    }
    return {};
  }

  Result<void> read_quantisation(const tflite::Tensor& from, Tensor& to, const std::string& which) {
    const auto* quantisation = from.quantization();
    if (quantisation == nullptr) return {};
    if (quantisation->details_type() != 0) return fail(which, "custom quantisation is not supported");
    Quantisation& q = to.quantisation;
    q.scale = copied(quantisation->scale());
    q.zero_point = copied(quantisation->zero_point());
    if (q.zero_point.empty()) q.zero_point.assign(q.scale.size(), 0);
    if (q.zero_point.size() == 1) q.zero_point.resize(q.scale.size(), q.zero_point[0]);
    // person_detect.tflite says 3 for one-dimensional biases: with one dimension there is no choice.
    if (q.scale.size() > 1) q.axis = to.shape.size() == 1 ? 0 : quantisation->quantized_dimension();
    return {};
  }

  Result<void> read_data(const tflite::Tensor& from, Tensor& to, const std::string& which) {
    const auto* buffers = model_.buffers();
    if (from.buffer() == 0) return {};
    if (buffers == nullptr || from.buffer() >= buffers->size())
      return fail(which, fmt::format("the file is damaged: there is no buffer {}", from.buffer()));
    const tflite::Buffer& buffer = *buffers->Get(from.buffer());
    if (buffer.offset() > 1) return fail(which, "data outside of the FlatBuffer is not supported");
    if (buffer.data() == nullptr || buffer.data()->size() == 0) return {};
    constant_bytes_ += buffer.data()->size();
    if (constant_bytes_ > kMostConstantBytes)
      return fail(which, "the constants take more than " + with_commas(kMostConstantBytes) + " bytes");
    to.data = copied(buffer.data());
    if (from.type() != tflite::TensorType_INT64) return {};
    if (static_cast<int64_t>(to.data.size()) != to.elements() * 8)
      return fail(which, "the file is damaged: a constant is not as long as its shape says");
    auto narrow = narrowed(to.data);
    if (!narrow) return fail(which, "an int64 constant " + narrow.error() + " is not supported");
    to.data = *std::move(narrow);
    return {};
  }

  /// Some files have a wrong option, because TensorFlow Lite ignores it.
  void infer_depth_multiplier(Op& op) const {
    if (op.inputs.size() < 2 || op.inputs[0] < 0 || op.inputs[1] < 0) return;
    const auto& in = graph_.tensors[static_cast<size_t>(op.inputs[0])].shape;
    const auto& weights = graph_.tensors[static_cast<size_t>(op.inputs[1])].shape;
    if (in.size() == 4 && weights.size() == 4 && weights[3] % in[3] == 0)
      op.depth_multiplier = weights[3] / in[3];
  }

  /// PADV2 has an operand for the value to pad with. If that is the zero point, it is a Pad.
  Result<void> drop_pad_value(Op& op, const std::string& at) const {
    const auto* value = op.inputs.size() == 3 && op.inputs[2] >= 0 && op.inputs[0] >= 0
                            ? &graph_.tensors[static_cast<size_t>(op.inputs[2])]
                            : nullptr;
    if (value == nullptr || value->type != DType::kInt8 || value->data.size() != 1)
      return fail(at, "PADV2 without an int8 constant to pad with is not supported");
    const auto& zero_point = graph_.tensors[static_cast<size_t>(op.inputs[0])].quantisation.zero_point;
    if (zero_point.size() != 1 || zero_point[0] != static_cast<int8_t>(value->data[0]))
      return fail(at, "PADV2 with a value other than the zero point is not supported");
    op.inputs.pop_back();
    return {};
  }

  const tflite::Model& model_;
  const tflite::SubGraph& subgraph_;
  Graph graph_;
  Handles handles_;
  Variables variables_;
  std::vector<bool> seen_;
  size_t constant_bytes_ = 0;
};

/// How many subgraphs CALL_ONCE runs.
size_t called_once(const tflite::Model& model, const tflite::SubGraph& subgraph) {
  std::set<int32_t> called;
  for (flatbuffers::uoffset_t i = 0; subgraph.operators() != nullptr && i < subgraph.operators()->size();
       ++i) {
    const tflite::Operator& op = *subgraph.operators()->Get(i);
    const auto* options = op.builtin_options_as_CallOnceOptions();
    const auto code = builtin_of(*model.operator_codes()->Get(op.opcode_index()));
    if (code == tflite::BuiltinOperator_CALL_ONCE && options != nullptr && options->init_subgraph_index() > 0)
      called.insert(options->init_subgraph_index());
  }
  return called.size();
}

Result<Graph> read(std::string_view bytes, const std::string& name) {
  // A copy at an aligned address, because numbers in a FlatBuffer are aligned to their size.
  std::vector<uint64_t> aligned(bytes.size() / 8 + 2);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto* data = reinterpret_cast<const uint8_t*>(aligned.data());
  if (bytes.size() < 8 || !tflite::ModelBufferHasIdentifier(data))
    return usage_error("this is not a TensorFlow Lite model", name,
                       "give a .tflite file; TensorFlow's TFLiteConverter makes one from a Keras model");
  flatbuffers::Verifier verifier(data, bytes.size(), kMostDepth, kMostTables);
  if (!tflite::VerifyModelBuffer(verifier))
    return usage_error("the model is truncated or damaged", name, "download or export the file again");
  const tflite::Model& model = *tflite::GetModel(data);
  if (model.version() != 3)
    return usage_error(fmt::format("the model has format version {}; 3 is supported", model.version()), name);
  const size_t subgraphs = model.subgraphs() == nullptr ? 0 : model.subgraphs()->size();
  if (subgraphs == 0) return usage_error("the model has no subgraph", name, std::string(kSupported));
  const tflite::SubGraph& subgraph = *model.subgraphs()->Get(0);
  DEW_CHECK(survey(model, subgraph, name));
  if (subgraphs > 1 + called_once(model, subgraph))
    return usage_error(
        fmt::format("the model has {} subgraphs; one is supported, and those that CALL_ONCE runs", subgraphs),
        name, std::string(kSupported));
  return Reader(model, subgraph, name).read();
}

}  // namespace

Result<Graph> read_tflite(std::string_view bytes, const std::string& name) {
  if (bytes.size() > kMostFileBytes)
    return usage_error("the model has more than " + with_commas(kMostFileBytes) + " bytes", name);
  try {
    return read(bytes, name);
  } catch (const std::bad_alloc&) {
    return work_error("out of memory while reading the model", name);
  }
}

}  // namespace dew::graph
