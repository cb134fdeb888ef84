// Bytes that wait on the disk until they are needed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/base.h"
#include "base/texts.h"

namespace dew::exchange {

/// A nameless file in the system's folder for temporary files, made when it is first needed. Where it cannot
/// be written the bytes stay in memory.
class Spill {
 public:
  struct Place {
    uint64_t at = 0;
    uint32_t size = 0;
    bool in_memory = false;
  };
  Place add(std::string_view bytes);
  /// Empty where it cannot be read; then intact() is false from now on.
  [[nodiscard]] std::string read(const Place& place) const;
  [[nodiscard]] bool intact() const { return intact_; }

 private:
  FilePtr file_;
  uint64_t size_ = 0;
  bool failed_ = false;
  Texts texts_;
  std::vector<std::string_view> kept_;
  mutable bool intact_ = true;
};

}  // namespace dew::exchange
