// The net as ONNX (graph/graph.h says which).
#include "deploy/formats.h"

namespace dew::deploy {

Result<Files> onnx_package(const Package& package) {
  DEW_TRY(std::string onnx, graph::write_onnx(package.graph));
  return with_labels(package, ".onnx", std::move(onnx));
}

}  // namespace dew::deploy
