// The formats' functions, one file each, and what they share.
#pragma once

#include <string>
#include <string_view>

#include "deploy/deploy.h"

namespace dew::deploy {

Result<Files> c_package(const Package& package);
Result<Files> tflite_package(const Package& package);
Result<Files> onnx_package(const Package& package);
Result<Files> web_package(const Package& package);

/// A model file, its classes' names where they are known, and its thresholds and gate where it has some.
Files with_labels(const Package& package, const std::string& extension, std::string bytes);

/// A template's text for the package's symbol: dew_model becomes dew_<symbol>, DEW_MODEL likewise, and what
/// `values` holds goes in for its names between @.
std::string filled_in(std::string_view text, const std::string& symbol,
                      const std::map<std::string, std::string>& values);

}  // namespace dew::deploy
