// microWakeWord's manifest: a JSON file beside a model that says how the model is fed and when it has heard
// its word.
#pragma once

#include <string>

#include "base/base.h"

namespace dew::sound {

struct Manifest {
  fs::path model;       ///< the .tflite file, beside the manifest
  std::string word;     ///< "Okay Nabu"
  double cutoff = 0.5;  ///< the word is heard where the mean of the last answers reaches it
  int window = 1;       ///< answers that the mean goes over
  int step_ms = 20;     ///< from one set of features to the next
};

/// Versions 1 and 2. What else stands there (author, arena size ...) is not looked at. `folder` is where the
/// manifest lies, `name` its name in errors. Error (usage): no JSON object; a key that is missing or out of
/// its range; a model that is not a plain file name.
Result<Manifest> parse_manifest(const std::string& text, const fs::path& folder, const std::string& name);

/// Error: parse_manifest()'s; the file cannot be read.
Result<Manifest> read_manifest(const fs::path& file);

}  // namespace dew::sound
