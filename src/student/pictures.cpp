// Pictures in batches, as the net's reals.
#include "student/pictures.h"

#include <algorithm>

#include "student/augment.h"

namespace dew::student {

Result<void> in_batches(const std::string& doing, std::span<const std::vector<uint8_t>> pictures, int input,
                        Watch& watch, const std::function<void(std::span<const float> batch)>& work) {
  constexpr size_t kBatch = 32;
  const size_t elements = size_t{3} * input * input;
  std::vector<float> batch;
  watch.begin(doing, static_cast<int64_t>(pictures.size()));
  for (size_t begin = 0; begin < pictures.size(); begin += kBatch) {
    if (watch.interrupted()) return interrupted_error();
    const size_t count = std::min(kBatch, pictures.size() - begin);
    batch.resize(count * elements);
    for (size_t i = 0; i < count; ++i) {
      const std::vector<uint8_t>& picture = pictures[begin + i];
      if (picture.size() != elements) {
        return work_error("a picture of " + std::to_string(picture.size()) + " bytes where the net takes " +
                              std::to_string(elements),
                          "picture " + std::to_string(begin + i),
                          "resize it to " + std::to_string(input) + " pixels, three bytes each");
      }
      normalise(picture, {batch.data() + i * elements, elements});
    }
    work(batch);
    watch.advance(static_cast<int64_t>(begin + count));
  }
  watch.end();
  return {};
}

}  // namespace dew::student
