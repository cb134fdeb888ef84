// kept: what was computed of all samples, beside the project, so that it need not be computed again by the
// next program.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/base.h"

namespace dew::verbs {

/// Larger ones are neither written nor read: a map of ten million samples has 120 MB.
constexpr int64_t kMostKept = int64_t{256} << 20;

/// Writes .dewdrop/browse/NAME whole or not at all, over the one that is there: one file a name, however
/// often it is made. Error: too large, the disk.
Result<void> keep_beside(const fs::path& project, const std::string& name, std::string_view body);

/// Its body; absent: there is none, or it is damaged, too large, or of another version of this program.
std::optional<std::string> kept_beside(const fs::path& project, const std::string& name);

/// Puts numbers and texts one after the other, little-endian.
class Packing {
 public:
  template <typename Number>
  void put(Number number) {
    bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  void put_text(std::string_view text) {
    put(static_cast<uint64_t>(text.size()));
    bytes_ += text;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// Takes them out again. Behind the end all numbers are 0 and all texts empty; good() tells that afterwards.
class Unpacking {
 public:
  explicit Unpacking(std::string_view bytes) : left_(bytes) {}

  template <typename Number>
  Number take() {
    Number number{};
    const std::string_view from = cut(sizeof number);
    if (good_) std::memcpy(&number, from.data(), sizeof number);
    return number;
  }
  std::string_view take_text() { return cut(take<uint64_t>()); }
  /// How many follow, of `each` bytes at least: never more than there is room for.
  uint64_t take_count(size_t each) {
    const auto count = take<uint64_t>();
    if (count <= left_.size() / each) return count;
    good_ = false;
    return 0;
  }
  /// All was there so far.
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool ended() const { return good_ && left_.empty(); }

 private:
  std::string_view cut(uint64_t size) {
    good_ = good_ && size <= left_.size();
    if (!good_) return {};
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

  std::string_view left_;
  bool good_ = true;
};

}  // namespace dew::verbs
