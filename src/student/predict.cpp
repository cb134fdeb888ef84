// Predictions of a trained net in float.
#include <algorithm>

#include "student/augment.h"
#include "student/door.h"
#include "student/infer.h"
#include "student/pictures.h"
#include "student/student.h"
#include "student/weights.h"

namespace dew::student {

Result<std::vector<std::vector<float>>> predict(const fs::path& folder,
                                                std::span<const std::vector<uint8_t>> pictures,
                                                Watch& watch) {
  DEW_TRY(const Weights weights, load_weights(folder));
  return guarded("predicting", [&]() -> Result<std::vector<std::vector<float>>> {
    const Inference inference(
        fold(weights.architecture, weights.parameters.data(), weights.statistics.data()));
    const auto classes = static_cast<size_t>(weights.architecture.classes);
    std::vector<std::vector<float>> rows;
    rows.reserve(pictures.size());
    DEW_CHECK(in_batches("predicting", pictures, weights.architecture.input, watch,
                         [&](std::span<const float> batch) {
                           const std::vector<float> logits = inference.logits(batch);
                           for (size_t i = 0; i < logits.size(); i += classes) {
                             rows.push_back(softmax({logits.data() + i, classes}));
                           }
                         }));
    return rows;
  });
}

}  // namespace dew::student
