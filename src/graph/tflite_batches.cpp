// See the header.
#include "graph/tflite_batches.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace dew::graph {
namespace {

constexpr int kMostPictures = 256;

using Ints = std::vector<int>;

/// Operators that a batch cannot pass through as it is.
bool needs_pictures(OpKind kind) {
  switch (kind) {
    case OpKind::kConv2D:
    case OpKind::kDepthwiseConv2D:
    case OpKind::kAveragePool2D:
    case OpKind::kMaxPool2D:
    case OpKind::kResizeNearest:
    case OpKind::kResizeBilinear:
    case OpKind::kPad:
    case OpKind::kMean:
    case OpKind::kTranspose:
      return true;
    default:
      return false;
  }
}

/// Operators that take pictures one by one where they are there already.
bool takes_pictures(OpKind kind) {
  switch (kind) {
    case OpKind::kAdd:
    case OpKind::kSub:
    case OpKind::kMul:
    case OpKind::kDiv:
    case OpKind::kMaximum:
    case OpKind::kMinimum:
    case OpKind::kPrelu:
    case OpKind::kRelu:
    case OpKind::kRelu6:
    case OpKind::kLeakyRelu:
    case OpKind::kHardSwish:
    case OpKind::kTanh:
    case OpKind::kNeg:
    case OpKind::kLogistic:
    case OpKind::kSoftmax:
    case OpKind::kLogSoftmax:
    case OpKind::kConcatenation:
      return true;
    default:
      return needs_pictures(kind);
  }
}

class Unroller {
 public:
  explicit Unroller(Graph& graph) : graph_(graph) {}

  void run() {
    const std::vector<Op> ops = std::exchange(graph_.ops, {});
    for (const Op& op : ops) {
      if (separable(op) && (needs_pictures(op.kind) || follows(op))) {
        unroll(op);
      } else {
        for (const int input : op.inputs) join(input);
        graph_.ops.push_back(op);
      }
    }
    for (const int output : graph_.outputs) join(output);
    for (const State& state : graph_.states) join(state.to);
  }

 private:
  [[nodiscard]] const Tensor& tensor(int index) const { return graph_.tensors[static_cast<size_t>(index)]; }

  /// The pictures of a batch; 0: it is none.
  [[nodiscard]] int pictures(int index) const {
    if (index < 0) return 0;
    const Tensor& t = tensor(index);
    const bool batch = t.type == DType::kInt8 && !t.constant() && t.shape.size() >= 2 && t.shape[0] > 1 &&
                       t.shape[0] <= kMostPictures && t.elements() <= std::numeric_limits<int>::max();
    return batch ? t.shape[0] : 0;
  }

  /// check() refuses what is made twice.
  [[nodiscard]] bool is_made(int index) const {
    return has_pictures(index) ||
           std::find(graph_.inputs.begin(), graph_.inputs.end(), index) != graph_.inputs.end();
  }
  [[nodiscard]] bool has_pictures(int index) const { return pictures_.count(index) > 0; }
  [[nodiscard]] bool follows(const Op& op) const {
    return std::any_of(op.inputs.begin(), op.inputs.end(), [this](int index) { return has_pictures(index); });
  }

  /// Whether an operand is the same for all pictures.
  [[nodiscard]] bool is_shared(const Op& op, size_t input) const {
    const Tensor& t = tensor(op.inputs[input]);
    if (!t.constant()) return false;
    if (needs_pictures(op.kind)) return input > 0;  // weights, bounds
    return op.kind != OpKind::kConcatenation && (t.shape.size() < rank_of(op) || t.shape[0] == 1);
  }
  [[nodiscard]] size_t rank_of(const Op& op) const { return tensor(op.outputs[0]).shape.size(); }

  /// Whether no output of one picture depends on another picture.
  [[nodiscard]] bool separable(const Op& op) const {
    if (!takes_pictures(op.kind) || op.outputs.size() != 1 || op.inputs.empty()) return false;
    const int count = pictures(op.outputs[0]);
    if (count == 0 || is_made(op.outputs[0]) || !keeps_batch(op)) return false;
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const int input = op.inputs[i];
      if (input < 0) {
        if (i == 0) return false;
        continue;
      }
      if (is_shared(op, i)) continue;
      if (pictures(input) != count || tensor(input).shape.size() < rank_of(op)) return false;
      if (!has_pictures(input) && tensor(input).shape.size() != 4) return false;
    }
    return true;
  }

