// Tables as people have them: whatever the delimiter, the encoding, and the columns' names.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "exchange/csv.h"

namespace dew::exchange {

/// What a column is for.
enum class Column {
  kPicture,  ///< file, filename, image_path, id ...
  kClass,    ///< human, class, label, category, target ...
  kClasses,  ///< labels, tags ...: one cell may name several
  kSplit,
  kOrigin,  ///< Dewdrop's own: "human" or "policy"
  kBy,
  kConfidence,
  kReason,
  kAnnotator,  ///< Label Studio's own
  kLabelWas,   ///< Dewdrop's own: the label when it was exported
  kSpan,       ///< where in a video something begins: start_frame, start, time ...
  kFrame,      ///< of a video
  kOther,      ///< width, height, created_at ...: known, and neither of these
};

/// The column for this, by the names that tools give it, in order of preference. Case, blanks, '_' and '-'
/// make no difference.
std::optional<size_t> find_column(const std::vector<std::string>& header, Column column);

/// The first column with one of these names.
std::optional<size_t> find_column(const std::vector<std::string>& header,
                                  const std::vector<std::string_view>& names);

/// Whether a column of this name is for that.
bool is_column(std::string_view name, Column column);

/// Whether a column of this name has what a model said, which is no person's label: "prediction", "y_pred",
/// "gpt_4o_answer", "confidence".
bool is_of_a_model(std::string_view name);

/// The same of names that may be a class as well, where each class has a column: "clip", "model".
bool may_be_of_a_model(std::string_view name);

/// Of Label::origin and what exports write for it: no person decided.
bool is_machine(std::string_view origin);

/// Whether a row of Dewdrop's export has another label than when it was exported (`was`): somebody gave it
/// since. A label that was taken away is none.
bool label_changed(std::string_view label, std::string_view was);

/// What programs write where there is nothing: "NaN", "N/A", "null", "None", "?".
bool says_nothing(std::string_view cell);

/// Whether a column's pictures are made of those of another one: "mask", "depth_file_name", "heatmap".
bool is_map_of_another(std::string_view name);

/// True for what a picture's or video's file is called, as a path or an address.
bool names_picture(std::string_view cell);

class Table {
 public:
  /// Finds out the encoding (UTF-8, UTF-16, Windows-1252) and the delimiter (comma, semicolon, tab or '|'; a
  /// blank where each line is a picture and words behind it). Comments (# ...) before the first record are
  /// passed over, unless the last of them is the header.
  /// Errors (usage) name `file`: see to_utf8().
  static Result<Table> open(std::string_view bytes, std::string file);

  [[nodiscard]] char delimiter() const { return delimiter_; }
  /// The next record; the first one may be a header. nullopt at the end. Errors (usage) name the line.
  Result<std::optional<CsvRecord>> next() { return reader_.next(); }
  /// Back to the first record.
  void rewind();

  [[nodiscard]] const std::string& file() const { return file_; }
  /// "labels.csv:17".
  [[nodiscard]] std::string where(const CsvRecord& record) const;

 private:
  /// Where the records begin: behind a line that tells the delimiter, and behind comments.
  struct Records {
    std::string_view text;
    int64_t line = 1;
  };
  Table(std::shared_ptr<const std::string> text, Records records, std::string file, char delimiter);
  static Records without_comments(std::string_view text);
  static Records with_header_in_comment(std::string_view text, Records records, char delimiter);

  std::shared_ptr<const std::string> text_;  ///< reader_ points into it
  Records records_;
  std::string file_;
  char delimiter_;
  CsvReader reader_;
};

}  // namespace dew::exchange
