// Many short texts in little memory: each costs its bytes.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace dew {

/// Keeps texts as long as it lives, wherever it is moved to.
class Texts {
 public:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    if (text.size() > room_) {
      room_ = std::max(kBlock, text.size());
      blocks_.push_back(std::make_unique<char[]>(room_));
      next_ = blocks_.back().get();
    }
    std::memcpy(next_, text.data(), text.size());
    const std::string_view kept(next_, text.size());
    next_ += text.size();
    room_ -= text.size();
    return kept;
  }

 private:
  static constexpr size_t kBlock = size_t{1} << 16;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t room_ = 0;
};

/// Texts of which many are the same: each is kept once.
class SharedTexts {
 public:
  std::string_view keep(std::string_view text) {
    const auto known = known_.find(text);
    return known != known_.end() ? *known : *known_.insert(texts_.keep(text)).first;
  }

 private:
  Texts texts_;
  std::unordered_set<std::string_view> known_;
};

}  // namespace dew
