// Lowering: operators become steps, each with its kernel, its table and its constants. No offsets yet.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "compiler/kernel_table.h"

namespace dew::compiler {

/// [N, H, W, C]; shapes of lower rank are read from the right.
using Shape4 = std::array<int64_t, 4>;
Shape4 shape4(const graph::Tensor& tensor);

/// What lowering one graph needs to know and to collect; the functions below it add one operator each.
class Lowering {
 public:
  Lowering(const graph::Graph& graph, const Options& options, Plan& plan);

  [[nodiscard]] const graph::Graph& graph() const { return graph_; }
  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] bool tflite() const { return options_.rounding == graph::Rounding::kTflite; }
  [[nodiscard]] const graph::Tensor& tensor(int index) const {
    return graph_.tensors[static_cast<size_t>(index)];
  }
  [[nodiscard]] int zero_point(int index) const {
    return static_cast<int>(tensor(index).quantisation.zero_point[0]);
  }
  [[nodiscard]] double scale(int index) const { return tensor(index).quantisation.scale[0]; }

  /// The step that makes a tensor.
  [[nodiscard]] uint16_t step_of(int tensor) const { return step_of_[static_cast<size_t>(tensor)]; }
  [[nodiscard]] const Step& step(uint16_t index) const { return plan_.program[index]; }
  void alias(int tensor, uint16_t step) { step_of_[static_cast<size_t>(tensor)] = step; }

  /// A step that reads the operator's first input row by row and makes its output row by row.
  Step begin(const graph::Op& op);
  /// Adds the step; the operator's output is its tensor.
  void add(const graph::Op& op, Step step);
  uint16_t add(Step step);

  /// The tensor of `step` as one row; a copy where it is not one already.
  uint16_t flat(uint16_t step);
  /// Adds a step that makes the operator's output as one row; a copy follows where it has more.
  void add_flat(const graph::Op& op, Step step);

  /// The operator's output, which step `made` gives as one row; a copy follows where it has more.
  void add_rows(const graph::Op& op, uint16_t made);

  const int8_t* constant(const std::string& name, const std::vector<int8_t>& values, int row = 0);
  const int32_t* constant(const std::string& name, const std::vector<int32_t>& values, int row = 0);
  /// A row of zero points long enough for every padded tensor that has this one.
  const int8_t* zeros(int zero_point);

  /// `value` as a table's field; what does not fit makes the operator an error.
  template <typename T>
  T fit(int64_t value) {
    if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) too_large_ = true;
    return static_cast<T>(value);
  }

  Result<void> run();
  [[nodiscard]] tl::unexpected<Error> fail(const std::string& what) const;

 private:
  Result<void> lower(const graph::Op& op);
  void copy(Step& step, uint16_t from);

  const graph::Graph& graph_;
  const Options& options_;
  Plan& plan_;
  std::vector<uint16_t> step_of_;
  std::map<int, int64_t> longest_zeros_;  ///< by zero point
  std::map<int, const int8_t*> zeros_;
  int64_t new_constant_bytes_ = 0;  ///< since the last step was added
  size_t at_ = 0;                   ///< the operator in hand
  bool too_large_ = false;
};

/// A depthwise convolution over planar rows; false: its input's maker does not write them.
bool lower_depthwise_planar(Lowering& to, const graph::Op& op);

/// A depthwise convolution with eight channels in the lanes; false: it has fewer, or a shape without a
/// kernel.
bool lower_depthwise_lanes(Lowering& to, const graph::Op& op);

/// A row as channel after channel, each with columns of zero point around its pixels: what lets a depthwise
/// convolution slide over columns without borders.
struct PlanarRow {
  int64_t pitch = 0;  ///< bytes of a channel
  int64_t before = 0;
  int64_t after = 0;
  int64_t bytes = 0;  ///< of the row, with what a kernel may read behind it
};
/// The planar form of a tensor's rows, where its maker can write it and its one reader wants it.
std::optional<PlanarRow> planar_row(const graph::Graph& graph, const Options& options, int tensor);

/// What convolutions of every kind share.
dew_scale lower_scale(Lowering& to, const graph::Op& op);
/// `fours`: four biases, then their multipliers, as dew_helium reads them.
dew_paired_scale lower_paired_scale(Lowering& to, const graph::Op& op, bool fours = false);
/// Of whole groups of eight channels; the rest of the table is empty.
dew_laned lower_laned_scale(Lowering& to, const graph::Op& op);
void lower_window(Lowering& to, dew_step& table, const graph::Op& op, const graph::Window& w);

Result<void> lower_convolution(Lowering& to, const graph::Op& op);
Result<void> lower_fully_connected(Lowering& to, const graph::Op& op);
Result<void> lower_binary(Lowering& to, const graph::Op& op);
Result<void> lower_unary(Lowering& to, const graph::Op& op);
Result<void> lower_softmax(Lowering& to, const graph::Op& op);
Result<void> lower_pool(Lowering& to, const graph::Op& op);
Result<void> lower_mean(Lowering& to, const graph::Op& op);
Result<void> lower_pad(Lowering& to, const graph::Op& op);
Result<void> lower_reshape(Lowering& to, const graph::Op& op);
Result<void> lower_concatenation(Lowering& to, const graph::Op& op);
Result<void> lower_transpose(Lowering& to, const graph::Op& op);

/// A real factor in the plan's rounding.
struct Factor {
  int32_t multiplier = 0;
  int8_t shift = 0;
};
Factor factor(graph::Rounding rounding, double value);

}  // namespace dew::compiler
