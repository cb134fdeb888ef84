// board_pages: what a net costs on a board, layer by layer, as a page: kept for as long as the studio runs.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace dew::studio {

class BoardPages {
 public:
  /// In place of the page of the same run and board.
  void keep(int64_t run, const std::string& board, std::string html) {
    const std::lock_guard lock(mutex_);
    std::erase_if(pages_, [&](const Page& page) { return page.run == run && page.board == board; });
    pages_.push_back({run, board, std::move(html)});
    if (pages_.size() > kMost) pages_.pop_front();
  }
  [[nodiscard]] std::optional<std::string> find(int64_t run, const std::string& board) const {
    const std::lock_guard lock(mutex_);
    for (const Page& page : pages_)
      if (page.run == run && page.board == board) return page.html;
    return std::nullopt;
  }

 private:
  static constexpr size_t kMost = 32;  // of some 100 KB each; the oldest goes
  struct Page {
    int64_t run = 0;
    std::string board;
    std::string html;
  };
  mutable std::mutex mutex_;
  std::deque<Page> pages_;
};

}  // namespace dew::studio
