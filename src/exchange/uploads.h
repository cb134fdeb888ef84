// Pictures by the names that Label Studio makes of uploads: their own name cleaned, behind eight digits, in a
// folder of its project's number.
//
//     /data/upload/3/1a2b3c4d-my_photo_1.jpg      of "my photo (1).jpg"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "exchange/tree.h"

namespace dew::exchange {

/// An upload's name in an address or path.
struct Upload {
  std::string path;  ///< from "data/upload/" or "upload/" on
  std::string rest;  ///< behind that: "3/1a2b3c4d-1.jpg"
  std::string name;  ///< "1a2b3c4d-1.jpg"
  std::string own;   ///< "1.jpg"; empty: it has no digits before it

  /// nullopt: the path is of something else.
  static std::optional<Upload> in(std::string_view path);
};

class Uploads {
 public:
  /// The tree must outlive it.
  explicit Uploads(const Tree& tree) : tree_(tree) {}

  /// The file with the longest part of the upload's path that one ends with, in any folder; else that with
  /// its name before the upload, to the letter or as Label Studio cleaned it, where one file fits.
  [[nodiscard]] Tree::Found find(const Upload& upload, std::string_view file) const;
  /// Remembers that the upload was found to be this file.
  void note(const Upload& upload, const std::string& found);
  /// What was found, unless another upload was noted to be the same file, and nothing tells them apart.
  [[nodiscard]] Tree::Found only(const Upload& upload, Tree::Found found) const;

 private:
  [[nodiscard]] Tree::Found find_cleaned(const std::string& name, std::string_view file) const;
  [[nodiscard]] const std::vector<std::pair<size_t, uint32_t>>& by_letters() const;

  const Tree& tree_;
  /// Hashes of the letters and digits of files' names, sorted: made when one is looked for.
  mutable std::optional<std::vector<std::pair<size_t, uint32_t>>> by_letters_;
  std::unordered_map<uint32_t, size_t> noted_;  ///< files, with the hash of what they were uploaded as
  std::unordered_set<uint32_t> several_;        ///< of these: several were
};

}  // namespace dew::exchange
