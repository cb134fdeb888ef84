// See the header.
#include "graph/tflite_rewrite.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace dew::graph {
namespace {

using Refusal = tl::unexpected<std::string>;
using Done = tl::expected<bool, std::string>;
using Ints = std::vector<int>;
using tflite::BuiltinOperator;

constexpr size_t kMostParts = 1024;

/// What is cut out of one axis.
struct Cut {
  int begin = 0;
  int end = 0;
  int step = 1;
  [[nodiscard]] int extent() const { return (end - begin - 1) / step + 1; }
};

/// Adds operators and tensors to a graph.
class Rewriter {
 public:
  Rewriter(Graph& graph, const FileOp& op) : graph_(graph), op_(op) {}

  [[nodiscard]] const Tensor& tensor(int index) const { return graph_.tensors[static_cast<size_t>(index)]; }
  [[nodiscard]] const Tensor& input(size_t i) const { return tensor(op_.inputs[i]); }
  [[nodiscard]] const FileOp& op() const { return op_; }
  [[nodiscard]] bool has(size_t inputs) const {
    return op_.inputs.size() == inputs && !op_.outputs.empty() &&
           std::all_of(op_.inputs.begin(), op_.inputs.end(), [](int index) { return index >= 0; }) &&
           std::all_of(op_.outputs.begin(), op_.outputs.end(), [](int index) { return index >= 0; });
  }
  /// The input's values, if it is an int32 constant.
  [[nodiscard]] std::optional<Ints> numbers(size_t i) const {
    const Tensor& t = input(i);
    if (t.type != DType::kInt32 || !t.constant() || t.bytes() != static_cast<int64_t>(t.data.size()))
      return std::nullopt;
    return constant_int32(t);
  }

  /// A tensor like `like`, without values.
  int between(int like, Ints shape) {
    Tensor made;
    made.name = tensor(like).name + "/" + std::to_string(graph_.tensors.size());
    made.shape = std::move(shape);
    made.type = tensor(like).type;
    made.quantisation = tensor(like).quantisation;
    return append(std::move(made));
  }

  void add(OpKind kind, Ints inputs, int output) {
    Op op;
    op.kind = kind;
    op.inputs = std::move(inputs);
    op.outputs = {output};
    graph_.ops.push_back(std::move(op));
  }
  Op& last() { return graph_.ops.back(); }

  /// Makes `output`, whose shape may lack axes of extent 1, from what `cuts` leave of the tensor `from`.
  void slice(int from, const std::vector<Cut>& cuts, int output) {
    Ints shape;
    bool whole = true;
    for (size_t i = 0; i < cuts.size(); ++i) {
      shape.push_back(cuts[i].extent());
      whole = whole && shape.back() == tensor(from).shape[i];
    }
    if (whole) return add(OpKind::kReshape, {from}, output);
    const bool same = shape == tensor(output).shape;
    const int made = same ? output : between(from, shape);
    if (!same) graph_.tensors[static_cast<size_t>(made)].quantisation = tensor(output).quantisation;
    const int begin = constant(cuts, &Cut::begin);
    const int end = constant(cuts, &Cut::end);
    const int step = constant(cuts, &Cut::step);
    add(OpKind::kStridedSlice, {from, begin, end, step}, made);
    if (!same) add(OpKind::kReshape, {made}, output);
  }

