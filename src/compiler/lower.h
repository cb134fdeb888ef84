// Lowering: operators become steps, each with its kernel, kernel table and constants. Offsets are assigned
// later.
#pragma once

#include <array>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "compiler/kernel_table.h"

namespace dew::compiler {

/// [1, H, W, C]; shapes of lower rank are filled up with ones on the left, batches and what stands before the
/// last three axes become rows.
using Shape4 = std::array<int64_t, 4>;
Shape4 shape4(const graph::Tensor& tensor);

/// The state of lowering one graph. Each of the functions below lowers one kind of operator.
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

  /// A step that reads the operator's first input and makes its output, both row by row.
  Step begin(const graph::Op& op);
  /// Adds a step that makes the operator's output.
  void add(const graph::Op& op, Step step);
  uint16_t add(Step step);

  /// The tensor of `step` as one row; copied if it has more rows.
  uint16_t flat(uint16_t step);
  /// Adds a step that makes all of the operator's output at once, as it lies in memory.
  void add_flat(const graph::Op& op, Step step);

  /// Makes the operator's output from the one row of step `made`; a copy follows if the output has more rows.
  void add_rows(const graph::Op& op, uint16_t made);

  const int8_t* constant(const std::string& name, const std::vector<int8_t>& values, int row = 0);
  const int32_t* constant(const std::string& name, const std::vector<int32_t>& values, int row = 0);
  /// A row of zero points, long enough for every padded tensor with this zero point.
  const int8_t* zeros(int zero_point);

  /// `value` as a table's field. If it does not fit, lowering the operator fails.
  template <typename T>
  T fit(int64_t value) {
    const bool fits = value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
    if (!fits && !too_large_) too_large_ = TooLarge{value, int64_t{std::numeric_limits<T>::max()}};
    return static_cast<T>(value);
  }

  Result<void> run();
  [[nodiscard]] tl::unexpected<Error> fail(const std::string& what) const;

 private:
  const void* add_constant(std::shared_ptr<const Constant> made);
  Result<void> lower(const graph::Op& op);
  /// Which of the tables' limits the current operator has passed; empty: none.
  [[nodiscard]] std::string limit_passed() const;
  void copy(Step& step, uint16_t from);
  Result<void> add_image();
  /// Adds a step for each state (lower_state.cpp).
  Result<void> add_remembered();
  /// Makes each state's next value end up in its place.
  void keep_states();
  /// Makes the last step hold all outputs, one after the other.
  Result<void> finish();

  const graph::Graph& graph_;
  const Options& options_;
  Plan& plan_;
  std::vector<uint16_t> step_of_;
  std::map<int, int64_t> longest_zeros_;  ///< by zero point
  std::map<int, const int8_t*> zeros_;
  std::set<int> shared_;  ///< weights that several operators read
  std::map<int, std::vector<std::shared_ptr<const Constant>>> of_weights_;  ///< made from these
  int64_t new_constant_bytes_ = 0;                                          ///< added since the last step
  size_t at_ = 0;                                                           ///< the current operator

  struct TooLarge {
    int64_t value;
    int64_t most;
  };
  std::optional<TooLarge> too_large_;
};

/// Lowers a depthwise convolution over planar rows; false if its input is not written in planar rows.
bool lower_depthwise_planar(Lowering& to, const graph::Op& op);

/// Lowers a depthwise convolution with eight channels in the lanes; false if it has fewer channels or a shape
/// without such a kernel.
bool lower_depthwise_lanes(Lowering& to, const graph::Op& op);

/// A row stored channel by channel, each channel with columns of zero point around its pixels, so that a
/// depthwise convolution can slide along it without borders.
struct PlanarRow {
  int64_t pitch = 0;  ///< bytes per channel
  int64_t before = 0;
  int64_t after = 0;
  int64_t bytes = 0;  ///< of the row, including what a kernel may read beyond it
};
/// The planar form of a tensor's rows, if the step that makes it can write it and its only reader wants it.
std::optional<PlanarRow> planar_row(const graph::Graph& graph, const Options& options, int tensor);

/// The scale of a depthwise convolution, whose channels are in the order that dew_depthwise wants.
dew_scale lower_scale(Lowering& to, const graph::Op& op);
/// How a kernel reads channels: one by one; in fours, first their biases, then their multipliers; one by one,
/// but with the lengths of runs without left shifts (dew_types.h).
enum class Reads { kOnes, kFours, kRuns };
dew_paired_scale lower_paired_scale(Lowering& to, const graph::Op& op, Reads reads);
/// The scale in whole groups of eight channels; the other fields stay empty.
dew_laned lower_laned_scale(Lowering& to, const graph::Op& op);
void lower_window(Lowering& to, dew_step& table, const graph::Op& op, const graph::Window& w);

Result<void> lower_convolution(Lowering& to, const graph::Op& op);
Result<void> lower_fully_connected(Lowering& to, const graph::Op& op);
Result<void> lower_binary(Lowering& to, const graph::Op& op);
Result<void> lower_division(Lowering& to, const graph::Op& op);
Result<void> lower_unary(Lowering& to, const graph::Op& op);
Result<void> lower_softmax(Lowering& to, const graph::Op& op);
Result<void> lower_pool(Lowering& to, const graph::Op& op);
Result<void> lower_mean(Lowering& to, const graph::Op& op);
Result<void> lower_pad(Lowering& to, const graph::Op& op);
Result<void> lower_reshape(Lowering& to, const graph::Op& op);
Result<void> lower_concatenation(Lowering& to, const graph::Op& op);
/// Joins tensors as they stand in memory.
/// Adds a step that puts the row of step `second` behind that of step `first`; gives the step.
uint16_t join_rows(Lowering& to, uint16_t first, uint16_t second);
Result<void> lower_outputs(Lowering& to, const std::vector<int>& tensors);
/// Adds the gate's step, and joins its answer to the scores.
void lower_gate(Lowering& to, const graph::Gate& gate);
Result<void> lower_transpose(Lowering& to, const graph::Op& op);
Result<void> lower_strided_slice(Lowering& to, const graph::Op& op);
Result<void> lower_resize(Lowering& to, const graph::Op& op);

/// A real factor as a multiplier and a shift, in one of the two roundings.
struct Factor {
  int32_t multiplier = 0;
  int8_t shift = 0;
};
Factor factor(graph::Rounding rounding, double value);
/// Another form of a factor with which every int32 gives the same int8, in the range that kernels count on:
/// no left shift is above 11, since every number except 0 then saturates anyway; in TensorFlow Lite's
/// rounding no multiplier is 0, since what is halved and divided by 2^31 vanishes, too.
Factor for_kernels(graph::Rounding rounding, Factor f);

}  // namespace dew::compiler
