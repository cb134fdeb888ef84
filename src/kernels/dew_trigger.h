/* dew_trigger: from a class's scores, frame by frame, to events that begin and end.
 *
 * A frame speaks for the class from the score `on` upwards, and against it below `off`; between the two it
 * says nothing, so that a score that wavers does not make many events of one. An event begins with the n-th
 * of the last m frames that speaks for it, and ends with the n-th of the last m that speaks against it, or
 * when none has spoken for it for `quiet_ms`: a scene that leaves the net half sure does not hold it open.
 * After an event none begins for `rest_ms`.
 *
 * No allocation, no libc, 16 bytes of RAM a class. The same source runs in a gateway and on a board, and
 * gives the same events for the same scores and times. */
#ifndef DEW_TRIGGER_H
#define DEW_TRIGGER_H

#include <stdint.h>

/* What is wanted of a class. */
typedef struct dew_trigger_rule {
  uint8_t on, off;   /* scores, 0 to 255; off <= on */
  uint8_t n, m;      /* 1 <= n <= m <= 32 */
  uint32_t rest_ms;  /* less than 2^31 */
  uint32_t quiet_ms; /* 0: however long none speaks for it */
} dew_trigger_rule;

/* What is known of it so far; all zero at the start. */
typedef struct dew_trigger_state {
  uint32_t speak_for, against; /* the last frames, the newest in bit 0 */
  uint32_t since_ms;           /* of an event: when a frame spoke for it last; after it: when it ended */
  uint8_t open;                /* 1: an event goes on */
  uint8_t resting;             /* 1: one has ended, less than rest_ms ago */
} dew_trigger_state;

enum { DEW_TRIGGER_NOTHING = 0, DEW_TRIGGER_BEGINS = 1, DEW_TRIGGER_ENDS = 2 };

static inline uint32_t dew_trigger_count(uint32_t bits) {
  uint32_t count = 0;
  for (; bits != 0; bits &= bits - 1) count++;
  return count;
}

/* One frame: `score` of the class, at `now_ms` by a clock that never goes back but may wrap around. */
static inline uint8_t dew_trigger_push(const dew_trigger_rule* rule, dew_trigger_state* state, uint8_t score,
                                       uint32_t now_ms) {
  const uint32_t window = rule->m >= 32 ? 0xffffffffu : ((uint32_t)1 << rule->m) - 1;
  state->speak_for = ((state->speak_for << 1) | (score >= rule->on ? 1u : 0u)) & window;
  state->against = ((state->against << 1) | (score < rule->off ? 1u : 0u)) & window;
  if (state->resting && now_ms - state->since_ms >= rule->rest_ms) state->resting = 0;
  if (state->open) {
    if (state->speak_for & 1u) state->since_ms = now_ms;
    if (dew_trigger_count(state->against) < rule->n &&
        (rule->quiet_ms == 0 || now_ms - state->since_ms < rule->quiet_ms))
      return DEW_TRIGGER_NOTHING;
    state->open = 0;
    state->resting = rule->rest_ms > 0;
    state->since_ms = now_ms;
    state->speak_for = 0;
    return DEW_TRIGGER_ENDS;
  }
  if (state->resting || dew_trigger_count(state->speak_for) < rule->n) return DEW_TRIGGER_NOTHING;
  state->open = 1;
  state->against = 0;
  state->since_ms = now_ms;
  return DEW_TRIGGER_BEGINS;
}

/* Sharpens or softens a frame's scores: each becomes powers[score], and their sum 255 again. `powers` has the
 * value 65535 * (score / 255)^(1 / temperature) for each score; see Guo et al. 2017, arXiv 1706.04599. */
static inline void dew_trigger_temper(const uint16_t powers[256], uint8_t* scores, uint32_t classes) {
  uint32_t sum = 0, i;
  for (i = 0; i < classes; i++) sum += powers[scores[i]];
  if (sum == 0) return;
  for (i = 0; i < classes; i++) scores[i] = (uint8_t)(((uint64_t)powers[scores[i]] * 255 + sum / 2) / sum);
}

#endif
