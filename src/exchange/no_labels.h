// Tables of pictures that tell no labels: which class a picture has, each reader would decide otherwise.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exchange/layout.h"
#include "exchange/table.h"

namespace dew::exchange {

struct NoLabels {
  std::string what;  ///< behind the table's name
  std::string next;
};

/// Numbers and sentences behind blanks, shares of classes, columns that models filled in. `layout`: as
/// layout_of() finds it by the same records. nullopt: none of these.
std::optional<NoLabels> no_labels(const Table& table, const std::vector<CsvRecord>& first,
                                  const std::optional<Layout>& layout);

/// The last of these, for a table that somebody named as one of labels: its pictures may be called anything.
std::optional<NoLabels> labels_by_models(const std::vector<CsvRecord>& first);

}  // namespace dew::exchange