 private:
  int append(Tensor made) {
    graph_.tensors.push_back(std::move(made));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  int constant(const std::vector<Cut>& cuts, int Cut::*field) {
    Tensor made;
    made.name = "bounds/" + std::to_string(graph_.tensors.size());
    made.shape = {static_cast<int>(cuts.size())};
    made.type = DType::kInt32;
    for (const Cut& cut : cuts) {
      for (int byte = 0; byte < 4; ++byte)
        made.data.push_back(static_cast<uint8_t>(static_cast<uint32_t>(cut.*field) >> (8 * byte)));
    }
    return append(std::move(made));
  }

  Graph& graph_;
  const FileOp& op_;
};

std::vector<Cut> whole(const Ints& shape) {
  std::vector<Cut> cuts;
  for (const int extent : shape) cuts.push_back({0, extent, 1});
  return cuts;
}

/// -1 counts from the end; nothing if there is no such axis.
std::optional<size_t> axis_of(int axis, size_t rank) {
  const int64_t at = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  if (at < 0 || at >= static_cast<int64_t>(rank)) return std::nullopt;
  return static_cast<size_t>(at);
}

Refusal no_axis(int axis, size_t rank) {
  return Refusal(fmt::format("has axis {} for a tensor of {} dimensions", axis, rank));
}

Refusal not_constant() {
  return Refusal("has bounds or axes that are not constant int32 values");
}

/// Whether the operator's own bounds are the cuts already, and its output has all axes.
bool stands_so(const Rewriter& to, const std::vector<Cut>& cuts, const Ints& begin, const Ints& end) {
  const Ints& from = to.input(0).shape;
  const Ints& made = to.tensor(to.op().outputs[0]).shape;
  if (begin.size() != cuts.size() || made.size() != cuts.size() || made == from) return false;
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (cuts[i].begin != begin[i] || cuts[i].end != end[i] || made[i] != cuts[i].extent()) return false;
  }
  return true;
}

Done strided_slice(Rewriter& to) {
  const auto* options = to.op().options.builtin_options_as_StridedSliceOptions();
  if (options == nullptr) return Refusal("lacks its StridedSliceOptions");
  if (!to.has(4) || to.op().outputs.size() != 1) return Refusal("has other inputs than four");
  if (options->ellipsis_mask() != 0 || options->new_axis_mask() != 0 || options->offset())
    return Refusal("has an ellipsis, a new axis or ends that count from their begins");
  const auto begin = to.numbers(1);
  const auto end = to.numbers(2);
  const auto step = to.numbers(3);
  if (!begin || !end || !step) return not_constant();
  const Ints& shape = to.input(0).shape;
  if (begin->size() > shape.size() || end->size() != begin->size() || step->size() != begin->size())
    return Refusal("has another number of bounds than its input has axes");
  std::vector<Cut> cuts = whole(shape);
  for (size_t i = 0; i < begin->size(); ++i) {
    const int64_t extent = shape[i];
    const auto bit = [i](int mask) { return ((static_cast<uint32_t>(mask) >> i) & 1U) != 0; };
    const auto bound = [extent](int64_t at) {
      return static_cast<int>(std::clamp(at < 0 ? at + extent : at, int64_t{0}, extent));
    };
    if (!bit(options->begin_mask())) cuts[i].begin = bound((*begin)[i]);
    if (!bit(options->end_mask())) cuts[i].end = bound((*end)[i]);
    cuts[i].step = (*step)[i];
    if (bit(options->shrink_axis_mask())) cuts[i] = {cuts[i].begin, cuts[i].begin + 1, 1};
    if (cuts[i].step < 1) return Refusal("goes backwards; steps of 1 and more are supported");
    if (cuts[i].end <= cuts[i].begin || cuts[i].end > extent) return Refusal("takes nothing of an axis");
  }
  if (stands_so(to, cuts, *begin, *end))
    to.add(OpKind::kStridedSlice, to.op().inputs, to.op().outputs[0]);
  else
    to.slice(to.op().inputs[0], cuts, to.op().outputs[0]);
  return true;
}

Done slice(Rewriter& to) {
  if (!to.has(3) || to.op().outputs.size() != 1) return Refusal("has other inputs than three");
  const auto begin = to.numbers(1);
  const auto size = to.numbers(2);
  if (!begin || !size) return not_constant();
  const Ints& shape = to.input(0).shape;
  if (begin->size() != shape.size() || size->size() != shape.size())
    return Refusal("has another number of bounds than its input has axes");
  std::vector<Cut> cuts;
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t first = (*begin)[i];
    const int64_t past = (*size)[i] == -1 ? shape[i] : first + (*size)[i];
    if (first < 0 || past <= first || past > shape[i])
      return Refusal(fmt::format("takes {} to {} of an axis of {}", first, past, shape[i]));
    cuts.push_back({static_cast<int>(first), static_cast<int>(past), 1});
  }
  to.slice(to.op().inputs[0], cuts, to.op().outputs[0]);
  return true;
}

