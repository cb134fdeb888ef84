/* The kernels with Dewdrop's own rounding. */
#define DEW_ROUNDING_TFLITE 0
#define DEW_HOST_TABLE dew_host_kernels
#include "host_kernels.inc"
