// tables: the engine and every kernel's table type, bodies included. For the code that fills in the tables
// (src/compiler) and the code that runs the engine (rings.cpp, src/target/host.cpp); nothing else needs it.
#pragma once

// C that is linted where it is compiled as C, not under this project's C++ warnings.
#if defined(__GNUC__)
#pragma GCC system_header
#endif
// clang-format off
#include "kernels/dew_types.h"
#include "kernels/dew_engine.h"
#include "kernels/dew_all.h"
// clang-format on
