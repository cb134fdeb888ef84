/* dew_tiny: an int8 neural net in C99, made by Dewdrop; do not edit.
 *
 *   input      6 x 6 x 3
 *   classes    2
 *   work       5192 multiply-accumulates an image
 *   RAM        488 bytes of arena, sizeof(dew_tiny_t) and the stack
 *   flash      1315 bytes of constants and the code
 *   schedule   rows through 2 waves
 *   rounding   dew
 *
 *     static uint32_t arena[DEW_TINY_ARENA_BYTES / 4];
 *     dew_tiny_t m;
 *     dew_tiny_result result;
 *     dew_tiny_init(&m, (uint8_t *)arena);
 *     dew_tiny_run(&m, rgb, &result);      result.top is the class, result.scores holds all
 *
 * or, as a camera reads out, without ever holding an image:
 *
 *     dew_tiny_begin(&m);
 *     for (y = 0; y < DEW_TINY_INPUT_HEIGHT; y++) dew_tiny_push_row(&m, row);
 *     dew_tiny_finish(&m, &result);
 */
#ifndef DEW_TINY_H
#define DEW_TINY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DEW_TINY_ARENA_BYTES 488
#define DEW_TINY_MACS 5192
#define DEW_TINY_WEIGHTS_BYTES 1315
#define DEW_TINY_CLASSES 2
#define DEW_TINY_INPUT_HEIGHT 6
#define DEW_TINY_INPUT_WIDTH 6
#define DEW_TINY_INPUT_CHANNELS 3
#define DEW_TINY_INPUT_BYTES 108
#define DEW_TINY_OUTPUT_BYTES 2

/* One net at work. Any number can be: nothing is shared. */
typedef struct {
  uint8_t *arena;
  uint16_t done[6]; /* rows made, by step */
} dew_tiny_t;

typedef struct {
  int8_t scores[DEW_TINY_CLASSES];
  int top; /* the first of the largest */
} dew_tiny_result;

extern const char *const dew_tiny_classes[DEW_TINY_CLASSES];

/* arena: DEW_TINY_ARENA_BYTES bytes, 4-byte aligned, the caller's for as long as m is used. */
void dew_tiny_init(dew_tiny_t *m, uint8_t *arena);

/* rgb: height x width x channels bytes, 0 to 255; it is only read. */
void dew_tiny_run(dew_tiny_t *m, const uint8_t *rgb, dew_tiny_result *result);

/* The model's own input and output tensors, byte for byte. */
void dew_tiny_run_tensor(dew_tiny_t *m, const void *input, void *output);

/* The same as run, row by row; rows beyond the image's height are ignored. */
void dew_tiny_begin(dew_tiny_t *m);
void dew_tiny_push_row(dew_tiny_t *m, const uint8_t *row);
void dew_tiny_finish(dew_tiny_t *m, dew_tiny_result *result);

#ifdef __cplusplus
}
#endif

#endif
