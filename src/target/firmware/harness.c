/* harness: runs the model and measures it. Reads input tensors from the file "inputs" to its end and, for
 * each, writes a record to "outputs": the counter's advance, the stack's peak, the output tensor. With
 * MODEL_ROWS it pushes rows as a camera would, and only one row of the image is in RAM.
 *
 * model.h is written by src/target/link.cpp and gives the emitted interface names without the symbol. What
 * start-up and harness cost is measured by AnEmptyModelCostsWhatTheHeaderSays in tests/target and stated in
 * target.h. */
#include <stddef.h>

#include "machine.h"
#include "model.h"

#define PAINT 0xC5A5C5A5u
#define GUARD 0x5Au

/* Three words before the arena put it at an odd multiple of 4, the weakest alignment that the interface
 * allows. */
enum { GUARD_BEFORE = 12, GUARD_AFTER = 16 };

typedef struct {
  uint32_t fine;
  uint32_t coarse;
  uint32_t stack_bytes;
  uint8_t output[MODEL_OUTPUT_BYTES];
  uint8_t guard[GUARD_AFTER];
} record_t;

#define RECORD_BYTES offsetof(record_t, guard) /* what is written */

static model_t model;
static uint8_t guarded_arena[GUARD_BEFORE + MODEL_ARENA_BYTES + GUARD_AFTER] __attribute__((aligned(8)));
static record_t record;

static uint32_t open_file(const char* name, uint32_t name_bytes, uint32_t mode) {
  const uint32_t arguments[3] = {(uint32_t)(uintptr_t)name, mode, name_bytes};
  const uint32_t handle = semihost(SYS_OPEN, arguments);
  if (handle == UINT32_MAX) quit(END_FILE);
  return handle;
}

/* Returns how many bytes were not read or written. */
static uint32_t transfer(uint32_t operation, uint32_t handle, const void* bytes, uint32_t count) {
  const uint32_t arguments[3] = {handle, (uint32_t)(uintptr_t)bytes, count};
  return semihost(operation, arguments);
}

static void set_guard(uint8_t* guard, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) guard[i] = GUARD;
}

static void check_guard(const uint8_t* guard, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (guard[i] != GUARD) quit(END_GUARD);
  }
}

static void paint_stack(void) {
  volatile uint32_t* const end = stack_pointer();
  for (volatile uint32_t* word = stack_bottom; word < end; ++word) *word = PAINT;
}

/* The bytes from the stack's top down to the deepest word that was written. */
static uint32_t stack_peak(void) {
  const volatile uint32_t* word = stack_bottom;
  if (*word != PAINT) quit(END_STACK);
  while (*word == PAINT) ++word;
  return (uint32_t)((const volatile uint8_t*)stack_top - (const volatile uint8_t*)word);
}

static uint32_t fine_start, coarse_start;

#if MODEL_STEPS
/* The ticks of each step, counted from the end of the step before it. */
static uint32_t step_ticks[MODEL_STEPS];
static uint32_t step_start;

void step_done(unsigned step) {
  const uint32_t now = counter_fine();
  step_ticks[step] += now - step_start;
  step_start = now;
}

static void write_steps(void) {
  const uint32_t file = open_file("steps", 5, MODE_WRITE);
  if (transfer(SYS_WRITE, file, step_ticks, sizeof step_ticks) != 0) quit(END_FILE);
}
#endif

/* The fine counter gives the figure, so it is read last before the model runs and first after it. */
static void start_counting(void) {
  coarse_start = counter_coarse();
  fine_start = counter_fine();
#if MODEL_STEPS
  step_start = fine_start;
#endif
}

static void stop_counting(void) {
  record.fine += counter_fine() - fine_start;
  record.coarse += counter_coarse() - coarse_start;
}

/* Reads the next image and runs the model on it; 0 if there is none. */
#if MODEL_ROWS
static uint8_t row[MODEL_INPUT_BYTES / MODEL_ROWS] __attribute__((aligned(8)));
static model_result result;

static int run_next(uint32_t inputs) {
  start_counting();
  model_begin(&model);
  stop_counting();
  for (uint32_t y = 0; y < MODEL_ROWS; ++y) {
    if (transfer(SYS_READ, inputs, row, sizeof row) != 0) return 0;
    for (uint32_t i = 0; i < sizeof row; ++i) row[i] ^= MODEL_INPUT_FLIP;
    start_counting();
    model_push_row(&model, (const void*)row);
    stop_counting();
  }
  start_counting();
  model_finish(&model, &result);
  stop_counting();
  for (uint32_t i = 0; i < MODEL_OUTPUT_BYTES - MODEL_GATED; ++i)
    record.output[i] = (uint8_t)result.MODEL_VALUES[i] ^ MODEL_OUTPUT_FLIP;
#if MODEL_GATED
  record.output[MODEL_OUTPUT_BYTES - 1] = result.known;
#endif
  return 1;
}
#else
static uint8_t image[MODEL_INPUT_BYTES] __attribute__((aligned(8)));

static int run_next(uint32_t inputs) {
  if (transfer(SYS_READ, inputs, image, MODEL_INPUT_BYTES) != 0) return 0;
  start_counting();
  model_run_tensor(&model, image, record.output);
  stop_counting();
  return 1;
}
#endif

void harness(void) {
  uint8_t* const arena = guarded_arena + GUARD_BEFORE;
  const uint32_t inputs = open_file("inputs", 6, MODE_READ);
  const uint32_t outputs = open_file("outputs", 7, MODE_WRITE);
  set_guard(guarded_arena, GUARD_BEFORE);
  set_guard(arena + MODEL_ARENA_BYTES, GUARD_AFTER);
  set_guard(record.guard, GUARD_AFTER);
  model_init(&model, arena);
  counter_start();
  for (;;) {
    record.fine = record.coarse = 0;
    paint_stack();
    if (!run_next(inputs)) break;
    record.stack_bytes = stack_peak();
    check_guard(guarded_arena, GUARD_BEFORE);
    check_guard(arena + MODEL_ARENA_BYTES, GUARD_AFTER);
    check_guard(record.guard, GUARD_AFTER);
    if (transfer(SYS_WRITE, outputs, &record, RECORD_BYTES) != 0) quit(END_FILE);
  }
#if MODEL_STEPS
  write_steps();
#endif
  quit(END_DONE);
}
