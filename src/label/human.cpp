// Human labels from a table: sample and class of each line, checked whole before any is given.
#include "label/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "exchange/exchange.h"
#include "exchange/table_lines.h"

namespace dew::label {
namespace {

using exchange::TableLine;

/// How a class is looked up that is not found to the letter.
std::string key_of(const std::string& name) {
  return lower(composed(trim(name)));
}

/// The split that the nearest of a path's folders is called like.
std::optional<Split> split_of_folders(const fs::path& path) {
  for (fs::path folder = path.parent_path(); !folder.empty(); folder = folder.parent_path())
    if (const auto split = exchange::split_of_folder(folder)) return split;
  return std::nullopt;
}

/// The project's classes, and its unsure answer.
class Classes {
 public:
  explicit Classes(const Settings& settings) : known_(settings.classes), unsure_(settings.unsure) {
    if (!unsure_.empty()) known_.push_back(unsure_);
    for (const std::string& name : known_) by_key_[key_of(name)].push_back(name);
  }

  [[nodiscard]] const std::vector<std::string>& known() const { return known_; }

  /// The class as labels have it: empty for the unsure answer. Error (usage): there is none, or several are
  /// spelt so but for the case.
  [[nodiscard]] Result<std::string> read(const std::string& text, const std::string& where) const {
    if (std::find(known_.begin(), known_.end(), text) != known_.end()) return as_label(text);
    const auto at = by_key_.find(key_of(text));
    if (at != by_key_.end() && at->second.size() == 1) return as_label(at->second.front());
    if (at != by_key_.end())
      return usage_error(fmt::format("'{}' could be {}", printable(text, 60), join(at->second, " or ")),
                         where, "write it as the project does");
    const std::string near = closest(text, known_);
    return usage_error(
        fmt::format("unknown class '{}'", printable(text, 60)), where,
        near.empty() ? "the project's classes are " + join(known_) : fmt::format("did you mean '{}'?", near));
  }

 private:
  [[nodiscard]] std::string as_label(const std::string& name) const {
    return !unsure_.empty() && name == unsure_ ? std::string() : name;
  }

  std::vector<std::string> known_;
  std::string unsure_;
  std::map<std::string, std::vector<std::string>> by_key_;
};

/// Labels as they are read, line by line.
class Reader {
 public:
  Reader(const SampleNames& names, const Settings& settings, const std::string& by, const std::string& file)
      : names_(names),
        classes_(settings),
        by_(by),
        split_(exchange::split_told_by(fs::path(file).filename())) {}

  [[nodiscard]] const std::vector<std::string>& known_classes() const { return classes_.known(); }

  Result<void> take(const TableLine& line) {
    if (line.exported && (line.by_machine || line.said.classes.empty())) {
      ++read_.left_out;
      return {};
    }
    if (!line.said.says_anything()) {
      ++read_.nothing;
      return {};
    }
    std::set<std::string> said;
    for (const std::string& text : line.said.classes) {
      DEW_TRY(std::string name, classes_.read(text, line.said.where));
      said.insert(std::move(name));
    }
    const auto found = find(line);
    if (!found) {
      read_.unknown.push_back(
          {line.number,
           line.picture,
           {found.error().fault, found.error().what, line.said.where, found.error().next}});
      return {};
    }
    if (found->sample == nullptr) {
      note_not_taken(line);
      return {};
    }
    if (found->still) ++read_.frames_of_pictures;
    DEW_CHECK(check_other_name(line, *found->sample));
    DEW_CHECK(check_split(line, *found->sample));
    return add(line, *found, std::move(said));
  }

  HumanLabels finish() {
    for (const Said* one : in_order_) {
      if (one->classes.size() > 1) ++read_.several;
      if (one->classes.empty()) ++read_.none_there;
      if (one->classes.size() == 1)
        read_.labels.push_back({one->sample, *one->classes.begin(), "human", one->by, utc_now()});
    }
    return std::move(read_);
  }

 private:
  struct Said {
    int64_t sample;
    int64_t line;
    std::string name;
    std::set<std::string> classes;
    std::string by;
  };

  [[nodiscard]] Result<SampleNames::Found> find(const TableLine& line) const {
    constexpr size_t kExplained = 10;
    // An export has the sample's own name, which is one sample's alone; the file's may be that of several.
    if (line.exported)
      if (const Sample* const own = names_.called(line.picture); own != nullptr)
        return SampleNames::Found{own, true};
    if (line.frame) return names_.find_frame(line.picture, *line.frame);
    return names_.find(line.picture, read_.unknown.size() < kExplained);
  }

  /// Where two columns name the sample, they name the same one. A name that is none of the project's says
  /// nothing.
  Result<void> check_other_name(const TableLine& line, const Sample& sample) const {
    if (line.other_name.empty()) return {};
    const auto other =
        line.frame ? names_.find_frame(line.other_name, *line.frame) : names_.find(line.other_name, false);
    if (!other || other->sample == nullptr || other->sample->id == sample.id) return {};
    return usage_error(fmt::format("two columns name two samples: '{}' and '{}'", printable(line.picture, 60),
                                   printable(line.other_name, 60)),
                       line.said.where, "correct one of them, or remove its column");
  }

