/* Classifies one image. Put your camera where the comment stands. */
#include <stdio.h>

#include "dew_model.h"

static union {
  uint8_t bytes[DEW_MODEL_ARENA_BYTES];
  uint32_t aligned;
} arena;
static uint8_t image[DEW_MODEL_INPUT_BYTES]; /* rows top down, @COLOURS@ */

int main(void) {
  static dew_model_t model;
  dew_model_result result;
  dew_model_init(&model, arena.bytes);
  /* read a picture of DEW_MODEL_INPUT_WIDTH x DEW_MODEL_INPUT_HEIGHT into image[] here */
  dew_model_run(&model, image, &result);
  printf("class %d, score %d of -128...127\n", result.top, result.scores[result.top]);
  return 0;
}
