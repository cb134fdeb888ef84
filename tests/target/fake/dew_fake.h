/* A model that does as its input says, with the emitted interface; see dew_fake.c. */
#ifndef DEW_FAKE_H
#define DEW_FAKE_H

#include <stdint.h>

#define DEW_FAKE_ARENA_BYTES 256
#define DEW_FAKE_INPUT_BYTES 8
#define DEW_FAKE_OUTPUT_BYTES 5

typedef struct {
  uint8_t* arena;
} dew_fake_t;

void dew_fake_init(dew_fake_t* m, uint8_t* arena);
void dew_fake_run_tensor(dew_fake_t* m, const void* input, void* output);

#endif
