#include "store/shots.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

namespace dew::store {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes digits off the end. False: there are none.
bool drop_number(std::string_view& text) {
  const size_t before = text.size();
  while (!text.empty() && is_digit(text.back())) text.remove_suffix(1);
  return text.size() < before;
}

bool drop(std::string_view& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.remove_suffix(ending.size());
  return true;
}

std::string_view without_extension(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

/// What galleries put behind the name of an edited copy, Google Photos in the user's language, and what file
/// managers put behind that of a copy.
bool drop_edited(std::string_view& stem) {
  constexpr std::array<std::string_view, 18> kWords{
      "edited",     "edit",    "bearbeitet", "modifi\xC3\xA9", "editado",   "editada",
      "modificato", "bewerkt", "redigerad",  "edytowane",      "redigeret", "muokattu",
      "modificata", "effects", "copy",       "kopie",          "copie",     "copia"};
  std::string_view rest = stem;
  for (const std::string_view word : kWords) {
    if (!drop(rest, word)) continue;
    if (rest.size() < 2 || (rest.back() != '-' && rest.back() != '_' && rest.back() != ' ')) return false;
    rest.remove_suffix(1);
    stem = rest;
    return true;
  }
  if (!drop_number(rest) || rest.size() < 2 || !drop(rest, "~")) return false;
  stem = rest;
  return true;
}

/// iOS calls the edited copy of IMG_0001 IMG_E0001.
std::string without_apples_e(std::string_view stem) {
  constexpr std::string_view kEdited = "img_e";
  const bool edited = stem.starts_with(kEdited) && stem.size() > kEdited.size() &&
                      std::all_of(stem.begin() + kEdited.size(), stem.end(), is_digit);
  return edited ? "img_" + std::string(stem.substr(kEdited.size())) : std::string(stem);
}

/// Takes "(1)" off the end, and the blank before it: a second file of this name.
std::string_view take_counter(std::string_view& stem) {
  std::string_view rest = stem;
  if (!drop(rest, ")") || !drop_number(rest) || !drop(rest, "(")) return {};
  while (rest.ends_with(' ')) rest.remove_suffix(1);
  if (rest.empty()) return {};
  return std::exchange(stem, rest).substr(rest.size());
}

bool is_number(std::string_view text, size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), is_digit);
}

/// "20240101_120011", as phones call what they took then.
bool is_moment(std::string_view stem) {
  constexpr size_t kDay = 8;
  constexpr size_t kTime = 6;
  return stem.size() == kDay + 1 + kTime && stem[kDay] == '_' && is_number(stem.substr(0, kDay), kDay) &&
         is_number(stem.substr(kDay + 1), kTime);
}

/// The burst that a photo is of: "burst20190101120000000" of 00001img_00001_burst20190101120000000_cover,
/// "img_20200101_120000" of img_20200101_120000_burst002; empty: of none.
std::string_view burst_of(std::string_view stem) {
  constexpr std::string_view kMark = "_burst";
  constexpr size_t kMomentDigits = 14;
  drop(stem, "_cover");
  const size_t mark = stem.rfind(kMark);
  if (mark == std::string_view::npos || mark == 0) return {};
  const std::string_view number = stem.substr(mark + kMark.size());
  if (number.empty() || !std::all_of(number.begin(), number.end(), is_digit)) return {};
  return number.size() >= kMomentDigits ? stem.substr(mark + 1) : stem.substr(0, mark);
}

/// Files by a number of their folder and shot, so that names are not held twice.
std::vector<std::pair<uint64_t, uint32_t>> by_shot(const std::vector<Gathered>& all) {
  std::vector<std::pair<uint64_t, uint32_t>> order;
  order.reserve(all.size());
  for (uint32_t i = 0; i < all.size(); ++i) {
    const std::string place = std::string(all[i].folder) + "/" + shot_of(all[i].name);
    order.emplace_back(std::hash<std::string>{}(place), i);
  }
  std::sort(order.begin(), order.end());
  return order;
}

}  // namespace

size_t tile_at(std::string_view name) {
  std::string_view rest = without_extension(name);
  for (const std::string_view between : {"x", ",", ",", "-"})
    if (!drop_number(rest) || !drop(rest, between)) return std::string_view::npos;
  return rest.empty() ? std::string_view::npos : rest.size();
}

std::string shot_of(std::string_view name) {
  if (const size_t tile = tile_at(name); tile != std::string_view::npos) return lower(name.substr(0, tile));
  const std::string low = lower(without_extension(name));
  std::string_view stem = low;
  const std::string_view counter = take_counter(stem);
  while (drop_edited(stem)) {
  }
  if (stem.starts_with("pxl_"))
    stem = stem.substr(0, stem.find('.'));  // ".portrait-01.cover", ".mp", ".night"
  if (const std::string_view burst = burst_of(stem); !burst.empty()) return std::string(burst);
  if (is_moment(stem)) return std::string(stem);  // Samsung counts a burst so
  return without_apples_e(stem) + std::string(counter);
}

std::vector<Sequence> find_shots(const std::vector<Gathered>& all) {
  const auto order = by_shot(all);
  std::vector<Sequence> shots;
  for (auto first = order.begin(); first != order.end();) {
    const auto last =
        std::find_if(first, order.end(), [&](const auto& one) { return one.first != first->first; });
    if (last - first > 1) {
      Sequence& shot = shots.emplace_back();
      for (auto at = first; at != last; ++at) shot.push_back(&all[at->second]);
    }
    first = last;
  }
  return shots;
}

void leave_lone_clips(std::vector<Gathered>& all) {
  if (std::none_of(all.begin(), all.end(), [](const Gathered& one) { return one.clip; })) return;
  std::set<int64_t> with_still;
  for (const Sequence& shot : find_shots(all)) {
    if (std::all_of(shot.begin(), shot.end(), [](const Gathered* one) { return one->clip; })) continue;
    for (const Gathered* one : shot) with_still.insert(one->source);
  }
  std::erase_if(all, [&](const Gathered& one) { return one.clip && !with_still.contains(one.source); });
}

}  // namespace dew::store
