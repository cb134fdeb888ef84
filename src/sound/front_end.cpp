#include "kernels/dew_sound_tables.h"
#include "sound/sound.h"

namespace dew::sound {

struct FrontEnd::Inside {
  dew_sound_tables tables;
  dew_sound_state state{};
};

FrontEnd::FrontEnd(int step)
    : inside_(std::make_unique<Inside>(Inside{dew_sound_16k(static_cast<uint16_t>(step))})) {}
FrontEnd::FrontEnd(FrontEnd&&) noexcept = default;
FrontEnd& FrontEnd::operator=(FrontEnd&&) noexcept = default;
FrontEnd::~FrontEnd() = default;

void FrontEnd::hear(std::span<const int16_t> samples, const std::function<void(const Features&)>& each) {
  Features features{};
  while (!samples.empty()) {
    uint8_t full = 0;
    const uint32_t taken = dew_sound_push(&inside_->tables, &inside_->state, samples.data(),
                                          static_cast<uint32_t>(samples.size()), features.data(), &full);
    if (full != 0) each(features);
    samples = samples.subspan(taken);
  }
}

}  // namespace dew::sound
