// Big JSON files, piece by piece: memory does not grow with the file.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "exchange/boxed_pictures.h"

namespace dew::exchange {

/// One value of an object's lists, or a plain value of the object itself:
///
///     {"version": 1, "images": [{...}, {...}], "boxes": {"1.jpg": [...]}}
///
/// has four: version; images[0]; images[1]; boxes, key "1.jpg".
struct JsonPiece {
  const std::string& list;      ///< "images"; the name of a plain value
  int64_t index;                ///< in the list, counted from 0; -1: a plain value
  const std::string& key;       ///< where the list is an object
  const nlohmann::json& value;  ///< valid during the call

  /// "images[3]", "boxes[1.jpg]", "version": for messages.
  [[nodiscard]] std::string name() const;
};

/// Hands over the pieces of a file that holds one object. Values below the keys `unread` (large, not needed)
/// are not kept: true stands for what holds anything, false for null, "", [] and {}. Errors: the file cannot
/// be read; (usage) not JSON, with its line; not an object; a piece nested or larger than sense; those of
/// `take`.
Result<void> read_json_pieces(const LabelFile& file, const std::set<std::string>& unread,
                              const std::function<Result<void>(const JsonPiece&)>& take, Watch& watch);

/// A member that is there and not null, else nullptr.
const nlohmann::json* member(const nlohmann::json& object, const char* key);
/// A text, or a number as text (1, 1.0 and "1" are all "1"). nullopt: something else.
std::optional<std::string> text_of(const nlohmann::json* value);

/// What stands at the top of an object in JSON of which `head` is the beginning.
struct JsonOutline {
  struct Member {
    bool list = false;  ///< an array
    bool object = false;
    std::string text;                     ///< a string's
    std::set<std::string> keys_of_first;  ///< where the list's first element is an object
  };
  std::map<std::string, Member> members;  ///< empty: it is no object in JSON

  [[nodiscard]] bool has_list(const std::string& name) const;
  /// Whether the first element of the list has the key.
  [[nodiscard]] bool list_has(const std::string& name, const std::string& key) const;
};
JsonOutline json_outline(std::string_view head);

}  // namespace dew::exchange
