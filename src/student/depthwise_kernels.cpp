// A 3 x 3 depthwise convolution behind a batch norm and ReLU6.
#include "student/depthwise_kernels.h"

#include <algorithm>

#include "student/lanes.h"
#include "student/wide.h"

namespace dew::student {
namespace {

constexpr int kTaps = 9;
/// A band's size: the input's, the gradient's and the result's fit the second-level cache together.
constexpr int64_t kBandFloats = 24 * 1024;

/// Rows of all channels. Those of a band are written once; what is outside the picture is one row of zeros,
/// which convolve() skips.
struct Rows {
  const float* const* rows;  ///< the first row of the first window
  const float* zeros;
};

/// to[i] = sum over kLive rows of 3 taps each, with windows `step` floats apart.
template <int kLanes, int kLive>
[[gnu::always_inline]] inline void convolve_row(const float* const (&rows)[3], const int (&which)[3],
                                                const float* weights, int64_t channels, int64_t step,
                                                int count, float* to) {
  typename Group<kLanes>::Lanes w[3 * kLive], value, sum;
#pragma GCC unroll 9
  for (int tap = 0; tap < 3 * kLive; ++tap) load(weights + (which[tap / 3] * 3 + tap % 3) * channels, w[tap]);
  const float* from[kLive];
#pragma GCC unroll 3
  for (int live = 0; live < kLive; ++live) from[live] = rows[live];
  for (int i = 0; i < count; ++i) {
    fill(0.0F, sum);
#pragma GCC unroll 9
    for (int tap = 0; tap < 3 * kLive; ++tap) {
      load(from[tap / 3] + i * step + tap % 3 * channels, value);
      sum += w[tap] * value;
    }
    store(sum, to + i * channels);
  }
}

template <int kLanes>
[[gnu::always_inline]] inline void convolve_group(const Rows& in, int stride, const float* weights,
                                                  int64_t channels, int64_t at, int rows, int columns,
                                                  float* to) {
  for (int row = 0; row < rows; ++row) {
    const float* live_rows[3];
    int which[3];
    int live = 0;
    for (int k = 0; k < 3; ++k) {
      const float* candidate = in.rows[row * stride + k];
      if (candidate == in.zeros) continue;
      live_rows[live] = candidate + at;
      which[live] = k;
      ++live;
    }
    float* y = to + row * columns * channels + at;
    const int64_t step = stride * channels;
    if (live == 3) convolve_row<kLanes, 3>(live_rows, which, weights + at, channels, step, columns, y);
    if (live == 2) convolve_row<kLanes, 2>(live_rows, which, weights + at, channels, step, columns, y);
    if (live == 1) convolve_row<kLanes, 1>(live_rows, which, weights + at, channels, step, columns, y);
    if (live == 0) {
      for (int i = 0; i < columns; ++i) std::fill_n(y + i * channels, kLanes, 0.0F);
    }
  }
}

/// dweights[tap] += sum over pixels of in[window's tap] * dy; dy has pixels `dy_step` floats apart.
template <int kLanes>
[[gnu::always_inline]] inline void correlate_group(const Rows& in, int stride, const float* const* dy,
                                                   int dy_stride, int64_t dy_step, int64_t channels,
                                                   int64_t at, int rows, int columns, float* dweights) {
  typename Group<kLanes>::Lanes sums[kTaps], value, gradient;
#pragma GCC unroll 9
  for (int tap = 0; tap < kTaps; ++tap) load(dweights + tap * channels + at, sums[tap]);
  const int64_t step = stride * channels;
  for (int row = 0; row < rows; ++row) {
    const float* const from[3] = {in.rows[row * stride] + at, in.rows[row * stride + 1] + at,
                                  in.rows[row * stride + 2] + at};
    const float* g = dy[row * dy_stride] + at;
    for (int i = 0; i < columns; ++i) {
      load(g + i * dy_step, gradient);
#pragma GCC unroll 9
      for (int tap = 0; tap < kTaps; ++tap) {
        load(from[tap / 3] + i * step + tap % 3 * channels, value);
        sums[tap] += value * gradient;
      }
    }
  }
#pragma GCC unroll 9
  for (int tap = 0; tap < kTaps; ++tap) store(sums[tap], dweights + tap * channels + at);
}

/// to [rows, columns, channels] = the convolution of `in` with weights [9, channels].
DEW_WIDE void convolve(const Rows& in, int stride, const float* weights, int channels, int rows, int columns,
                       float* to) {
  for (int c = 0; c < channels; c += 8)
    convolve_group<8>(in, stride, weights, channels, c, rows, columns, to);
}

DEW_WIDE void correlate(const Rows& in, int stride, const float* const* dy, int dy_stride, int64_t dy_step,
                        int channels, int rows, int columns, float* dweights) {
  for (int c = 0; c < channels; c += 8) {
    correlate_group<8>(in, stride, dy, dy_stride, dy_step, channels, c, rows, columns, dweights);
  }
}

/// Memory for padded rows of a band: of columns + 2 pixels each.
class BandRows {
 public:
  /// Takes `floats` from `memory` on, and all rows are zeros until they are set.
  BandRows(const DepthwiseShape& shape, int most, float* memory, const float* zeros)
      : pitch_(int64_t{shape.columns + 2} * shape.channels), memory_(memory), zeros_(zeros), rows_(most) {}
  void clear() { std::fill(rows_.begin(), rows_.end(), zeros_); }
  float* write(int row) {
    float* to = memory_ + row * pitch_;
    rows_[row] = to;
    return to;
  }
  [[nodiscard]] Rows all() const { return {rows_.data(), zeros_}; }

