// A net that has learned nothing yet: for asking the compiler what it will cost.
#include "student/adapt.h"
#include "student/door.h"
#include "student/examples.h"
#include "student/net.h"
#include "student/random.h"
#include "student/student.h"
#include "student/weights.h"

namespace dew::student {

Result<graph::Graph> sketch(const TrainSettings& settings, const std::string& name,
                            const std::vector<std::string>& classes) {
  TrainSettings wanted = settings;
  wanted.classes = static_cast<int>(classes.size());
  DEW_CHECK(check_settings(wanted));
  DEW_TRY(const Architecture architecture, architecture_of(wanted));
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  DEW_CHECK(guarded("sketching a net", [&]() -> Result<void> {
    Net net(architecture);
    net.initialise(wanted.seed, 1.0);
    const auto numbers = [](const at::Tensor& tensor) {
      const auto flat = values(tensor);
      return std::vector<float>(flat.begin(), flat.end());
    };
    return save_weights(folder.path(), {architecture, numbers(net.parameters), numbers(net.statistics)});
  }));
  // Noise, so that every activation has a range.
  constexpr uint64_t kNoise = 51;
  Random random(wanted.seed, kNoise);
  std::vector<uint8_t> noise(size_t{3} * wanted.input * wanted.input);
  for (uint8_t& byte : noise) byte = static_cast<uint8_t>(random.below(256));
  Watch silent;
  return quantise(folder.path(), std::vector<std::vector<uint8_t>>{noise}, name, classes, silent);
}

}  // namespace dew::student
