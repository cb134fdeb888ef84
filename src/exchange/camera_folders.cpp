#include "exchange/camera_folders.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/base.h"

namespace dew::exchange {
namespace {

bool is_digit(char c) {
  return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

/// JEITA CP-3461 (DCF): 100 to 999, then five letters, digits or '_'; digits alone are a number.
bool is_dcf(std::string_view name) {
  constexpr size_t kDigits = 3;
  constexpr size_t kLength = 8;
  if (name.size() != kLength || name[0] == '0') return false;
  const std::string_view free = name.substr(kDigits);
  const auto allowed = [](char c) {
    return std::isupper(static_cast<unsigned char>(c)) != 0 || is_digit(c) || c == '_';
  };
  return std::all_of(name.begin(), name.begin() + kDigits, is_digit) &&
         std::all_of(free.begin(), free.end(), allowed) && !std::all_of(free.begin(), free.end(), is_digit);
}

/// The number in the next `digits`; -1: there are none. `text` becomes the rest.
int next_number(std::string_view& text, size_t digits) {
  if (text.size() < digits || !std::all_of(text.begin(), text.begin() + digits, is_digit)) return -1;
  int number = 0;
  for (const char c : text.substr(0, digits)) number = 10 * number + (c - '0');
  text.remove_prefix(digits);
  return number;
}

/// A year, and perhaps a month and a day behind it; behind these an album's name ("2024-05-01 Berlin").
bool is_date(std::string_view name) {
  const int year = next_number(name, 4);
  if (year < 1990 || year > 2099) return false;
  for (const int most : {12, 31}) {
    if (most == 31 && name.starts_with(' ')) return true;
    while (!name.empty() && (name[0] == '-' || name[0] == '_' || name[0] == '.')) name.remove_prefix(1);
    if (name.empty()) return true;
    const int number = next_number(name, 2);
    if (number < 1 || number > most) return false;
  }
  return name.empty() || name[0] == ' ';
}

/// "Photos from 2023": a year's album of Google Takeout's, in the user's language.
bool is_years_album(std::string_view name) {
  constexpr std::array<std::string_view, 8> kBefore{"photos from ", "fotos von ",     "photos de ",
                                                    "fotos de ",    "foto del ",      "foto\u2019s uit ",
                                                    "foto's uit ",  "zdj\u0119cia z "};
  return std::any_of(kBefore.begin(), kBefore.end(), [&](std::string_view before) {
    return name.starts_with(before) && is_date(name.substr(before.size()));
  });
}

/// "batch1", "session 2", "img": how pictures are heaped, and not what they show.
bool is_heap(std::string_view name) {
  while (!name.empty() &&
         (is_digit(name.back()) || name.back() == ' ' || name.back() == '_' || name.back() == '-'))
    name.remove_suffix(1);
  constexpr std::array<std::string_view, 10> kHeaps{"batch", "session", "chunk",  "img",   "imgs",
                                                    "image", "images",  "frames", "crops", "new folder"};
  return std::find(kHeaps.begin(), kHeaps.end(), name) != kHeaps.end();
}

bool is_month(std::string_view name) {
  constexpr std::array<std::string_view, 19> kMonths{
      "january",   "february",  "march",   "april",    "may",      "june",   "july",
      "august",    "september", "october", "november", "december", "januar", "februar",
      "m\u00e4rz", "mai",       "juni",    "juli",     "dezember"};
  return std::find(kMonths.begin(), kMonths.end(), name) != kMonths.end();
}

}  // namespace

bool is_camera_folder(std::string_view name) {
  constexpr std::array<std::string_view, 28> kNames{
      "dcim",           "camera",     "camera roll",     "camera uploads",   "screenshots",
      "screenshot",     "download",   "downloads",       "pictures",         "photos",
      "whatsapp",       "telegram",   "whatsapp images", "instagram",        "snapchat",
      "saved pictures", "bluetooth",  "messenger",       "signal",           "recents",
      "favorites",      "favourites", "hidden",          "recently deleted", "all photos",
      "live photos",    "selfies",    "bursts"};
  const std::string low = lower(name);
  return is_dcf(name) || is_date(name) || is_years_album(low) || is_heap(low) || is_month(low) ||
         std::find(kNames.begin(), kNames.end(), low) != kNames.end();
}

}  // namespace dew::exchange
