#include "media/shrink.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "media/decode.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace dew::media {
namespace {

void shrink_by_opencv(const Image& image, Image& small) {
  const cv::Mat from(image.height, image.width, CV_8UC3, const_cast<uint8_t*>(image.rgb.data()));
  cv::Mat to(small.height, small.width, CV_8UC3, small.rgb.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
}

#ifdef __SSE2__

/// A source row or column takes part in a target one with a weight.
struct Share {
  size_t from;
  float weight;
};

/// The shares of each target row or column; those of one sum to 1. The order, and where doubles become
/// floats, decide about the last bit.
class Shares {
 public:
  Shares(int from, int to) {
    const double scale = static_cast<double>(from) / to;
    for (int i = 0; i < to; ++i) {
      constexpr double kLeast = 1e-3;  // what sticks out less is left out
      const double begin = i * scale;
      const double size = std::min(scale, from - begin);
      const int last = std::min(static_cast<int>(std::floor(begin + scale)), from - 1);
      const int first = std::min(static_cast<int>(std::ceil(begin)), last);
      if (first - begin > kLeast) add(first - 1, (first - begin) / size);
      for (int whole = first; whole < last; ++whole) add(whole, 1.0 / size);
      const double rest = begin + scale - last;
      if (rest > kLeast) add(last, std::min({rest, 1.0, size}) / size);
      ends_.push_back(shares_.size());
    }
  }

  [[nodiscard]] size_t count() const { return ends_.size(); }
  [[nodiscard]] const Share* begin(size_t i) const { return shares_.data() + (i == 0 ? 0 : ends_[i - 1]); }
  [[nodiscard]] const Share* end(size_t i) const { return shares_.data() + ends_[i]; }

 private:
  void add(int from, double weight) {
    shares_.push_back({static_cast<size_t>(from), static_cast<float>(weight)});
  }

  std::vector<Share> shares_;
  std::vector<size_t> ends_;
};

constexpr size_t kChannels = 3;
constexpr size_t kTogether = 4;  ///< source rows that go along together: the shares are read once for all

/// A pixel as four floats, the last of them its neighbour's: so one byte behind the last pixel is read.
__m128 pixel(const uint8_t* rgb) {
  int32_t bytes = 0;
  std::memcpy(&bytes, rgb, sizeof bytes);
  const __m128i zero = _mm_setzero_si128();
  return _mm_cvtepi32_ps(_mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(bytes), zero), zero));
}

/// The sum of a target pixel's channels.
struct Sum {
  __m128 rgb = _mm_setzero_ps();
};

struct SourceRow {
  const uint8_t* rgb;
  float weight;
};

template <size_t kRows>
void add_rows(const SourceRow* rows, const Shares& columns, std::vector<Sum>& sums) {
  for (size_t x = 0; x < columns.count(); ++x) {
    std::array<Sum, kRows> in_row;
    for (const Share* share = columns.begin(x); share != columns.end(x); ++share) {
      const __m128 weight = _mm_set1_ps(share->weight);
      for (size_t r = 0; r < kRows; ++r)
        in_row[r].rgb =
            _mm_add_ps(in_row[r].rgb, _mm_mul_ps(pixel(rows[r].rgb + kChannels * share->from), weight));
    }
    for (size_t r = 0; r < kRows; ++r)
      sums[x].rgb = _mm_add_ps(sums[x].rgb, _mm_mul_ps(in_row[r].rgb, _mm_set1_ps(rows[r].weight)));
  }
}

void add_some_rows(const SourceRow* rows, size_t count, const Shares& columns, std::vector<Sum>& sums) {
  static_assert(kTogether == 4);
  switch (count) {
    case 4:
      return add_rows<4>(rows, columns, sums);
    case 3:
      return add_rows<3>(rows, columns, sums);
    case 2:
      return add_rows<2>(rows, columns, sums);
    default:
      return add_rows<1>(rows, columns, sums);
  }
}

void write_row(const std::vector<Sum>& sums, uint8_t* rgb) {
  for (const Sum& sum : sums) {
    const __m128i words = _mm_packs_epi32(_mm_cvtps_epi32(sum.rgb), _mm_setzero_si128());
    const int32_t bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
    std::memcpy(rgb, &bytes, kChannels);
    rgb += kChannels;
  }
}

void shrink_by_shares(const Image& image, Image& small) {
  const Shares columns(image.width, small.width);
  const Shares rows(image.height, small.height);
  const size_t stride = kChannels * static_cast<size_t>(image.width);
  const auto last = static_cast<size_t>(image.height) - 1;
  std::vector<uint8_t> last_row(stride + 1);  // nothing lies behind the last pixel of the last row
  std::memcpy(last_row.data(), image.rgb.data() + last * stride, stride);
  std::vector<Sum> sums(columns.count());
  for (size_t y = 0; y < rows.count(); ++y) {
    std::fill(sums.begin(), sums.end(), Sum());
    for (const Share* share = rows.begin(y); share != rows.end(y);) {
      std::array<SourceRow, kTogether> together{};
      size_t count = 0;
      for (; count < kTogether && share != rows.end(y); ++share)
        together[count++] = {share->from == last ? last_row.data() : image.rgb.data() + share->from * stride,
                             share->weight};
      add_some_rows(together.data(), count, columns, sums);
    }
    write_row(sums, small.rgb.data() + y * kChannels * columns.count());
  }
}

#endif

}  // namespace

Image shrink(const Image& image, int width, int height) {
  assert(!image.empty() && width > 0 && height > 0 && width <= image.width && height <= image.height);
  Image small = blank(width, height);
#ifdef __SSE2__
  // Whole numbers of pixels are summed as integers, which OpenCV does faster.
  if (image.width % width != 0 || image.height % height != 0) {
    shrink_by_shares(image, small);
    return small;
  }
#endif
  shrink_by_opencv(image, small);
  return small;
}

}  // namespace dew::media
