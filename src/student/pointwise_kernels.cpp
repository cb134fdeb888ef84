// Convolutions as matrix products.
#include "student/pointwise_kernels.h"

#include <algorithm>

#include "student/lanes.h"
#include "student/wide.h"

namespace dew::student {
namespace {

/// A register block: so many rows of 16 columns fill AVX2's registers. By groups of 8, for what is wider than
/// the registers GCC 12 keeps on the stack.
constexpr int kBlockRows = 6;
constexpr int kTileRows = 8 * kBlockRows;

int rounded_up(int value, int step) {
  return (value + step - 1) / step * step;
}

/// Rows in the cache: an odd number of cache lines apart, so that few share a set.
int tile_pitch(int columns) {
  return rounded_up(columns, 32) + 16;
}

/// The left matrix of a product, with the distances between rows and between columns, over which the product
/// sums.
struct Left {
  const float* values;
  int64_t row_step;
  int64_t depth_step;
};

/// c [kRows, 8 * kGroups] = (c if add) + left * right, `depth` products each.
template <int kRows, int kGroups>
[[gnu::always_inline]] inline void multiply_block(const Left& left, const float* right, int64_t right_pitch,
                                                  int depth, float* c, int64_t c_pitch, bool add) {
  Group<8>::Lanes sums[kRows][kGroups], factors[kGroups];
  const float* rows[kRows];
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
    rows[r] = left.values + r * left.row_step;
#pragma GCC unroll 2
    for (int g = 0; g < kGroups; ++g) fill(0.0F, sums[r][g]);
  }
  for (int k = 0; k < depth; ++k) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups; ++g) load(right + k * right_pitch + g * 8, factors[g]);
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
      for (int g = 0; g < kGroups; ++g) sums[r][g] += factors[g] * rows[r][k * left.depth_step];
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups; ++g) {
      if (add) {
        load(c + r * c_pitch + g * 8, factors[g]);
        sums[r][g] += factors[g];
      }
      store(sums[r][g], c + r * c_pitch + g * 8);
    }
  }
}

template <int kGroups>
[[gnu::always_inline]] inline void multiply_rows(int rows, const Left& left, const float* right,
                                                 int64_t right_pitch, int depth, float* c, int64_t c_pitch,
                                                 bool add) {
  Left at = left;
  for (; rows > 0; rows -= kBlockRows, at.values += kBlockRows * left.row_step, c += kBlockRows * c_pitch) {
    switch (std::min(rows, kBlockRows)) {
      case 6:
        multiply_block<6, kGroups>(at, right, right_pitch, depth, c, c_pitch, add);
        break;
      case 5:
        multiply_block<5, kGroups>(at, right, right_pitch, depth, c, c_pitch, add);
        break;
      case 4:
        multiply_block<4, kGroups>(at, right, right_pitch, depth, c, c_pitch, add);
        break;
      case 3:
        multiply_block<3, kGroups>(at, right, right_pitch, depth, c, c_pitch, add);
        break;
      case 2:
        multiply_block<2, kGroups>(at, right, right_pitch, depth, c, c_pitch, add);
        break;
      default:
        multiply_block<1, kGroups>(at, right, right_pitch, depth, c, c_pitch, add);
    }
  }
}

/// c [rows, columns] = left [rows, depth] * packed right [depth, columns].
DEW_WIDE void multiply_packed(const float* left, int64_t left_pitch, const float* packed, int rows, int depth,
                              int columns, float* c, int64_t c_pitch) {
  const Left all{left, left_pitch, 1};
  int column = 0;
  for (; column + 16 <= columns; column += 16) {
    multiply_rows<2>(rows, all, packed + int64_t{column} * depth, 16, depth, c + column, c_pitch, false);
  }
  if (column < columns) {
    multiply_rows<1>(rows, all, packed + int64_t{column} * depth, 8, depth, c + column, c_pitch, false);
  }
}

/// c [out, in] += dy [rows, out]^T * x [rows, in]; `out` and `in` are multiples of 8.
DEW_WIDE void add_transposed_product(const float* dy, int64_t dy_pitch, const float* x, int64_t x_pitch,
                                     int rows, int out, int in, float* c) {
  // 8 = 4 + 4, 16 = 6 + 6 + 4: two rows alone would leave the registers idle.
  const int sixes = out % 6 == 2 ? (out - 8) / 6 * 6 : out / 6 * 6;
  for (int column = 0; column < in; column += 16) {
    const bool whole = column + 16 <= in;
    for (int o = 0; o < out;) {
      const Left left{dy + o, 1, dy_pitch};
      float* to = c + int64_t{o} * in + column;
      if (o < sixes) {
        if (whole) multiply_block<6, 2>(left, x + column, x_pitch, rows, to, in, true);
        if (!whole) multiply_block<6, 1>(left, x + column, x_pitch, rows, to, in, true);
        o += 6;
      } else {
        if (whole) multiply_block<4, 2>(left, x + column, x_pitch, rows, to, in, true);
        if (!whole) multiply_block<4, 1>(left, x + column, x_pitch, rows, to, in, true);
        o += 4;
      }
    }
  }
}

