/* Samples from standard input, 16 bits at 16,000 a second, one channel, and what the net hears in them:
 *
 *     ffmpeg -i hello.wav -ac 1 -ar 16000 -f s16le - | ./sound
 *
 * On a board dew_sound_push() takes what the microphone's driver gives, in pieces of any size. */
#include <stdio.h>
#include <string.h>

#include "dew_model.h"
#include "dew_sound_tables.h"

enum {
  ROWS = DEW_MODEL_INPUT_BYTES / 40, /* windows that the net sees at once */
#ifdef DEW_MODEL_MEMORY_BYTES
  EVERY = ROWS /* it remembers what it has seen, so it is asked when all of them are new */
#else
  EVERY = 2 /* it is asked at every second window */
#endif
};

static uint32_t arena[DEW_MODEL_ARENA_BYTES / 4];
static dew_sound_state sound;
static int8_t rows[ROWS][40]; /* the newest last */

int main(void) {
  const dew_sound_tables tables = dew_sound_16k(320); /* a window every 20 ms */
  dew_model_t model;
  dew_model_result result;
  int16_t samples[160];
  uint16_t features[40];
  uint32_t windows = 0, count, at, i;
  uint8_t full;
  dew_model_init(&model, (uint8_t*)arena);
  while ((count = (uint32_t)fread(samples, 2, 160, stdin)) > 0) {
    for (at = 0; at < count;) {
      at += dew_sound_push(&tables, &sound, samples + at, count - at, features, &full);
      if (!full) continue;
      memmove(rows[0], rows[1], sizeof rows - sizeof rows[0]);
      for (i = 0; i < 40; i++) rows[ROWS - 1][i] = dew_sound_quantize(features[i], 666, -128);
      if (++windows < ROWS || (windows - ROWS) % EVERY != 0) continue;
      dew_model_run(&model, rows[0], &result);
#ifdef DEW_MODEL_CLASSES
      printf("%u ms: class %d\n", (unsigned)(windows * 20 + 10), (int)result.top);
#else
      printf("%u ms: %.3f\n", (unsigned)(windows * 20 + 10), (double)dew_model_value(&result, 0));
#endif
    }
  }
  return 0;
}
