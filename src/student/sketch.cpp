// An untrained net as an int8 graph, for asking the compiler what it will cost.
#include "student/door.h"
#include "student/examples.h"
#include "student/net.h"
#include "student/quantise.h"
#include "student/random.h"
#include "student/tensors.h"
#include "student/weights.h"

namespace dew::student {

Result<graph::Graph> sketch(const TrainSettings& wanted, const std::string& name,
                            const std::vector<std::string>& classes) {
  return guarded("sketching a net", [&]() -> Result<graph::Graph> {
    TrainSettings settings = wanted;
    settings.classes = static_cast<int>(classes.size());
    DEW_CHECK(check_settings(settings));
    DEW_TRY(const Architecture architecture, architecture_of(settings));
    DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
    Net net(architecture);
    net.initialise(settings.seed, 1.0);
    DEW_CHECK(save_weights(folder.path(), {architecture, numbers(net.parameters), numbers(net.statistics)}));
    // A picture of noise, so that every activation has a range.
    Random random(settings.seed, Stream::kSketchNoise);
    std::vector<uint8_t> noise(size_t{3} * settings.input * settings.input);
    for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random.below(256));
    Watch silent;
    return quantise(folder.path(), std::vector<std::vector<uint8_t>>{noise}, name, classes, silent);
  });
}

}  // namespace dew::student
