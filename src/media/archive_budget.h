// What unpacking an archive may use: the limits, and the space on the disk.
#pragma once

#include <optional>
#include <string>

#include "base/base.h"
#include "media/archive.h"

namespace dew::media {

/// With `refused`, the archive is at fault, and where it happened is still to be filled in; without, the work
/// cannot go on.
struct UnpackFailure {
  std::optional<ArchiveRefusal> refused;
  Error error;
};
template <typename T>
using UnpackStep = tl::expected<T, UnpackFailure>;

constexpr const char* kUnpackYourself = "unpack it with another program, then add the folder";

tl::unexpected<UnpackFailure> refuse_archive(ArchiveRefusal why, std::string what, std::string next);
tl::unexpected<UnpackFailure> stop_unpacking(Error error);

class ArchiveBudget {
 public:
  /// `disk`: a folder on the disk that is written to.
  ArchiveBudget(const fs::path& disk, const ArchiveLimits& limits) : disk_(disk), limits_(limits) {}

  /// Whether an archive of this size can be unpacked at all.
  UnpackStep<void> begin(const fs::path& archive, int64_t archive_bytes);
  /// One entry more, of as many bytes as the archive says (0: it does not). `kept`: it goes to the disk.
  UnpackStep<void> begin_entry(int64_t promised, bool kept);
  /// Now the entry has `end` bytes; it never gets smaller.
  UnpackStep<void> grow_to(int64_t end);
  /// Of all entries.
  [[nodiscard]] int64_t bytes() const { return bytes_; }

 private:
  [[nodiscard]] int64_t room() const;
  [[nodiscard]] tl::unexpected<UnpackFailure> no_room() const;
  UnpackStep<void> reserve(int64_t bytes);

  const fs::path& disk_;
  const ArchiveLimits& limits_;
  std::string archive_name_;
  int64_t archive_bytes_ = 0;
  int64_t entries_ = 0;
  int64_t bytes_ = 0;
  int64_t end_ = 0;       ///< of the entry in hand
  bool kept_ = true;      ///< the entry in hand goes to the disk
  int64_t reserved_ = 0;  ///< bytes that the disk had room for when it was asked
};

}  // namespace dew::media
