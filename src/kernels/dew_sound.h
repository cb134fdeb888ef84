/* dew_sound: from samples to the features that keyword models are taught with, in fixed point.
 *
 * A window of samples is tapered, its spectrum taken, the spectrum's energy gathered in bands of the mel
 * scale, and of each band the root is taken. What is always there is subtracted as noise; a gain by channel
 * evens out what is loud and what is quiet (PCAN: Wang et al. 2017, arXiv 1607.05666); a logarithm ends it.
 * The numbers are those of TensorFlow Lite Micro's "microfrontend", to the bit, which micro_speech and
 * microWakeWord teach their models with.
 *
 * No allocation, no libc, no floats: some 2 KB of RAM a microphone. The same source runs in a gateway and on
 * a board, and gives the same features for the same samples. */
#ifndef DEW_SOUND_H
#define DEW_SOUND_H

#include <stdint.h>

enum { DEW_SOUND_MOST_WINDOW = 480, DEW_SOUND_MOST_FFT = 512, DEW_SOUND_MOST_CHANNELS = 40 };

/* What is the same for every window. dew_sound_tables.h has it for 16,000 samples a second. */
typedef struct dew_sound_tables {
  uint16_t window;         /* samples */
  uint16_t step;           /* samples from one window to the next; at most `window` */
  uint16_t fft;            /* points: a power of two from 32 to 512, at least `window` */
  uint16_t channels;       /* mel bands */
  const int16_t* taper;    /* the first half of a Hann window, 4096 is 1; the other mirrors it */
  const int16_t* sine;     /* 32767 sin(2 pi i / fft), a quarter of the circle, both ends */
  const uint16_t* bands;   /* channels + 2: where a band's rising slope begins; the last is the end */
  const uint16_t* weights; /* of a bin, from bands[0]: what the lower of its bands gets of it, of 4096 */
  const int16_t* gains;    /* 125: PCAN's gain by noise, piecewise quadratic */
} dew_sound_tables;

/* What is known of the sound so far; all zero at the start. */
typedef struct dew_sound_state {
  uint32_t noise[DEW_SOUND_MOST_CHANNELS]; /* its estimate by channel, 1024 for 1 */
  int16_t samples[DEW_SOUND_MOST_WINDOW];  /* of the next window, those that have come */
  int16_t spectrum[DEW_SOUND_MOST_FFT + 2];
  uint32_t held;
} dew_sound_state;

/* Bits that it takes to write x: 0 for 0. */
static inline uint32_t dew_sound_bits(uint64_t x) {
  uint32_t bits = 0;
  if (x >> 32) bits += 32, x >>= 32;
  if (x >> 16) bits += 16, x >>= 16;
  if (x >> 8) bits += 8, x >>= 8;
  for (; x != 0; x >>= 1) bits++;
  return bits;
}

static inline int16_t dew_sound_wrap(int32_t x) {
  return (int16_t)(uint16_t)(uint32_t)x;
}

/* x / 2^15, to the nearest. */
static inline int16_t dew_sound_round(int32_t x) {
  return dew_sound_wrap((x + (1 << 14)) >> 15);
}

/* ---- the window */

static inline int32_t dew_sound_tapered(const dew_sound_tables* t, const dew_sound_state* s, uint32_t i) {
  const uint32_t mirrored = i < t->window - i ? i : t->window - 1u - i;
  return ((int32_t)s->samples[i] * t->taper[mirrored]) >> 12;
}

/* By how many bits the window can be scaled up before the loudest sample no longer fits. */
static inline uint32_t dew_sound_room(const dew_sound_tables* t, const dew_sound_state* s) {
  int32_t loudest = 0;
  uint32_t i;
  for (i = 0; i < t->window; i++) {
    const int32_t x = dew_sound_tapered(t, s, i);
    const int32_t size = dew_sound_wrap(x < 0 ? -x : x); /* -32768 counts as none, as in the original */
    if (size > loudest) loudest = size;
  }
  return 15 - dew_sound_bits((uint64_t)loudest);
}

/* ---- the spectrum: half as many complex points as samples, in stages of four (the first may be of two) */

/* cos and -sin of 2 pi turn / fft. */
static inline void dew_sound_turn(const dew_sound_tables* t, uint32_t turn, int32_t* re, int32_t* im) {
  const uint32_t quarter = t->fft / 4u, at = turn & (quarter - 1);
  const int32_t rises = t->sine[at], falls = t->sine[quarter - at];
  switch (turn / quarter & 3u) {
    case 0:
      *re = falls, *im = -rises;
      break;
    case 1:
      *re = -rises, *im = -falls;
      break;
    case 2:
      *re = -falls, *im = rises;
      break;
    default:
      *re = rises, *im = falls;
      break;
  }
}

