// The model file as it is.
#include "deploy/formats.h"

namespace dew::deploy {

Result<Files> tflite_package(const Package& package) {
  return with_labels(package, ".tflite", package.tflite);
}

}  // namespace dew::deploy
