/* memory: the functions that compilers call on their own, so that no C library has to be linked. They work in
 * words where the core can, because kernels copy rows with them. */
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns") /* or these loops would become calls of themselves \
                                                          */
#endif

#if defined(__ARM_FEATURE_UNALIGNED) || defined(__wasm__)
#define ANY_ADDRESS 1
typedef struct __attribute__((packed, may_alias)) {
#else
#define ANY_ADDRESS 0
typedef struct __attribute__((may_alias)) {
#endif
  uint32_t value;
} word_t;

void* memcpy(void* to, const void* from, size_t count);
void* memmove(void* to, const void* from, size_t count);
void* memset(void* to, int byte, size_t count);

void* memcpy(void* to, const void* from, size_t count) {
  uint8_t* out = to;
  const uint8_t* in = from;
  if (ANY_ADDRESS || (((uintptr_t)out | (uintptr_t)in) & 3) == 0) {
    for (; count >= 16; count -= 16, out += 16, in += 16) {
      word_t* words = (word_t*)(void*)out;
      const word_t* source = (const word_t*)(const void*)in;
      words[0] = source[0];
      words[1] = source[1];
      words[2] = source[2];
      words[3] = source[3];
    }
    for (; count >= 4; count -= 4, out += 4, in += 4) *(word_t*)(void*)out = *(const word_t*)(const void*)in;
  }
  while (count-- > 0) *out++ = *in++;
  return to;
}

void* memmove(void* to, const void* from, size_t count) {
  uint8_t* out = to;
  const uint8_t* in = from;
  if ((uintptr_t)out - (uintptr_t)in >= count) return memcpy(to, from, count);
  while (count-- > 0) out[count] = in[count];
  return to;
}

void* memset(void* to, int byte, size_t count) {
  uint8_t* out = to;
  const word_t word = {(uint8_t)byte * UINT32_C(0x01010101)};
  for (; count > 0 && ((uintptr_t)out & 3) != 0; --count) *out++ = (uint8_t)byte;
  for (; count >= 16; count -= 16, out += 16) {
    word_t* words = (word_t*)(void*)out;
    words[0] = word;
    words[1] = word;
    words[2] = word;
    words[3] = word;
  }
  for (; count >= 4; count -= 4, out += 4) *(word_t*)(void*)out = word;
  while (count-- > 0) *out++ = (uint8_t)byte;
  return to;
}
