// Columns beside that of the classes that name, number or flag the same classes: where one says otherwise,
// nobody can tell which is right.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exchange/layout.h"
#include "exchange/numbered_classes.h"

namespace dew::exchange {

/// Compares the columns of one table, line by line. A column that names others than the classes (a family
/// beside a species) says something else, and is no rival: that is known at the table's end.
class RivalColumns {
 public:
  /// Must outlive this object.
  explicit RivalColumns(const Layout& layout);

  /// A record with all fields, and its place.
  void note(const CsvRecord& record, const std::string& where);

  /// `file`: the table, for messages. Error (usage), once all records were noted: two columns contradict each
  /// other, with the first line and what both say.
  [[nodiscard]] Result<void> check(const std::string& file) const;

  /// Where the classes are in a column called human, others are what it corrects: how often it says
  /// otherwise, as a sentence with the first place. Empty: never.
  [[nodiscard]] std::string corrections() const;

 private:
  /// Cells that say otherwise than the class of their line.
  struct Contradiction {
    int64_t cells = 0;
    int64_t line = 0;  ///< the first one's
    std::string what;
    std::string where;

    void note(const CsvRecord& record, const std::string& place, std::string said);
  };
  /// A column of words.
  struct Named {
    size_t column = 0;
    std::set<std::string> words;  ///< in lower case
    bool lists = false;           ///< some cell has several
    /// By the class and the column's word.
    std::map<std::pair<std::string, std::string>, Contradiction> pairs;
  };
  /// A column called like a class, with 0 and 1.
  struct Flagged {
    size_t column = 0;
    std::string name;         ///< in lower case
    bool other = false;       ///< some cell is neither
    Contradiction differing;  ///< 0 where it is the class, or 1 where another is
  };

  struct Contradictions {
    int64_t cells = 0;
    const Contradiction* first = nullptr;
  };

  void note_words(Named& named, const CsvRecord& record, const std::string& where);
  void note_flags(const CsvRecord& record, const std::string& where);
  [[nodiscard]] bool numbers_classes(size_t column) const;
  [[nodiscard]] std::string told(const CsvRecord& record, size_t column, const std::string& cell) const;
  [[nodiscard]] Result<void> check_numbers(const std::string& file) const;
  [[nodiscard]] Contradictions contradictions() const;

  const Layout& layout_;
  bool corrects_ = false;          ///< the classes are a person's, beside what was there before
  std::set<std::string> classes_;  ///< that the column of the classes names, in lower case
  std::vector<Named> named_;
  std::vector<Flagged> flagged_;
  std::map<size_t, NumberedClasses> numbered_;  ///< by columns that may number the classes
};

}  // namespace dew::exchange
