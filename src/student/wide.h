// Functions compiled once for each vector width of the processor family; the loader chooses.
#pragma once

// Only GCC knows these levels; under sanitizers the choice would run before they are ready.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define DEW_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DEW_WIDE
#endif
