// What a row of a Hugging Face image folder's metadata says its picture shows.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "exchange/hugging_face_names.h"
#include "exchange/statement.h"

namespace dew::exchange {

class RowLabels {
 public:
  /// The card of the metadata whose rows come now. Error: it cannot be read.
  Result<void> open_card(const Tree& tree, const std::string& metadata);
  /// Whether the card names the numbers of this column.
  [[nodiscard]] bool names_numbers_of(const std::string& column) const { return names_.contains(column); }

  /// The key that the class stands under; empty: there is none.
  [[nodiscard]] std::string label_key(const std::vector<std::string>& keys) const;
  /// A class or a list of them, as names or as numbers that the card names. Below zero and null: nobody
  /// looked. Error (usage): it is none.
  Result<void> say_label(const nlohmann::json& value, const std::string& column, const std::string& where,
                         Statement& said);
  /// {"bbox": [...], "categories": [...]}, or a list of {"bbox": ..., "category": ...}. Error (usage): it is
  /// none.
  Result<void> say_objects(const nlohmann::json& objects, const std::string& where, Statement& said);

  [[nodiscard]] int64_t boxes() const { return boxes_; }
  /// The names that cards gave to numbers, in the cards' order.
  [[nodiscard]] const std::vector<std::string>& named_classes() const { return first_; }
  /// The cards that gave them.
  [[nodiscard]] const std::set<std::string>& cards() const { return cards_; }

 private:
  Result<std::string> name_of(size_t number, const std::string& column, const std::string& where);

  ClassNames names_;
  std::string card_;
  int64_t boxes_ = 0;
  std::set<std::string> named_columns_;  ///< of a card, whose numbers had names
  std::vector<std::string> first_;
  std::set<std::string> known_;  ///< the same
  std::set<std::string> cards_;
};

}  // namespace dew::exchange
