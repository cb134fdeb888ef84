// Finds kernels by name: their functions for the host, their text for the emitter.
#include "kernels/kernels.h"

#include <map>

#include "embed/kernel_text.h"
#include "kernels/host_kernels.h"
#include "kernels/tables.h"

namespace dew::kernels {

namespace {

const dew_host_kernel* table(bool tflite, Vectors vectors) {
#if defined(__x86_64__)
  if (vectors == Vectors::kAvx2) return tflite ? dew_host_kernels_avx2_tflite : dew_host_kernels_avx2;
  if (vectors == Vectors::kVnni) return tflite ? dew_host_kernels_vnni_tflite : dew_host_kernels_vnni;
#else
  (void)vectors;
#endif
  return tflite ? dew_host_kernels_tflite : dew_host_kernels;
}

}  // namespace

const std::vector<Vectors>& host_vectors() {
  static const std::vector<Vectors> has = [] {
    std::vector<Vectors> found = {Vectors::kNone};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") != 0) {
      found.push_back(Vectors::kAvx2);
      if (__builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vnni") != 0)
        found.push_back(Vectors::kVnni);
    }
#endif
    return found;
  }();
  return has;
}

dew_kernel host_kernel(std::string_view name, bool tflite, Vectors vectors) {
  for (const dew_host_kernel* entry = table(tflite, vectors); entry->name != nullptr; ++entry) {
    if (name == entry->name) return entry->run;
  }
  return nullptr;
}

std::string_view text(std::string_view file) {
  static const std::map<std::string_view, std::string_view> kFiles = {
#define DEW_FILE(name) {#name ".h", kernel_text::name},
      DEW_FILE(dew_types) DEW_FILE(dew_trigger) DEW_FILE(dew_sound) DEW_FILE(dew_sound_tables)
          DEW_FILE(dew_engine) DEW_FILE(dew_clamp) DEW_FILE(dew_requantize) DEW_FILE(dew_channel)
              DEW_FILE(dew_pool) DEW_FILE(dew_dsp) DEW_FILE(dew_paired) DEW_FILE(dew_patch) DEW_FILE(dew_tile)
                  DEW_FILE(dew_end) DEW_FILE(dew_sums) DEW_FILE(dew_helium_end) DEW_FILE(dew_mve)
                      DEW_FILE(dew_planar) DEW_FILE(dew_vector) DEW_FILE(dew_patch_pads) DEW_FILE(dew_fours)
                          DEW_FILE(dew_twin_arm) DEW_EACH_KERNEL(DEW_FILE)
#undef DEW_FILE
  };
  const auto found = kFiles.find(file);
  return found == kFiles.end() ? std::string_view{} : found->second;
}

}  // namespace dew::kernels
