/* host_kernels: the kernels compiled into this program, by name. */
#ifndef DEW_HOST_KERNELS_H
#define DEW_HOST_KERNELS_H

#include "dew_types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct dew_host_kernel {
  const char* name; /* null: the end */
  dew_kernel run;
} dew_host_kernel;

extern const dew_host_kernel dew_host_kernels[];
extern const dew_host_kernel dew_host_kernels_tflite[];
/* The same, compiled for vector instructions that this machine may have; x86-64 only. */
extern const dew_host_kernel dew_host_kernels_avx2[];
extern const dew_host_kernel dew_host_kernels_avx2_tflite[];
extern const dew_host_kernel dew_host_kernels_vnni[];
extern const dew_host_kernel dew_host_kernels_vnni_tflite[];

#ifdef __cplusplus
}
#endif

#endif
