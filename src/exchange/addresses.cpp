#include "exchange/addresses.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "exchange/table.h"
#include "media/fragment.h"

namespace dew::exchange {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// "a b" from "a%20b" (RFC 3986). What is no escape stays.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0 || (high == 0 && low == 0)) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

/// The value of `d` in the query of Label Studio's address for files on its own disk.
std::string_view local_file(std::string_view address) {
  constexpr std::string_view kLocal = "/data/local-files/?";
  const size_t at = address.find(kLocal);
  if (at == std::string_view::npos) return {};
  std::string_view query = address.substr(at + kLocal.size());
  while (!query.empty()) {
    const std::string_view parameter = query.substr(0, query.find('&'));
    if (parameter.starts_with("d=")) return parameter.substr(2);
    query.remove_prefix(std::min(parameter.size() + 1, query.size()));
  }
  return {};
}

/// "1a2b3c4d-1.jpg" from "/data/upload/3/1a2b3c4d-1.jpg"; empty for other names.
std::string_view uploaded_file(std::string_view path) {
  constexpr size_t kDigits = 8;
  if (path.find("upload/") == std::string_view::npos) return {};
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.size() <= kDigits + 1 || name[kDigits] != '-') return {};
  const std::string_view digits = name.substr(0, kDigits);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return hex_digit(c) >= 0; })) return {};
  return name;
}

/// The path in a cell that holds an object in JSON; empty: it holds none.
std::string path_in_json(std::string_view cell) {
  constexpr size_t kLargest = 64 << 10;
  if (cell.size() > kLargest || !cell.starts_with('{')) return {};
  const auto object = nlohmann::json::parse(cell, nullptr, false);
  if (!object.is_object()) return {};
  for (const char* key : {"path", "src", "url"})
    if (const auto at = object.find(key); at != object.end() && at->is_string())
      return at->get<std::string>();
  return {};
}

/// "walk.mp4#frame=7", "a.png#xywh=0,0,9,9": no file, but a sample that is cut out of one.
bool names_part(std::string_view name) {
  const auto fragment = Fragment::parse(name);
  return fragment && (fragment->frame || fragment->region);
}

Tree::Found find_path(const Tree& tree, std::string_view path, std::string_view file) {
  Tree::Found found = tree.find(path, file);
  if (!found.missing() || names_picture(path)) return found;
  return tree.find_picture(path, file);
}

/// What an address means to the letter, unless it means another picture with its escapes decoded.
Tree::Found only_reading(const Tree& tree, const Tree::Found& plain, std::string_view address,
                         std::string_view file) {
  const std::string decoded = percent_decoded(address);
  if (decoded == address) return plain;
  const Tree::Found other = find_path(tree, decoded, file);
  if (other.file.empty() || other.file == plain.file) return plain;
  return {
      {}, "several pictures could be meant: " + printable(other.file) + ", " + printable(plain.file), true};
}

/// A picture by the name that an upload made of it, wherever it lies: as Label Studio's own folder has it, or
/// without what was put before it; there, Label Studio writes '_' for blanks.
Tree::Found find_uploaded(const Tree& tree, std::string_view uploaded, std::string_view file) {
  constexpr size_t kMostTried = 6;
  Tree::Found as_uploaded = tree.find(uploaded, file);
  if (!as_uploaded.missing()) return as_uploaded;
  const std::string name(uploaded.substr(uploaded.find('-') + 1));
  Tree::Found found = tree.find(name, file);
  std::vector<size_t> lines;
  for (size_t at = name.find('_'); at != std::string::npos; at = name.find('_', at + 1)) lines.push_back(at);
  if (!found.missing() || lines.empty() || lines.size() > kMostTried) return found;
  Tree::Found fits = found;
  for (size_t blanks = 1; blanks < size_t{1} << lines.size(); ++blanks) {
    std::string tried = name;
    for (size_t i = 0; i < lines.size(); ++i)
      if ((blanks >> i & 1) != 0) tried[lines[i]] = ' ';
    Tree::Found one = tree.find(tried, file);
    if (one.missing()) continue;
    if (one.several) return one;
    if (!fits.file.empty() && fits.file != one.file)
      return {
          {}, "several pictures could be meant: " + printable(fits.file) + ", " + printable(one.file), true};
    fits = std::move(one);
  }
  return fits;
}

}  // namespace

Tree::Found find_picture_named(const Tree& tree, std::string_view name, std::string_view file) {
  const std::string in_json = path_in_json(name);
  if (!in_json.empty()) name = in_json;
  const bool address = name.find("://") != std::string_view::npos;
  const Tree::Found plain = find_path(tree, name, file);
  if (address && !plain.file.empty()) return only_reading(tree, plain, name, file);
  if (!plain.missing()) return plain;
  if (const std::string_view local = local_file(name); !local.empty())
    return find_path(tree, "/" + percent_decoded(local), file);  // below a root on another machine
  if (names_part(name))
    return {{},
            "it names a frame or a part of a picture; once that is added, dewdrop review --import takes it"};
  // '?' and '#' may stand in a file's name, and end the path of an address alone.
  const std::string path = percent_decoded(address ? name.substr(0, name.find_first_of("?#")) : name);
  if (address && path.size() < name.size() && !names_picture(path)) return plain;
  if (path != name) {
    Tree::Found decoded = find_path(tree, path, file);
    if (!decoded.missing()) return decoded;
  }
  if (const std::string_view uploaded = uploaded_file(path); !uploaded.empty())
    return find_uploaded(tree, uploaded, file);
  return plain;
}

}  // namespace dew::exchange
