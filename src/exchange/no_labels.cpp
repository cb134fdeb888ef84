#include "exchange/no_labels.h"

#include <algorithm>

namespace dew::exchange {
namespace {

/// Divided by blanks, a line is certain to tell a class where that is one word; numbers are those of classes
/// whose names stand elsewhere, and where folders are classes they would be put above these.
bool tells_classes(const Table& table, const std::vector<CsvRecord>& first) {
  if (table.delimiter() != ' ') return true;
  const auto is_number = [](const CsvRecord& record) { return number_in(record.fields.back()).has_value(); };
  return std::all_of(first.begin(), first.end(),
                     [](const auto& record) { return record.fields.size() == 2; }) &&
         !std::all_of(first.begin(), first.end(), is_number);
}

}  // namespace

std::optional<NoLabels> labels_by_models(const std::vector<CsvRecord>& first) {
  std::vector<std::string> names;
  if (!first.empty())
    for (const std::string& name : first[0].fields)
      if (is_of_a_model(name)) names.push_back(name);
  if (names.empty()) return std::nullopt;
  return NoLabels{
      "has no labels but what models said, by the names of its columns: " + printable(join(names), 200),
      "if people gave them, rename the column to label; answers of a model come in with dewdrop label "
      "--teacher "
      "replay:FILE"};
}

std::optional<NoLabels> no_labels(const Table& table, const std::vector<CsvRecord>& first,
                                  const std::optional<Layout>& layout) {
  if (!tells_classes(table, first))
    return NoLabels{
        "lists pictures with numbers or several words behind blanks, which are not taken for classes",
        "divide them by commas, with the names of the classes, below a first line file,label"};
  if (layout) return std::nullopt;
  if (const auto shares = columns_of_shares(first); !shares.empty())
    return NoLabels{"has shares where one-hot columns have 0 and 1: " + printable(join(shares), 200),
                    "write 1 for the class of a picture and 0 for the others, or one column called label"};
  return lists_pictures(first) ? labels_by_models(first) : std::nullopt;
}

}  // namespace dew::exchange