static inline void dew_sound_multiply(int16_t* point, int32_t re, int32_t im) {
  const int32_t r = point[0], i = point[1];
  point[0] = dew_sound_round(r * re - i * im);
  point[1] = dew_sound_round(r * im + i * re);
}

static inline void dew_sound_shrink(int16_t* point, int32_t by) {
  point[0] = dew_sound_round(point[0] * (32767 / by));
  point[1] = dew_sound_round(point[1] * (32767 / by));
}

/* Where sample pair i of `points` goes, so that the stages can work in place. */
static inline uint32_t dew_sound_place(uint32_t i, uint32_t points) {
  uint32_t place = 0;
  while (points > 1) {
    const uint32_t radix = points % 4 == 0 ? 4 : 2;
    points /= radix;
    place += i % radix * points;
    i /= radix;
  }
  return place;
}

static inline void dew_sound_twos(int16_t* x, uint32_t points) {
  uint32_t i;
  for (i = 0; i < points; i += 2) {
    int16_t* const a = x + 2 * i;
    int16_t* const b = a + 2;
    int32_t re, im;
    dew_sound_shrink(a, 2);
    dew_sound_shrink(b, 2);
    dew_sound_multiply(b, 32767, 0);
    re = b[0], im = b[1];
    b[0] = dew_sound_wrap(a[0] - re), b[1] = dew_sound_wrap(a[1] - im);
    a[0] = dew_sound_wrap(a[0] + re), a[1] = dew_sound_wrap(a[1] + im);
  }
}

/* One butterfly of the points x, x + m, x + 2m and x + 3m, which are turned by 0, 1, 2 and 3 times `turn`. */
static inline void dew_sound_four(const dew_sound_tables* t, int16_t* x, uint32_t m, uint32_t turn) {
  int16_t* const p[4] = {x, x + 2 * m, x + 4 * m, x + 6 * m};
  int32_t minus_r, minus_i, sum_r, sum_i, cross_r, cross_i;
  uint32_t i;
  for (i = 0; i < 4; i++) dew_sound_shrink(p[i], 4);
  for (i = 1; i < 4; i++) {
    int32_t re, im;
    dew_sound_turn(t, i * turn, &re, &im);
    dew_sound_multiply(p[i], re, im);
  }
  minus_r = dew_sound_wrap(p[0][0] - p[2][0]), minus_i = dew_sound_wrap(p[0][1] - p[2][1]);
  p[0][0] = dew_sound_wrap(p[0][0] + p[2][0]), p[0][1] = dew_sound_wrap(p[0][1] + p[2][1]);
  sum_r = dew_sound_wrap(p[1][0] + p[3][0]), sum_i = dew_sound_wrap(p[1][1] + p[3][1]);
  cross_r = dew_sound_wrap(p[1][0] - p[3][0]), cross_i = dew_sound_wrap(p[1][1] - p[3][1]);
  p[2][0] = dew_sound_wrap(p[0][0] - sum_r), p[2][1] = dew_sound_wrap(p[0][1] - sum_i);
  p[0][0] = dew_sound_wrap(p[0][0] + sum_r), p[0][1] = dew_sound_wrap(p[0][1] + sum_i);
  p[1][0] = dew_sound_wrap(minus_r + cross_i), p[1][1] = dew_sound_wrap(minus_i - cross_r);
  p[3][0] = dew_sound_wrap(minus_r - cross_i), p[3][1] = dew_sound_wrap(minus_i + cross_r);
}

/* The even samples were the real parts and the odd ones the imaginary: takes them apart. */
static inline void dew_sound_unfold(const dew_sound_tables* t, int16_t* x) {
  const uint32_t points = t->fft / 2u;
  uint32_t k;
  dew_sound_shrink(x, 2);
  {
    const int32_t re = x[0], im = x[1];
    x[0] = dew_sound_wrap(re + im), x[1] = 0;
    x[2 * points] = dew_sound_wrap(re - im), x[2 * points + 1] = 0;
  }
  for (k = 1; k <= points / 2; k++) {
    int16_t* const low = x + 2 * k;
    int16_t* const high = x + 2 * (points - k);
    int16_t a[2], b[2], turned[2];
    int32_t re, im, sum_r, sum_i;
    a[0] = low[0], a[1] = low[1], b[0] = high[0], b[1] = dew_sound_wrap(-high[1]);
    dew_sound_shrink(a, 2);
    dew_sound_shrink(b, 2);
    sum_r = dew_sound_wrap(a[0] + b[0]), sum_i = dew_sound_wrap(a[1] + b[1]);
    turned[0] = dew_sound_wrap(a[0] - b[0]), turned[1] = dew_sound_wrap(a[1] - b[1]);
    dew_sound_turn(t, k + t->fft / 4u, &re, &im);
    dew_sound_multiply(turned, re, im);
    low[0] = dew_sound_wrap((sum_r + turned[0]) >> 1), low[1] = dew_sound_wrap((sum_i + turned[1]) >> 1);
    high[0] = dew_sound_wrap((sum_r - turned[0]) >> 1), high[1] = dew_sound_wrap((turned[1] - sum_i) >> 1);
  }
}