  /// Whether the batch stays the first axis.
  [[nodiscard]] bool keeps_batch(const Op& op) const {
    const auto rank = static_cast<int>(rank_of(op));
    if (op.kind == OpKind::kConcatenation) return op.axis != 0 && op.axis != -rank;
    if (op.kind != OpKind::kPad && op.kind != OpKind::kMean && op.kind != OpKind::kTranspose) return true;
    if (op.inputs.size() != 2 || op.inputs[0] < 0 || op.inputs[1] < 0) return false;
    const Tensor& numbers = tensor(op.inputs[1]);
    if (numbers.type != DType::kInt32 || numbers.data.empty() ||
        static_cast<int64_t>(numbers.data.size()) != numbers.bytes())
      return false;
    const Ints values = constant_int32(numbers);
    if (op.kind == OpKind::kPad) return values.size() >= 2 && values[0] == 0 && values[1] == 0;
    if (op.kind == OpKind::kTranspose) return values[0] == 0;
    const auto from = static_cast<int>(tensor(op.inputs[0]).shape.size());
    return std::none_of(values.begin(), values.end(),
                        [from](int axis) { return axis == 0 || axis == -from; });
  }

  int add_tensor(int like, const std::string& suffix, Ints shape) {
    Tensor made;
    made.name = tensor(like).name + suffix;
    made.shape = std::move(shape);
    made.quantisation = tensor(like).quantisation;
    graph_.tensors.push_back(std::move(made));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  int add_numbers(const Ints& values) {
    Tensor made;
    made.name = "bounds/" + std::to_string(graph_.tensors.size());
    made.shape = {static_cast<int>(values.size())};
    made.type = DType::kInt32;
    for (const int value : values) {
      for (int byte = 0; byte < 4; ++byte)
        made.data.push_back(static_cast<uint8_t>(static_cast<uint32_t>(value) >> (8 * byte)));
    }
    graph_.tensors.push_back(std::move(made));
    return static_cast<int>(graph_.tensors.size()) - 1;
  }

  void add_op(OpKind kind, Ints inputs, int output) {
    Op op;
    op.kind = kind;
    op.inputs = std::move(inputs);
    op.outputs = {output};
    graph_.ops.push_back(std::move(op));
  }

  /// One tensor a picture: as they were made, or cut out of a batch of four dimensions.
  const Ints& pictures_of(int index) {
    const auto found = pictures_.find(index);
    if (found != pictures_.end()) return found->second;
    const Ints shape = tensor(index).shape;
    const int rows = add_tensor(index, "/rows", {1, shape[0] * shape[1], shape[2], shape[3]});
    add_op(OpKind::kReshape, {index}, rows);
    Ints made;
    for (int i = 0; i < shape[0]; ++i) {
      made.push_back(add_tensor(index, "/" + std::to_string(i), {1, shape[1], shape[2], shape[3]}));
      const int begin = add_numbers({0, i * shape[1], 0, 0});
      const int end = add_numbers({1, (i + 1) * shape[1], shape[2], shape[3]});
      add_op(OpKind::kStridedSlice, {rows, begin, end, add_numbers({1, 1, 1, 1})}, made.back());
    }
    joined_.insert(index);
    return pictures_[index] = made;
  }

  void unroll(const Op& op) {
    std::vector<Ints> inputs;  // by operand
    for (size_t i = 0; i < op.inputs.size(); ++i) {
      const bool own = op.inputs[i] >= 0 && !is_shared(op, i);
      inputs.push_back(own ? pictures_of(op.inputs[i]) : Ints());
    }
    const int output = op.outputs[0];
    Ints made;
    for (int picture = 0; picture < pictures(output); ++picture) {
      Op alone = op;
      for (size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].empty()) alone.inputs[i] = inputs[i][static_cast<size_t>(picture)];
      }
      Ints shape = tensor(output).shape;
      shape[0] = 1;
      made.push_back(add_tensor(output, "/" + std::to_string(picture), shape));
      alone.outputs = {made.back()};
      graph_.ops.push_back(std::move(alone));
    }
    pictures_[output] = made;
  }

  /// Makes the batch of its pictures, for what takes it as a whole.
  void join(int index) {
    if (!has_pictures(index) || !joined_.insert(index).second) return;
    const Ints shape = tensor(index).shape;
    Ints one(shape.begin() + 1, shape.end());  // a picture, in four dimensions
    while (one.size() < 3) one.insert(one.begin(), 1);
    while (one.size() > 3) {
      one[1] *= one[0];
      one.erase(one.begin());
    }
    one.insert(one.begin(), 1);
    Ints parts;
    for (const int picture : Ints(pictures_.at(index))) {
      parts.push_back(shape.size() == 4 ? picture : add_tensor(picture, "/rows", one));
      if (shape.size() != 4) add_op(OpKind::kReshape, {picture}, parts.back());
    }
    Ints all = one;
    all[1] *= shape[0];
    const int rows = add_tensor(index, "/joined", all);
    add_op(OpKind::kConcatenation, parts, rows);
    graph_.ops.back().axis = 1;
    add_op(OpKind::kReshape, {rows}, index);
  }

  Graph& graph_;
  std::map<int, Ints> pictures_;  ///< by batch
  std::set<int> joined_;          ///< batches that are there as a whole
};

}  // namespace

void unroll_batches(Graph& graph) {
  Unroller(graph).run();
}

}  // namespace dew::graph
