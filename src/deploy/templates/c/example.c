/* Runs dew_model once and says what it gives.
 *
#ifdef DEW_MODEL_INPUT_PICTURE
 *     ./example picture.ppm      a binary PPM or PGM of any size; without one, a black picture
#else
 *     ./example numbers.txt      DEW_MODEL_INPUT_HEIGHT x _WIDTH x _CHANNELS real values; without them, zeros
#endif
 */
#include <stdio.h>
#include <stdlib.h>

#include "dew_model.h"
#ifdef DEW_MODEL_INPUT_PICTURE
#include "dew_model_camera.h"
#endif
#if defined(DEW_TIMING)
#include "dew_model_timing.h"

static void print_line(const char* line) {
  puts(line);
}
#endif

static uint32_t arena[DEW_MODEL_ARENA_BYTES / 4];
static dew_model_t model;

#ifdef DEW_MODEL_INPUT_PICTURE
static dew_model_camera camera;
static uint8_t frame_row[3 * 65535];

/* On a board, give the camera's rows in their own format (or a frame, dew_model_camera_run). */
static int feed(const char* path) {
  unsigned width = 320, height = 240, y;
  char kind = '6';
  FILE* file = path ? fopen(path, "rb") : NULL;
  if (path && (!file || fscanf(file, "P%c %u %u 255", &kind, &width, &height) != 3 || fgetc(file) == EOF))
    return 1;
  if (dew_model_camera_begin(&camera, &model, kind == '5' ? DEW_MODEL_GREY : DEW_MODEL_RGB888, width, height))
    return 1;
  for (y = 0; y < height; y++) {
    const size_t bytes = kind == '5' ? width : 3 * (size_t)width;
    if (file && fread(frame_row, 1, bytes, file) != bytes) return 1;
    dew_model_camera_push_row(&camera, frame_row);
  }
  return file ? fclose(file) : 0;
}
#endif
#ifdef DEW_MODEL_INPUT_FLOATS
/* On a board, give each row of readings as it comes. */
static int feed(const char* path) {
  static dew_model_input row[DEW_MODEL_INPUT_WIDTH * DEW_MODEL_INPUT_CHANNELS];
  FILE* file = path ? fopen(path, "r") : NULL;
  int y, i;
  if (path && !file) return 1;
  dew_model_begin(&model);
  for (y = 0; y < DEW_MODEL_INPUT_HEIGHT; y++) {
    for (i = 0; file && i < DEW_MODEL_INPUT_WIDTH * DEW_MODEL_INPUT_CHANNELS; i++)
      if (fscanf(file, "%f", &row[i]) != 1) return 1;
    dew_model_push_row(&model, row);
  }
  return file ? fclose(file) : 0;
}
#endif
#ifdef DEW_MODEL_INPUT_QUANTISED
/* On a board, give each row of values as it comes; dew_model_quantise makes them of real ones. */
static int feed(const char* path) {
  static dew_model_input row[DEW_MODEL_INPUT_WIDTH * DEW_MODEL_INPUT_CHANNELS];
  FILE* file = path ? fopen(path, "r") : NULL;
  int y, i;
  if (path && !file) return 1;
  dew_model_begin(&model);
  for (y = 0; y < DEW_MODEL_INPUT_HEIGHT; y++) {
    for (i = 0; i < DEW_MODEL_INPUT_WIDTH * DEW_MODEL_INPUT_CHANNELS; i++) {
      float value = 0.0F;
      if (file && fscanf(file, "%f", &value) != 1) return 1;
      row[i] = dew_model_quantise(value);
    }
    dew_model_push_row(&model, row);
  }
  return file ? fclose(file) : 0;
}
#endif

int main(int argc, char** argv) {
  dew_model_result result;
  int i;
  dew_model_init(&model, (uint8_t*)arena);
#if defined(DEW_TIMING)
  dew_model_timing_begin();
#endif
  if (feed(argc > 1 ? argv[1] : NULL)) {
    fprintf(stderr, "cannot read %s\n", argv[1]);
    return 1;
  }
  if (dew_model_finish(&model, &result)) return 1;
#if defined(DEW_TIMING)
  dew_model_timing_print(print_line, 1);
#endif
#ifdef DEW_MODEL_CLASSES
  for (i = 0; i < DEW_MODEL_CLASSES; i++)
    printf("%s %.3f\n", dew_model_classes[i], (double)dew_model_dequantise(result.scores[i]));
#ifdef DEW_MODEL_DECIDES
  i = dew_model_decide(&result);
  printf("class %s\n", i == DEW_UNKNOWN ? "unknown" : dew_model_classes[i]);
#else
  printf("class %s\n", dew_model_classes[result.top]);
#endif
#endif
#ifdef DEW_MODEL_VALUES
  for (i = 0; i < DEW_MODEL_VALUES; i++) printf("value %.6g\n", (double)dew_model_value(&result, i));
#endif
#ifdef DEW_MODEL_MAP_CHANNELS
  for (i = 0; i < DEW_MODEL_MAP_HEIGHT * DEW_MODEL_MAP_WIDTH; i++) {
    const int y = i / DEW_MODEL_MAP_WIDTH, x = i % DEW_MODEL_MAP_WIDTH;
    int c;
    for (c = 0; c < DEW_MODEL_MAP_CHANNELS; c++)
      printf("%d,%d,%d %.3f\n", y, x, c, (double)dew_model_dequantise(dew_model_at(&result, y, x, c)));
  }
#endif
  return 0;
}
