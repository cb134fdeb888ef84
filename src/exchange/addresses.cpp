#include "exchange/addresses.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

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

Tree::Found find_path(const Tree& tree, std::string_view path, std::string_view file,
                      Tree::Spelling spelling) {
  Tree::Found found = tree.find(path, file, spelling);
  if (!found.missing() || names_picture(path)) return found;
  return tree.find_picture(path, file, spelling);
}

/// A name that is no upload's, as one reading of it.
struct Reading {
  const Tree& tree;
  std::string_view file;
  Tree::Spelling spelling;

  [[nodiscard]] Tree::Found find(std::string_view name) const {
    const bool address = name.find("://") != std::string_view::npos;
    const Tree::Found plain = path(name);
    if (address && !plain.file.empty()) return only(plain, name);
    if (!plain.missing()) return plain;
    if (const std::string_view local = local_file(name); !local.empty())
      return path("/" + percent_decoded(local));  // below a root on another machine
    if (names_part(name))
      return {{},
              "it names a frame or a part of a picture; once that is added, dewdrop review --import takes "
              "it"};
    // '?' and '#' may stand in a file's name, and end the path of an address alone.
    const std::string decoded = percent_decoded(address ? name.substr(0, name.find_first_of("?#")) : name);
    if (decoded == name || (address && decoded.size() < name.size() && !names_picture(decoded))) return plain;
    const Tree::Found other = path(decoded);
    return other.missing() ? plain : other;
  }

 private:
  [[nodiscard]] Tree::Found path(std::string_view name) const {
    return find_path(tree, name, file, spelling);
  }

  /// What an address means to the letter, unless it means another picture with its escapes decoded.
  [[nodiscard]] Tree::Found only(const Tree::Found& plain, std::string_view address) const {
    const std::string decoded = percent_decoded(address);
    if (decoded == address) return plain;
    const Tree::Found other = path(decoded);
    if (other.file.empty() || other.file == plain.file) return plain;
    return {
        {}, "several pictures could be meant: " + printable(other.file) + ", " + printable(plain.file), true};
  }
};

/// The upload that a name tells of.
std::optional<Upload> upload_in(std::string_view name) {
  if (name.find("upload/") == std::string_view::npos || !local_file(name).empty()) return std::nullopt;
  const bool address = name.find("://") != std::string_view::npos;
  return Upload::in(percent_decoded(address ? name.substr(0, name.find_first_of("?#")) : name));
}

}  // namespace

void PictureNames::note(std::string_view name, std::string_view file) {
  const auto upload = upload_in(name);
  if (!upload) return;
  if (const Tree::Found found = look(name, file); !found.file.empty()) uploads_.note(*upload, found.file);
}

Tree::Found PictureNames::find(std::string_view name, std::string_view file) const {
  const std::string in_json = path_in_json(name);
  if (!in_json.empty()) name = in_json;
  Tree::Found found = look(name, file);
  const auto upload = upload_in(name);
  return upload ? uploads_.only(*upload, std::move(found)) : found;
}

Tree::Found PictureNames::look(std::string_view name, std::string_view file) const {
  if (const auto upload = upload_in(name)) {
    Tree::Found found = uploads_.find(*upload, file);
    if (!found.missing()) return found;
  }
  Tree::Found exact = Reading{tree_, file, Tree::Spelling::kExact}.find(name);
  if (!exact.missing()) return exact;
  Tree::Found other = Reading{tree_, file, Tree::Spelling::kAny}.find(name);
  return other.missing() ? exact : other;
}

}  // namespace dew::exchange
