// The table of formats that are read. A format is claimed either by files (a list in JSON, a table) or by the
// tree as a whole (folders as classes).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exchange/dataset.h"
#include "exchange/tree.h"

namespace dew::exchange {

/// Files that a format claims: of the tree, which must outlive it, or one that lies elsewhere.
class ClaimedFiles {
 public:
  explicit ClaimedFiles(const Tree& tree) : tree_(&tree) {}
  /// Absolute; they may lie outside the tree.
  ClaimedFiles(const Tree& tree, std::vector<fs::path> elsewhere)
      : tree_(&tree), elsewhere_(std::move(elsewhere)) {}
  void add(uint32_t number) { numbers_.push_back(number); }  ///< of Tree::files()
  [[nodiscard]] size_t size() const { return elsewhere_.empty() ? numbers_.size() : elsewhere_.size(); }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// Absolute, in the order of the tree or as they were given.
  [[nodiscard]] fs::path operator[](size_t at) const {
    return elsewhere_.empty() ? tree_->path_of(tree_->files()[numbers_[at]]) : elsewhere_[at];
  }

 private:
  const Tree* tree_;
  std::vector<uint32_t> numbers_;
  std::vector<fs::path> elsewhere_;
};

struct Format {
  const char* key;
  const char* name;
  const char* what;
  /// Whether a file with this name and these first bytes (64 KiB at most) is one of the format's. nullptr: no
  /// file alone is.
  bool (*claims_file)(std::string_view name, std::string_view head);
  /// Whether the tree is in this format by its folders and names. nullptr: it is where a file is claimed.
  bool (*claims_tree)(const Tree& tree);
  /// `files`: the claimed ones; empty with claims_tree. Fills everything but DataSet::format. Error (usage):
  /// a file is broken, with its line or key.
  Result<DataSet> (*read)(const Tree& tree, const ClaimedFiles& files, Watch& watch);
};

/// In the order in which they are tried: what is more particular first.
const std::vector<Format>& table_of_formats();

constexpr size_t kHeadBytes = 64 << 10;

// One file each.
extern const Format kCoco;
extern const Format kCvat;
extern const Format kEdgeImpulse;
extern const Format kHuggingFace;
extern const Format kLabelStudio;
extern const Format kTables;
extern const Format kTeachableMachine;
extern const Format kFolders;
extern const Format kVertex;
extern const Format kVoc;
extern const Format kWandb;
extern const Format kYolo;
extern const Format kJsonl;

}  // namespace dew::exchange
