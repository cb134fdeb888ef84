// Groups of channels that kernels work on together, and memory that a thread keeps for them.
#pragma once

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace dew::student {

/// GCC and Clang lower it to the registers there are.
template <int kLanes>
struct Group {
  typedef float Lanes __attribute__((vector_size(kLanes * sizeof(float))));
  typedef int32_t Bits __attribute__((vector_size(kLanes * sizeof(float))));
};

template <typename Lanes>
[[gnu::always_inline]] inline void load(const float* from, Lanes& lanes) {
  std::memcpy(&lanes, from, sizeof lanes);
}

template <typename Lanes>
[[gnu::always_inline]] inline void store(const Lanes& lanes, float* to) {
  std::memcpy(to, &lanes, sizeof lanes);
}

template <typename Lanes>
[[gnu::always_inline]] inline void fill(float value, Lanes& lanes) {
  lanes = Lanes{} + value;
}

// Comparisons by the sign of a difference: GCC 12 takes comparisons of vectors apart where they are wider
// than the registers.

/// value = value held between low and high.
template <int kLanes, typename Lanes = typename Group<kLanes>::Lanes>
[[gnu::always_inline]] inline void clamp(const Lanes& low, const Lanes& high, Lanes& value) {
  using Bits = typename Group<kLanes>::Bits;
  const Bits above = (Bits)(low - value) >> 31;
  value = (Lanes)((above & (Bits)value) | (~above & (Bits)low));
  const Bits below = (Bits)(value - high) >> 31;
  value = (Lanes)((below & (Bits)value) | (~below & (Bits)high));
}

/// g = low < value < high ? g : 0.
template <int kLanes, typename Lanes = typename Group<kLanes>::Lanes>
[[gnu::always_inline]] inline void pass_inside(const Lanes& low, const Lanes& value, const Lanes& high,
                                               Lanes& g) {
  using Bits = typename Group<kLanes>::Bits;
  const Bits inside = ((Bits)(low - value) & (Bits)(value - high)) >> 31;
  g = (Lanes)(inside & (Bits)g);
}

/// Asks for memory that will be written soon, so that the writes need not wait for it.
inline void expect_writes(const float* values, int64_t count) {
  for (int64_t i = 0; i < count; i += 16) __builtin_prefetch(values + i, 1, 2);
}

/// Memory for floats that starts at a cache line; large blocks are in large pages, so that the processor can
/// cache all their addresses. A thread_local one is allocated once.
class Scratch {
 public:
  /// At least `count` floats of any value.
  float* take(size_t count) {
    if (count > count_) {
      values_.reset();
      count_ = 0;
      const size_t alignment = count * sizeof(float) < kLargePage ? kLine : kLargePage;
      const size_t bytes = (count * sizeof(float) + alignment - 1) / alignment * alignment;
      values_.reset(static_cast<float*>(std::aligned_alloc(alignment, bytes)));
      if (!values_) throw std::bad_alloc();
#ifdef __linux__
      if (alignment == kLargePage) madvise(values_.get(), bytes, MADV_HUGEPAGE);
#endif
      count_ = count;
    }
    return values_.get();
  }
  /// What the last take() returned.
  [[nodiscard]] float* values() const {
    return values_.get();
  }

 private:
  static constexpr size_t kLine = 64;
  static constexpr size_t kLargePage = size_t{2} << 20;
  struct Free {
    void operator()(float* values) const { std::free(values); }
  };
  std::unique_ptr<float[], Free> values_;
  size_t count_ = 0;
};

}  // namespace dew::student
