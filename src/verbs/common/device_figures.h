// What a model takes of the device that it is for, as JSON.
#pragma once

#include "verbs/common/model.h"

namespace dew::verbs {

/// A device's own figures: name, memory, clock, where they are from.
Json to_json(const target::Target& target);

/// The key `device` of a model's figures; null: it is for no device.
Json device_json(const ModelFigures& figures);

}  // namespace dew::verbs
