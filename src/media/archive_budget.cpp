#include "media/archive_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "media/files.h"

namespace dew::media {
namespace {

tl::unexpected<UnpackFailure> too_large(const std::string& what) {
  return refuse_archive(ArchiveRefusal::kTooLarge, "the archive " + what,
                        std::string("if you trust it, ") + kUnpackYourself);
}

}  // namespace

tl::unexpected<UnpackFailure> refuse_archive(ArchiveRefusal why, std::string what, std::string next) {
  return tl::unexpected(UnpackFailure{why, {Fault::kWork, std::move(what), {}, std::move(next)}});
}

tl::unexpected<UnpackFailure> stop_unpacking(Error error) {
  return tl::unexpected(UnpackFailure{std::nullopt, std::move(error)});
}

UnpackStep<void> ArchiveBudget::begin(const fs::path& archive, int64_t archive_bytes) {
  archive_name_ = shown(archive.filename());
  archive_bytes_ = archive_bytes;
  // Pictures hardly shrink: what comes out is about as large as the archive, or larger.
  if (archive_bytes > room()) return no_room();
  return {};
}

UnpackStep<void> ArchiveBudget::begin_entry(int64_t promised, bool kept) {
  if (++entries_ > limits_.max_entries)
    return too_large(fmt::format("holds more than {} entries", with_commas(limits_.max_entries)));
  end_ = 0;
  kept_ = kept;
  if (promised > limits_.max_entry_bytes)
    return too_large(fmt::format("holds a file of more than {} bytes", with_commas(limits_.max_entry_bytes)));
  if (kept && promised > reserved_ && promised > room()) return no_room();
  return {};
}

UnpackStep<void> ArchiveBudget::grow_to(int64_t end) {
  if (end > limits_.max_entry_bytes)
    return too_large(fmt::format("holds a file of more than {} bytes", with_commas(limits_.max_entry_bytes)));
  const int64_t more = end - end_;
  end_ = end;
  bytes_ += more;
  if (bytes_ > limits_.max_bytes)
    return too_large(fmt::format("unpacks to more than {} bytes", with_commas(limits_.max_bytes)));
  if (bytes_ > limits_.ratio_from && bytes_ / limits_.max_ratio > archive_bytes_)
    return too_large(fmt::format("unpacks to more than {} times its size", with_commas(limits_.max_ratio)));
  return kept_ ? reserve(more) : UnpackStep<void>();
}

/// Bytes that may still be written. Where the disk does not say, writing finds out.
int64_t ArchiveBudget::room() const {
  std::error_code code;
  const fs::space_info space = fs::space(disk_, code);
  constexpr auto kMost = static_cast<uintmax_t>(INT64_MAX);
  return static_cast<int64_t>(code ? kMost : std::min(space.available, kMost)) - limits_.keep_free;
}

tl::unexpected<UnpackFailure> ArchiveBudget::no_room() const {
  return stop_unpacking(
      {Fault::kWork,
       fmt::format("there is not enough space to unpack {}: {} bytes are free, and {} must stay free",
                   archive_name_, with_commas(room() + limits_.keep_free), with_commas(limits_.keep_free)),
       shown(disk_), "free some space on that disk, then run the same command again"});
}

/// Asks the disk now and then: others write there too.
UnpackStep<void> ArchiveBudget::reserve(int64_t bytes) {
  constexpr int64_t kAskAgain = int64_t{64} << 20;
  if (bytes > reserved_) {
    const int64_t left = room() - bytes;
    if (left < 0) return no_room();
    reserved_ = bytes + std::min(left, kAskAgain);
  }
  reserved_ -= bytes;
  return {};
}

}  // namespace dew::media
