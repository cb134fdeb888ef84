/* dew_engine: runs a net's steps row by row.
 *
 * Within a wave a row travels as far as it can: after a step has run, the next one is tried; when a step
 * cannot run, the one before it is tried. The compiler sizes the rings by running this same code, so no row
 * is overwritten while it is still needed. */
#ifndef DEW_ENGINE_H
#define DEW_ENGINE_H

#include "dew_mve.h"
#include "dew_types.h"

#ifndef DEW_MAX_TAPS
#define DEW_MAX_TAPS 4096
#endif

/* Called after every run of a step and after every row of the image (step 0). Define it to profile the net:
 * with a cycle counter it shows what each step costs on your board. */
#ifndef DEW_STEP_DONE
#define DEW_STEP_DONE(step) ((void)(step))
#endif

/* How many rows of its output are complete after `done` runs. */
static int32_t dew_rows_made(const dew_step* step, int32_t done) {
  if (done == step->events) return step->rows;
  return step->events == step->rows ? done : 0;
}

/* A second operand of one row serves every row. */
static int32_t dew_second_row(const dew_step* second, int32_t event) {
  return second->rows == 1 ? 0 : event;
}

static int dew_can_run(const dew_step* steps, const uint16_t* done, int32_t i) {
  const dew_step* step = &steps[i];
  const dew_step* source = &steps[step->in];
  const int32_t event = done[i];
  int32_t needed = event * step->stride - step->pad + step->extent;
  if (event >= step->events) return 0;
  if (needed > source->rows) needed = source->rows;
  if (dew_rows_made(source, done[step->in]) < needed) return 0;
  if (step->in2 == DEW_NONE) return 1;
  return dew_rows_made(&steps[step->in2], done[step->in2]) > dew_second_row(&steps[step->in2], event);
}

/* The step in [first, last] to run next after step `at` (first - 1 if none has run); -1 if none can run. */
static int32_t dew_next(const dew_step* steps, const uint16_t* done, int32_t first, int32_t last,
                        int32_t at) {
  int32_t i = at + 1;
  while (i < last && done[i] == steps[i].events) i++;
  if (i > last) i = last;
  for (; i >= first; i--) {
    if (dew_can_run(steps, done, i)) return i;
  }
  return -1;
}

static int8_t* dew_ring_row(const dew_step* step, uint8_t* arena, int32_t row) {
  return (int8_t*)(arena + step->offset + (uint32_t)(row % step->ring) * step->row_bytes);
}

static void dew_run_step(const dew_step* steps, uint8_t* arena, int32_t i, int32_t event) {
  const dew_step* step = &steps[i];
  const dew_step* source = &steps[step->in];
  const int8_t* rows[DEW_MAX_TAPS];
  dew_row row;
  int32_t k;
  int32_t y = event * step->stride - step->pad;
  for (k = 0; k < step->taps; k++, y += step->dilation) {
    rows[k] = y < 0 || y >= source->rows ? step->zero : dew_ring_row(source, arena, y);
  }
  row.in = rows;
  row.in2 = 0;
  if (step->in2 != DEW_NONE) {
    const dew_step* second = &steps[step->in2];
    row.in2 = dew_ring_row(second, arena, dew_second_row(second, event));
  }
  row.out = dew_ring_row(step, arena, event);
  row.scratch = arena + step->scratch;
  row.index = event;
  row.last = event + 1 == step->events;
  row.fresh = event < step->ring;
  step->run(step->layer, &row);
}

static void dew_run_wave(const dew_step* steps, uint8_t* arena, uint16_t* done, int32_t first, int32_t last) {
  int32_t i = first - 1;
  while ((i = dew_next(steps, done, first, last, i)) >= 0) {
    dew_run_step(steps, arena, i, done[i]);
    done[i]++;
    DEW_STEP_DONE(i);
  }
}

static void dew_engine_start(const dew_net* net, uint16_t* done) {
  memset(done, 0, net->waves[net->wave_count] * sizeof *done);
}

/* Where the image's next row goes; null when all rows have come. */
static uint8_t* dew_image_row(const dew_net* net, uint8_t* arena, const uint16_t* done) {
  if (done[0] >= net->steps[0].rows) return 0;
  return (uint8_t*)dew_ring_row(&net->steps[0], arena, done[0]);
}

/* Copies a row, each byte XORed with `flip`; unused where the net takes floats. */
#if defined(__GNUC__)
__attribute__((unused))
#endif
static void
dew_copy_row(uint8_t* to, const uint8_t* from, uint32_t count, uint8_t flip) {
#if DEW_MVE
  __asm__ volatile(
      "vdup.8 q1, %[flip]\n"
      "dlstp.8 lr, %[count]\n"
      "1:\n"
      "vldrb.8 q0, [%[from]], #16\n"
      "veor q0, q0, q1\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      : [from] "+r"(from), [to] "+r"(to)
      : [count] "r"(count), [flip] "r"((uint32_t)flip)
      : "lr", "q0", "q1", "memory");
#else
  const uint32_t flips = 0x01010101U * flip;
  for (; count >= 4; count -= 4, to += 4, from += 4) {
    uint32_t word;
    memcpy(&word, from, 4);
    word ^= flips;
    memcpy(to, &word, 4);
  }
  for (; count > 0; count--) *to++ = *from++ ^ flip;
#endif
}

/* The row has been written: runs every step that was waiting for it. */
static void dew_image_pushed(const dew_net* net, uint8_t* arena, uint16_t* done) {
  done[0]++;
  DEW_STEP_DONE(0);
  dew_run_wave(net->steps, arena, done, 1, net->waves[1] - 1);
}

/* Runs the waves after the first; then the last step's rows are the net's output. */
static void dew_engine_complete(const dew_net* net, uint8_t* arena, uint16_t* done) {
  int32_t wave;
  for (wave = 1; wave < net->wave_count; wave++) {
    dew_run_wave(net->steps, arena, done, net->waves[wave], net->waves[wave + 1] - 1);
  }
}

#endif
