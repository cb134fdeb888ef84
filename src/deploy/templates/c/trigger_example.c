/* Watches frames, ten a second, and says when events begin and end.
 *
 *     cc -std=c99 -O2 -I. examples/trigger.c dew_model.c -o trigger
 *     ./trigger 0001.ppm 0002.ppm ...        binary PPM or PGM pictures of the net's own size
 *
 * On a board, take frames from the camera and the time from its clock. */
#include <stdio.h>

#include "dew_model.h"
#include "dew_model_trigger.h"

static uint32_t arena[DEW_MODEL_ARENA_BYTES / 4];
static dew_model_t model;
static dew_model_trigger trigger;
static uint8_t frame[DEW_MODEL_INPUT_BYTES];

/* 0: the frame is read. */
static int read_frame(const char* path) {
  unsigned width = 0, height = 0;
  char kind = 0;
  size_t got;
  FILE* file = fopen(path, "rb");
  if (!file) return 1;
  if (fscanf(file, "P%c %u %u 255", &kind, &width, &height) != 3 || fgetc(file) == EOF ||
      width != DEW_MODEL_INPUT_WIDTH || height != DEW_MODEL_INPUT_HEIGHT ||
      kind != (DEW_MODEL_INPUT_CHANNELS == 3 ? '6' : '5')) {
    fclose(file);
    return 1;
  }
  got = fread(frame, 1, sizeof frame, file);
  fclose(file);
  return got != sizeof frame;
}

int main(int argc, char** argv) {
  int i, event;
  dew_model_init(&model, (uint8_t*)arena);
  for (i = 1; i < argc; i++) {
    dew_model_result result;
    uint8_t changes[DEW_MODEL_EVENTS];
    if (read_frame(argv[i])) {
      fprintf(stderr, "cannot read %s\n", argv[i]);
      return 1;
    }
    dew_model_run(&model, frame, &result);
    if (!dew_model_trigger_push(&trigger, &result, (uint32_t)i * 100, changes)) continue;
    for (event = 0; event < DEW_MODEL_EVENTS; event++)
      if (changes[event] != DEW_TRIGGER_NOTHING)
        printf("%s: event %d %s\n", argv[i], event, changes[event] == DEW_TRIGGER_BEGINS ? "begins" : "ends");
  }
  return 0;
}
