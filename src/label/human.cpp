// Human labels from a CSV file: columns, then sample and class of each line, checked whole before any is
// given.
#include "label/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "label/csv.h"

namespace dew::label {
namespace {

constexpr std::array kSampleColumns{"sample", "file", "image", "path", "name"};
constexpr std::array kClassColumns{"human", "class", "label", "truth"};

struct Columns {
  size_t sample = 0;
  size_t answer_class = 1;
  size_t count = 2;
};

template <size_t N>
std::optional<size_t> find_column(const std::vector<std::string>& header,
                                  const std::array<const char*, N>& names) {
  for (const char* name : names)
    for (size_t i = 0; i < header.size(); ++i)
      if (lower(header[i]) == name) return i;
  return std::nullopt;
}

/// nullopt: the record is no header.
std::optional<Columns> read_header(const CsvRecord& record) {
  const auto sample = find_column(record.fields, kSampleColumns);
  const auto answer_class = find_column(record.fields, kClassColumns);
  if (!sample || !answer_class) return std::nullopt;
  return Columns{*sample, *answer_class, record.fields.size()};
}

/// A line of a file without header: the class stands behind the last comma.
void join_sample(CsvRecord& record) {
  if (record.quoted || record.fields.size() <= 2) return;
  std::string answer_class = std::move(record.fields.back());
  record.fields.pop_back();
  record.fields = {join(record.fields, ","), std::move(answer_class)};
}

/// Which sample a file means by a name.
class Names {
 public:
  Names(const std::vector<Sample>& samples, const std::vector<Source>& sources) : samples_(samples) {
    std::map<int64_t, std::vector<const Sample*>> of_source;
    for (const Sample& sample : samples) {
      by_name_.emplace(sample.name, &sample);
      of_source[sample.source].push_back(&sample);
    }
    for (const Source& source : sources) {
      const auto there = of_source.find(source.id);
      if (there != of_source.end()) files_.push_back({source.name, std::move(there->second)});
    }
    for (const File& file : files_) by_last_part_.emplace(last_part(file.name), &file);
  }

  /// Error (usage): none is called so, or several are.
  [[nodiscard]] Result<const Sample*> find(const std::string& name, const std::string& where) const {
    if (const auto at = by_name_.find(name); at != by_name_.end()) return at->second;
    const auto files = files_called(name);
    if (files.empty())
      return usage_error(fmt::format("the project has no sample '{}'", printable(name)), where, hint(name));
    if (files.size() > 1)
      return usage_error(fmt::format("'{}' could be '{}' or '{}'", printable(name), printable(files[0]->name),
                                     printable(files[1]->name)),
                         where, "name the file with its folders, as the project has it");
    const auto& there = files[0]->samples;
    if (there.size() > 1)
      return usage_error(fmt::format("'{}' was cut into {} samples", printable(name), there.size()), where,
                         fmt::format("name each of them: \"{}\"", printable(there[0]->name)));
    return there[0];
  }

 private:
  struct File {
    std::string name;
    std::vector<const Sample*> samples;
  };

  static std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  /// "a/b.jpg" ends "x/a/b.jpg", and the other way round.
  static bool one_ends_the_other(const std::string& a, const std::string& b) {
    const auto& [longer, shorter] = a.size() < b.size() ? std::tie(b, a) : std::tie(a, b);
    return longer == shorter || longer.ends_with("/" + shorter);
  }

  /// The one whose name is the same; else all whose names agree as far as both go.
  [[nodiscard]] std::vector<const File*> files_called(const std::string& name) const {
    std::vector<const File*> found;
    const auto [first, last] = by_last_part_.equal_range(last_part(name));
    for (auto at = first; at != last; ++at) {
      if (at->second->name == name) return {at->second};
      if (one_ends_the_other(at->second->name, name)) found.push_back(at->second);
    }
    return found;
  }

  [[nodiscard]] std::string hint(const std::string& name) const {
    if (samples_.empty()) return "the project has no samples yet: dewdrop add";
    std::vector<std::string> known;
    for (const Sample& sample : samples_) known.push_back(sample.name);
    const std::string near = closest(name, known);
    if (!near.empty()) return fmt::format("did you mean '{}'?", printable(near));
    return fmt::format("its samples have names like '{}'", printable(known[0]));
  }

  const std::vector<Sample>& samples_;
  std::vector<File> files_;
  std::map<std::string, const Sample*> by_name_;
  std::multimap<std::string, const File*> by_last_part_;
};

/// The class as labels have it: empty for the unsure answer.
Result<std::string> read_class(const std::string& text, const Settings& settings, const std::string& where) {
  const auto& classes = settings.classes;
  if (std::find(classes.begin(), classes.end(), text) != classes.end()) return text;
  if (!settings.unsure.empty() && text == settings.unsure) return std::string();
  std::vector<std::string> known = classes;
  if (!settings.unsure.empty()) known.push_back(settings.unsure);
  const std::string near = closest(text, known);
  if (text.empty()) return usage_error("this line has no class", where, "classes: " + join(known));
  return usage_error(
      fmt::format("unknown class '{}'", printable(text, 60)), where,
      near.empty() ? "the project's classes are " + join(known) : fmt::format("did you mean '{}'?", near));
}

}  // namespace

Result<std::vector<Label>> parse_human_labels(std::string_view text, const std::string& file,
                                              const std::vector<Sample>& samples,
                                              const std::vector<Source>& sources, const Settings& settings,
                                              const std::string& by) {
  DEW_TRY(auto records, parse_csv(text, file));
  const auto header = records.empty() ? std::nullopt : read_header(records[0]);
  const Columns columns = header.value_or(Columns{});
  if (header) records.erase(records.begin());
  if (records.empty())
    return usage_error("the file contains no labels", file, "a line looks like: street.jpg,yes");
  const Names names(samples, sources);
  std::map<int64_t, int64_t> line_of;
  std::vector<Label> labels;
  labels.reserve(records.size());
  for (CsvRecord& record : records) {
    const std::string where = fmt::format("{}:{}", file, record.line);
    if (!header) join_sample(record);
    if (record.fields.size() != columns.count)
      return usage_error(
          fmt::format("this line has {} fields instead of {}", record.fields.size(), columns.count), where,
          header ? "put names that contain commas into quotation marks"
                 : "a line looks like: street.jpg,yes");
    DEW_TRY(const Sample* sample, names.find(record.fields[columns.sample], where));
    DEW_TRY(std::string answer_class, read_class(record.fields[columns.answer_class], settings, where));
    const auto [first, fresh] = line_of.emplace(sample->id, record.line);
    if (!fresh)
      return usage_error(fmt::format("'{}' is labelled twice", printable(sample->name)), where,
                         fmt::format("keep one of this line and line {}", first->second));
    labels.push_back({sample->id, std::move(answer_class), "human", by, utc_now()});
  }
  return labels;
}

}  // namespace dew::label
