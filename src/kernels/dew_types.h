/* dew_types: what the compiler's tables are made of.
 *
 * A net is a list of steps. A step makes one tensor, row by row; a tensor is `rows` rows of `row_bytes` bytes
 * (NHWC, so a row is W pixels of C channels), of which the arena keeps the newest `ring`. */
#ifndef DEW_TYPES_H
#define DEW_TYPES_H

#include <stdint.h>
#include <string.h>

/* 0: Dewdrop's own rounding; 1: TensorFlow Lite's (dew_requantize.h). */
#ifndef DEW_ROUNDING_TFLITE
#define DEW_ROUNDING_TFLITE 0
#endif

/* What a kernel gets: the rows it reads and the row it writes. */
typedef struct dew_row {
  const int8_t* const* in; /* top first; a row above or below the image is a row of zero points */
  const int8_t* in2;       /* the second operand's row, where there is one */
  int8_t* out;
  void* scratch; /* 4-byte aligned; kept from row to row by kernels that accumulate */
  int32_t index; /* 0, 1, ...: how often it has run for this image */
  int32_t last;  /* not 0: it runs for the last time */
  int32_t fresh; /* not 0: no row of this image has stood where `out` is */
} dew_row;

typedef void (*dew_kernel)(const void* layer, const dew_row* row);

typedef struct dew_step {
  dew_kernel run;     /* null: the image, whose rows the caller pushes */
  const void* layer;  /* the kernel's own table */
  const int8_t* zero; /* a padding row, null where there is no padding */
  uint32_t offset;    /* of the ring in the arena */
  uint32_t row_bytes;
  uint32_t scratch; /* offset in the arena */
  uint16_t rows, ring;
  uint16_t events;  /* how often it runs: once a row, or more often where it accumulates */
  uint16_t in, in2; /* the steps it reads; DEW_NONE: no second one */
  uint16_t extent;  /* input rows under the window, from its first to its last */
  uint8_t taps;     /* rows it is given: extent, less those that dilation leaves out */
  uint8_t dilation, stride, pad;
} dew_step;

#define DEW_NONE 0xFFFF

typedef struct dew_net {
  const dew_step* steps; /* step 0 is the image */
  const uint16_t* waves; /* the first step of each wave, and behind them the number of steps */
  uint16_t wave_count;
} dew_net;

/* Accumulator to int8, one a channel: see dew_requantize.h. */
typedef struct dew_scale {
  const int32_t* bias; /* the input's zero point folded in */
  const int32_t* multiplier;
  const int8_t* shift; /* null: all 0 */
  int8_t zero_point, low, high;
} dew_scale;

/* The same for kernels that load both at once; dew_helium takes four biases and then their multipliers. */
typedef struct dew_paired_scale {
  const int32_t* pairs; /* bias and multiplier, channel after channel */
  const int8_t* shift;  /* null: all 0 */
  int8_t zero_point, low, high;
} dew_paired_scale;

/* The second operand of a sum or product: a step's row, or a constant; shorter than the row, it repeats. */
typedef struct dew_operand {
  const int8_t* constant; /* null: the row of step in2 */
  uint32_t step;          /* from one row of the constant to the next */
  uint32_t period;        /* bytes after which it repeats */
} dew_operand;

#endif
