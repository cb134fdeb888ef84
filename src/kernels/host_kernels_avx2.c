/* The kernels with Dewdrop's own rounding, compiled with -mavx2. */
#define DEW_ROUNDING_TFLITE 0
#define DEW_HOST_TABLE dew_host_kernels_avx2
#include "host_kernels.inc"
