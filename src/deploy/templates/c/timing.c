#include "dew_model_timing.h"

#define STEPS @STEPS@

/* ---- A counter that runs on: define DEW_TICKS() and DEW_TICKS_PER_SECOND for another one. */

#if defined(DEW_TICKS)
static void start_counter(void) {}
#ifndef DEW_MODEL_TICKS_PER_SECOND
#define DEW_MODEL_TICKS_PER_SECOND 0
#endif

#elif defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__) || defined(__ARM_ARCH_8M_MAIN__) || \
    defined(__ARM_ARCH_8_1M_MAIN__)
/* The cycle counter of the DWT unit (Armv7-M and Armv8-M architecture reference manuals). */
#define DEW_REGISTER(address) (*(volatile uint32_t *)(address))
static void start_counter(void) {
  DEW_REGISTER(0xE000EDFCU) |= 1U << 24; /* DEMCR.TRCENA */
  DEW_REGISTER(0xE0001004U) = 0;         /* DWT_CYCCNT */
  DEW_REGISTER(0xE0001000U) |= 1U;       /* DWT_CTRL.CYCCNTENA */
}
#define DEW_TICKS() DEW_REGISTER(0xE0001004U)
#ifndef DEW_MODEL_TICKS_PER_SECOND
#define DEW_MODEL_TICKS_PER_SECOND 0
#endif

#elif defined(ARDUINO)
extern unsigned long micros(void);
static void start_counter(void) {}
#define DEW_TICKS() ((uint32_t)micros())
#undef DEW_MODEL_TICKS_PER_SECOND
#define DEW_MODEL_TICKS_PER_SECOND 1000000

#else
#include <time.h>
static void start_counter(void) {}
/* Of a hosted C library: processor time. */
#define DEW_TICKS() ((uint32_t)clock())
#undef DEW_MODEL_TICKS_PER_SECOND
#define DEW_MODEL_TICKS_PER_SECOND CLOCKS_PER_SEC
#endif

static uint64_t ticks[STEPS];
static uint32_t last;

void dew_model_timing_begin(void) {
  uint32_t i;
  for (i = 0; i < STEPS; i++) ticks[i] = 0;
  start_counter();
  last = DEW_TICKS();
}

/* What has passed since the step before is this one's: no tick is lost between them, and each wraps by itself. */
void dew_model_timing_step(uint32_t step) {
  const uint32_t now = DEW_TICKS();
  if (step < STEPS) ticks[step] += (uint32_t)(now - last);
  last = now;
}

/* ---- Lines, without printf, which not every board has. */

static char *put(char *at, const char *text) {
  while (*text) *at++ = *text++;
  return at;
}

static char *put_number(char *at, uint64_t value) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + value % 10);
  while (value /= 10);
  while (count > 0) *at++ = digits[--count];
  return at;
}

void dew_model_timing_print(void (*print_line)(const char *line), uint32_t inferences) {
  char line[96];
  char *at = put(line, "dew_timing begin @TIMING_MARK@ ");
  uint32_t i;
  at = put_number(put(put_number(at, inferences), " "), (uint64_t)(DEW_MODEL_TICKS_PER_SECOND));
  *at = 0;
  print_line(line);
  for (i = 0; i < STEPS; i++) {
    at = put_number(put(put_number(put(line, "dew_timing "), i), " "), ticks[i]);
    *at = 0;
    print_line(line);
  }
  print_line("dew_timing end");
}