 private:
  int64_t pitch_;
  float* memory_;
  const float* zeros_;
  std::vector<const float*> rows_;
};

/// Output rows that are computed together, and the input rows that belong to them.
struct Band {
  int begin;  ///< of the output rows
  int end;
  int in_begin;  ///< of the input rows whose gradients it has
  int in_end;
};

/// Goes over one picture after another in bands, with the memory for it.
class PictureSweep {
 public:
  PictureSweep(const DepthwiseShape& shape, Scratch& scratch)
      : shape_(shape),
        channels_(shape.channels),
        pitch_(int64_t{shape.columns + 2} * channels_),
        height_(std::clamp<int>(static_cast<int>(kBandFloats / pitch_ / shape.stride), 1, shape.out_rows())),
        // The last band also has the input rows that the stride leaves over.
        most_(height_ * shape.stride + 3 + shape.stride),
        zeros_(scratch.take(static_cast<size_t>(pitch_) * (1 + 3 * most_))),
        in_(shape, most_, zeros_ + pitch_, zeros_),
        dy_(shape, most_, zeros_ + pitch_ * (1 + most_), zeros_),
        dx_(zeros_ + pitch_ * (1 + 2 * most_)) {
    std::fill_n(zeros_, pitch_, 0.0F);
  }

  /// Calls work(band) for each band of a picture.
  template <typename Work>
  void by_band(const Work& work) {
    const int out = shape_.out_rows();
    for (int begin = 0; begin < out; begin += height_) {
      const int end = std::min(begin + height_, out);
      work(Band{begin, end, begin * shape_.stride, end == out ? shape_.rows : end * shape_.stride});
    }
  }

  void forward(const Band& band, const float* x, const ChannelMap& map, const float* weights, float* y) {
    read_input(band, x, map);
    convolve(in_.all(), shape_.stride, weights, channels_, band.end - band.begin, shape_.out_columns(), y);
  }

  /// dweights [9, channels]; the gradients of the band's input rows, not yet masked, are returned.
  const float* backward(const Band& band, const WayBack& way, const float* mirrored, const SpreadGradient& dy,
                        float* dweights) {
    read_input(band, way.x, *way.map);
    read_gradient(band, dy);
    const int stride = shape_.stride;
    const int first = 2 - shape_.pad_before;
    const Rows gradients = dy_.all();
    std::vector<const float*>& rows = out_rows_;
    rows.clear();
    for (int row = band.begin; row < band.end; ++row) {
      rows.push_back(gradients.rows[first + row * stride - band.in_begin] + int64_t{first} * channels_);
    }
    correlate(in_.all(), stride, rows.data(), 1, int64_t{stride} * channels_, channels_,
              band.end - band.begin, shape_.out_columns(), dweights);
    convolve(gradients, 1, mirrored, channels_, band.in_end - band.in_begin, shape_.columns, dx_);
    return dx_;
  }

 private:
  /// Rows of the padded input from band.begin * stride on.
  void read_input(const Band& band, const float* x, const ChannelMap& map) {
    in_.clear();
    const int first = band.begin * shape_.stride;
    const int end = (band.end - 1) * shape_.stride + 3;
    for (int padded = first; padded < end; ++padded) {
      const int row = padded - shape_.pad_before;
      if (row < 0 || row >= shape_.rows) continue;
      float* to = in_.write(padded - first);
      const int64_t before = int64_t{shape_.pad_before} * channels_;
      const int64_t inside = int64_t{shape_.columns} * channels_;
      std::fill(to, to + before, 0.0F);
      std::fill(to + before + inside, to + pitch_, 0.0F);
      map_rows(x + row * inside, map, nullptr, shape_.columns, channels_, to + before, channels_);
    }
  }

  /// Rows of the gradient from band.in_begin on, at the stride's distances with zeros between: so the
  /// gradient of the input is a convolution of stride 1 with the mirrored weights, whatever the stride was.
  void read_gradient(const Band& band, const SpreadGradient& dy) {
    dy_.clear();
    const int first = 2 - shape_.pad_before;
    const int stride = shape_.stride;
    const int64_t row_size = int64_t{shape_.out_columns()} * channels_;
    const int needed = std::max(band.in_end + 2, first + (band.end - 1) * stride + 1);
    for (int spaced = band.in_begin; spaced < needed; ++spaced) {
      if (spaced < first || (spaced - first) % stride != 0) continue;
      const int row = (spaced - first) / stride;
      if (row >= shape_.out_rows()) break;
      float* to = dy_.write(spaced - band.in_begin);
      std::fill_n(to, pitch_, 0.0F);
      spread_rows(dy.g + row * row_size, dy.y + row * row_size, dy.spread, shape_.out_columns(), channels_,
                  to + int64_t{first} * channels_, int64_t{stride} * channels_);
    }
  }

