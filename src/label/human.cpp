// Human labels from a CSV file: columns, then sample and class of each line, checked whole before any is
// given.
#include "label/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "exchange/table.h"

namespace dew::label {
namespace {

using exchange::Column;
using exchange::CsvRecord;
using exchange::find_column;

struct Columns {
  size_t sample = 0;
  size_t answer_class = 1;
  std::optional<size_t> origin, by, label_was;
  size_t count = 2;
};

bool is_class(const std::string& text, const Settings& settings) {
  const auto& classes = settings.classes;
  if (!settings.unsure.empty() && text == settings.unsure) return true;
  return std::find(classes.begin(), classes.end(), text) != classes.end();
}

/// nullopt: the record is no header.
std::optional<Columns> read_header(const CsvRecord& record, const Settings& settings) {
  const auto& header = record.fields;
  auto sample = find_column(header, {"sample"});
  if (!sample) sample = find_column(header, Column::kPicture);
  if (!sample) return std::nullopt;
  auto answer_class = find_column(header, Column::kClass);
  // Of two columns, the other one is the class, whatever it is called: "id,breed".
  if (!answer_class && header.size() == 2 && !is_class(header[1 - *sample], settings))
    answer_class = 1 - *sample;
  if (!answer_class) return std::nullopt;
  return Columns{*sample,
                 *answer_class,
                 find_column(header, Column::kOrigin),
                 find_column(header, Column::kBy),
                 find_column(header, Column::kLabelWas),
                 header.size()};
}

/// A line of a file without header: the class stands behind the last delimiter.
void join_sample(CsvRecord& record, char delimiter) {
  if (record.quoted || record.fields.size() <= 2) return;
  std::string answer_class = std::move(record.fields.back());
  record.fields.pop_back();
  record.fields = {join(record.fields, std::string_view(&delimiter, 1)), std::move(answer_class)};
}

/// Whether a label of what Dewdrop exported is another one by now.
bool was_changed(const CsvRecord& record, const Columns& columns) {
  return columns.label_was &&
         exchange::label_changed(record.fields[columns.answer_class], record.fields[*columns.label_was]);
}

/// Who gave the label: in what Dewdrop exported the person that it names, as long as nobody changed the
/// label; else `by`.
const std::string& person_of(const CsvRecord& record, const Columns& columns, const std::string& by) {
  const bool names_one = columns.origin && columns.by && !record.fields[*columns.by].empty() &&
                         !exchange::is_machine(record.fields[*columns.origin]);
  return names_one && !was_changed(record, columns) ? record.fields[*columns.by] : by;
}

/// False in what Dewdrop exported, for labels that a policy or the local classifier gave, as long as nobody
/// gave another one since, and for pictures without a label.
bool by_people(const CsvRecord& record, const Columns& columns) {
  const std::string& label = record.fields[columns.answer_class];
  if (label.empty()) return false;
  return was_changed(record, columns) || !exchange::is_machine(record.fields[*columns.origin]);
}

/// The class as labels have it: empty for the unsure answer.
Result<std::string> read_class(const std::string& text, const Settings& settings, const std::string& where) {
  if (is_class(text, settings)) return text == settings.unsure ? std::string() : text;
  std::vector<std::string> known = settings.classes;
  if (!settings.unsure.empty()) known.push_back(settings.unsure);
  const std::string near = closest(text, known);
  if (text.empty()) return usage_error("this line has no class", where, "classes: " + join(known));
  return usage_error(
      fmt::format("unknown class '{}'", printable(text, 60)), where,
      near.empty() ? "the project's classes are " + join(known) : fmt::format("did you mean '{}'?", near));
}

/// Labels as they are read, line by line.
class Reader {
 public:
  Reader(const SampleNames& names, const Settings& settings) : names_(names), settings_(settings) {}

