// A project's beginning: `new` makes it around a question, `add` brings pictures and videos in.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "verbs/common/outcome.h"
#include "verbs/common/picture_files.h"

namespace dew::verbs {

/// How classes of other data sets are to be read, as the user says it.
struct ClassMapping {
  std::map<std::string, std::string> as;  ///< theirs -> ours; "" leaves theirs out
  std::string none;  ///< the class of pictures that somebody looked at and saw none of the classes on
};

/// "person=yes", added to `mapping`. Error (usage): no "=", or the same class twice.
Result<void> parse_mapping(const std::string& text, ClassMapping& mapping);

struct AddArgs {
  fs::path project;  ///< any folder inside it
  /// Absolute: files, folders and archives of them. A file with labels stands for its labels, and alone for
  /// the pictures it names.
  std::vector<fs::path> files;
  Cut cut;
  std::string labels =
      "auto";  ///< "auto": those that a folder holds; "none"; a format (exchange); or a file (absolute)
  bool keep_splits = false;  ///< those of the data set, where it has some; else drawn as always
  ClassMapping mapping = {};
  bool skip_unknown = false;  ///< leave out labels of pictures that are not there
};

struct NewArgs {
  fs::path folder;  ///< absolute; where settings have no name, its last part gives one
  Settings settings;
  /// Absolute: files and folders to begin with: they are added at once. Where they are data sets with labels,
  /// settings without classes get those of the labels.
  std::vector<fs::path> data = {};
  AddArgs how = {};  ///< how they are added; its project and files are not looked at
};

/// "4x3", columns x rows, into `cut`. Error (usage): not a grid, or more than 64 tiles a side.
Result<void> parse_tiles(const std::string& text, Cut& cut);

/// A data set that was found in what was added.
struct FoundSet {
  std::string folder;
  std::string format;  ///< "coco"
  std::string name;    ///< "COCO"
  int64_t pictures = 0;
  int64_t boxes = 0;
  int64_t answered = 0;  ///< pictures that models said something of
  std::vector<std::string> classes;
  std::vector<Split> splits;       ///< that it has
  std::vector<std::string> notes;  ///< sentences: what is not taken along, and why
  bool splits_kept = false;
  bool taken = false;  ///< false: none of its classes is one of the project's
};

/// What became of the labels that came with the pictures.
struct LabelsTaken {
  std::vector<FoundSet> sets;
  int64_t labelled = 0;                      ///< samples with a label by a person from a data set now
  int64_t unsure = 0;                        ///< set aside, as the data set says
  int64_t own = 0;                           ///< that an export says again, as the project has them: left
  int64_t kept = 0;                          ///< samples that people have labelled here: theirs stands
  int64_t answers = 0;                       ///< by models, added
  std::map<std::string, int64_t> by_class;   ///< of the labelled
  std::map<std::string, int64_t> unmatched;  ///< their classes that are none of the project's: pictures
  std::map<std::string, int64_t> as_none;    ///< the same of pictures that are labelled as showing none
  int64_t several = 0;                       ///< pictures that show several of the project's classes
  int64_t nothing = 0;                       ///< that show none, where no class says so
  int64_t changed = 0;                       ///< labels of earlier data sets that say something else now
  std::vector<std::string> first_changed;    ///< "2.jpg (dog becomes cat)"
  int64_t withdrawn = 0;  ///< pictures that the set names and no longer labels: the earlier label stands
  std::vector<std::string> first_withdrawn;  ///< "2.jpg (dog)"
  int64_t other_split = 0;   ///< samples that were there before, in another split than the set's
  int64_t contradicted = 0;  ///< the same bytes, under two names with two classes
  std::vector<std::string> first_contradicted;
  int64_t two_splits =
      0;  ///< the same bytes, under two names in two splits of the set: the first one's counts
  std::vector<std::string> first_two_splits;
  int64_t cut = 0;      ///< that were cut into several samples: which of them is meant is not known
  int64_t unknown = 0;  ///< labels of pictures that are not there
  std::vector<std::string> first_unknown;
};

struct AddOutcome : Outcome {
  int64_t samples_added = 0;
  int64_t samples_total = 0;  ///< in the project now
  int64_t already_there = 0;
  int64_t skipped = 0;  ///< files and folders that the user may miss: left_out without what is passed over
  LeftOuts left_out;
  LabelsTaken labels;
  int64_t transparent = 0;  ///< pictures added that have see-through parts, which were put on white
  Grouped grouped;          ///< pictures that were given one split together
};

/// Adds the files one by one, each of them whole or not at all. A file that cannot be read is told, counted
/// and left out, whether it was named itself or found in a folder. Error: nothing was left to add; what is
/// wrong with the project or its disk; interrupted.
Result<AddOutcome> add(const AddArgs& args, Watch& watch);

struct NewOutcome : Outcome {
  fs::path folder;
  Settings settings;                ///< as they were written
  std::optional<AddOutcome> added;  ///< with NewArgs::data
};

/// Makes the folder with dewdrop.toml and an empty database, and adds the data. Error: Project::create()'s;
/// no classes are given and the data has none. Where adding fails, the project stands and `stopped` says why.
Result<NewOutcome> create_project(const NewArgs& args, Watch& watch);

Json to_json(const NewOutcome& outcome);
Json to_json(const AddOutcome& outcome);
Json to_json(const LabelsTaken& taken);

/// Lines for people, ready for a terminal; none where there were no labels.
std::vector<std::string> lines_about(const LabelsTaken& taken);

}  // namespace dew::verbs