  DepthwiseShape shape_;
  int channels_;
  int64_t pitch_;
  int height_;  ///< output rows of a band
  int most_;    ///< rows of the input or the gradient that one takes
  float* zeros_;
  BandRows in_;
  BandRows dy_;
  float* dx_;
  std::vector<const float*> out_rows_;
};

/// Calls work(part, sweep, first picture, end) for each part of the pictures.
template <typename Work>
void by_picture(Team& team, const DepthwiseShape& shape, const Work& work) {
  team.run(kDepthwiseParts, [&](int part) {
    static thread_local Scratch scratch;
    PictureSweep sweep(shape, scratch);
    work(part, sweep, shape.pictures * part / kDepthwiseParts, shape.pictures * (part + 1) / kDepthwiseParts);
  });
}

int64_t in_size(const DepthwiseShape& shape) {
  return int64_t{shape.rows} * shape.columns * shape.channels;
}

int64_t out_size(const DepthwiseShape& shape) {
  return int64_t{shape.out_rows()} * shape.out_columns() * shape.channels;
}

}  // namespace

void pack_depthwise(const float* weights, int channels, std::vector<float>& packed) {
  packed.resize(static_cast<size_t>(kTaps) * channels);
  for (int c = 0; c < channels; ++c) {
    for (int tap = 0; tap < kTaps; ++tap) packed[tap * channels + c] = weights[c * kTaps + tap];
  }
}

void depthwise_forward(Team& team, const DepthwiseShape& shape, const float* x, const ChannelMap& map,
                       const std::vector<float>& weights, float* y, PartSums* moments) {
  by_picture(team, shape, [&](int part, PictureSweep& sweep, int64_t begin, int64_t end) {
    std::vector<float> sums(size_t{2} * shape.channels);
    for (int64_t picture = begin; picture < end; ++picture) {
      sweep.by_band([&](const Band& band) {
        const int64_t at = int64_t{band.begin} * shape.out_columns();
        float* to = y + picture * out_size(shape) + at * shape.channels;
        expect_writes(to, int64_t{band.end - band.begin} * shape.out_columns() * shape.channels);
        sweep.forward(band, x + picture * in_size(shape), map, weights.data(), to);
        if (moments == nullptr) return;
        add_moments(to, int64_t{band.end - band.begin} * shape.out_columns(), shape.channels, sums.data());
      });
      if (moments == nullptr) continue;
      moments->add(part, sums.data());
      std::fill(sums.begin(), sums.end(), 0.0F);
    }
  });
}

void depthwise_backward(Team& team, const DepthwiseShape& shape, const WayBack& way,
                        const std::vector<float>& weights, const SpreadGradient& dy, float* g, PartSums& sums,
                        float* dweights) {
  const int channels = shape.channels;
  std::vector<float> mirrored(weights.size());
  for (int tap = 0; tap < kTaps; ++tap) {
    std::copy_n(weights.begin() + int64_t{kTaps - 1 - tap} * channels, channels,
                mirrored.begin() + int64_t{tap} * channels);
  }
  std::vector<float> part_weights(weights.size() * kDepthwiseParts);
  by_picture(team, shape, [&](int part, PictureSweep& sweep, int64_t begin, int64_t end) {
    std::vector<float> part_sums(size_t{2} * channels);
    for (int64_t picture = begin; picture < end; ++picture) {
      const int64_t in = picture * in_size(shape);
      const int64_t out = picture * out_size(shape);
      const WayBack own{way.x + in, way.map, way.mean, way.plus};
      sweep.by_band([&](const Band& band) {
        const int64_t skip = int64_t{band.in_begin} * shape.columns * channels;
        const int64_t pixels = int64_t{band.in_end - band.in_begin} * shape.columns;
        expect_writes(g + in + skip, pixels * channels);
        const float* dx = sweep.backward(band, own, mirrored.data(), {dy.g + out, dy.y + out, dy.spread},
                                         part_weights.data() + part * weights.size());
        const WayBack here{own.x + skip, own.map, own.mean, own.plus ? own.plus + in + skip : nullptr};
        mask_rows(dx, channels, here, pixels, channels, g + in + skip, part_sums.data());
      });
      sums.add(part, part_sums.data());
      std::fill(part_sums.begin(), part_sums.end(), 0.0F);
    }
  });
  for (int part = 1; part < kDepthwiseParts; ++part) {
    const float* from = part_weights.data() + part * weights.size();
    for (size_t i = 0; i < weights.size(); ++i) part_weights[i] += from[i];
  }
  for (int c = 0; c < channels; ++c) {
    for (int tap = 0; tap < kTaps; ++tap) dweights[c * kTaps + tap] += part_weights[tap * channels + c];
  }
}

}  // namespace dew::student
