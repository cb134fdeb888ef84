// Calibration in two passes: extremes and means first, then, if wanted, histograms between the extremes.
#include "student/calibrate.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/finite.h"
#include "student/infer.h"
#include "student/pictures.h"

namespace dew::student {
namespace {

constexpr int kBins = 1024;

/// What is known about one activation.
struct Statistics {
  double low = 0;  // 0 is always included
  double high = 0;
  std::vector<double> sum;
  int64_t rows = 0;
  std::vector<int64_t> histogram;

  void add_extremes(std::span<const float> values, int channels) {
    sum.resize(channels);
    size_t i = 0;
    while (i < values.size()) {
      for (int c = 0; c < channels; ++c, ++i) {
        // A NaN fails both comparisons; it shows in the sum.
        low = std::min<double>(low, values[i]);
        high = std::max<double>(high, values[i]);
        sum[c] += values[i];
      }
      ++rows;
    }
  }

  void add_histogram(std::span<const float> values) {
    if (!(high > low)) return;
    histogram.resize(kBins);
    const auto start = static_cast<float>(low);
    const auto per_unit = static_cast<float>(kBins / (high - low));
    for (const float value : values) {
      ++histogram[std::clamp(static_cast<int>((value - start) * per_unit), 0, kBins - 1)];
    }
  }

  [[nodiscard]] bool finite() const { return all_finite(sum); }

  [[nodiscard]] CalibratedTensor activation() const {
    CalibratedTensor result;
    result.range = histogram.empty() ? RealRange{low, high} : best_range(histogram, low, high);
    for (const double total : sum)
      result.channel_mean.push_back(total / static_cast<double>(std::max<int64_t>(rows, 1)));
    return result;
  }
};

/// One Statistics for each point of the net.
class Collector {
 public:
  explicit Collector(size_t layers) : layers_(layers), sums_(layers) {}

  Statistics& at(Point point) {
    switch (point.kind) {
      case Point::Kind::kInput:
        return input_;
      case Point::Kind::kLayer:
        return layers_[point.layer];
      case Point::Kind::kSum:
        return sums_[point.layer];
      case Point::Kind::kMean:
        return mean_;
      case Point::Kind::kLogits:
        break;
    }
    return logits_;
  }

  [[nodiscard]] bool finite() const { return logits_.finite() && mean_.finite(); }

  [[nodiscard]] Calibration calibration() const {
    Calibration result;
    result.input = input_.activation();
    for (const Statistics& layer : layers_) result.layers.push_back(layer.activation());
    for (const Statistics& sum : sums_) result.sums.push_back(sum.activation());
    result.mean = mean_.activation();
    result.logits = logits_.activation();
    return result;
  }

 private:
  Statistics input_;
  std::vector<Statistics> layers_;
  std::vector<Statistics> sums_;
  Statistics mean_;
  Statistics logits_;
};

/// Mean squared error, times the count, of int8 over `range`.
double squared_error(const std::vector<int64_t>& histogram, double low, double bin, RealRange range) {
  const double step = (range.high - range.low) / 255.0;
  double error = 0;
  for (size_t i = 0; i < histogram.size(); ++i) {
    if (histogram[i] == 0) continue;
    const double value = low + (static_cast<double>(i) + 0.5) * bin;
    const double outside = std::max({range.low - value, value - range.high, 0.0});
    error += static_cast<double>(histogram[i]) * (outside > 0 ? outside * outside : step * step / 12.0);
  }
  return error;
}

}  // namespace

RealRange best_range(const std::vector<int64_t>& histogram, double low, double high) {
  constexpr int kSteps = 24;
  const double bin = (high - low) / static_cast<double>(histogram.size());
  RealRange best{low, high};
  double least = std::numeric_limits<double>::infinity();
  for (int i = kSteps; i > 0; --i) {
    for (int j = kSteps; j > 0; --j) {
      const RealRange range{low * i / kSteps, high * j / kSteps};
      const double error = range.high > range.low ? squared_error(histogram, low, bin, range) : least;
      if (error < least) {
        least = error;
        best = range;
      }
      if (high <= 0) break;
    }
    if (low >= 0) break;
  }
  return best;
}

Result<Calibration> calibrate(const FoldedNet& net, std::span<const std::vector<uint8_t>> pictures,
                              Ranges ranges, Watch& watch) {
  if (pictures.empty()) {
    return work_error("there are no pictures to calibrate int8 ranges on", {}, "give it training pictures");
  }
  const Inference inference(net);
  Collector collector(net.layers.size());
  const Observer extremes = [&](Point point, std::span<const float> values, int channels) {
    collector.at(point).add_extremes(values, channels);
  };
  const Observer histograms = [&](Point point, std::span<const float> values, int) {
    collector.at(point).add_histogram(values);
  };
  const int input = net.architecture.input;
  DEW_CHECK(in_batches("measuring ranges", pictures, input, watch,
                       [&](std::span<const float> batch) { inference.logits(batch, extremes); }));
  if (!collector.finite()) {
    return work_error("the net computes values that are not numbers", {},
                      "train again with a lower learning rate");
  }
  if (ranges == Ranges::kMinMax) return collector.calibration();
  DEW_CHECK(in_batches("measuring distributions", pictures, input, watch,
                       [&](std::span<const float> batch) { inference.logits(batch, histograms); }));
  return collector.calibration();
}

}  // namespace dew::student
