// Trees of files with what they say of their pictures, before it is put into a project's terms.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exchange/exchange.h"
#include "verbs/project/project.h"

namespace dew::verbs {

/// A tree and what it says.
struct FoundLabels {
  exchange::Tree tree;
  exchange::DataSet set;
  bool asked = false;  ///< by name, not found by itself
  bool alone = false;  ///< the pictures to add are those that it names
  /// The folder that was given, where the tree is the one around it and its labels are in no file.
  fs::path given = {};
};

/// Texts that tell archives' paths where the folders stand that these were unpacked into.
class ShownText {
 public:
  using Shown = std::function<fs::path(const fs::path&)>;
  ShownText() = default;
  /// `files`: those given, folders in the place of archives.
  ShownText(const std::vector<fs::path>& files, const Shown& shown);
  [[nodiscard]] std::string operator()(std::string text) const;

 private:
  std::vector<std::pair<std::string, std::string>> replaced_;  ///< folder and archive
};

/// The path without a '/' at its end, "." and "..".
fs::path plain_path(const fs::path& path);

/// "COCO" of "coco".
std::string name_of_format(const std::string& key);

/// "labels.csv, b.csv, c.csv and 3 more".
std::string listed_files(const std::vector<fs::path>& files);

/// Whether a file holds labels, by its name and first bytes.
bool holds_labels(const fs::path& path);

/// What the file that --labels names says of all that is given.
Result<std::vector<FoundLabels>> read_file_of_labels(const std::string& labels,
                                                     const std::vector<fs::path>& paths, Watch& watch);

/// What files with labels among those given say: of the others, or of the pictures they name where there are
/// none. Files of their form in folders among the others speak too; what is left out is told.
Result<std::vector<FoundLabels>> read_named_tables(const std::vector<fs::path>& tables,
                                                   const std::vector<fs::path>& others, Watch& watch);

/// A folder that was given: a class of the project, a split, or a data set. `settings`: as in find_labels().
Result<void> read_given_folder(const fs::path& path, const AddArgs& args, const Settings* settings,
                               std::vector<FoundLabels>& found, Watch& watch);

/// The splits alone of a folder that was given, by its folders and its own name.
Result<void> read_splits_alone(const fs::path& path, std::vector<FoundLabels>& found);

/// Two folders or more that are classes themselves, for a project that has none yet: nothing in them says
/// otherwise, and their names are neither splits' nor a camera's. Empty: they are not.
Result<std::vector<FoundLabels>> read_folders_of_new_classes(const std::vector<fs::path>& given,
                                                             Watch& watch);

/// Reads what `args` names, and tells it by `shown`. `settings`: of the project; nullptr: it has none yet.
/// Error (usage): exchange::read()'s; labels that were asked for and are not there.
Result<std::vector<FoundLabels>> find_labels(const AddArgs& args, const Settings* settings,
                                             const ShownText& shown, Watch& watch);

/// All pictures that are not there as one error, the first twenty in words. `root`: as it is told to people.
tl::unexpected<Error> missing_pictures(const FoundLabels& from, const fs::path& root);

}  // namespace dew::verbs
