#include "exchange/table_lines.h"

#include <algorithm>
#include <utility>

#include "exchange/line_reader.h"
#include "exchange/no_labels.h"

namespace dew::exchange {
namespace {

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// "v.avi#frame=0&xywh=0,0,9,9,no": the commas are the name's.
bool names_region(const std::vector<CsvRecord>& first) {
  return std::any_of(first.begin(), first.end(), [](const CsvRecord& record) {
    return !record.quoted && record.fields[0].find("xywh=") != std::string::npos;
  });
}

/// A picture's name, the delimiter, and a class.
Layout picture_and_class() {
  Layout layout;
  layout.fields = 2;
  layout.label = 1;
  layout.certain = true;
  return layout;
}

/// Whether it is as simple, but for the delimiter in names.
bool is_picture_and_class(const Layout& layout) {
  return layout.kind == Layout::Kind::kClass && layout.picture == 0 && layout.label == 1;
}

/// Of two columns, a class is no name of one: "id,yes" is a line.
bool is_header(const Layout& layout, const std::vector<std::string>& classes) {
  const bool named = layout.kind != Layout::Kind::kOneHot && has(classes, layout.names[layout.label]);
  return !(named && layout.names.size() == 2);
}

Result<Layout> layout_in(const Table& table, const std::vector<CsvRecord>& first,
                         const std::vector<std::string>& classes) {
  auto found = layout_of(first);
  if (const auto why = no_labels(table, first, found))
    return usage_error("this table " + why->what, table.file(), why->next);
  if (found && found->header && is_header(*found, classes)) {
    // Dewdrop's own exports have both: a file of the export, and the project's sample.
    const auto sample = find_column(found->names, {"sample"});
    const bool names_one = sample && (found->kind == Layout::Kind::kOneHot || *sample != found->label);
    if (names_one && *sample != found->picture) {
      if (found->other_name) found->other_name = found->picture;
      found->picture = *sample;
    }
    return *std::move(found);
  }
  if (found && !found->header && !is_picture_and_class(*found) && !names_region(first))
    return *std::move(found);
  const bool header = !found && !first.empty() && find_column(first[0].fields, Column::kPicture) &&
                      !has(classes, first[0].fields.back());
  if (!header) return picture_and_class();
  if (const auto why = labels_by_models(first))
    return usage_error("this table " + why->what, table.file(), why->next);
  return usage_error("this table has no column of classes: it has " + printable(join(first[0].fields), 200),
                     table.file(), "call the one with the classes label");
}

}  // namespace

struct TableLines::Inside {
  LineReader reader;
};

TableLines::TableLines(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
TableLines::TableLines(TableLines&&) noexcept = default;
TableLines& TableLines::operator=(TableLines&&) noexcept = default;
TableLines::~TableLines() = default;

Result<TableLines> TableLines::open(std::string_view bytes, const std::string& file,
                                    std::vector<std::string> classes) {
  DEW_TRY(Table table, Table::open(bytes, file));
  const auto first = first_records(table);
  DEW_TRY(Layout layout, layout_in(table, first, classes));
  const bool simple = !layout.header && is_picture_and_class(layout);
  return TableLines(std::unique_ptr<Inside>(
      new Inside{LineReader(std::move(table), std::move(layout), {std::move(classes), simple})}));
}

Result<std::optional<TableLine>> TableLines::next() {
  return inside_->reader.next();
}

const std::vector<std::string>& TableLines::columns_left() const {
  return inside_->reader.layout().left;
}

std::string TableLines::corrections() const {
  return inside_->reader.corrections();
}

}  // namespace dew::exchange
