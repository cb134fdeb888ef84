#include "verbs/cascade/unsure.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/hash.h"
#include "media/frames.h"

namespace dew::verbs {
namespace {

constexpr const char* kNote = "cascade: unsure frames";  ///< "2026-11-28 7": the day, and how many
constexpr int kJpegQuality = 90;
constexpr size_t kDayLength = 10;

/// Of a recording it is the same each time; a live source's frames are told apart by when they came.
std::string name_of(const SawUnsure& saw, const std::string& source) {
  constexpr size_t kEnough = 8;
  std::string when;
  if (saw.live)
    for (const char c : utc_now())
      if (c != '-' && c != ':') when += c;
  return fmt::format("unsure-{}-{}{}frame-{}.jpg",
                     sha256(source + fmt::format(" {}", saw.region)).substr(0, kEnough), when,
                     when.empty() ? "" : "-", saw.frame);
}

}  // namespace

Result<int64_t> UnsureKeeper::kept_today(const std::string& day) const {
  DEW_TRY(const std::string note, project_.note(kNote));
  int64_t kept = 0;
  if (note.starts_with(day + " "))
    std::from_chars(note.data() + kDayLength + 1, note.data() + note.size(), kept);
  return kept;
}

Result<void> UnsureKeeper::keep(const SawUnsure& saw, const std::string& source, Watch& watch) {
  const std::string day = utc_now().substr(0, kDayLength);
  DEW_TRY(const int64_t today, kept_today(day));
  if (today >= most_a_day_) return {};
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const std::string name = name_of(saw, printable_source(source));
  DEW_CHECK(write_file(folder.path() / name, encode_jpeg(saw.picture, kJpegQuality)));
  DEW_TRY(const auto added, project_.offer(folder.path() / name, name, {}, {}, watch));
  if (!added || added->samples == 0) return {};
  ++kept_;
  return project_.set_note(kNote, fmt::format("{} {}", day, today + 1));
}

Result<void> UnsureKeeper::finish(Watch& watch) {
  if (kept_ > 0) DEW_CHECK(project_.settle_splits(watch));
  return {};
}

}  // namespace dew::verbs
