/* The kernels with TensorFlow Lite's rounding. */
#define DEW_ROUNDING_TFLITE 1
#define DEW_HOST_TABLE dew_host_kernels_tflite
#include "host_kernels.inc"
