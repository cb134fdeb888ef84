// The pictures of an export: copied where they are whole files, else cut and written as PNG.
#pragma once

#include <vector>

#include "exchange/writers.h"

namespace dew::exchange {

/// Writes the pictures of the samples in `wanted` and fills out.pictures. A picture that cannot be read is
/// told, noted in out.written and left out. Error: none can be read, a full disk, interrupted.
Result<void> write_pictures(Export& out, const OutFormat& format, const std::vector<bool>& wanted);

}  // namespace dew::exchange
