/* arm: start-up, faults, semihosting and the counter of Cortex-M boards under QEMU (mps2 and mps3). */
#include <string.h>

#include "machine.h"

extern uint8_t data_start[], data_end[], data_load[], bss_start[], bss_end[]; /* sections.ld */

#define REGISTER(address) (*(volatile uint32_t*)(uintptr_t)(address))
#define CPACR REGISTER(0xE000ED88u) /* coprocessor access: the FPU and Helium */
#define CFSR REGISTER(0xE000ED28u)  /* what kind of fault */
#define BFAR REGISTER(0xE000ED38u)  /* the address of a bus fault */

uint32_t semihost(uint32_t operation, const void* arguments) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = arguments;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void quit(uint32_t status) {
  const uint32_t arguments[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, status};
  semihost(SYS_EXIT_EXTENDED, arguments);
  for (;;) {
  }
}

uint32_t* stack_pointer(void) {
  uint32_t* pointer;
  __asm__ volatile("mov %0, sp" : "=r"(pointer));
  return pointer;
}

#if !BOARD_SYSTEM_COUNTER
/* CMSDK dual timer: two free-running 32-bit counters that count down. No interrupt, which would add
 * instructions and use the model's stack. */
#define TIMER(timer, offset) REGISTER(0x40002000u + 0x20u * (timer) + (offset))

void counter_start(void) {
  TIMER(0, 0x8) = 0x82u; /* enabled, 32 bits */
  TIMER(1, 0x8) = 0x86u; /* ... a sixteenth */
}

uint32_t counter_fine(void) {
  return ~TIMER(0, 0x4);
}
uint32_t counter_coarse(void) {
  return ~TIMER(1, 0x4);
}
#else
/* SSE-300 system counter: 64 bits that count up. */
#define COUNTER(offset) REGISTER(0x58100000u + (offset))

void counter_start(void) {
  COUNTER(0x0) = 1u;
}

uint32_t counter_fine(void) {
  return COUNTER(0x8);
}

uint32_t counter_coarse(void) {
  uint32_t high, low;
  do {
    high = COUNTER(0xC);
    low = COUNTER(0x8);
  } while (high != COUNTER(0xC));
  return high << 28 | low >> 4;
}
#endif

void reset(void) {
  CPACR |= 0xFu << 20;
  memcpy(data_start, data_load, (size_t)(data_end - data_start));
  memset(bss_start, 0, (size_t)(bss_end - bss_start));
  harness();
}

/* Writes where and why to the file "fault" and ends. `frame` is what the core pushed: r0-r3, r12, lr, pc. */
void report_fault(const uint32_t* frame);
void report_fault(const uint32_t* frame) {
  const int readable = frame >= stack_bottom && frame + 8 <= stack_top;
  const uint32_t facts[3] = {readable ? frame[6] : 0, CFSR, BFAR};
  const uint32_t name[3] = {(uint32_t)(uintptr_t) "fault", MODE_WRITE, 5};
  const uint32_t write[3] = {semihost(SYS_OPEN, name), (uint32_t)(uintptr_t)facts, sizeof facts};
  semihost(SYS_WRITE, write);
  quit(END_FAULT);
}

/* On a fresh stack: the old one may be what is broken. */
__attribute__((naked)) static void hard_fault(void) {
  __asm__ volatile(
      "mov r0, sp\n"
      "ldr r1, =stack_top\n"
      "mov sp, r1\n"
      "ldr r1, =report_fault\n"
      "bx r1\n");
}

/* All faults arrive as HardFault while the others are not enabled. */
typedef union {
  uint32_t* stack;
  void (*handler)(void);
} vector_t;

__attribute__((section(".vectors"), used)) static const vector_t vectors[] = {
    {.stack = stack_top}, {.handler = reset}, {.handler = hard_fault} /* NMI */, {.handler = hard_fault}};
