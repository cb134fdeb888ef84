// One of COCO's lists, whose entries others name by their ids before or behind it.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/base.h"
#include "base/texts.h"
#include "exchange/items.h"

namespace dew::exchange {

/// `Entry` has `listed` (the list has it) and `where` (its place, or where an id was met first).
template <typename Entry>
class CocoList {
 public:
  /// The number of an id's entry, which is made where it is new. `where`: the place that names the id.
  size_t number_of(const std::string& id, const std::string& where, FilePlaces& places) {
    if (const auto known = numbers_.find(id); known != numbers_.end()) return known->second;
    numbers_.emplace(ids_.keep(id), static_cast<uint32_t>(entries_.size()));
    entries_.emplace_back().where = places.keep(where);
    return entries_.size() - 1;
  }

  Entry& operator[](size_t number) { return entries_[number]; }
  const Entry& operator[](size_t number) const { return entries_[number]; }
  [[nodiscard]] const std::deque<Entry>& entries() const { return entries_; }
  [[nodiscard]] size_t size() const { return entries_.size(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  /// Error (usage): an annotation has an id that the list lacks; the first such. `what` is an entry, `list`
  /// the list's key.
  [[nodiscard]] Result<void> check_all_listed(const FilePlaces& places, const char* what,
                                              const char* list) const {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [](const Entry& one) { return !one.listed; });
    if (entry == entries_.end()) return {};
    const auto number = static_cast<size_t>(entry - entries_.begin());
    const auto id =
        std::find_if(numbers_.begin(), numbers_.end(), [&](const auto& one) { return one.second == number; });
    return usage_error(fmt::format("no {} has the id {}", what, printable(id->first, 40)),
                       places.text(entry->where),
                       fmt::format("export the data set with its list of {}", list));
  }

 private:
  Texts ids_;
  std::unordered_map<std::string_view, uint32_t> numbers_;
  std::deque<Entry> entries_;
};

}  // namespace dew::exchange
