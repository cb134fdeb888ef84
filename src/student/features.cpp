// Global-average features of a backbone: the output of its last convolution, averaged over the picture.
#include "student/backbone.h"
#include "student/door.h"
#include "student/infer.h"
#include "student/net.h"
#include "student/pictures.h"
#include "student/tensors.h"
#include "student/weights.h"

namespace dew::student {

Backbone random_backbone(double alpha, int input, uint64_t seed) {
  Net net(mobilenet_v2(alpha, input, 0));
  net.initialise(seed, 1.0);
  return {"random",
          "random weights, nothing learned",
          alpha,
          input,
          {net.architecture(), numbers(net.parameters), numbers(net.statistics)}};
}

Result<std::vector<std::vector<float>>> features_of(const Backbone& backbone, int input,
                                                    std::span<const std::vector<uint8_t>> pictures,
                                                    Watch& watch) {
  return guarded("computing features", [&]() -> Result<std::vector<std::vector<float>>> {
    DEW_CHECK(check_dimensions(backbone.alpha, input, 2));
    const Weights weights = with_head(backbone, input, 0);
    const Inference inference(
        fold(weights.architecture, weights.parameters.data(), weights.statistics.data()));
    const auto width = static_cast<size_t>(weights.architecture.features());
    std::vector<std::vector<float>> rows;
    rows.reserve(pictures.size());
    DEW_CHECK(in_batches("computing features", pictures, input, watch, [&](std::span<const float> batch) {
      const std::vector<float> all = inference.features(batch);
      for (auto at = all.begin(); at != all.end(); at += static_cast<std::ptrdiff_t>(width)) {
        rows.emplace_back(at, at + static_cast<std::ptrdiff_t>(width));
      }
    }));
    return rows;
  });
}

}  // namespace dew::student
