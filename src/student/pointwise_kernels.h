// Convolutions as matrix products, forward and backward; what comes before and after them is done on tiles of
// rows that are in the cache anyway.
//
// A 1 x 1 convolution of an NHWC tensor is the product of a matrix [rows, in] with the weights [out, in]; a
// larger kernel reads its windows as rows (kernel * kernel * channels of them). The nets here are so narrow
// that a plain matrix product waits for memory, so batch norm, activation, residuals and sums are done along
// with it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "student/team.h"

namespace dew::student {

struct PointwiseShape {
  int64_t rows = 0;
  int in = 0;
  int out = 0;  ///< a multiple of 8
};

/// The number of parts that a pointwise kernel divides its rows into, whatever the number of threads.
int pointwise_parts(int64_t rows);

/// Writes `count` rows of a matrix from `row` on to `to`, `pitch` floats apart.
using ReadRows = std::function<void(int64_t row, int count, float* to, int64_t pitch)>;
/// Gets `count` rows of a result from `row` on, `pitch` floats apart, which belong to a part of the work.
using SeeRows = std::function<void(int part, int64_t row, int count, const float* from, int64_t pitch)>;

/// A matrix in the order in which the kernels read it. pack_forward() is for pointwise_forward(),
/// pack_backward() for pointwise_backward(); both take weights [out, in].
using Packed = std::vector<float>;
void pack_forward(const float* weights, int in, int out, Packed& packed);
void pack_backward(const float* weights, int in, int out, Packed& packed);

/// y [rows, out] = x W^T. `see` gets each tile of y after it has been written.
void pointwise_forward(Team& team, const PointwiseShape& shape, const ReadRows& x, const Packed& weights,
                       float* y, const SeeRows& see);

/// dweights [out, in] += dy^T x; `see` gets each tile of dx = dy W. Without `see` dx is not computed, and
/// `weights` may be empty; otherwise `in` is a multiple of 8.
void pointwise_backward(Team& team, const PointwiseShape& shape, const ReadRows& x, const ReadRows& dy,
                        const Packed& weights, float* dweights, const SeeRows& see);

}  // namespace dew::student
