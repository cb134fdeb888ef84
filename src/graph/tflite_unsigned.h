// Models of unsigned bytes, as TensorFlow 1 quantised them, taken over into int8.
#pragma once

#include "base/result.h"
#include "graph/graph.h"

namespace dew::graph {

/// If operators other than Quantize and Dequantize compute with uint8, makes all of them int8: q becomes q -
/// 128, zero points too, and weights become symmetric. All real values stay what they are. The model's own
/// input and outputs stay uint8, with a Quantize between that only changes the top bit. Error: weights whose
/// distance from their zero point is no int8.
Result<void> take_over_unsigned(Graph& graph);

}  // namespace dew::graph