  /// A name alone, in a table of one split, means no picture that was added from another one's folder.
  Result<void> check_split(const TableLine& line, const Sample& sample) const {
    if (!split_ || line.exported || line.picture.find('/') != std::string::npos) return {};
    const auto& paths = names_.added_from(sample);
    const auto other = [&](const std::string& path) {
      const auto split = split_of_folders(path);
      return split && *split != *split_;
    };
    if (paths.empty() || !std::all_of(paths.begin(), paths.end(), other)) return {};
    return usage_error(
        fmt::format("'{}' was added from {}, and this file is of the split {}", printable(line.picture, 60),
                    printable(paths.front(), 100), split_name(*split_)),
        line.said.where, "give the labels of that split, or write the pictures' folders before their names");
  }

  void note_not_taken(const TableLine& line) {
    constexpr size_t kNamed = 5;
    ++read_.not_taken;
    if (read_.first_not_taken.size() < kNamed)
      read_.first_not_taken.push_back(fmt::format("{}#frame={}", printable(line.picture), *line.frame));
  }

  Result<void> add(const TableLine& line, const SampleNames::Found& found, std::set<std::string> said) {
    const std::string& by = line.said.by.empty() ? by_ : line.said.by;
    const auto [at, fresh] =
        said_.try_emplace(found.sample->id, Said{found.sample->id, line.number, line.picture, said, by});
    Said& first = at->second;
    if (fresh) {
      in_order_.push_back(&first);
      return {};
    }
    if (line.part) {
      first.classes.merge(said);
      return {};
    }
    // The same picture under the name of a copy, with the same answer: that is no contradiction.
    if (found.whole_name && first.name != line.picture && first.classes == said) return {};
    return usage_error(fmt::format("'{}' is labelled twice", printable(found.sample->name)), line.said.where,
                       fmt::format("keep one of this line and line {}{}", first.line,
                                   first.name == line.picture
                                       ? ""
                                       : fmt::format(" ('{}' is the same picture)", printable(first.name))));
  }

  const SampleNames& names_;
  const Classes classes_;
  const std::string& by_;
  const std::optional<Split> split_;  ///< of the whole table, by its name
  std::map<int64_t, Said> said_;
  std::vector<const Said*> in_order_;
  HumanLabels read_;
};

}  // namespace

Result<HumanLabels> parse_human_labels(std::string_view text, const std::string& file,
                                       const SampleNames& names, const Settings& settings,
                                       const std::string& by) {
  Reader reader(names, settings, by, file);
  DEW_TRY(auto lines, exchange::TableLines::open(text, file, reader.known_classes()));
  DEW_TRY(auto line, lines.next());
  if (!line)
    return usage_error(std::string("the file contains no labels: it ") +
                           (trim(text).empty() ? "is empty" : "has a header, and no line below it"),
                       file, "a line looks like: street.jpg,yes");
  while (line) {
    DEW_CHECK(reader.take(*line));
    DEW_TRY(line, lines.next());
  }
  HumanLabels read = reader.finish();
  read.columns_left = lines.columns_left();
  read.corrections = lines.corrections();
  if (!read.labels.empty() || !read.unknown.empty()) return read;
  const auto why = lines_without_label(read);
  return usage_error("the file contains no labels by people" + (why.empty() ? "" : ": " + join(why, "; ")),
                     file,
                     read.left_out > 0    ? "lines that you checked need 'human' in the column origin"
                     : read.not_taken > 0 ? "add these frames first: dewdrop add VIDEO --every N"
                                          : "a line looks like: street.jpg,yes");
}

std::vector<std::string> lines_without_label(const HumanLabels& read) {
  std::vector<std::string> told;
  const auto note = [&](int64_t count, std::string_view one, std::string_view many) {
    if (count > 0) told.push_back(plural(count, one, many));
  };
  note(read.left_out, "line is left out: no person gave its label (column origin)",
       "lines are left out: no person gave their labels (column origin)");
  note(read.nothing, "line has no class (empty, NA, NaN, null, None, ?)",
       "lines have no class (empty, NA, NaN, null, None, ?)");
  note(read.none_there, "sample shows none of the classes by its line: it is left as it is",
       "samples show none of the classes by their lines: they are left as they are");
  note(read.several, "sample has several classes: it is left as it is",
       "samples have several classes: they are left as they are");
  if (read.not_taken > 0)
    told.push_back(plural(read.not_taken, "line is of a frame that is no sample of the project",
                          "lines are of frames that are no samples of the project") +
                   fmt::format(" ({}{})", join(read.first_not_taken),
                               read.not_taken > std::ssize(read.first_not_taken) ? ", ..." : ""));
  return told;
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
