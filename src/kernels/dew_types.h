/* dew_types: the types of a compiled net's tables.
 *
 * A net is a list of steps. Each step makes one tensor, row by row. A tensor has `rows` rows of `row_bytes`
 * bytes (NHWC: a row is W pixels of C channels); the arena keeps its newest `ring` rows. */
#ifndef DEW_TYPES_H
#define DEW_TYPES_H

#include <stdint.h>
#include <string.h>

/* 0: Dewdrop's own rounding; 1: TensorFlow Lite's (dew_requantize.h). */
#ifndef DEW_ROUNDING_TFLITE
#define DEW_ROUNDING_TFLITE 0
#endif

/* Windows, strides and paddings up to 255, and up to 65,535 channels, take half the bytes. The compiler says
 * which a net needs. */
#ifndef DEW_WIDE_WINDOWS
#define DEW_WIDE_WINDOWS 1
#endif
#if DEW_WIDE_WINDOWS
typedef uint16_t dew_small;
typedef uint32_t dew_count;
#else
typedef uint8_t dew_small;
typedef uint16_t dew_count;
#endif

/* A kernel's arguments: the rows it reads and the row it writes. */
typedef struct dew_row {
  const int8_t* const* in; /* top first; rows outside the image are rows of zero points */
  const int8_t* in2;       /* the second operand's row, if there is one */
  int8_t* out;
  void* scratch; /* 4-byte aligned; kept from row to row by kernels that accumulate */
  int32_t index; /* how many times it has run for this image */
  int32_t last;  /* not 0: this is its last run */
  int32_t fresh; /* not 0: the first row of this image in this place of the ring */
} dew_row;

typedef void (*dew_kernel)(const void* layer, const dew_row* row);

typedef struct dew_step {
  dew_kernel run;     /* null: the image, whose rows the caller pushes */
  const void* layer;  /* the kernel's own table */
  const int8_t* zero; /* a row of padding; null if there is none */
  uint32_t offset;    /* of the ring in the arena */
  uint32_t row_bytes;
  uint32_t scratch; /* offset in the arena */
  uint16_t rows, ring;
  uint16_t events;  /* how many times it runs: once per row, or more if it accumulates */
  uint16_t in, in2; /* the steps it reads; in2 may be DEW_NONE */
  uint16_t extent;  /* input rows that the window spans */
  dew_small taps;   /* rows it is given: extent without those that dilation skips */
  dew_small dilation, stride, pad;
} dew_step;

#define DEW_NONE 0xFFFF

typedef struct dew_net {
  const dew_step* steps; /* step 0 is the image */
  const uint16_t* waves; /* the first step of each wave, then the number of steps */
  uint16_t wave_count;
} dew_net;

/* From accumulators to int8, per channel (dew_requantize.h). */
typedef struct dew_scale {
  const int32_t* bias; /* the input's zero point folded in */
  const int32_t* multiplier;
  const int8_t* shift; /* null: all 0 */
  int8_t zero_point, low, high;
} dew_scale;

/* The same for kernels that load bias and multiplier together. dew_helium wants four biases, then their
 * multipliers, and its shifts by the same groups of four. Where only left shifts exist, kernels of planar
 * rows are given, for a channel without one, minus the number of such channels from there on. */
typedef struct dew_paired_scale {
  const int32_t* pairs; /* bias and multiplier, channel by channel */
  const int8_t* shift;  /* null: all 0 */
  int8_t zero_point, low, high;
} dew_paired_scale;

/* The second operand of a sum or product: a step's row or a constant. If it is shorter than the row, it
 * repeats. */
typedef struct dew_operand {
  const int8_t* constant; /* null: the row of step in2 */
  uint32_t step;          /* distance from one row of the constant to the next */
  uint32_t period;        /* it repeats after this many bytes */
} dew_operand;

#endif
