// kernels: the C99 that ships with a model.
//
// Each kernel is a header of static functions and one table type. The emitter pastes the text of the headers
// that a model uses; the host calls the same functions through host_kernel(). This header gives only what a
// Plan is made of (dew_types.h); the kernels' tables and the engine are in kernels/tables.h.
#pragma once

#include <string_view>
#include <vector>

#include "kernels/dew_types.h"

namespace dew::kernels {

/// The vector instructions that the kernels in this program were compiled for; all give the same bytes.
enum class Vectors {
  kNone,
  kAvx2,
  kVnni,  ///< AVX-512's dot product of bytes, on 256 bits
};
/// Those that this machine has, the fastest last.
const std::vector<Vectors>& host_vectors();

/// The row function of the kernel called `name` ("dew_twin"), compiled for one of the two roundings; null if
/// there is no such kernel.
dew_kernel host_kernel(std::string_view name, bool tflite, Vectors vectors = Vectors::kNone);

/// The text of a kernel header ("dew_twin.h"); empty if there is no such header.
std::string_view text(std::string_view file);

}  // namespace dew::kernels
