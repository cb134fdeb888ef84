// What other tools' files say of the pictures that are added, in the project's terms.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "exchange/exchange.h"
#include "exchange/picture_numbers.h"
#include "verbs/project/class_map.h"
#include "verbs/project/data_sets_found.h"
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
  bool exported = false;            ///< Dewdrop wrote this data set
  bool unsaid = false;              ///< ... and nothing tells whether this label is a person's
  bool of_each_frame = false;       ///< of a video it is said of all its frames: it lies in a class's folder
  /// Of a file of many pictures: the data set's class of each frame, and how the project reads those classes.
  std::vector<std::string> frames = {};
  std::map<std::string, ClassMap::Reading> frame_readings = {};
};

/// What a project that has no classes yet takes from its data.
struct ClassesInData {
  std::vector<std::string> classes;
  std::string unsure;              ///< the answer that sets a picture aside; empty: the data has none
  std::vector<std::string> notes;  ///< ready for a terminal; they may say why there are no classes
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

  /// The data set's classes that pictures have, in its order and by AddArgs::mapping, and "none" where some
  /// show none of them and no class says that; for a project that has no classes yet. What differs in case
  /// or in how letters are composed is one class. Empty: no data set has labels. Error (usage): as read().
  static Result<ClassesInData> classes_of(const AddArgs& args, const Shown& shown, Watch& watch);

  /// Whether something is said of a file: then it has a number.
  [[nodiscard]] std::optional<size_t> number_of(const fs::path& file) const;
  /// Of the data set, where it is to be kept; of files of many pictures, one of which is for testing, always.
  [[nodiscard]] std::optional<Split> split(size_t number) const;
  /// Whether its split is drawn though splits are kept and its data set has some for others.
  [[nodiscard]] bool is_drawn_beside_kept(std::optional<size_t> number) const;
  /// Whether a drawn split may give some of the file to testing: not where another file is for that.
  [[nodiscard]] bool may_be_tested(size_t number) const;
  /// What is said of the file with this number. Error: its answers cannot be read any more.
  [[nodiscard]] Result<FileWords> words(size_t number) const;
  /// Whether the file holds labels that were read.
  [[nodiscard]] bool is_label_file(const fs::path& file) const;
  /// Adds the pictures that files with labels name, where no others are given.
  void add_named_pictures(FileList& files) const;
  /// Fills in which data sets there are, and which pictures they miss.
  void describe(LabelsTaken& taken) const;

 private:
  /// One that is taken, with its items, which are numbered through all of them.
  struct Taken {
    exchange::Tree tree;
    exchange::Items items;
    exchange::FileNames label_files;
    std::string format;
    fs::path root;  ///< as it is told to people
    std::optional<ClassMap> map;
    std::vector<std::string> exports, unsaid;  ///< as in exchange::DataSet
    bool alone = false;                        ///< the pictures to add are those that it names
    size_t first = 0;                          ///< number of the first item
    exchange::PictureNumbers places;           ///< items, by files of the tree
  };
  /// Whether it is a file of many pictures, in a data set that says of one which trains and of one which
  /// tests.
  [[nodiscard]] bool in_parts(size_t number) const;
  /// The path below the tree's root; empty: it lies elsewhere.
  static std::string name_below(const exchange::Tree& tree, const fs::path& file);
  /// In which of the sets the item with this number is.
  [[nodiscard]] size_t place_of(size_t number) const;
  [[nodiscard]] const Taken& set_of(size_t number) const { return sets_[place_of(number)]; }

  std::deque<Taken> sets_;
  bool parted_ = false;  ///< see in_parts()
  bool keep_splits_ = false;
  std::vector<FoundSet> found_;
  ShownText shown_;
  std::vector<exchange::Missing> missing_;

  friend class DataSetReader;
};

}  // namespace dew::verbs
