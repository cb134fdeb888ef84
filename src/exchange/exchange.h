// exchange: data sets of other tools, in and out. One file a format.
//
//     DEW_TRY(const Tree tree, Tree::below("birds"));
//     DEW_TRY(const auto found, exchange::read(tree, "auto", watch));   // nullopt: no labels in there
//     found->items[0].classes                                          // {"robin"}
//
// Nothing in here knows a project: which sample an item becomes, and whether its class is one of the
// project's, is the caller's matter.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "exchange/dataset.h"
#include "exchange/outgoing.h"
#include "exchange/tree.h"

namespace dew::exchange {

/// A format as users see it.
struct FormatInfo {
  std::string key;   ///< "coco", for --labels and --to
  std::string name;  ///< "COCO"
  std::string what;  ///< what it is, or what somebody gets, in a few words
};

/// In the order in which they are tried, and help lists them.
std::vector<FormatInfo> formats_in();
std::vector<FormatInfo> formats_out();

/// What the data set in `tree` says about its pictures. `labels`: "auto" finds out which format it is; a
/// format's key takes that one; else it is the path of a file with labels, which may lie outside the tree.
/// nullopt: "auto" found no labels. Errors (usage): no such format or file, the tree does not hold that
/// format, or a file of it is broken, with its line or key.
Result<std::optional<DataSet>> read(const Tree& tree, const std::string& labels, Watch& watch);

/// What files of one format say together: whole paths, which may lie outside the tree. Errors as read()'s.
Result<DataSet> read_files(const Tree& tree, const std::vector<fs::path>& files, Watch& watch);

/// All pictures of the tree as one class, as folders are classes: of the split that the first folder of each
/// tells. For a folder that is known to be a class, whatever the folders in it are called.
DataSet read_as_one_class(const Tree& tree, const std::string& name);

/// Whether a folder's name may say what is in it: not that of a split ("train"), nor what a camera or a date
/// made ("100APPLE", "2024-05").
bool may_name_class(const std::string& folder);

/// The split that a file's path tells by its own name, or by that of the folder around it: "train.csv",
/// "instances_val2017.json", "test/labels.csv".
std::optional<Split> split_told_by(const fs::path& path);

/// The split that a folder is called like: "data/test".
std::optional<Split> split_of_folder(const fs::path& folder);

/// The tree's pictures that lie in folders which are called like splits, and nothing else of them.
DataSet splits_of_folders(const Tree& tree);

/// Pictures of the tree that the set says nothing of become items without a word, of the split whose folder
/// they lie in ("test/7.jpg"); gives these items' splits, one each. Nothing where the set has no splits.
std::vector<Split> add_silent_pictures(const Tree& tree, DataSet& set);

/// The key of the format that a file with labels has by its name and its first bytes: a table, a list in JSON
/// or XML. Empty: it holds none.
std::string format_of_file(const fs::path& file);

/// The files of the tree that formats claim as theirs, whole paths, by the formats' keys. Tables of something
/// else may be among them.
std::map<std::string, std::vector<fs::path>> label_files_in(const Tree& tree);

/// Writes a data set as a folder: pictures, labels as the format has them, and a data card (README.md). All
/// or nothing: it is written beside `folder` and renamed. A picture that is a whole file is copied byte for
/// byte where the format's tools read it; what is cut from a file or a video becomes a PNG. Errors (usage):
/// no such format, `folder` exists and is not empty, nothing to write; (work) files are gone or have changed
/// (with `skip_missing` they are told and left out), no picture can be read, the disk is full, interrupted.
Result<Written> write(const std::string& format, Origins& origins, const fs::path& folder, Watch& watch,
                      bool skip_missing = false);

/// write()'s errors about its arguments, before a project is read for it.
Result<void> check_writing(const std::string& format, const fs::path& folder);

}  // namespace dew::exchange
