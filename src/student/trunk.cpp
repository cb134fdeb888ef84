// All layers of a net up to the mean over rows and columns, forward and backward.
#include "student/trunk.h"

#include <algorithm>

namespace dew::student {
namespace {

/// Work that is not part of a kernel is done on this many rows at a time.
constexpr int64_t kRowsAtOnce = 256;

/// The windows of a convolution as rows of a matrix, [kernel, kernel, in] each; zeros outside the picture.
ReadRows windows(const ConvLayer& layer, const float* x) {
  return [layer, x](int64_t row, int count, float* to, int64_t pitch) {
    const int out = layer.out_size();
    const int size = layer.in_size;
    const int line = layer.kernel * layer.in;
    for (int i = 0; i < count; ++i, ++row, to += pitch) {
      const float* picture = x + row / (out * out) * size * size * layer.in;
      const int top = static_cast<int>(row / out % out) * layer.stride - layer.pad_before();
      const int left = static_cast<int>(row % out) * layer.stride - layer.pad_before();
      const int begin = std::max(-left, 0) * layer.in;
      const int end = std::min(layer.kernel, size - left) * layer.in;
      for (int ky = 0; ky < layer.kernel; ++ky) {
        const bool inside = top + ky >= 0 && top + ky < size;
        const float* from = picture + (int64_t{inside ? top + ky : 0} * size + left) * layer.in;
        // Loops, not library calls: a line has nine floats.
        for (int c = 0; c < line; ++c) to[ky * line + c] = inside && c >= begin && c < end ? from[c] : 0.0F;
      }
    }
  };
}

std::vector<float> as_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

Trunk::Trunk(const Architecture& architecture, int threads)
    : architecture_(architecture),
      layout_(architecture),
      added_by_(architecture.layers.size(), -1),
      team_(threads) {
  for (size_t i = 0; i < architecture.layers.size(); ++i) {
    if (architecture.layers[i].adds >= 0) added_by_[architecture.layers[i].adds] = static_cast<int>(i);
  }
}

void Trunk::forward(const float* parameters, float* statistics, double momentum, const float* x,
                    int64_t pictures, Recording& recording, float* features) {
  recording.pictures = pictures;
  recording.input = x;
  recording.layers.resize(architecture_.layers.size());
  recording.kept.resize(architecture_.layers.size());
  pack(parameters, recording);
  for (size_t layer = 0; layer < architecture_.layers.size(); ++layer) {
    PartSums moments(parts(layer, recording), architecture_.layers[layer].out);
    convolve(layer, recording, momentum == 0 ? nullptr : &moments);
    finish(layer, parameters, statistics, momentum, moments, recording);
    if (shared(layer)) add_residual(layer, recording);
  }
  average(recording, features);
}

void Trunk::pack(const float* parameters, Recording& recording) {
  team_.run(static_cast<int>(architecture_.layers.size()), [&](int part) {
    const ConvLayer& layer = architecture_.layers[part];
    Recording::LayerRecord& record = recording.layers[part];
    const float* weights = parameters + layout_.layers[part].weight;
    if (layer.depthwise) return pack_depthwise(weights, layer.out, record.forward);
    pack_forward(weights, layer.kernel * layer.kernel * layer.in, layer.out, record.forward);
    if (part > 0) pack_backward(weights, layer.in, layer.out, record.backward);
  });
}

void Trunk::convolve(size_t layer, Recording& recording, PartSums* moments) {
  const int out = architecture_.layers[layer].out;
  Recording::LayerRecord& record = recording.layers[layer];
  float* y = record.stored.take(static_cast<size_t>(rows(layer, recording) * out));
  if (architecture_.layers[layer].depthwise) {
    const Seen input = seen_by(layer, recording);
    return depthwise_forward(team_, depthwise_shape(layer, recording), input.x, input.map, record.forward, y,
                             moments);
  }
  pointwise_forward(team_, pointwise_shape(layer, recording), read_input(layer, recording), record.forward, y,
                    [&](int part, int64_t, int count, const float* from, int64_t) {
                      if (moments == nullptr) return;
                      static thread_local std::vector<float> sums;
                      sums.assign(size_t{2} * out, 0.0F);
                      add_moments(from, count, out, sums.data());
                      moments->add(part, sums.data());
                    });
}

/// From the moments to the layer's batch norm.
void Trunk::finish(size_t layer, const float* parameters, float* statistics, double momentum,
                   const PartSums& moments, Recording& recording) {
  Recording::LayerRecord& record = recording.layers[layer];
  const LayerLayout& at = layout_.layers[layer];
  const int channels = architecture_.layers[layer].out;
  float* mean = statistics + at.mean;
  float* variance = statistics + at.variance;
  if (momentum == 0) {
    record.moments = {{mean, mean + channels}, {variance, variance + channels}, true};
  } else {
    const int64_t count = rows(layer, recording);
    record.moments = moments_of(moments.total(), count);
    const double unbiased = count > 1 ? static_cast<double>(count) / static_cast<double>(count - 1) : 1.0;
    for (int c = 0; c < channels; ++c) {
      mean[c] += static_cast<float>(momentum * (record.moments.mean[c] - mean[c]));
      variance[c] += static_cast<float>(momentum * (record.moments.variance[c] * unbiased - variance[c]));
    }
  }
  record.map = channel_map(record.moments, parameters + at.gamma, parameters + at.beta,
                           architecture_.layers[layer].relu6);
}

/// The layer's output, with the residual that is added to it; more than one layer reads it.
void Trunk::add_residual(size_t layer, Recording& recording) {
  Recording::LayerRecord& record = recording.layers[layer];
  const int channels = architecture_.layers[layer].out;
  const int64_t count = rows(layer, recording);
  const float* x = record.stored.values();
  float* y = record.summed.take(static_cast<size_t>(count * channels));
  const int adds = architecture_.layers[layer].adds;
  const float* plus = nullptr;
  if (adds >= 0) plus = seen_by(adds + 1, recording).x;
  team_.run(static_cast<int>((count + kRowsAtOnce - 1) / kRowsAtOnce), [&](int part) {
    const int64_t row = part * kRowsAtOnce;
    const int64_t at = row * channels;
    map_rows(x + at, record.map, plus == nullptr ? nullptr : plus + at, std::min(kRowsAtOnce, count - row),
             channels, y + at, channels);
  });
}

void Trunk::average(Recording& recording, float* features) {
  const size_t last = architecture_.layers.size() - 1;
  const Seen seen = seen_by(last + 1, recording);
  const int channels = architecture_.layers[last].out;
  const int64_t pixels = rows(last, recording) / recording.pictures;
  team_.run(static_cast<int>(recording.pictures), [&](int picture) {
    static thread_local Scratch scratch;
    float* values = scratch.take(static_cast<size_t>(pixels * channels));
    float* mean = features + int64_t{picture} * channels;
    map_rows(seen.x + picture * pixels * channels, seen.map, nullptr, pixels, channels, values, channels);
    std::fill_n(mean, channels, 0.0F);
    for (int64_t i = 0; i < pixels; ++i) {
      for (int c = 0; c < channels; ++c) mean[c] += values[i * channels + c];
    }
    for (int c = 0; c < channels; ++c) mean[c] /= static_cast<float>(pixels);
  });
}

void Trunk::backward(Recording& recording, const float* dfeatures, float* gradients) {
  Passed passed = spread_average(recording, dfeatures);
  for (size_t layer = architecture_.layers.size(); layer-- > 0;) {
    passed = backward_layer(layer, recording, passed, gradients);
  }
}

Trunk::Passed Trunk::spread_average(Recording& recording, const float* dfeatures) {
  const size_t last = architecture_.layers.size() - 1;
  const Recording::LayerRecord& record = recording.layers[last];
  const int channels = architecture_.layers[last].out;
  const int64_t pixels = rows(last, recording) / recording.pictures;
  const std::vector<float> mean = as_floats(record.moments.mean);
  Passed passed{gradient_before(last + 1, recording), {static_cast<int>(recording.pictures), channels}};
  team_.run(static_cast<int>(recording.pictures), [&](int picture) {
    std::vector<float> dy(dfeatures + int64_t{picture} * channels,
                          dfeatures + int64_t{picture + 1} * channels);
    for (float& value : dy) value /= static_cast<float>(pixels);
    std::vector<float> sums(size_t{2} * channels);
    const int64_t at = picture * pixels * channels;
    // All pixels have the same gradient.
    mask_rows(dy.data(), 0, {record.stored.values() + at, &record.map, mean.data(), nullptr}, pixels,
              channels, passed.g + at, sums.data());
    passed.sums.add(picture, sums.data());
  });
  return passed;
}

/// The gradients of one layer's numbers, and of its input.
Trunk::Passed Trunk::backward_layer(size_t layer, Recording& recording, const Passed& from,
                                    float* gradients) {
  const Recording::LayerRecord& record = recording.layers[layer];
  const LayerLayout& at = layout_.layers[layer];
  const int in = architecture_.layers[layer].in;
  const int out = architecture_.layers[layer].out;
  const Spread spread = spread_of(record.moments, record.map, from.sums.total(), rows(layer, recording),
                                  gradients + at.gamma, gradients + at.beta);
  const ReadRows gradient = [&](int64_t row, int count, float* to, int64_t pitch) {
    spread_rows(from.g + row * out, record.stored.values() + row * out, spread, count, out, to, pitch);
  };

  const bool goes_on = layer > 0;
  const Seen input = seen_by(layer, recording);
  std::vector<float> mean(in);
  WayBack way{input.x, &input.map, mean.data(), nullptr};
  if (goes_on) {
    const Recording::LayerRecord& before = recording.layers[layer - 1];
    mean = as_floats(before.moments.mean);
    const int added_by = added_by_[layer - 1];
    way = {before.stored.values(), &before.map, mean.data(),
           added_by < 0 ? nullptr : recording.kept[added_by].values()};
  }
  Passed passed{gradient_before(layer, recording), {parts(layer, recording), in}};
  if (architecture_.layers[layer].depthwise) {
    depthwise_backward(team_, depthwise_shape(layer, recording), way, record.forward,
                       {from.g, record.stored.values(), spread}, passed.g, passed.sums,
                       gradients + at.weight);
    return passed;
  }
  const SeeRows see = [&](int part, int64_t row, int count, const float* dx, int64_t pitch) {
    static thread_local std::vector<float> sums;
    sums.assign(size_t{2} * in, 0.0F);
    const int64_t skip = row * in;
    const WayBack here{way.x + skip, way.map, way.mean, way.plus == nullptr ? nullptr : way.plus + skip};
    mask_rows(dx, pitch, here, count, in, passed.g + skip, sums.data());
    passed.sums.add(part, sums.data());
  };
  const ReadRows read = [&, input_rows = read_input(layer, recording)](int64_t row, int count, float* to,
                                                                       int64_t pitch) {
    if (goes_on) expect_writes(passed.g + row * in, int64_t{count} * in);
    input_rows(row, count, to, pitch);
  };
  // The gradient of what the first layer reads is not needed.
  pointwise_backward(team_, pointwise_shape(layer, recording), read, gradient, record.backward,
                     gradients + at.weight, goes_on ? see : SeeRows());
  return passed;
}

bool Trunk::shared(size_t layer) const {
  return architecture_.layers[layer].adds >= 0 || added_by_[layer] >= 0;
}

Trunk::Seen Trunk::seen_by(size_t layer, const Recording& recording) const {
  if (layer == 0) return {recording.input, identity_map(architecture_.layers[layer].in)};
  const Recording::LayerRecord& before = recording.layers[layer - 1];
  if (shared(layer - 1)) return {before.summed.values(), identity_map(architecture_.layers[layer - 1].out)};
  return {before.stored.values(), before.map};
}

ReadRows Trunk::read_input(size_t layer, const Recording& recording) const {
  const Seen input = seen_by(layer, recording);
  if (architecture_.layers[layer].kernel > 1) return windows(architecture_.layers[layer], input.x);
  const int channels = architecture_.layers[layer].in;
  return [input, channels](int64_t row, int count, float* to, int64_t pitch) {
    map_rows(input.x + row * channels, input.map, nullptr, count, channels, to, pitch);
  };
}

float* Trunk::gradient_before(size_t layer, Recording& recording) const {
  const bool kept = layer > 0 && architecture_.layers[layer - 1].adds >= 0;
  const int64_t floats = layer == 0 ? int64_t{architecture_.input} * architecture_.input *
                                          recording.pictures * architecture_.layers[0].in
                                    : rows(layer - 1, recording) * architecture_.layers[layer - 1].out;
  return (kept ? recording.kept[layer - 1] : recording.passing[layer % 2]).take(static_cast<size_t>(floats));
}

int64_t Trunk::rows(size_t layer, const Recording& recording) const {
  const int64_t size = architecture_.layers[layer].out_size();
  return recording.pictures * size * size;
}

int Trunk::parts(size_t layer, const Recording& recording) const {
  return architecture_.layers[layer].depthwise ? kDepthwiseParts : pointwise_parts(rows(layer, recording));
}

DepthwiseShape Trunk::depthwise_shape(size_t layer, const Recording& recording) const {
  const ConvLayer& shape = architecture_.layers[layer];
  return {.pictures = recording.pictures,
          .rows = shape.in_size,
          .columns = shape.in_size,
          .channels = shape.in,
          .stride = shape.stride,
          .pad_before = shape.pad_before(),
          .pad_after = shape.pad_after()};
}

PointwiseShape Trunk::pointwise_shape(size_t layer, const Recording& recording) const {
  const ConvLayer& shape = architecture_.layers[layer];
  return {rows(layer, recording), shape.kernel * shape.kernel * shape.in, shape.out};
}

}  // namespace dew::student
