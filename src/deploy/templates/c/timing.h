/* How long each layer of dew_model takes on your board. Nothing of this is in the net until you ask for it:
 *
 *     make timing && ./timing picture.ppm > log.txt        # this machine
 *     dewdrop compile --for BOARD --measured log.txt       # each layer's share, beside its instructions
 *
 * In a build of your own: compile dew_model.c with `-include dew_model_timing.h` (where flags cannot be set,
 * as in Arduino's IDE, make that its first line: #include "dew_model_timing.h"), add dew_model_timing.c, and
 * around inferences
 *
 *     dew_model_timing_begin();
 *     ... one inference or more, from dew_model_begin to dew_model_finish ...
 *     dew_model_timing_print(print_line, inferences);
 *
 * where print_line sends a line to your serial port. Send the log as it is: other lines in it do not matter.
 * Waiting between rows, for a camera for example, counts as time of the step `image`. */
#ifndef DEW_MODEL_TIMING_H
#define DEW_MODEL_TIMING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ticks a second of the counter in dew_model_timing.c. The cycle counter of a Cortex-M runs with the core:
 * define its frequency, -DDEW_TICKS_PER_SECOND=64000000; 0 where it is not known, which tells cycles but no
 * milliseconds. */
#ifdef DEW_TICKS_PER_SECOND
#define DEW_MODEL_TICKS_PER_SECOND DEW_TICKS_PER_SECOND
#endif

void dew_model_timing_begin(void);
void dew_model_timing_step(uint32_t step);
void dew_model_timing_print(void (*print_line)(const char* line), uint32_t inferences);

#ifdef __cplusplus
}
#endif

#define DEW_STEP_DONE(step) dew_model_timing_step((uint32_t)(step))

#endif