/// Panels of 16 columns (the last may have 8), each [depth, its columns], of a matrix whose element in row k
/// and column c is at values[k * depth_step + c * column_step].
void pack(const float* values, int depth, int64_t depth_step, int columns, int64_t column_step,
          Packed& packed) {
  packed.resize(static_cast<size_t>(depth) * columns);
  float* to = packed.data();
  for (int column = 0; column < columns; column += 16) {
    const int width = std::min(16, columns - column);
    for (int k = 0; k < depth; ++k) {
      for (int c = column; c < column + width; ++c) *to++ = values[k * depth_step + c * column_step];
    }
  }
}

/// Calls work(row, count) for each tile of a part.
template <typename Work>
void by_tile(int64_t rows, int part, int parts, const Work& work) {
  const int64_t end = rows * (part + 1) / parts;
  for (int64_t row = rows * part / parts; row < end; row += kTileRows) {
    work(row, static_cast<int>(std::min<int64_t>(kTileRows, end - row)));
  }
}

/// to [out, in] += the sum of parts [out, pitch], in their order.
void add_parts(Team& team, const float* parts, int count, int out, int in, int pitch, float* to) {
  constexpr int kRows = 64;
  const int64_t part_size = int64_t{out} * pitch;
  team.run((out + kRows - 1) / kRows, [&](int block) {
    for (int o = block * kRows; o < std::min(out, (block + 1) * kRows); ++o) {
      for (int part = 0; part < count; ++part) {
        const float* from = parts + part * part_size + int64_t{o} * pitch;
        for (int i = 0; i < in; ++i) to[int64_t{o} * in + i] += from[i];
      }
    }
  });
}

}  // namespace

int pointwise_parts(int64_t rows) {
  // Each part has sums of its own for the weights' gradients, and where rows are few the weights are many.
  return rows < 4096 ? 8 : 16;
}

void pack_forward(const float* weights, int in, int out, Packed& packed) {
  pack(weights, in, 1, out, in, packed);
}

void pack_backward(const float* weights, int in, int out, Packed& packed) {
  pack(weights, out, in, in, 1, packed);
}

void pointwise_forward(Team& team, const PointwiseShape& shape, const ReadRows& x, const Packed& weights,
                       float* y, const SeeRows& see) {
  const int parts = pointwise_parts(shape.rows);
  const int pitch = tile_pitch(shape.in);
  team.run(parts, [&](int part) {
    static thread_local Scratch scratch;
    float* tile = scratch.take(static_cast<size_t>(kTileRows) * pitch);
    by_tile(shape.rows, part, parts, [&](int64_t row, int count) {
      float* to = y + row * shape.out;
      expect_writes(to, int64_t{count} * shape.out);
      x(row, count, tile, pitch);
      multiply_packed(tile, pitch, weights.data(), count, shape.in, shape.out, to, shape.out);
      see(part, row, count, to, shape.out);
    });
  });
}

void pointwise_backward(Team& team, const PointwiseShape& shape, const ReadRows& x, const ReadRows& dy,
                        const Packed& weights, float* dweights, const SeeRows& see) {
  const int parts = pointwise_parts(shape.rows);
  const int in = rounded_up(shape.in, 8);
  const int in_pitch = tile_pitch(in);
  const int out_pitch = tile_pitch(shape.out);
  const size_t size = static_cast<size_t>(shape.out) * in;
  static thread_local Scratch part_scratch;
  float* part_sums = part_scratch.take(size * parts);
  team.run(parts, [&](int part) {
    static thread_local Scratch scratch;
    float* x_tile = scratch.take(static_cast<size_t>(kTileRows) * (2 * in_pitch + out_pitch));
    float* dx_tile = x_tile + static_cast<ptrdiff_t>(kTileRows) * in_pitch;
    float* dy_tile = dx_tile + static_cast<ptrdiff_t>(kTileRows) * in_pitch;
    float* sums = part_sums + part * size;
    std::fill_n(sums, size, 0.0F);
    for (int row = 0; row < kTileRows; ++row)
      std::fill(x_tile + row * in_pitch + shape.in, x_tile + row * in_pitch + in, 0.0F);
    by_tile(shape.rows, part, parts, [&](int64_t row, int count) {
      x(row, count, x_tile, in_pitch);
      dy(row, count, dy_tile, out_pitch);
      add_transposed_product(dy_tile, out_pitch, x_tile, in_pitch, count, shape.out, in, sums);
      if (!see) return;
      multiply_packed(dy_tile, out_pitch, weights.data(), count, shape.out, shape.in, dx_tile, in_pitch);
      see(part, row, count, dx_tile, in_pitch);
    });
  });
  add_parts(team, part_sums, parts, shape.out, shape.in, in, dweights);
}

}  // namespace dew::student
