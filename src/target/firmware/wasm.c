/* wasm: WebAssembly in Node. run.mjs serves the semihosting calls; instructions cannot be counted. */
#include "machine.h"

__attribute__((import_module("host"), import_name("semihost"))) uint32_t host_semihost(uint32_t operation,
                                                                                       const void* arguments);

uint32_t semihost(uint32_t operation, const void* arguments) {
  return host_semihost(operation, arguments);
}

void quit(uint32_t status) {
  const uint32_t arguments[2] = {0x20026u /* ADP_Stopped_ApplicationExit */, status};
  semihost(SYS_EXIT_EXTENDED, arguments);
}

uint32_t* stack_pointer(void) {
  uint32_t* pointer;
  __asm__ volatile(
      ".globaltype __stack_pointer, i32\n"
      "global.get __stack_pointer\n"
      "local.set %0\n"
      : "=r"(pointer));
  return pointer;
}

void counter_start(void) {}
uint32_t counter_fine(void) {
  return 0;
}
uint32_t counter_coarse(void) {
  return 0;
}