/// Cuts `from` along an axis into parts of these extents, one for each output.
Done parts(Rewriter& to, int from, int axis, const Ints& extents) {
  const Ints shape = to.tensor(from).shape;
  const auto along = axis_of(axis, shape.size());
  if (!along) return no_axis(axis, shape.size());
  if (extents.size() != to.op().outputs.size() || extents.size() > kMostParts ||
      std::any_of(extents.begin(), extents.end(), [](int extent) { return extent < 1; }) ||
      std::accumulate(extents.begin(), extents.end(), int64_t{0}) > shape[*along])
    return Refusal(fmt::format("does not divide an axis of {} into its {} outputs", shape[*along],
                               to.op().outputs.size()));
  std::vector<Cut> cuts = whole(shape);
  int begin = 0;
  for (size_t i = 0; i < extents.size(); ++i) {
    cuts[*along] = {begin, begin + extents[i], 1};
    to.slice(from, cuts, to.op().outputs[i]);
    begin += extents[i];
  }
  return true;
}

Done split(Rewriter& to) {
  const auto axis = to.has(2) ? to.numbers(0) : std::nullopt;
  if (!axis || axis->size() != 1) return not_constant();
  const auto along = axis_of((*axis)[0], to.input(1).shape.size());
  if (!along) return no_axis((*axis)[0], to.input(1).shape.size());
  const auto count = static_cast<int>(to.op().outputs.size());
  const int extent = to.input(1).shape[*along];
  if (extent % count != 0) return Refusal(fmt::format("divides an axis of {} by {}", extent, count));
  return parts(to, to.op().inputs[1], (*axis)[0], Ints(to.op().outputs.size(), extent / count));
}

Done split_v(Rewriter& to) {
  const auto sizes = to.has(3) ? to.numbers(1) : std::nullopt;
  const auto axis = to.has(3) ? to.numbers(2) : std::nullopt;
  if (!sizes || !axis || axis->size() != 1) return not_constant();
  const auto along = axis_of((*axis)[0], to.input(0).shape.size());
  if (!along) return no_axis((*axis)[0], to.input(0).shape.size());
  int64_t rest = to.input(0).shape[*along];
  for (const int size : *sizes) rest -= size == -1 ? 0 : size;
  Ints extents = *sizes;
  for (int& size : extents) {
    if (size == -1) size = static_cast<int>(std::clamp<int64_t>(rest, 0, to.input(0).shape[*along]));
  }
  return parts(to, to.op().inputs[0], (*axis)[0], extents);
}

Done unpack(Rewriter& to) {
  const auto* options = to.op().options.builtin_options_as_UnpackOptions();
  if (options == nullptr) return Refusal("lacks its UnpackOptions");
  if (!to.has(1)) return Refusal("has other inputs than one");
  return parts(to, to.op().inputs[0], options->axis(), Ints(to.op().outputs.size(), 1));
}

/// Each input gets the new axis, and they are joined along it.
Done pack(Rewriter& to) {
  const auto* options = to.op().options.builtin_options_as_PackOptions();
  if (options == nullptr) return Refusal("lacks its PackOptions");
  if (!to.has(to.op().inputs.size()) || to.op().outputs.size() != 1 || to.op().inputs.size() > kMostParts)
    return Refusal("lacks an input");
  Ints shape = to.input(0).shape;
  const auto along = axis_of(options->axis(), shape.size() + 1);
  if (!along) return no_axis(options->axis(), shape.size() + 1);
  shape.insert(shape.begin() + static_cast<long>(*along), 1);
  Ints joined;
  for (const int in : Ints(to.op().inputs)) {
    if (to.tensor(in).constant() || to.tensor(in).elements() != to.input(0).elements())
      return Refusal("joins a constant, or tensors of different shapes");
    joined.push_back(to.between(in, shape));
    to.add(OpKind::kReshape, {in}, joined.back());
  }
  to.add(OpKind::kConcatenation, joined, to.op().outputs[0]);
  to.last().axis = static_cast<int>(*along);
  return true;
}

/// One index is a cut; a run of neighbours too.
Done gather(Rewriter& to) {
  const auto* options = to.op().options.builtin_options_as_GatherOptions();
  if (options == nullptr) return Refusal("lacks its GatherOptions");
  const auto indices = to.has(2) && to.op().outputs.size() == 1 ? to.numbers(1) : std::nullopt;
  if (!indices || options->batch_dims() != 0) return not_constant();
  const Ints& shape = to.input(0).shape;
  const auto along = axis_of(options->axis(), shape.size());
  if (!along) return no_axis(options->axis(), shape.size());
  for (size_t i = 0; i < indices->size(); ++i) {
    if ((*indices)[i] - int64_t{(*indices)[0]} != static_cast<int64_t>(i) || (*indices)[0] < 0 ||
        (*indices)[i] >= shape[*along])
      return Refusal("takes indices that are not neighbours");
  }
  std::vector<Cut> cuts = whole(shape);
  cuts[*along] = {(*indices)[0], indices->back() + 1, 1};
  to.slice(to.op().inputs[0], cuts, to.op().outputs[0]);
  return true;
}

