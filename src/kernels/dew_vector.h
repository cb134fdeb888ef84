/* dew_vector: the few operations on eight 32-bit lanes that dew_lanes is written in, for x86 with AVX2 (or
 * VNNI, its dot product of bytes) and WebAssembly's SIMD128. DEW_VECTOR 0: neither is available, and plain C
 * does the same work. */
#ifndef DEW_VECTOR_H
#define DEW_VECTOR_H

#include "dew_types.h"

#if defined(__AVX2__)
#define DEW_VECTOR 1
#include <immintrin.h>
#elif defined(__wasm_simd128__)
#define DEW_VECTOR 1
#include <wasm_simd128.h>
#else
#define DEW_VECTOR 0
#endif

/* 1: one instruction sums four products of an unsigned and a signed byte. */
#if defined(__AVX2__) && ((defined(__AVX512VNNI__) && defined(__AVX512VL__)) || defined(__AVXVNNI__))
#define DEW_VECTOR_BYTES 1
#else
#define DEW_VECTOR_BYTES 0
#endif

/* 1: two quads of values are widened at once. */
#if DEW_VECTOR && !defined(__AVX2__)
#define DEW_VECTOR_TWO_QUADS 1
#else
#define DEW_VECTOR_TWO_QUADS 0
#endif

/* A model may use only some of them. */
#if defined(__GNUC__)
#define DEW_OPERATION __attribute__((unused)) static inline
#else
#define DEW_OPERATION static inline
#endif

#if DEW_VECTOR && defined(__AVX2__)

typedef __m256i dew_lanes8;

DEW_OPERATION dew_lanes8 dew_lanes8_load(const int32_t* from) {
  return _mm256_loadu_si256((const __m256i*)(const void*)from);
}
DEW_OPERATION void dew_lanes8_store(int32_t* to, dew_lanes8 x) {
  _mm256_storeu_si256((__m256i*)(void*)to, x);
}
DEW_OPERATION dew_lanes8 dew_lanes8_add(dew_lanes8 a, dew_lanes8 b) {
  return _mm256_add_epi32(a, b);
}
DEW_OPERATION dew_lanes8 dew_lanes8_all(int32_t x) {
  return _mm256_set1_epi32(x);
}

/* (a * b + 2^31) >> 32 of every lane. */
DEW_OPERATION dew_lanes8 dew_lanes8_scaled(dew_lanes8 a, dew_lanes8 b) {
  const __m256i half = _mm256_set1_epi64x(0x80000000LL);
  const __m256i even = _mm256_add_epi64(_mm256_mul_epi32(a, b), half);
  const __m256i odd =
      _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), _mm256_srli_epi64(b, 32)), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xAA);
}

/* Eight int8, clamped. */
DEW_OPERATION void dew_lanes8_clamp(dew_lanes8 x, int32_t low, int32_t high, int8_t* to) {
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  __m128i bytes = _mm_packs_epi16(words, words);
  bytes = _mm_max_epi8(bytes, _mm_set1_epi8((char)low));
  bytes = _mm_min_epi8(bytes, _mm_set1_epi8((char)high));
  _mm_storel_epi64((__m128i*)(void*)to, bytes);
}

/* Sixteen int8, widened to 16 bits: two per lane. */
DEW_OPERATION __m256i dew_lanes8_widen(const int8_t* from) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i*)(const void*)from));
}

/* The same of two vectors. */
DEW_OPERATION void dew_lanes8_clamp_two(dew_lanes8 x, dew_lanes8 y, int32_t low, int32_t high, int8_t* to_x,
                                        int8_t* to_y) {
  const __m256i words = _mm256_packs_epi32(x, y); /* x y x y, four each */
  __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
  bytes = _mm_shuffle_epi32(bytes, 0xD8);
  bytes = _mm_max_epi8(bytes, _mm_set1_epi8((char)low));
  bytes = _mm_min_epi8(bytes, _mm_set1_epi8((char)high));
  _mm_storel_epi64((__m128i*)(void*)to_x, bytes);
  _mm_storel_epi64((__m128i*)(void*)to_y, _mm_unpackhi_epi64(bytes, bytes));
}

/* Eight channels' weights for two taps, alternately. */
typedef __m256i dew_pair_weights;
DEW_OPERATION dew_pair_weights dew_pairs_weights(const int8_t* from) {
  return dew_lanes8_widen(from);
}
/* Adds products of the values at `a` and `b` with them. */
DEW_OPERATION dew_lanes8 dew_pairs_add(dew_lanes8 sums, const int8_t* a, const int8_t* b,
                                       dew_pair_weights weights) {
  const __m128i x = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i*)(const void*)a),
                                      _mm_loadl_epi64((const __m128i*)(const void*)b));
  return _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_cvtepi8_epi16(x), weights));
}

/* Sums of eight channels over quads of weights: `values` are four of the input as dew_quads_values made them.
 */