/* state->spectrum: fft / 2 + 1 complex points of the window, scaled up by `room` bits and down by fft. */
static inline void dew_sound_spectrum(const dew_sound_tables* t, dew_sound_state* s, uint32_t room) {
  const uint32_t points = t->fft / 2u;
  uint32_t i, m = 1, base;
  for (i = 0; i < points; i++) {
    int16_t* const to = s->spectrum + 2 * dew_sound_place(i, points);
    const int32_t even = 2 * i < t->window ? dew_sound_tapered(t, s, 2 * i) : 0;
    const int32_t odd = 2 * i + 1 < t->window ? dew_sound_tapered(t, s, 2 * i + 1) : 0;
    to[0] = dew_sound_wrap((int32_t)((uint32_t)even << room));
    to[1] = dew_sound_wrap((int32_t)((uint32_t)odd << room));
  }
  if (dew_sound_bits(points) % 2 == 0) {
    dew_sound_twos(s->spectrum, points);
    m = 2;
  }
  for (; m < points; m *= 4)
    for (base = 0; base < points; base += 4 * m)
      for (i = 0; i < m; i++) dew_sound_four(t, s->spectrum + 2 * (base + i), m, i * (t->fft / (4 * m)));
  dew_sound_unfold(t, s->spectrum);
}

/* ---- the channels */

