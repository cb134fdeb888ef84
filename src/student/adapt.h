// A backbone's numbers for a net of a slightly different shape.
#pragma once

#include <cstdint>

#include "student/backbone.h"

namespace dew::student {

/// What a net starts from. Layers with the same name and shape as the backbone's take its numbers, a narrower
/// last convolution takes its strongest channels; any other layer is random, as initialise() makes it. The
/// dense layer is all zeros.
Weights adapted(const Backbone& backbone, const Architecture& architecture, uint64_t seed);

}  // namespace dew::student