#if DEW_VECTOR_BYTES
typedef __m256i dew_quads;
typedef __m256i dew_quad_weights;
typedef uint32_t dew_quad_values; /* four bytes, each raised by 128 */
DEW_OPERATION dew_quads dew_quads_zero(void) {
  return _mm256_setzero_si256();
}
DEW_OPERATION dew_quad_weights dew_quads_weights(const int8_t* from) {
  return _mm256_loadu_si256((const __m256i*)(const void*)from);
}
DEW_OPERATION dew_quads dew_quads_add(dew_quads sums, const int8_t* values, dew_quad_weights weights) {
  int32_t word;
  memcpy(&word, values, 4);
#if defined(__AVX512VNNI__) && defined(__AVX512VL__)
  return _mm256_dpbusd_epi32(sums, _mm256_set1_epi32(word), weights);
#else
  return _mm256_dpbusd_avx_epi32(sums, _mm256_set1_epi32(word), weights);
#endif
}
DEW_OPERATION dew_lanes8 dew_quads_end(dew_quads sums) {
  return sums;
}
DEW_OPERATION dew_quad_values dew_quads_values(const int8_t* from) {
  uint32_t word;
  memcpy(&word, from, 4);
  return word ^ 0x80808080U;
}
#else
typedef struct dew_quads {
  __m256i first, second; /* channels 0-3 and 4-7, two partial sums each */
} dew_quads;
typedef dew_quads dew_quad_weights;
typedef int64_t dew_quad_values; /* four int16 */
DEW_OPERATION dew_quads dew_quads_zero(void) {
  dew_quads zero;
  zero.first = zero.second = _mm256_setzero_si256();
  return zero;
}
DEW_OPERATION dew_quad_weights dew_quads_weights(const int8_t* from) {
  dew_quad_weights weights;
  weights.first = dew_lanes8_widen(from);
  weights.second = dew_lanes8_widen(from + 16);
  return weights;
}
DEW_OPERATION dew_quads dew_quads_add(dew_quads sums, const int8_t* values, dew_quad_weights weights) {
  int64_t quad;
  memcpy(&quad, values, 8);
  const __m256i x = _mm256_set1_epi64x(quad);
  sums.first = _mm256_add_epi32(sums.first, _mm256_madd_epi16(x, weights.first));
  sums.second = _mm256_add_epi32(sums.second, _mm256_madd_epi16(x, weights.second));
  return sums;
}
DEW_OPERATION dew_lanes8 dew_quads_end(dew_quads sums) {
  return _mm256_permute4x64_epi64(_mm256_hadd_epi32(sums.first, sums.second), 0xD8);
}
DEW_OPERATION dew_quad_values dew_quads_values(const int8_t* from) {
  int32_t word;
  memcpy(&word, from, 4);
  return _mm_cvtsi128_si64(_mm_cvtepi8_epi16(_mm_cvtsi32_si128(word)));
}
#endif

#elif DEW_VECTOR

typedef struct dew_lanes8 {
  v128_t first, second;
} dew_lanes8;

DEW_OPERATION dew_lanes8 dew_lanes8_load(const int32_t* from) {
  dew_lanes8 x;
  x.first = wasm_v128_load(from);
  x.second = wasm_v128_load(from + 4);
  return x;
}
DEW_OPERATION void dew_lanes8_store(int32_t* to, dew_lanes8 x) {
  wasm_v128_store(to, x.first);
  wasm_v128_store(to + 4, x.second);
}
DEW_OPERATION dew_lanes8 dew_lanes8_add(dew_lanes8 a, dew_lanes8 b) {
  a.first = wasm_i32x4_add(a.first, b.first);
  a.second = wasm_i32x4_add(a.second, b.second);
  return a;
}
DEW_OPERATION dew_lanes8 dew_lanes8_all(int32_t x) {
  dew_lanes8 all;
  all.first = all.second = wasm_i32x4_splat(x);
  return all;
}
DEW_OPERATION v128_t dew_lanes4_scaled(v128_t a, v128_t b) {
  const v128_t half = wasm_i64x2_splat(0x80000000LL);
  const v128_t low = wasm_i64x2_add(wasm_i64x2_extmul_low_i32x4(a, b), half);
  const v128_t high = wasm_i64x2_add(wasm_i64x2_extmul_high_i32x4(a, b), half);
  return wasm_i32x4_shuffle(low, high, 1, 3, 5, 7);
}
/* (a * b + 2^31) >> 32 of every lane. */
DEW_OPERATION dew_lanes8 dew_lanes8_scaled(dew_lanes8 a, dew_lanes8 b) {
  a.first = dew_lanes4_scaled(a.first, b.first);
  a.second = dew_lanes4_scaled(a.second, b.second);
  return a;
}
/* Eight int8, clamped. */
DEW_OPERATION void dew_lanes8_clamp(dew_lanes8 x, int32_t low, int32_t high, int8_t* to) {
  const v128_t words = wasm_i16x8_narrow_i32x4(x.first, x.second);
  v128_t bytes = wasm_i8x16_narrow_i16x8(words, words);
  int64_t eight;
  bytes = wasm_i8x16_max(bytes, wasm_i8x16_splat((int8_t)low));
  bytes = wasm_i8x16_min(bytes, wasm_i8x16_splat((int8_t)high));
  eight = wasm_i64x2_extract_lane(bytes, 0);
  memcpy(to, &eight, 8);
}
/* The same of two vectors. */
DEW_OPERATION void dew_lanes8_clamp_two(dew_lanes8 x, dew_lanes8 y, int32_t low, int32_t high, int8_t* to_x,
                                        int8_t* to_y) {
  v128_t bytes = wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(x.first, x.second),
                                         wasm_i16x8_narrow_i32x4(y.first, y.second));
  bytes = wasm_i8x16_max(bytes, wasm_i8x16_splat((int8_t)low));
  bytes = wasm_i8x16_min(bytes, wasm_i8x16_splat((int8_t)high));
  wasm_v128_store64_lane(to_x, bytes, 0);
  wasm_v128_store64_lane(to_y, bytes, 1);
}

