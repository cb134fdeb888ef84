/* The kernels with Dewdrop's own rounding, compiled with -mavx2 -mavx512vl -mavx512vnni. */
#define DEW_ROUNDING_TFLITE 0
#define DEW_HOST_TABLE dew_host_kernels_vnni
#include "host_kernels.inc"
