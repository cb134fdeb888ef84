// Adding many files: what is written goes to the disk, and into the database, in batches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "store/store.h"

namespace dew {

/// Adds files to a project, each with Project::add()'s promises; a batch of them (256 files, or those of one
/// second) is committed together, so that a kill loses at most that. The project must outlive it, and is only
/// read from meanwhile.
///
///     Adding adding(project, cut);
///     DEW_TRY(const auto refused, adding.offer(file, name, {}, watch));
///     DEW_TRY(const std::vector<Added> added, adding.finish());
///     DEW_TRY(const Grouped grouped, project.settle_splits(watch));
class Adding {
 public:
  Adding(Project& project, const Cut& cut);
  Adding(const Adding&) = delete;
  Adding& operator=(const Adding&) = delete;
  ~Adding();

  /// Takes the file, or says what is wrong with it. Error: what is wrong with the project (a full disk, a
  /// locked database) or the cut, or an interruption: then no other file may be offered. Once it was taken
  /// the file may be removed, unless it is referred to in place. Not `tested`: where its splits are drawn,
  /// none of it is for testing, because the data set brings another file for that.
  Result<std::optional<Refused>> offer(const fs::path& file, const std::string& name, const Placing& placing,
                                       Watch& watch, bool tested = true);

  /// What became of files that were taken and are committed, in the order they were offered; of each once.
  [[nodiscard]] std::vector<Added> committed();
  /// Commits the last batch; committed() of all that is left.
  Result<std::vector<Added>> finish();
  /// Pictures with see-through pixels, which stand on white, among those that are committed and were not
  /// there.
  [[nodiscard]] int64_t transparent() const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
