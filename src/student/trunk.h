// All layers of a net up to the mean over rows and columns, forward and backward.
//
// What autograd would do layer by layer happens here in two sweeps over tensors that are allocated once. The
// forward sweep stores each layer's output before its batch norm, the backward sweep stores what the
// activation lets through of each gradient; all else is computed while these are read and written
// (norm_kernels.h).
#pragma once

#include <vector>

#include "student/architecture.h"
#include "student/depthwise_kernels.h"
#include "student/lanes.h"
#include "student/layout.h"
#include "student/norm_kernels.h"
#include "student/pointwise_kernels.h"
#include "student/team.h"

namespace dew::student {

/// What a forward sweep leaves for the backward one; can be reused for every batch.
struct Recording {
  struct LayerRecord {
    Scratch stored;  ///< [pictures, rows, columns, out], before the batch norm
    Scratch summed;  ///< the layer's output where it takes part in a residual; else empty
    Moments moments;
    ChannelMap map;  ///< from stored to the output
    Packed forward;  ///< the weights, in the orders in which the kernels read them
    Packed backward;
  };

  int64_t pictures = 0;
  const float* input = nullptr;
  std::vector<LayerRecord> layers;
  std::vector<Scratch> kept;  ///< gradients that a residual needs again
  Scratch passing[2];         ///< all others, alternating
};

class Trunk {
 public:
  Trunk(const Architecture& architecture, int threads);

  /// Features [pictures, channels of the last layer] of x [pictures, rows, columns, 3]. `parameters` and
  /// `statistics` are laid out as Layout says. The statistics move by `momentum` towards those of the batch
  /// (its variance divided by one less than the number of values, as LibTorch and Keras do); with a
  /// `momentum` of 0 they are used instead, and stay. `x` must live as long as the recording is used.
  void forward(const float* parameters, float* statistics, double momentum, const float* x, int64_t pictures,
               Recording& recording, float* features);

  /// Adds the parameters' gradients, given those of the features, to `gradients`, laid out as the parameters.
  void backward(Recording& recording, const float* dfeatures, float* gradients);

 private:
  /// A stored tensor and what its reader makes of it.
  struct Seen {
    const float* x;
    ChannelMap map;
  };
  /// What mask_rows() writes of a layer's gradient, and its sums.
  struct Passed {
    float* g;
    PartSums sums;
  };

  void pack(const float* parameters, Recording& recording);
  void convolve(size_t layer, Recording& recording, PartSums* moments);
  void finish(size_t layer, const float* parameters, float* statistics, double momentum,
              const PartSums& moments, Recording& recording);
  void add_residual(size_t layer, Recording& recording);
  void average(Recording& recording, float* features);

  Passed spread_average(Recording& recording, const float* dfeatures);
  Passed backward_layer(size_t layer, Recording& recording, const Passed& from, float* gradients);

  /// Whether a layer's output takes part in a residual; it is stored then, since two layers read it.
  [[nodiscard]] bool shared(size_t layer) const;
  /// What a layer reads; after the last one: the mean.
  [[nodiscard]] Seen seen_by(size_t layer, const Recording& recording) const;
  [[nodiscard]] ReadRows read_input(size_t layer, const Recording& recording) const;
  /// Memory for the gradient of what a layer reads.
  [[nodiscard]] float* gradient_before(size_t layer, Recording& recording) const;
  [[nodiscard]] int64_t rows(size_t layer, const Recording& recording) const;
  [[nodiscard]] int parts(size_t layer, const Recording& recording) const;
  [[nodiscard]] DepthwiseShape depthwise_shape(size_t layer, const Recording& recording) const;
  [[nodiscard]] PointwiseShape pointwise_shape(size_t layer, const Recording& recording) const;

  Architecture architecture_;
  Layout layout_;
  std::vector<int> added_by_;  ///< which layer adds this one's output to its own; -1: none
  Team team_;
};

}  // namespace dew::student
