// The gate: what it reads, what it decides, its text.
#include "graph/gate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace dew::graph {
namespace {

bool passes_on(OpKind kind) {
  return kind == OpKind::kQuantize || kind == OpKind::kDequantize || kind == OpKind::kSoftmax ||
         kind == OpKind::kLogSoftmax || kind == OpKind::kReshape;
}

const Op* maker_of(const Graph& graph, int tensor) {
  for (const Op& op : graph.ops)
    if (std::find(op.outputs.begin(), op.outputs.end(), tensor) != op.outputs.end()) return &op;
  return nullptr;
}

tl::unexpected<Error> bad_line(const std::string& name, size_t line) {
  return usage_error(fmt::format("line {} is not a limit, a colon and weights of 0 to 255", line), name,
                     "delete the file to do without it, or train again");
}

/// The number at the start of `text`, which it takes away with the spaces before it; false: there is none.
template <typename T>
bool take(std::string_view& text, T& number) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(read.ptr - text.data()));
  return read.ec == std::errc();
}

}  // namespace

int32_t highest_limit(int64_t features) {
  const int64_t most_sum = 255 * features;
  const int64_t most = (int64_t{1} << 62) / (most_sum * most_sum);
  return static_cast<int32_t>(std::min<int64_t>(most, std::numeric_limits<int32_t>::max()));
}

int gated_tensor(const Graph& graph) {
  if (graph.outputs.size() != 1) return -1;
  const Op* op = maker_of(graph, graph.outputs[0]);
  while (op != nullptr && passes_on(op->kind)) op = maker_of(graph, op->inputs[0]);
  if (op == nullptr || op->kind != OpKind::kFullyConnected) return -1;
  const Tensor& features = graph.tensors[static_cast<size_t>(op->inputs[0])];
  const bool fits = features.type == DType::kInt8 && !features.constant() &&
                    features.elements() == features.shape.back() && features.elements() <= kMostGatedFeatures;
  return fits ? op->inputs[0] : -1;
}

Result<void> check_gate(const Gate& gate, const Graph& graph) {
  const int tensor = gated_tensor(graph);
  if (tensor < 0)
    return usage_error("the net has no dense layer over features, so strangers cannot be told", graph.name);
  const auto classes = static_cast<size_t>(graph.tensors[static_cast<size_t>(graph.outputs[0])].elements());
  const auto features = static_cast<size_t>(graph.tensors[static_cast<size_t>(tensor)].elements());
  const bool fits = gate.weights.size() == classes && gate.limits.size() == classes &&
                    std::all_of(gate.weights.begin(), gate.weights.end(),
                                [features](const auto& row) { return row.size() == features; });
  if (!fits)
    return usage_error(
        fmt::format("the gate is not one of {} classes and {} features, as the net has", classes, features),
        graph.name, "delete its file to do without it, or train again");
  if (*std::max_element(gate.limits.begin(), gate.limits.end()) > highest_limit(std::ssize(gate.weights[0])))
    return usage_error("the gate has a limit that is too high", graph.name, "train again");
  return {};
}

bool is_known(const Gate& gate, std::span<const int8_t> features, int zero_point) {
  const auto count = static_cast<int64_t>(features.size());
  int64_t sum = 0;
  for (const int8_t q : features) sum += std::max(0, q - zero_point);
  for (size_t c = 0; c < gate.weights.size() && sum > 0; ++c) {
    int64_t squares = 0;
    int64_t singles = 0;
    for (size_t i = 0; i < features.size(); ++i) {
      const int64_t u = std::max(0, features[i] - zero_point);
      squares += gate.weights[c][i] * u * u;
      singles += gate.weights[c][i] * u;
    }
    if (count * (count * squares + sum * singles) <= gate.limits[c] * sum * sum) return true;
  }
  return false;
}

std::string to_text(const Gate& gate) {
  std::string text;
  for (size_t c = 0; c < gate.weights.size(); ++c)
    text += fmt::format("{}: {}\n", gate.limits[c], fmt::join(gate.weights[c], " "));
  return text;
}

Result<Gate> read_gate(const std::string& text, const std::string& name) {
  Gate gate;
  for (const std::string& line : split_list(text, '\n')) {
    std::string_view rest = line;
    int32_t limit = 0;
    if (!take(rest, limit) || !rest.starts_with(':')) return bad_line(name, gate.limits.size() + 1);
    rest.remove_prefix(1);
    std::vector<uint8_t> weights;
    while (!rest.empty()) {
      uint8_t weight = 0;
      if (!take(rest, weight)) return bad_line(name, gate.limits.size() + 1);
      weights.push_back(weight);
    }
    gate.limits.push_back(limit);
    gate.weights.push_back(std::move(weights));
  }
  return gate;
}

}  // namespace dew::graph