Done expand_dims(Rewriter& to) {
  if (!to.has(2) || to.op().outputs.size() != 1) return Refusal("has other inputs than two");
  to.add(OpKind::kReshape, {to.op().inputs[0]}, to.op().outputs[0]);
  return true;
}

void max_pool(Rewriter& to, int from, int height, int width, int output) {
  to.add(OpKind::kMaxPool2D, {from}, output);
  to.last().filter_h = height;
  to.last().filter_w = width;
}

/// The axes between two others become the columns of a picture, which is pooled.
Done reduce_max(Rewriter& to) {
  const auto axes = to.has(2) && to.op().outputs.size() == 1 ? to.numbers(1) : std::nullopt;
  if (!axes || axes->empty()) return not_constant();
  const Ints shape = to.input(0).shape;
  std::vector<bool> reduced(shape.size(), false);
  for (const int axis : *axes) {
    const auto along = axis_of(axis, shape.size());
    if (!along) return no_axis(axis, shape.size());
    reduced[*along] = true;
  }
  const auto first = std::find(reduced.begin(), reduced.end(), true);
  const auto past = std::find(first, reduced.end(), false);
  if (std::find(past, reduced.end(), true) != reduced.end())
    return Refusal("takes the largest value over axes that are not neighbours");
  const auto begin = first - reduced.begin();
  const auto end = past - reduced.begin();
  const auto product = [&](long from, long until) {
    int64_t made = 1;
    for (long i = from; i < until; ++i)
      made = std::min<int64_t>(made * shape[static_cast<size_t>(i)], INT32_MAX);
    return static_cast<int>(made);
  };
  const int outer = product(0, begin);
  const int along = product(begin, end);
  const int inner = product(end, static_cast<long>(shape.size()));
  const int in = to.op().inputs[0];
  const int out = to.op().outputs[0];
  if (shape.size() == 4 && begin == 1 && end == 3) {  // a picture as it is
    const int pooled = to.between(in, {shape[0], 1, 1, inner});
    max_pool(to, in, shape[1], shape[2], pooled);
    to.add(OpKind::kReshape, {pooled}, out);
    return true;
  }
  const int picture = to.between(in, {1, outer, along, inner});
  const int pooled = to.between(in, {1, outer, 1, inner});
  to.add(OpKind::kReshape, {in}, picture);
  max_pool(to, picture, 1, along, pooled);
  to.add(OpKind::kReshape, {pooled}, out);
  return true;
}

using Rewrite = Done (*)(Rewriter&);

/// Null: the operator is ours, or is only folded.
Rewrite rewrite_of(BuiltinOperator code) {
  switch (code) {
    case tflite::BuiltinOperator_STRIDED_SLICE:
      return strided_slice;
    case tflite::BuiltinOperator_SLICE:
      return slice;
    case tflite::BuiltinOperator_SPLIT:
      return split;
    case tflite::BuiltinOperator_SPLIT_V:
      return split_v;
    case tflite::BuiltinOperator_UNPACK:
      return unpack;
    case tflite::BuiltinOperator_PACK:
      return pack;
    case tflite::BuiltinOperator_GATHER:
      return gather;
    case tflite::BuiltinOperator_EXPAND_DIMS:
      return expand_dims;
    case tflite::BuiltinOperator_REDUCE_MAX:
      return reduce_max;
    default:
      return nullptr;
  }
}

bool only_folded(BuiltinOperator code) {
  return code == tflite::BuiltinOperator_SHAPE || code == tflite::BuiltinOperator_REDUCE_PROD;
}

}  // namespace

bool is_rewritten(BuiltinOperator code) {
  return rewrite_of(code) != nullptr || only_folded(code);
}

Done rewrite(Graph& graph, const FileOp& op) {
  if (only_folded(op.code)) return Refusal("computes from values that are known only at run time");
  const Rewrite known = rewrite_of(op.code);
  if (known == nullptr) return false;
  Rewriter to(graph, op);
  return known(to);
}

}  // namespace dew::graph