  Result<void> read(const std::string& name, const std::string& class_text, const std::string& by,
                    const std::string& where, int64_t line) {
    const auto found = names_.find(name, read_.unknown.size() < kExplained);
    if (!found) {
      read_.unknown.push_back(
          {line, name, {found.error().fault, found.error().what, where, found.error().next}});
      DEW_CHECK(read_class(class_text, settings_, where));
      return {};
    }
    DEW_TRY(std::string answer_class, read_class(class_text, settings_, where));
    const auto [at, fresh] = lines_.try_emplace(found->sample->id, Line{line, name, answer_class});
    if (fresh) {
      read_.labels.push_back({found->sample->id, std::move(answer_class), "human", by, utc_now()});
      return {};
    }
    // The same picture under the name of a copy, with the same answer: that is no contradiction.
    const Line& first = at->second;
    if (found->whole_name && first.name != name && first.answer_class == answer_class) return {};
    return usage_error(
        fmt::format("'{}' is labelled twice", printable(found->sample->name)), where,
        fmt::format(
            "keep one of this line and line {}{}", first.line,
            first.name == name ? "" : fmt::format(" ('{}' is the same picture)", printable(first.name))));
  }

  void leave_out() { ++read_.left_out; }
  [[nodiscard]] HumanLabels take() { return std::move(read_); }

 private:
  struct Line {
    int64_t line;
    std::string name;
    std::string answer_class;
  };
  static constexpr size_t kExplained = 10;

  const SampleNames& names_;
  const Settings& settings_;
  std::map<int64_t, Line> lines_;
  HumanLabels read_;
};

}  // namespace

Result<HumanLabels> parse_human_labels(std::string_view text, const std::string& file,
                                       const SampleNames& names, const Settings& settings,
                                       const std::string& by) {
  DEW_TRY(exchange::Table table, exchange::Table::open(text, file));
  DEW_TRY(auto record, table.next());
  const auto header = record ? read_header(*record, settings) : std::nullopt;
  const Columns columns = header.value_or(Columns{});
  if (header) {
    DEW_TRY(record, table.next());
  }
  if (!record) return usage_error("the file contains no labels", file, "a line looks like: street.jpg,yes");
  Reader reader(names, settings);
  while (record) {
    const std::string where = table.where(*record);
    if (!header) join_sample(*record, table.delimiter());
    if (record->fields.size() != columns.count)
      return usage_error(
          fmt::format("this line has {} fields instead of {}", record->fields.size(), columns.count), where,
          header ? "put names that contain the delimiter into quotation marks"
                 : "a line looks like: street.jpg,yes");
    if (columns.origin && !by_people(*record, columns))
      reader.leave_out();
    else
      DEW_CHECK(reader.read(record->fields[columns.sample], record->fields[columns.answer_class],
                            person_of(*record, columns, by), where, record->line));
    DEW_TRY(record, table.next());
  }
  HumanLabels read = reader.take();
  if (read.labels.empty() && read.unknown.empty())
    return usage_error("the file contains no labels by people", file,
                       "lines that you checked need 'human' in the column origin");
  return read;
}

std::optional<Error> unknown_lines(const HumanLabels& read, const std::string& file) {
  if (read.unknown.empty()) return std::nullopt;
  if (read.unknown.size() == 1) return read.unknown[0].error;
  constexpr size_t kListed = 20;
  std::string what = fmt::format("{} lines do not name one sample of the project:", read.unknown.size());
  for (size_t i = 0; i < std::min(read.unknown.size(), kListed); ++i) {
    const Error& error = read.unknown[i].error;
    what += fmt::format("\n  line {}: {}{}", read.unknown[i].line, error.what,
                        error.next.empty() ? "" : " (" + error.next + ")");
  }
  if (read.unknown.size() > kListed) what += fmt::format("\n  and {} more", read.unknown.size() - kListed);
  return Error{Fault::kUsage, what, file, "correct these lines, or leave them out with --skip-unknown"};
}

}  // namespace dew::label
