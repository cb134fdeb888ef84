// Finds kernels by name: their functions for the host, their text for the emitter.
#include "kernels/kernels.h"

#include <map>

#include "embed/kernel_text.h"
#include "kernels/host_kernels.h"

namespace dew::kernels {

dew_kernel host_kernel(std::string_view name, bool tflite) {
  const dew_host_kernel* entry = tflite ? dew_host_kernels_tflite : dew_host_kernels;
  for (; entry->name != nullptr; ++entry) {
    if (name == entry->name) return entry->run;
  }
  return nullptr;
}

std::string_view text(std::string_view file) {
  static const std::map<std::string_view, std::string_view> kFiles = {
#define DEW_FILE(name) {#name ".h", kernel_text::name},
      DEW_FILE(dew_types) DEW_FILE(dew_engine) DEW_FILE(dew_clamp) DEW_FILE(dew_requantize)
          DEW_FILE(dew_channel) DEW_FILE(dew_pool) DEW_FILE(dew_dsp) DEW_FILE(dew_paired) DEW_FILE(dew_patch)
              DEW_FILE(dew_tile) DEW_FILE(dew_mve) DEW_FILE(dew_planar) DEW_EACH_KERNEL(DEW_FILE)
#undef DEW_FILE
  };
  const auto found = kFiles.find(file);
  return found == kFiles.end() ? std::string_view{} : found->second;
}

}  // namespace dew::kernels
