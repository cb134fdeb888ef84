// Which entry of a list a picture of the tree has.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "exchange/tree.h"

namespace dew::exchange {

/// Four bytes a file of the tree, which must outlive it.
class PictureNumbers {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  PictureNumbers() = default;
  explicit PictureNumbers(const Tree& tree) : tree_(&tree), numbers_(tree.files().size(), kNone) {}
  /// Of one of the tree's files; kNone until it is set.
  uint32_t& operator[](std::string_view file) { return numbers_[tree_->number_of(file).value()]; }
  /// kNone also where it is none of the tree's files.
  [[nodiscard]] uint32_t find(std::string_view file) const {
    const auto number = tree_->number_of(file);
    return number ? numbers_[*number] : kNone;
  }

 private:
  const Tree* tree_ = nullptr;
  std::vector<uint32_t> numbers_;
};

}  // namespace dew::exchange