/* The root, to the nearest but for the original's shortcut below 2^32. */
static inline uint32_t dew_sound_root(uint64_t x) {
  const uint32_t most = x >> 32 ? 0xffffffffu : 0xffffu;
  uint64_t root = 0, bit;
  if (x == 0) return 0;
  for (bit = (uint64_t)1 << ((dew_sound_bits(x) - 1) & ~1u); bit != 0; bit >>= 2) {
    if (x >= root + bit) {
      x -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return (uint32_t)(root + (x > root && root != most));
}

static inline uint64_t dew_sound_energy(const int16_t* point) {
  return (uint32_t)((int32_t)point[0] * point[0]) + (uint32_t)((int32_t)point[1] * point[1]);
}

/* What was always there goes, but for a twentieth of the signal. Returns the rest; moves the estimate. */
static inline uint32_t dew_sound_denoise(uint32_t* noise, uint32_t signal, uint32_t channel) {
  const uint32_t follows = channel % 2 == 0 ? 409 : 983; /* .025 and .06 of 2^14 */
  const uint32_t scaled = signal << 10;
  const uint32_t estimate =
      (uint32_t)(((uint64_t)scaled * follows + (uint64_t)*noise * (16384 - follows)) >> 14);
  const uint32_t least = (uint32_t)(((uint64_t)signal * 819) >> 14);
  const uint32_t rest = (scaled - (estimate > scaled ? scaled : estimate)) >> 10;
  *noise = estimate;
  return rest > least ? rest : least;
}

/* The gain for this much noise. */
static inline int32_t dew_sound_gain(const int16_t* gains, uint32_t noise) {
  uint32_t bits, fraction;
  const int16_t* part;
  int32_t value;
  if (noise <= 2) return gains[noise];
  bits = dew_sound_bits(noise);
  part = gains + 4 * bits - 6;
  fraction = (bits < 11 ? noise << (11 - bits) : noise >> (bits - 11)) & 0x3ff;
  value = (part[2] * (int32_t)fraction) >> 5;
  value += (int32_t)((uint32_t)(int32_t)part[1] << 5);
  value *= (int32_t)fraction;
  return dew_sound_wrap(((value + (1 << 14)) >> 15) + part[0]);
}

static inline uint32_t dew_sound_even_out(uint32_t signal, int32_t gain, uint32_t shift) {
  const uint32_t over = (uint32_t)(((uint64_t)signal * (uint32_t)gain) >> shift);
  return over < 8192 ? (over * over) >> 20 : (over >> 6) - 64;
}

/* 64 times the natural logarithm; 0 of 0 and of 1. */
static inline uint32_t dew_sound_log(uint32_t x) {
  /* 65536 (log2(1 + i/128) - i/128) */
  static const uint16_t bulge[129] = {
      0,    224,  442,  654,  861,  1063, 1259, 1450, 1636, 1817, 1992, 2163, 2329, 2490, 2646, 2797, 2944,
      3087, 3224, 3358, 3487, 3611, 3732, 3848, 3960, 4068, 4172, 4272, 4368, 4460, 4549, 4633, 4714, 4791,
      4864, 4934, 5001, 5063, 5123, 5178, 5231, 5280, 5326, 5368, 5408, 5444, 5477, 5507, 5533, 5557, 5578,
      5595, 5610, 5622, 5631, 5637, 5640, 5641, 5638, 5633, 5626, 5615, 5602, 5586, 5568, 5547, 5524, 5498,
      5470, 5439, 5406, 5370, 5332, 5291, 5249, 5203, 5156, 5106, 5054, 5000, 4944, 4885, 4825, 4762, 4697,
      4630, 4561, 4490, 4416, 4341, 4264, 4184, 4103, 4020, 3935, 3848, 3759, 3668, 3575, 3481, 3384, 3286,
      3186, 3084, 2981, 2875, 2768, 2659, 2549, 2437, 2323, 2207, 2090, 1971, 1851, 1729, 1605, 1480, 1353,
      1224, 1094, 963,  830,  695,  559,  421,  282,  142,  0};
  uint32_t whole, part, segment, two, natural;
  if (x <= 1) return 0;
  whole = dew_sound_bits(x) - 1;
  part = x - ((uint32_t)1 << whole);
  part = whole < 16 ? part << (16 - whole) : part >> (whole - 16);
  segment = part >> 9;
  two = (whole << 16) + part + bulge[segment] +
        (uint32_t)((((int32_t)bulge[segment + 1] - bulge[segment]) * (int32_t)(part & 511)) >> 16);
  natural = (uint32_t)(((uint64_t)45426 * two + 32768) >> 16); /* ln 2 of 65536 */
  return ((natural << 6) + 32768) >> 16;
}

/* The window's energy by channel, until its root. */
static inline void dew_sound_window(const dew_sound_tables* t, dew_sound_state* s, uint16_t* features) {
  const uint32_t room = dew_sound_room(t, s);
  const int32_t extra = (int32_t)dew_sound_bits(t->fft) - 7; /* bits that the spectrum has lost */
  uint64_t rising = 0, falling = 0;
  uint32_t band, bin;
  dew_sound_spectrum(t, s, room);
  for (band = 0; band <= t->channels; band++) {
    rising = falling, falling = 0;
    for (bin = t->bands[band]; bin < t->bands[band + 1]; bin++) {
      const uint64_t energy = dew_sound_energy(s->spectrum + 2 * bin);
      const uint32_t weight = t->weights[bin - t->bands[0]];
      rising += weight * energy;
      falling += (4096 - weight) * energy;
    }
    if (band > 0) {
      const uint32_t channel = band - 1;
      uint32_t signal = dew_sound_denoise(&s->noise[channel], dew_sound_root(rising) >> room, channel);
      signal = dew_sound_even_out(signal, dew_sound_gain(t->gains, s->noise[channel]), (uint32_t)(9 - extra));
      signal = dew_sound_log(extra < 0 ? signal >> -extra : signal << extra);
      features[channel] = (uint16_t)(signal < 0xffff ? signal : 0xffff);
    }
  }
}

/* Takes samples until a window is full; returns how many it took. `*full` is 1 where `features`, one a
 * channel, were made; then call it again with the samples that are left. */
static inline uint32_t dew_sound_push(const dew_sound_tables* t, dew_sound_state* s, const int16_t* samples,
                                      uint32_t count, uint16_t* features, uint8_t* full) {
  uint32_t taken = 0, i;
  while (taken < count && s->held < t->window) s->samples[s->held++] = samples[taken++];
  *full = s->held == t->window;
  if (!*full) return taken;
  dew_sound_window(t, s, features);
  s->held = (uint32_t)(t->window - t->step);
  for (i = 0; i < s->held; i++) s->samples[i] = s->samples[i + t->step];
  return taken;
}

/* A feature as a model's int8 input has it. `divisor` is the input's scale times 6553.6: 666 for the scale
 * 26/256, which all models of microWakeWord and micro_speech have, with the zero point -128. */
static inline int8_t dew_sound_quantize(uint16_t feature, int32_t divisor, int32_t zero_point) {
  const int32_t value = ((int32_t)feature * 256 + divisor / 2) / divisor + zero_point;
  return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}

#endif /* DEW_SOUND_H */
