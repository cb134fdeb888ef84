/* The kernels with TensorFlow Lite's rounding, compiled with -mavx2. */
#define DEW_ROUNDING_TFLITE 1
#define DEW_HOST_TABLE dew_host_kernels_avx2_tflite
#include "host_kernels.inc"
