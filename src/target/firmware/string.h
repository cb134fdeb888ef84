/* string.h: the functions that generated code uses, so that no C library has to be installed. The built-in
 * forms keep small copies inline; with -ffreestanding alone every copy would be a call. */
#ifndef DEW_STRING_H
#define DEW_STRING_H

#include <stddef.h>

void* memcpy(void* to, const void* from, size_t count);
void* memmove(void* to, const void* from, size_t count);
void* memset(void* to, int byte, size_t count);

#define memcpy __builtin_memcpy
#define memmove __builtin_memmove
#define memset __builtin_memset

#endif
