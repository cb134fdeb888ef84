// Where the rows and columns of a resized picture come from: TensorFlow Lite Micro's arithmetic, which the
// interpreter and the compiler share. Nearest neighbours are found in float32, bilinear weights in steps of
// 1/1024.
#include <algorithm>
#include <cmath>

#include "graph/graph.h"

namespace dew::graph {
namespace {

constexpr int64_t kOne = 1024;

Source nearest(const Op& op, int at, int in, int out) {
  const float scale = op.align_corners && out > 1 ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
                                                  : static_cast<float>(in) / static_cast<float>(out);
  const float exact = (static_cast<float>(at) + (op.half_pixel_centers ? 0.5F : 0.0F)) * scale;
  const float whole = op.align_corners ? std::round(exact) : std::floor(exact);
  const int found = std::clamp(static_cast<int>(whole), 0, in - 1);
  return {found, found, 0};
}

Source bilinear(const Op& op, int at, int in, int out) {
  const int64_t from = op.align_corners && out > 1 ? in - 1 : in;
  const int64_t to = op.align_corners && out > 1 ? out - 1 : out;
  const int64_t scale = (kOne * from + to / 2) / to;
  const int64_t exact = at * scale + (op.half_pixel_centers ? scale / 2 - kOne / 2 : 0);
  // Both divisions towards zero, which before the first pixel gives that pixel.
  const int64_t lower = std::clamp(exact / kOne, int64_t{0}, int64_t{in - 1});
  const int64_t upper = std::clamp((exact + kOne - 1) / kOne, lower, int64_t{in - 1});
  return {static_cast<int>(lower), static_cast<int>(upper),
          lower == upper ? 0 : static_cast<int>(exact - kOne * lower)};
}

}  // namespace

std::vector<Source> resize_sources(const Graph& graph, const Op& op, size_t axis) {
  const int in = graph.tensors[static_cast<size_t>(op.inputs[0])].shape[axis];
  const int out = graph.tensors[static_cast<size_t>(op.outputs[0])].shape[axis];
  std::vector<Source> sources;
  for (int at = 0; at < out; ++at)
    sources.push_back(op.kind == OpKind::kResizeNearest ? nearest(op, at, in, out)
                                                        : bilinear(op, at, in, out));
  return sources;
}

}  // namespace dew::graph