/* Eight channels' weights for two taps, alternately. */
typedef dew_lanes8 dew_pair_weights;
DEW_OPERATION dew_pair_weights dew_pairs_weights(const int8_t* from) {
  dew_pair_weights weights;
  weights.first = wasm_i16x8_load8x8(from);
  weights.second = wasm_i16x8_load8x8(from + 8);
  return weights;
}
/* Adds products of the values at `a` and `b` with them. */
DEW_OPERATION dew_lanes8 dew_pairs_add(dew_lanes8 sums, const int8_t* a, const int8_t* b,
                                       dew_pair_weights weights) {
  const v128_t left = wasm_i16x8_load8x8(a), right = wasm_i16x8_load8x8(b);
  const v128_t low = wasm_i16x8_shuffle(left, right, 0, 8, 1, 9, 2, 10, 3, 11);
  const v128_t high = wasm_i16x8_shuffle(left, right, 4, 12, 5, 13, 6, 14, 7, 15);
  sums.first = wasm_i32x4_add(sums.first, wasm_i32x4_dot_i16x8(low, weights.first));
  sums.second = wasm_i32x4_add(sums.second, wasm_i32x4_dot_i16x8(high, weights.second));
  return sums;
}

/* Sums of eight channels over quads of weights, as two pairs each: four pixels then take eight vectors of
 * sums, which stay in the sixteen registers of x86. */
typedef dew_lanes8 dew_quads;
typedef struct dew_quad_weights {
  v128_t first[2], second[2]; /* channels 0-3 and 4-7: the quad's first pair and its second */
} dew_quad_weights;
typedef int64_t dew_quad_values; /* four int16 */
DEW_OPERATION dew_quads dew_quads_zero(void) {
  return dew_lanes8_all(0);
}
DEW_OPERATION dew_quad_weights dew_quads_weights(const int8_t* from) {
  const v128_t a = wasm_i16x8_load8x8(from), b = wasm_i16x8_load8x8(from + 8);
  const v128_t c = wasm_i16x8_load8x8(from + 16), d = wasm_i16x8_load8x8(from + 24);
  dew_quad_weights weights;
  weights.first[0] = wasm_i32x4_shuffle(a, b, 0, 2, 4, 6);
  weights.first[1] = wasm_i32x4_shuffle(a, b, 1, 3, 5, 7);
  weights.second[0] = wasm_i32x4_shuffle(c, d, 0, 2, 4, 6);
  weights.second[1] = wasm_i32x4_shuffle(c, d, 1, 3, 5, 7);
  return weights;
}
DEW_OPERATION dew_quads dew_quads_add(dew_quads sums, const int8_t* values, dew_quad_weights weights) {
  const v128_t one = wasm_v128_load32_splat(values), two = wasm_v128_load32_splat(values + 4);
  sums.first = wasm_i32x4_add(sums.first, wasm_i32x4_dot_i16x8(one, weights.first[0]));
  sums.second = wasm_i32x4_add(sums.second, wasm_i32x4_dot_i16x8(one, weights.second[0]));
  sums.first = wasm_i32x4_add(sums.first, wasm_i32x4_dot_i16x8(two, weights.first[1]));
  sums.second = wasm_i32x4_add(sums.second, wasm_i32x4_dot_i16x8(two, weights.second[1]));
  return sums;
}
DEW_OPERATION dew_lanes8 dew_quads_end(dew_quads sums) {
  return sums;
}
DEW_OPERATION dew_quad_values dew_quads_values(const int8_t* from) {
  int32_t word;
  memcpy(&word, from, 4);
  return wasm_i64x2_extract_lane(wasm_i16x8_extend_low_i8x16(wasm_i32x4_splat(word)), 0);
}
/* Two quads, `apart` bytes from each other. */
DEW_OPERATION void dew_quads_two(const int8_t* from, int8_t* to, int32_t apart) {
  const v128_t two = wasm_i16x8_load8x8(from);
  wasm_v128_store64_lane(to, two, 0);
  wasm_v128_store64_lane(to + apart, two, 1);
}

#endif

#endif
