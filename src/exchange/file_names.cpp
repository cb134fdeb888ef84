#include "exchange/file_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

namespace dew::exchange {
namespace {

constexpr size_t kLongestPart = 190;  // bytes; with frame, region, number and extension below 255

bool is_special(char c) {
  constexpr std::string_view kSpecial = "\\:*?\"<>|#&%";
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F || kSpecial.find(c) != std::string_view::npos;
}

size_t extension_at(std::string_view name) {
  const size_t dot = name.rfind('.');
  const size_t begin = name.rfind('/') == std::string_view::npos ? 0 : name.rfind('/') + 1;
  return dot == std::string_view::npos || dot <= begin ? name.size() : dot;
}

/// CON, NUL, COM1 ... also with any extension.
bool is_windows_device(std::string_view part) {
  const std::string stem = upper(part.substr(0, part.find('.')));
  constexpr std::array<std::string_view, 4> kWords{"CON", "PRN", "AUX", "NUL"};
  if (std::find(kWords.begin(), kWords.end(), stem) != kWords.end()) return true;
  return stem.size() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")) && stem[3] >= '0' &&
         stem[3] <= '9';
}

/// Cut in front of its extension, with some of a hash, so that two long names stay two.
std::string shortened(const std::string& part) {
  if (part.size() <= kLongestPart) return part;
  constexpr size_t kHash = 8;
  constexpr size_t kLongestExtension = 12;
  std::string extension = part.substr(extension_at(part));
  if (extension.size() > kLongestExtension) extension.clear();
  size_t end = kLongestPart - kHash - 1 - extension.size();
  while (end > 0 && (static_cast<unsigned char>(part[end]) & 0xC0U) == 0x80U) --end;  // a whole character
  return part.substr(0, end) + "-" + sha256(part).substr(0, kHash) + extension;
}

std::string safe_part(std::string part) {
  std::replace_if(part.begin(), part.end(), is_special, '_');
  if (part.back() == '.' || part.back() == ' ') part.back() = '_';
  if (part.front() == ' ') part.front() = '_';
  if (is_windows_device(part) || is_of_other_programs(part)) part.insert(part.begin(), '_');
  return shortened(part);
}

size_t hash_of(std::string_view key) {
  return std::hash<std::string_view>{}(key);
}

std::string key_of(const std::string& path) {
  return lower(composed(path));
}

}  // namespace

std::string safe_path(std::string_view name) {
  std::string path;
  while (!name.empty()) {
    const size_t end = std::min(name.find('/'), name.size());
    if (end > 0) {
      if (!path.empty()) path += '/';
      path += safe_part(std::string(name.substr(0, end)));
    }
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return path.empty() ? "_" : path;
}

std::string picture_stem(const Sample& sample, const Source& source) {
  std::string stem = safe_path(source.name);
  if (sample.frame) stem += fmt::format("-frame{}", *sample.frame);
  if (const auto& region = sample.region)
    stem += fmt::format("-{},{},{}x{}", region->x, region->y, region->width, region->height);
  return stem;
}

std::string flat(std::string_view path) {
  std::string name(path);
  std::replace(name.begin(), name.end(), '/', '-');
  return shortened(name);
}

std::string TakenNames::take(const std::string& folder, const std::string& name) {
  const std::string before = folder.empty() ? "" : folder + "/";
  const std::string whole = before + (lies_in_a_file(before + name) ? flat(name) : name);
  if (try_take(whole)) return whole;
  const size_t dot = extension_at(whole);
  int64_t& number = last_number_.try_emplace(key_of(whole), 1).first->second;
  while (true) {
    std::string other = fmt::format("{}-{}{}", whole.substr(0, dot), ++number, whole.substr(dot));
    if (try_take(other)) return other;
  }
}

bool TakenNames::lies_in_a_file(const std::string& path) const {
  const std::string key = key_of(path);
  for (size_t slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1))
    if (files_.contains(hash_of(std::string_view(key).substr(0, slash)))) return true;
  return false;
}

bool TakenNames::try_take(const std::string& path) {
  const std::string key = key_of(path);
  const size_t file = hash_of(key);
  const size_t stem = hash_of(std::string_view(key).substr(0, extension_at(key)));
  if (files_.contains(file) || (by_stem_ && stems_.contains(stem)) || folders_.contains(key)) return false;
  for (size_t slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1))
    folders_.insert(key.substr(0, slash));
  files_.insert(file);
  if (by_stem_) stems_.insert(stem);
  return true;
}

}  // namespace dew::exchange
