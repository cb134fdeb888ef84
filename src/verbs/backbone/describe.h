// What is told of a backbone.
#pragma once

#include <string>
#include <string_view>

#include "student/backbone.h"
#include "verbs/backbone/backbone.h"

namespace dew::verbs {

/// `file` is the backbone as bytes of our own kind.
BackboneInfo describe(const std::string& name, const student::Backbone& backbone, std::string_view file);

/// The most bytes that are read or fetched as one backbone.
constexpr int64_t kBackboneLimit = int64_t{256} << 20;

}  // namespace dew::verbs
