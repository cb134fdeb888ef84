// kernels: the C99 that ships with a model, as the compiler and the host see it.
//
// Each kernel is a header of static functions and one table type; the emitter pastes the text of those that
// a model uses, the host calls the same functions through host_kernel().
#pragma once

#include <string_view>
#include <vector>

// C as this project's C++ lint would not have it: it is checked where it is compiled, as C.
#if defined(__GNUC__)
#pragma GCC system_header
#endif
// clang-format off
#include "kernels/dew_types.h"
#include "kernels/dew_engine.h"
#include "kernels/dew_all.h"
// clang-format on

namespace dew::kernels {

/// What the kernels in this program may be compiled for; the same bytes come of each.
enum class Vectors {
  kNone,
  kAvx2,
  kVnni,  ///< AVX-512's dot product of bytes, on 256 bits
};
/// Those that this machine has, the fastest last.
const std::vector<Vectors>& host_vectors();

/// The function that a kernel's name ("dew_twin") stands for, compiled for one of the two roundings;
/// null: there is none of that name.
dew_kernel host_kernel(std::string_view name, bool tflite, Vectors vectors = Vectors::kNone);

/// The text of a kernel header ("dew_twin.h"); empty: there is none of that name.
std::string_view text(std::string_view file);

}  // namespace dew::kernels
