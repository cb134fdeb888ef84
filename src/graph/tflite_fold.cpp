// fold_shape(): converters compute the shape that Reshape wants from the shape of its input, although both
// are known. All values here are int32, in one dimension.
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "graph/tflite_rewrite.h"

namespace dew::graph {
namespace {

using Values = std::vector<int64_t>;
using Folded = tl::expected<Values, std::string>;
using Refusal = tl::unexpected<std::string>;
using tflite::BuiltinOperator;

constexpr size_t kMostValues = 1024;  // a shape has a handful

const Tensor& tensor(const Graph& graph, int index) {
  return graph.tensors[static_cast<size_t>(index)];
}

bool is_number(const Graph& graph, int index) {
  return index >= 0 && tensor(graph, index).type == DType::kInt32 && tensor(graph, index).constant() &&
         tensor(graph, index).elements() <= static_cast<int64_t>(kMostValues) &&
         tensor(graph, index).bytes() == static_cast<int64_t>(tensor(graph, index).data.size());
}

Values values_of(const Graph& graph, int index) {
  const auto values = constant_int32(tensor(graph, index));
  return {values.begin(), values.end()};
}

/// `values[begin : end : step]` with TensorFlow's masks.
Folded sliced(const tflite::StridedSliceOptions& options, const std::vector<Values>& in) {
  if (in.size() != 4 || in[1].size() != 1 || in[2].size() != 1 || in[3].size() != 1)
    return Refusal("cuts a shape along more than one axis");
  const auto count = static_cast<int64_t>(in[0].size());
  if (options.ellipsis_mask() != 0 || options.new_axis_mask() != 0 || options.offset() || in[3][0] < 1)
    return Refusal("cuts a shape backwards, or with an ellipsis or a new axis");
  const auto bound = [&](int64_t at) { return std::clamp(at < 0 ? at + count : at, int64_t{0}, count); };
  const int64_t begin = (options.begin_mask() & 1) != 0 ? 0 : bound(in[1][0]);
  int64_t end = (options.end_mask() & 1) != 0 ? count : bound(in[2][0]);
  if ((options.shrink_axis_mask() & 1) != 0) end = std::min(begin + 1, count);
  Values out;
  for (int64_t at = begin; at < end; at += in[3][0]) out.push_back(in[0][static_cast<size_t>(at)]);
  return out;
}

Folded gathered(const std::vector<Values>& in) {
  Values out;
  for (const int64_t at : in.size() == 2 ? in[1] : Values{}) {
    if (at < 0 || at >= static_cast<int64_t>(in[0].size()))
      return Refusal(fmt::format("takes value {} of a shape of {}", at, in[0].size()));
    out.push_back(in[0][static_cast<size_t>(at)]);
  }
  return out;
}

/// One of two operands may be a single number.
Folded combined(BuiltinOperator code, const std::vector<Values>& in) {
  if (in.size() != 2 || in[0].empty() || in[1].empty() ||
      (in[0].size() != in[1].size() && in[0].size() != 1 && in[1].size() != 1))
    return Refusal("combines shapes of different lengths");
  Values out;
  for (size_t i = 0; i < std::max(in[0].size(), in[1].size()); ++i) {
    const int64_t a = in[0][in[0].size() == 1 ? 0 : i];
    const int64_t b = in[1][in[1].size() == 1 ? 0 : i];
    out.push_back(code == tflite::BuiltinOperator_ADD   ? a + b
                  : code == tflite::BuiltinOperator_SUB ? a - b
                                                        : a * b);
  }
  return out;
}

Folded product(const Values& in) {
  int64_t made = 1;
  for (const int64_t value : in) {
    if (__builtin_mul_overflow(made, value, &made)) return Refusal("multiplies beyond 64 bits");
  }
  return Values{made};
}

Folded folded(const FileOp& op, const std::vector<Values>& in) {
  Values all;
  switch (op.code) {
    case tflite::BuiltinOperator_STRIDED_SLICE: {
      const auto* options = op.options.builtin_options_as_StridedSliceOptions();
      if (options == nullptr) return Refusal("lacks its StridedSliceOptions");
      return sliced(*options, in);
    }
    case tflite::BuiltinOperator_PACK:
    case tflite::BuiltinOperator_CONCATENATION:
      for (const Values& part : in) all.insert(all.end(), part.begin(), part.end());
      return all;
    case tflite::BuiltinOperator_GATHER:
      return gathered(in);
    case tflite::BuiltinOperator_REDUCE_PROD:
      return product(in[0]);
    case tflite::BuiltinOperator_ADD:
    case tflite::BuiltinOperator_SUB:
    case tflite::BuiltinOperator_MUL:
      return combined(op.code, in);
    default:  // RESHAPE, SQUEEZE, EXPAND_DIMS, CAST: the same values
      return in[0];
  }
}

bool folds(BuiltinOperator code) {
  switch (code) {
    case tflite::BuiltinOperator_STRIDED_SLICE:
    case tflite::BuiltinOperator_PACK:
    case tflite::BuiltinOperator_CONCATENATION:
    case tflite::BuiltinOperator_GATHER:
    case tflite::BuiltinOperator_REDUCE_PROD:
    case tflite::BuiltinOperator_ADD:
    case tflite::BuiltinOperator_SUB:
    case tflite::BuiltinOperator_MUL:
    case tflite::BuiltinOperator_RESHAPE:
    case tflite::BuiltinOperator_SQUEEZE:
    case tflite::BuiltinOperator_EXPAND_DIMS:
    case tflite::BuiltinOperator_CAST:
      return true;
    default:
      return false;
  }
}

tl::expected<bool, std::string> give(Tensor& to, const Values& values) {
  if (to.type != DType::kInt32 || to.constant() || to.elements() != static_cast<int64_t>(values.size()))
    return Refusal(fmt::format("gives {} values of a shape, which do not fit its output", values.size()));
  for (const int64_t value : values) {
    if (value < std::numeric_limits<int32_t>::min() || value > std::numeric_limits<int32_t>::max())
      return Refusal(fmt::format("computes the extent {}, beyond int32", value));
    for (int byte = 0; byte < 4; ++byte)
      to.data.push_back(static_cast<uint8_t>(static_cast<uint32_t>(value) >> (8 * byte)));
  }
  return true;
}

}  // namespace

tl::expected<bool, std::string> fold_shape(Graph& graph, const FileOp& op) {
  if (op.outputs.size() != 1 || op.outputs[0] < 0 || op.inputs.empty()) return false;
  Tensor& out = graph.tensors[static_cast<size_t>(op.outputs[0])];
  if (op.code == tflite::BuiltinOperator_SHAPE) {
    if (op.inputs[0] < 0) return Refusal("has no input 0");
    const auto& shape = tensor(graph, op.inputs[0]).shape;
    return give(out, {shape.begin(), shape.end()});
  }
  const bool known =
      std::all_of(op.inputs.begin(), op.inputs.end(), [&](int index) { return is_number(graph, index); });
  if (!folds(op.code) || !known) return false;
  std::vector<Values> in;
  for (const int index : op.inputs) in.push_back(values_of(graph, index));
  const Folded made = folded(op, in);
  if (!made) return Refusal(made.error());
  return give(out, *made);
}

}  // namespace dew::graph
