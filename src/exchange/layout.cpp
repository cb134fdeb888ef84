// Columns are known by name first, then by what stands in them.
#include "exchange/layout.h"

#include <algorithm>
#include <charconv>

#include "exchange/one_hot.h"
#include "exchange/splits.h"

namespace dew::exchange {
namespace {

using Records = std::vector<CsvRecord>;

bool any_picture(const std::vector<std::string>& fields) {
  return std::any_of(fields.begin(), fields.end(), names_picture);
}

/// Columns called so in any data set: they need not name pictures.
bool is_general(const std::string& name) {
  return find_column(std::vector<std::string>{name}, {"id", "name", "path", "url", "uri", "sample"})
      .has_value();
}

bool is_called_labels(const std::string& name) {
  const std::string low = lower(name);
  return is_column(name, Column::kClasses) || low.ends_with("labels") || low.ends_with("tags");
}

/// The columns in which names of pictures stand, below a header: those of masks and the like behind others.
std::vector<size_t> pictures_by_content(const Records& first) {
  std::vector<size_t> columns;
  if (first.size() < 2) return columns;
  for (size_t i = 0; i < first[1].fields.size(); ++i) {
    const auto names_one = [&](const CsvRecord& record) {
      return i < record.fields.size() && names_picture(record.fields[i]);
    };
    if (std::all_of(first.begin() + 1, first.end(), names_one)) columns.push_back(i);
  }
  const auto is_map = [&](size_t column) {
    return column < first[0].fields.size() && is_map_of_another(first[0].fields[column]);
  };
  std::stable_partition(columns.begin(), columns.end(), [&](size_t column) { return !is_map(column); });
  return columns;
}

/// A second column that may name the picture: one that is called so, or one of a table in which none is.
std::optional<size_t> other_picture(const Records& first, size_t picture, bool named) {
  for (const size_t column : pictures_by_content(first)) {
    const std::string& name = first[0].fields[column];
    if (column != picture && !is_map_of_another(name) && (!named || is_column(name, Column::kPicture)))
      return column;
  }
  return std::nullopt;
}

std::vector<size_t> box_columns(const std::vector<std::string>& header) {
  using Names = std::vector<std::string_view>;
  static const std::vector<Names> kCorners{{"xmin", "ymin", "xmax", "ymax"},
                                           {"x1", "y1", "x2", "y2"},
                                           {"left", "top", "right", "bottom"},
                                           {"x", "y", "width", "height"},
                                           {"x", "y", "w", "h"},
                                           {"xmin", "ymin", "width", "height"},
                                           {"bboxx", "bboxy", "bboxwidth", "bboxheight"},
                                           {"bbox"},
                                           {"boundingbox"},
                                           {"box"}};
  for (const Names& names : kCorners) {
    std::vector<size_t> columns;
    for (const std::string_view name : names)
      if (const auto at = find_column(header, Names{name})) columns.push_back(*at);
    if (columns.size() == names.size()) return columns;
  }
  return {};
}

/// Columns that have no other purpose.
std::vector<size_t> free_columns(const Layout& layout) {
  std::vector<size_t> free;
  for (size_t i = 0; i < layout.names.size(); ++i) {
    const auto is = [&](const std::optional<size_t>& column) { return column == i; };
    if (i == layout.picture || is(layout.split) || is(layout.annotator) || is(layout.by)) continue;
    if (std::find(layout.box.begin(), layout.box.end(), i) != layout.box.end()) continue;
    if (is_column(layout.names[i], Column::kOther) || is_column(layout.names[i], Column::kPicture)) continue;
    free.push_back(i);
  }
  return free;
}

/// Columns without another purpose of which that is true.
template <typename Is>
std::vector<size_t> columns_where(const Layout& layout, Is is) {
  const auto free = free_columns(layout);
  std::vector<size_t> columns;
  for (size_t column = 0; column < layout.names.size(); ++column) {
    const bool is_free = std::find(free.begin(), free.end(), column) != free.end();
    if ((is_free || may_be_of_a_model(layout.names[column])) && is(column)) columns.push_back(column);
  }
  return columns;
}

std::vector<size_t> one_hot_columns(const Records& first, const Layout& layout) {
  const auto all = columns_where(layout, [&](size_t column) { return is_binary(first, column); });
  std::vector<size_t> classes = all;
  std::erase_if(classes, [&](size_t column) { return names_quality(layout.names[column]); });
  return classes.size() >= 2 ? classes : all;
}

/// Columns of shares that make one with those of 0 and 1, which are shares then, too: of classes that were
/// certain, or not there at all.
std::vector<size_t> shares_beside(const Records& first, const Layout& layout) {
  auto shares = columns_where(layout, [&](size_t column) { return has_shares(first, column); });
  if (shares.empty()) return shares;
  std::vector<size_t> together = layout.one_hot;
  together.insert(together.end(), shares.begin(), shares.end());
  if (together.size() < 2 || !share_out(first, together)) shares.clear();
  return shares;
}

bool find_classes(const Records& first, Layout& layout) {
  const auto& names = layout.names;
  if (const auto label = find_column(names, Column::kClass); label && *label != layout.picture) {
    layout.label = *label;
    return true;
  }
  const auto free = free_columns(layout);
  for (const size_t column : free) {
    if (!is_called_labels(names[column])) continue;
    layout.kind = Layout::Kind::kClasses;
    layout.label = column;
    return true;
  }
  layout.certain = false;
  if (free.size() == 1) {
    layout.label = free[0];
    return true;
  }
  layout.kind = Layout::Kind::kOneHot;
  layout.one_hot = one_hot_columns(first, layout);
  return layout.one_hot.size() >= 2 && shares_beside(first, layout).empty();
}

/// What is free, and what models said.
std::vector<std::string> columns_left(const Layout& layout) {
  const auto free = free_columns(layout);
  const auto is_in = [](const std::vector<size_t>& columns, size_t column) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  std::vector<std::string> left;
  for (size_t column = 0; column < layout.names.size(); ++column) {
    const auto is = [&](const std::optional<size_t>& used) { return used == column; };
    const bool label = layout.kind != Layout::Kind::kOneHot && column == layout.label;
    const bool confidence =
        is(layout.confidence) && (layout.origin || layout.kind == Layout::Kind::kVerified);
    const bool own = is(layout.origin) || is(layout.by) || is(layout.reason) || is(layout.prediction);
    if (label || confidence || own || column == layout.picture || is_in(layout.one_hot, column)) continue;
    if (is_in(free, column) || is_of_a_model(layout.names[column])) left.push_back(layout.names[column]);
  }
  return left;
}

/// Columns that may say something else than the one of the classes; what people said beside a label is meant
/// to.
std::vector<size_t> rivals_of(const Layout& layout) {
  std::vector<size_t> rivals;
  const bool one_class = layout.kind == Layout::Kind::kClass || layout.kind == Layout::Kind::kBoxes;
  if (!one_class || layout.origin || lower(layout.names[layout.label]) == "human") return rivals;
  for (const size_t column : free_columns(layout))
    if (column != layout.label && is_column(layout.names[column], Column::kClass)) rivals.push_back(column);
  return rivals;
}

/// All but the columns of classes; nullopt: there are no pictures.
std::optional<Layout> columns_by_name(const Records& first) {
  Layout layout;
  layout.header = true;
  layout.names = first[0].fields;
  layout.fields = layout.names.size();
  const auto named = find_column(layout.names, Column::kPicture);
  const auto by_content = pictures_by_content(first);
  if ((!named && by_content.empty()) || layout.fields < 2) return std::nullopt;
  layout.picture = named ? *named : by_content.front();
  layout.certain = named && !is_general(layout.names[*named]);
  layout.split = find_column(layout.names, Column::kSplit);
  layout.annotator = find_column(layout.names, Column::kAnnotator);
  layout.origin = find_column(layout.names, Column::kOrigin);
  if (layout.origin) layout.reason = find_column(layout.names, Column::kReason);
  if (layout.origin || layout.annotator) {
    layout.label_was = find_column(layout.names, Column::kLabelWas);
    if (layout.origin || layout.label_was) layout.by = find_column(layout.names, Column::kBy);
  }
  if (layout.annotator || find_column(layout.names, {"annotationid", "leadtime"}))
    layout.prediction = find_column(layout.names, {"prediction", "predictions"});
  layout.box = box_columns(layout.names);
  return layout;
}

std::optional<Layout> with_header(const Records& first) {
  auto found = columns_by_name(first);
  if (!found || !find_classes(first, *found)) return std::nullopt;
  Layout& layout = *found;
  layout.confidence = find_column(layout.names, Column::kConfidence);
  if (!layout.box.empty() && layout.kind == Layout::Kind::kClass)
    layout.kind = Layout::Kind::kBoxes;
  else if (layout.confidence && find_column(layout.names, {"imageid"}) == layout.picture &&
           find_column(layout.names, {"labelname"}) == layout.label)
    layout.kind = Layout::Kind::kVerified;
  // In Dewdrop's own exports, also by way of Label Studio, the file is one of the export, and the sample one
  // of the project.
  const auto sample = find_column(layout.names, {"sample"});
  if (!layout.origin && !layout.annotator) {
    const bool named = is_column(layout.names[layout.picture], Column::kPicture);
    layout.other_name =
        sample && *sample != layout.picture ? sample : other_picture(first, layout.picture, named);
  }
  layout.left = columns_left(layout);
  layout.rivals = rivals_of(layout);
  for (size_t i = 1; i < first.size() && !layout.certain; ++i)
    layout.certain =
        layout.picture < first[i].fields.size() && names_picture(first[i].fields[layout.picture]);
  return found;
}

bool is_use(const std::string& cell) {
  return lower(cell) == "unassigned" || split_of_name(cell).has_value();
}

bool is_coordinate(const std::string& cell) {
  return cell.empty() || number_in(cell).has_value();
}

/// What stands behind the picture's name: "cat"; "cat,0.1,0.1,,,0.3,0.3,,"; "1,2,30,40,cat". False: something
/// else, or nothing that decides.
bool find_classes_behind(const std::vector<std::string>& fields, Layout& layout) {
  constexpr size_t kCorners = 4;
  const size_t from = layout.picture + 1;
  const size_t count = fields.size() - from;
  const auto at = [&](size_t i) { return fields.begin() + static_cast<int64_t>(i); };
  if (count == 0 || std::all_of(at(from), fields.end(), [](const auto& cell) { return cell.empty(); }))
    return false;
  layout.fields = fields.size();
  layout.label = from;
  if (count == 1) return true;
  if (count > kCorners && std::all_of(at(from + 1), fields.end(), is_coordinate)) {
    layout.kind = Layout::Kind::kBoxes;
    for (size_t i = from + 1; i < fields.size(); ++i) layout.box.push_back(i);
    return true;
  }
  if (count == kCorners + 1 && std::all_of(at(from), fields.end() - 1, is_coordinate)) {
    layout.kind = Layout::Kind::kBoxes;
    layout.label = fields.size() - 1;
    layout.box = {from, from + 1, from + 2, from + 3};
    return true;
  }
  layout.kind = Layout::Kind::kTrailing;
  layout.fields = 0;
  return layout.split || fields[layout.picture].find("://") != std::string::npos;
}

std::optional<Layout> without_header(const Records& first) {
  const auto& fields = first[0].fields;
  const auto picture = std::find_if(fields.begin(), fields.end(), names_picture);
  if (picture == fields.end()) return std::nullopt;
  Layout layout;
  layout.certain = true;
  layout.picture = static_cast<size_t>(picture - fields.begin());
  if (layout.picture == 1 && fields.size() == 2 && !is_use(fields[0])) {
    layout.fields = 2;
    layout.label = 0;
    return layout;
  }
  if (layout.picture == 1 && is_use(fields[0])) layout.split = 0;
  if (layout.picture != (layout.split ? 1U : 0U)) return std::nullopt;
  std::optional<Layout> found;
  for (const CsvRecord& record : first) {
    Layout tried = layout;
    if (record.fields.size() <= layout.picture || !find_classes_behind(record.fields, tried)) continue;
    // Lines of one class may come before the first of several.
    if (!found || tried.kind == Layout::Kind::kTrailing) found = tried;
  }
  // Google's tables leave out what is empty at the end of a line.
  if (found && (found->split || fields[layout.picture].find("://") != std::string::npos)) {
    if (found->kind == Layout::Kind::kClass) found->kind = Layout::Kind::kTrailing;
    found->fields = 0;
  }
  return found;
}

}  // namespace

std::optional<Layout> layout_of(const std::vector<CsvRecord>& first) {
  if (first.empty()) return std::nullopt;
  return any_picture(first[0].fields) ? without_header(first) : with_header(first);
}

bool lists_pictures(const std::vector<CsvRecord>& first) {
  return first.size() > 1 && first[0].fields.size() > 1 && !any_picture(first[0].fields) &&
         !pictures_by_content(first).empty();
}

std::vector<std::string> columns_of_shares(const std::vector<CsvRecord>& first) {
  std::vector<std::string> names;
  if (first.size() < 2 || any_picture(first[0].fields)) return names;
  auto layout = columns_by_name(first);
  if (!layout || find_classes(first, *layout) || layout->kind != Layout::Kind::kOneHot) return names;
  for (const size_t column : shares_beside(first, *layout)) names.push_back(layout->names[column]);
  return names;
}

std::vector<CsvRecord> first_records(Table& table) {
  constexpr size_t kLooked = 100;
  std::vector<CsvRecord> records;
  while (records.size() < kLooked) {
    auto record = table.next();
    if (!record || !*record) break;
    records.push_back(**std::move(record));
  }
  table.rewind();
  return records;
}

std::optional<double> number_in(const std::string& cell) {
  double value = 0;
  std::string with_point;
  std::string_view text = cell;
  if (const size_t comma = cell.find(',');
      comma != std::string::npos && cell.find('.') == std::string::npos) {
    with_point = cell;
    with_point[comma] = '.';
    text = with_point;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<bool> flag_in(const std::string& cell) {
  const std::string word = lower(cell);
  if (word == "true" || word == "false") return word == "true";
  if (word == "x") return true;
  const auto number = number_in(cell);
  if (!number || (*number != 0 && *number != 1)) return std::nullopt;
  return *number == 1;
}

}  // namespace dew::exchange
