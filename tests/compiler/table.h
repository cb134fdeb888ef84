// The list of operator cases: every operator over small shapes, random large ones, and nets that combine
// them. The host's kernels (table_test.cpp), the emulated boards (tests/target/table_board_test.cpp) and the
// emitted C (emit_table_test.cpp) are all tested against it.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/compiler/nets.h"

namespace dew::test {

/// One operator or net of the list.
struct Case {
  std::string name;  ///< family and number: "Pointwise 17"
  graph::Graph graph;
  std::vector<Bytes> inputs;  ///< random; a net with state takes them one after the other
};

/// Which cases of each family to take.
struct Selection {
  int most = 0;             ///< cases per family, spread over it; 0: all
  bool exhaustive = false;  ///< families combine all of their channels with all of their shapes
  uint32_t seed = 0;        ///< another seed gives other cases
};

/// Passed to a family's function, which calls wanted() before it builds a case and then take() with the case.
class Cases {
 public:
  /// Returns false to stop.
  using Use = std::function<bool(const Case&)>;
  Cases(std::string family, const Selection& selection, int64_t count, const Use& use)
      : family_(std::move(family)), selection_(selection), count_(count), use_(use) {}

  [[nodiscard]] bool exhaustive() const { return selection_.exhaustive; }
  /// Whether the next case belongs to the selection.
  bool wanted();
  /// A seed for this case alone.
  [[nodiscard]] uint32_t seed() const { return static_cast<uint32_t>(asked_); }
  void take(Net& net) { take(net.finish(), net); }
  void take(const graph::Graph& graph, Net& inputs);

  [[nodiscard]] int64_t asked() const { return asked_; }
  [[nodiscard]] int64_t taken() const { return taken_; }

 private:
  std::string family_;
  const Selection& selection_;
  int64_t count_;  ///< cases in the family; 0 while they are being counted
  const Use& use_;
  int64_t asked_ = 0;
  int64_t taken_ = 0;
  bool stopped_ = false;
};

struct Family {
  const char* name;
  void (*cases)(Cases&);
};
const std::vector<Family>& families();

inline void PrintTo(const Family& family, std::ostream* out) {
  *out << family.name;
}

/// Calls use(case) for the selected cases of a family, always in the same order, until it returns false.
/// Returns their number.
int64_t for_each_case(const Family& family, const Selection& selection, const Cases::Use& use);

// The families, by file.
// table_windows.cpp
void convolution_windows(Cases& cases);
void depthwise_windows(Cases& cases);
void planar_windows(Cases& cases);
void pointwise(Cases& cases);
void depth_multiplier(Cases& cases);
void dilation(Cases& cases);
void wide_windows(Cases& cases);
void average_pools(Cases& cases);
void max_pools(Cases& cases);
// table_elementwise.cpp
void fully_connected(Cases& cases);
void add(Cases& cases);
void sub(Cases& cases);
void mul(Cases& cases);
void division(Cases& cases);
void broadcasts(Cases& cases);
void mean(Cases& cases);
void relus(Cases& cases);
void logistic(Cases& cases);
void softmax(Cases& cases);
void log_softmax(Cases& cases);
void pad(Cases& cases);
void reshape(Cases& cases);
void concatenation(Cases& cases);
void transpose(Cases& cases);
void ends(Cases& cases);
// table_detectors.cpp
void activations(Cases& cases);
void larger_and_smaller(Cases& cases);
void prelu(Cases& cases);
void slices(Cases& cases);
void joined_constants(Cases& cases);
void resizes(Cases& cases);
void several_outputs(Cases& cases);
void dead_channels(Cases& cases);
void long_windows(Cases& cases);
void batches(Cases& cases);
// table_factors.cpp
void factors(Cases& cases);
void mixed_factors(Cases& cases);
void largest_biases(Cases& cases);
void unshifted_factors(Cases& cases);
void least_weights(Cases& cases);
// table_states.cpp
void states(Cases& cases);
// table_nets.cpp
void large(Cases& cases);
void blocks(Cases& cases);
void odd_nets(Cases& cases);
void mobilenets(Cases& cases);

}  // namespace dew::test
