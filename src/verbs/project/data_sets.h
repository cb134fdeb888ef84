// What other tools' files say of the pictures that are added, in the project's terms.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "exchange/exchange.h"
#include "verbs/project/class_map.h"
#include "verbs/project/project.h"

namespace dew::verbs {

/// How Label::basis begins of a label that came with its picture.
constexpr std::string_view kImported = "import: ";

/// What is said of one file.
struct FileWords {
  ClassMap::Reading reading;
  std::vector<std::string> theirs;  ///< the data set's own classes
  std::optional<Split> split;       ///< of the data set, where it is to be kept
  std::vector<Answer> answers;      ///< by models; Answer::sample is 0
  std::string by;                   ///< Label::basis: kImported, the file it stands in, and who says so
};

/// The data sets in a command's files and folders.
class DataSets {
 public:
  /// How a path is told to people: the one in an archive for a file unpacked from it.
  using Shown = std::function<fs::path(const fs::path&)>;

  /// Reads what `args` names. A file with labels among AddArgs::files stands for the pictures that it names.
  /// Error (usage): exchange::read()'s; a mapping to a class that is not the project's; pictures that are not
  /// there, all of them listed, unless AddArgs::skip_unknown.
  static Result<DataSets> read(const AddArgs& args, const Settings& settings, const Shown& shown,
                               Watch& watch);

  /// The data set's classes that pictures have, in its order, and "none" where some show none of them; for a
  /// project that has no classes yet. Empty: no data set has labels; `notes`, ready for a terminal, may say
  /// why.
  static Result<std::vector<std::string>> classes_of(const AddArgs& args, std::vector<std::string>& notes,
                                                     Watch& watch);

  /// What is said of the file; nullptr: nothing.
  [[nodiscard]] const FileWords* of(const fs::path& file) const;
  /// Whether the file holds labels that were read.
  [[nodiscard]] bool is_label_file(const fs::path& file) const;
  /// The pictures that files with labels name, where no others are given.
  [[nodiscard]] const std::vector<FoundFile>& named_pictures() const { return named_; }
  /// Fills in which data sets there are, and which pictures they miss.
  void describe(LabelsTaken& taken) const;

 private:
  std::unordered_map<std::string, FileWords> words_;  ///< by the file's whole path
  std::unordered_set<std::string> label_files_;
  std::vector<FoundFile> named_;
  std::vector<FoundSet> found_;
  std::vector<exchange::Missing> missing_;

  friend class DataSetReader;
};

}  // namespace dew::verbs
