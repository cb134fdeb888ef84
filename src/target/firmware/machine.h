/* machine: what the harness needs from the core it runs on, implemented by arm.c, riscv.S and wasm.c. */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdint.h>

#include "board.h"

/* Semihosting operations (Arm's "Semihosting for AArch32 and AArch64"; RISC-V uses the same numbers). */
enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06, SYS_EXIT_EXTENDED = 0x20 };

/* Modes of SYS_OPEN, as fopen's "rb" and "wb". */
enum { MODE_READ = 1, MODE_WRITE = 5 };

/* How the firmware ends; src/target/emulator.cpp has the same numbers. */
enum { END_DONE = 0, END_FAULT = 2, END_GUARD = 3, END_STACK = 4, END_FILE = 5 };

/* One semihosting call; the emulator does the work on the host. */
uint32_t semihost(uint32_t operation, const void* arguments);

/* A counter that advances with the instructions; src/target/boards.cpp has the length of its tick. The coarse
 * counter runs at a sixteenth of the rate and reveals wraps of the fine one. */
void counter_start(void);
uint32_t counter_fine(void);
uint32_t counter_coarse(void);

/* The stack's memory, defined by sections.ld; in WebAssembly it is the start of the linear memory. */
#ifdef __wasm__
#define stack_bottom ((uint32_t*)16) /* not 0, which is a null pointer in C */
#define stack_top ((uint32_t*)BOARD_STACK_BYTES)
#else
extern uint32_t stack_bottom[], stack_top[];
#endif

uint32_t* stack_pointer(void);

/* Ends the emulator with one of the END_ statuses. */
void quit(uint32_t status);

/* Start-up calls this (harness.c). */
void harness(void);

#endif
