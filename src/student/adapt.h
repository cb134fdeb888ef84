// A backbone made to fit a net that is not quite its own.
#pragma once

#include <cstdint>

#include "student/backbone.h"

namespace dew::student {

/// What a net starts from: layers of the same name and shape as the backbone's take its numbers, a narrower
/// last convolution its strongest channels; any other layer is random, as initialise() makes it. The dense
/// layer is zeros.
Weights adapted(const Backbone& backbone, const Architecture& architecture, uint64_t seed);

}  // namespace dew::student
