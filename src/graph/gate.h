// The gate: tells pictures that look like those a classifier learned from, and strangers.
//
// A classifier's last dense layer reads features u, one number of 0 and more per channel. The gate compares
// their shares with the mean shares m of each class's own pictures, both with the mean 1, by Pearson's
// chi-square with half a unit added to the expected number: sum((y - m)^2 / (m + 1/2)), y = C * u / sum(u).
// With the weights w = 1 / (m + 1/2) that is sum(w * y * (y + 1)) and a constant of the class, so one table
// of weights for each class and whole numbers do.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"

namespace dew::graph {

struct Gate {
  /// [classes][features], in steps of 2 / 255: 255 is 1 / (0 + 1/2).
  std::vector<std::vector<uint8_t>> weights;
  /// For each class the most that sum(w * y * (y + 1)) may be, in the same steps, rounded down.
  std::vector<int32_t> limits;

  bool operator==(const Gate&) const = default;
};

/// More would not fit the arithmetic of 64 bits.
constexpr int64_t kMostGatedFeatures = 4096;
/// The highest limit that the arithmetic has room for, with that many features.
int32_t highest_limit(int64_t features);

/// The tensor that a gate reads: what the dense layer behind the only output reads, through softmax and the
/// like. -1: the graph is no classifier with such a layer, or the tensor is not int8 or too long.
int gated_tensor(const Graph& graph);

/// Error (usage): the gate does not fit the graph.
Result<void> check_gate(const Gate& gate, const Graph& graph);

/// Whether any class's sum is within its limit: C * (C * sum(w u u) + sum(u) * sum(w u)) <= limit * sum(u)^2,
/// in whole numbers, u = q - zero point or 0. In the plainest code; the kernel dew_known must equal it. False
/// where all features are 0.
bool is_known(const Gate& gate, std::span<const int8_t> features, int zero_point);

/// A line for each class: its limit, a colon, its weights.
std::string to_text(const Gate& gate);
/// Error (usage): a line that is none such; names it.
Result<Gate> read_gate(const std::string& text, const std::string& name);

}  // namespace dew::graph
