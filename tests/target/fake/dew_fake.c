/* The input is a command byte, three bytes of it and a 32-bit number. Output: the number of calls, then a
 * 32-bit answer. */
#include "dew_fake.h"

#include <string.h>

/* Initialised data, so that a start-up that forgets it shows. */
static uint32_t calls = 7;
static volatile uint32_t sink;

/* Two instructions a turn on every core: what the counter has to find. */
static void spin(uint32_t turns) {
#if defined(__arm__)
  __asm__ volatile("1: subs %0, %0, #1\n bne 1b" : "+l"(turns) : : "cc");
#elif defined(__riscv)
  __asm__ volatile("1: addi %0, %0, -1\n bnez %0, 1b" : "+r"(turns));
#else
  while (turns > 0) sink = --turns;
#endif
}

/* Writes so many bytes of stack. */
static uint32_t dig(uint32_t bytes) {
  volatile uint8_t hole[bytes + 1];
  for (uint32_t i = bytes + 1; i-- > 0;) hole[i] = (uint8_t)i;
  return hole[bytes / 2];
}

/* Through the arena, so that it has to be there. */
static uint32_t sum(dew_fake_t* m, const uint8_t* bytes) {
  memcpy(m->arena + DEW_FAKE_ARENA_BYTES - 8, bytes, 8);
  uint32_t total = 0;
  for (int i = 0; i < 8; ++i) total += m->arena[DEW_FAKE_ARENA_BYTES - 8 + i];
  return total;
}

void dew_fake_init(dew_fake_t* m, uint8_t* arena) {
  m->arena = arena;
  memset(arena, 0, DEW_FAKE_ARENA_BYTES);
}

void dew_fake_run_tensor(dew_fake_t* m, const void* input, void* output) {
  const uint8_t* bytes = input;
  uint32_t number;
  uint32_t answer = 0;
  memcpy(&number, bytes + 4, 4);
  switch (bytes[0]) {
    case 's':
      answer = sum(m, bytes);
      break;
    case 'l':
      spin(number);
      break;
    case 'd':
      answer = dig(number);
      break;
    case 'f':
      answer = (uint32_t)((float)number * 0.5f);
      break;
    case 'u':
      __builtin_trap();
      break;
    case 'r':
      sink = *(volatile uint32_t*)(uintptr_t)number;
      break;
    case 'h':
      for (;;) sink = number;
    case 'a':
      m->arena[DEW_FAKE_ARENA_BYTES + number] = 1;
      break;
    case 'b':
      m->arena[-(int32_t)number] = 1;
      break;
    default:
      break;
  }
  const uint8_t count = (uint8_t)++calls;
  memcpy(output, &count, 1);
  memcpy((uint8_t*)output + 1, &answer, 4);
}
