// A project's beginning: `new` makes it around a question, `add` brings pictures and videos in.
#pragma once

#include <vector>

#include "store/store.h"
#include "verbs/common/outcome.h"
#include "verbs/common/picture_files.h"

namespace dew::verbs {

struct NewArgs {
  fs::path folder;  ///< absolute; where settings have no name, its last part gives one
  Settings settings;
};

struct NewOutcome : Outcome {
  fs::path folder;
  Settings settings;  ///< as they were written
};

/// Makes the folder with dewdrop.toml and an empty database. Error: Project::create()'s.
Result<NewOutcome> create_project(const NewArgs& args, Watch& watch);

struct AddArgs {
  fs::path project;             ///< any folder inside it
  std::vector<fs::path> files;  ///< files, or folders of them
  Cut cut;
};

/// "4x3", columns x rows, into `cut`. Error (usage): not a grid, or more than 64 tiles a side.
Result<void> parse_tiles(const std::string& text, Cut& cut);

struct AddOutcome : Outcome {
  int64_t samples_added = 0;
  int64_t samples_total = 0;  ///< in the project now
  int64_t already_there = 0;
  int64_t skipped = 0;  ///< files and folders that the user may miss: left_out without what is passed over
  LeftOuts left_out;
  Grouped grouped;  ///< pictures that were given one split together
};

/// Adds the files one by one, each of them whole or not at all. A file that cannot be read is told, counted
/// and left out, whether it was named itself or found in a folder. Error: nothing was left to add; what is
/// wrong with the project or its disk; interrupted.
Result<AddOutcome> add(const AddArgs& args, Watch& watch);

Json to_json(const NewOutcome& outcome);
Json to_json(const AddOutcome& outcome);

}  // namespace dew::verbs
