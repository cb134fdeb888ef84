/* glue: what the page calls in the WebAssembly module. A frame comes as RGBA, as a canvas has it; the camera
 * code stretches it to the net's picture as training did. */
#include "dew_model.h"
#include "dew_model_camera.h"

enum { MOST_WIDTH = 4096 };

static uint32_t arena[DEW_MODEL_ARENA_BYTES / 4];
static dew_model_t net;
static dew_model_camera camera;
static dew_model_result result;
static uint8_t row[3 * MOST_WIDTH];

extern unsigned char __heap_base;

/* Where a frame may be written: the memory from here on is the caller's, who makes it grow. */
uint32_t dew_frame(void) {
  return (uint32_t)&__heap_base;
}

void dew_begin(void) {
  dew_model_init(&net, (uint8_t*)arena);
}

/* What shows through is white, as in training. */
static uint8_t over_white(uint32_t value, uint32_t alpha) {
  return (uint8_t)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

/* A row of RGBA as RGB. */
static void take_row(const uint8_t* rgba, uint32_t width) {
  uint32_t x;
  for (x = 0; x < width; x++, rgba += 4) {
    const uint32_t alpha = rgba[3];
    row[3 * x] = alpha == 255 ? rgba[0] : over_white(rgba[0], alpha);
    row[3 * x + 1] = alpha == 255 ? rgba[1] : over_white(rgba[1], alpha);
    row[3 * x + 2] = alpha == 255 ? rgba[2] : over_white(rgba[2], alpha);
  }
}

/* A frame of the net's own size needs no stretching. */
static int run_as_it_is(void) {
  const uint8_t* rgba = &__heap_base;
  uint32_t y;
  dew_model_begin(&net);
  for (y = 0; y < DEW_MODEL_INPUT_HEIGHT; y++, rgba += 4 * DEW_MODEL_INPUT_WIDTH) {
    take_row(rgba, DEW_MODEL_INPUT_WIDTH);
    dew_model_push_row(&net, row);
  }
  return dew_model_finish(&net, &result);
}

/* The scores of a frame of width x height pixels, 4 bytes each: DEW_MODEL_CLASSES signed bytes at the
 * address. 0: it is wider than MOST_WIDTH, or empty. */
uint32_t dew_classify(uint32_t width, uint32_t height) {
  const uint8_t* rgba = &__heap_base;
  uint32_t y;
  if (width == 0 || height == 0 || width > MOST_WIDTH || height > MOST_WIDTH) return 0;
  if (DEW_MODEL_INPUT_CHANNELS == 3 && width == DEW_MODEL_INPUT_WIDTH && height == DEW_MODEL_INPUT_HEIGHT)
    return run_as_it_is() == 0 ? (uint32_t)result.scores : 0;
  if (dew_model_camera_begin(&camera, &net, DEW_MODEL_RGB888, width, height) != 0) return 0;
  for (y = 0; y < height; y++, rgba += 4 * width) {
    take_row(rgba, width);
    dew_model_camera_push_row(&camera, row);
  }
  if (dew_model_camera_finish(&camera, &result) != 0) return 0;
  return (uint32_t)result.scores;
}

/* Of the last frame: whether the gate knows it; 1 where the net has none. */
uint32_t dew_known(void) {
#ifdef DEW_MODEL_GATED
  return result.known;
#else
  return 1;
#endif
}

/* Of the last frame: its class, by the thresholds and the gate where there are some; -1: unknown. */
int32_t dew_said(void) {
#ifdef DEW_UNKNOWN
  return dew_model_decide(&result);
#else
  return result.top;
#endif
}
