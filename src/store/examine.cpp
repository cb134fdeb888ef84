#include "store/examine.h"

#include <unistd.h>

#include "store/origins.h"

namespace dew::store {
namespace {

constexpr int64_t kMostSamples = 5'000'000;  // of one file

/// The regions one frame is cut into; one without a region where it stays whole.
Result<std::vector<std::optional<Rect>>> regions_of(const MediaInfo& info, const Cut& cut,
                                                    const fs::path& file) {
  if (cut.columns == 1 && cut.rows == 1) return std::vector<std::optional<Rect>>{std::nullopt};
  if (cut.columns > info.width || cut.rows > info.height)
    return usage_error("there are more tiles than pixels", printable(file.string()), "use fewer tiles");
  std::vector<std::optional<Rect>> regions;
  for (const Rect& tile : tiles(info.width, info.height, cut.columns, cut.rows)) regions.emplace_back(tile);
  return regions;
}

Result<void> check_count(const MediaInfo& info, const Cut& cut, size_t regions, const fs::path& file) {
  const int64_t frames = (info.frames - 1) / cut.every + 1;
  if (frames <= kMostSamples / static_cast<int64_t>(regions)) return {};
  return usage_error("this would make more than " + with_commas(kMostSamples) + " samples",
                     printable(file.string()), "take fewer frames with --every, or fewer tiles");
}

/// Why a file could not be opened, or is nothing that is decoded.
Refusal why_unopened(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(file, code)) return Refusal::kMissing;
  if (::access(file.c_str(), R_OK) != 0) return Refusal::kUnreadable;
  if (fs::is_regular_file(file, code) && fs::file_size(file, code) == 0) return Refusal::kEmpty;
  return Refusal::kNotMedia;
}

Refusal why_unread(const Arrival& arrival) {
  std::error_code code;
  return arrival.before && fs::exists(arrival.file, code) ? Refusal::kUnreadable : Refusal::kMissing;
}

/// What the decoder refused, with the setting that lifts its limit.
Refused not_decoded(const fs::path& file, Error error, const Settings& settings) {
  std::error_code code;
  if (!fs::exists(file, code)) return {Refusal::kMissing, std::move(error)};
  if (error.exceeded == Limit::kNone) return {Refusal::kUndecodable, std::move(error)};
  if (error.exceeded == Limit::kPixels)
    error.next = "make it smaller, or raise `largest_picture` in dewdrop.toml, which is " +
                 std::to_string(settings.largest_picture) + " megapixels";
  return {Refusal::kTooLarge, std::move(error)};
}

Result<OrRefused<Examined>> read_picture(SourceByHash& sources, const Settings& settings,
                                         const Arrival& arrival) {
  const MediaLimits limits = limits_of(settings);
  Examined examined;
  if (arrival.before && arrival.before->bytes > limits.max_bytes)
    return refuse<Examined>(
        Refusal::kTooLarge,
        {Fault::kWork, "the picture's file is larger than " + with_commas(limits.max_bytes) + " bytes",
         printable(arrival.file.string()), "make it smaller"});
  auto bytes = read_file(arrival.file, limits.max_bytes);
  if (!bytes) return refuse<Examined>(why_unread(arrival), bytes.error());
  examined.bytes = *std::move(bytes);
  examined.sha256 = sha256(examined.bytes);
  DEW_TRY(examined.known, sources.find(examined.sha256));
  // The same bytes are the same source, whatever they are called: nothing is decoded a second time.
  if (examined.known) {
    examined.info = examined.known->source.info;
    return OrRefused<Examined>(std::move(examined));
  }
  auto inspected = inspect_picture(examined.bytes, printable(arrival.file.string()), limits);
  if (!inspected)
    return OrRefused<Examined>(tl::unexpect, not_decoded(arrival.file, inspected.error(), settings));
  examined.info = *std::move(inspected);
  return OrRefused<Examined>(std::move(examined));
}

Result<OrRefused<Examined>> read_video(SourceByHash& sources, const Settings& settings,
                                       const Arrival& arrival, Watch& watch) {
  Examined examined;
  auto hash = sha256_file(arrival.file);
  if (!hash) return refuse<Examined>(why_unread(arrival), hash.error());
  examined.sha256 = *std::move(hash);
  DEW_TRY(examined.known, sources.find(examined.sha256));
  if (examined.known) {
    examined.info = examined.known->source.info;
    return OrRefused<Examined>(std::move(examined));
  }
  auto inspected = inspect_media(arrival.file, limits_of(settings), watch);
  if (watch.interrupted()) return interrupted_error();
  if (!inspected)
    return OrRefused<Examined>(tl::unexpect, not_decoded(arrival.file, inspected.error(), settings));
  examined.info = *std::move(inspected);
  return OrRefused<Examined>(std::move(examined));
}

Result<OrRefused<Examined>> read_whole(SourceByHash& sources, const Settings& settings,
                                       const Arrival& arrival, Watch& watch) {
  const auto kind = detect_media_kind(arrival.file);
  if (!kind) return refuse<Examined>(why_unopened(arrival.file), kind.error());
  return *kind == MediaKind::kImage ? read_picture(sources, settings, arrival)
                                    : read_video(sources, settings, arrival, watch);
}

}  // namespace

Result<void> check_cut(const Cut& cut) {
  if (cut.every < 1)
    return usage_error("--every is " + std::to_string(cut.every), {}, "it takes a whole number from 1");
  if (cut.columns < 1 || cut.rows < 1)
    return usage_error("--tiles is " + std::to_string(cut.columns) + "x" + std::to_string(cut.rows), {},
                       "it takes columns x rows, each from 1, for example 4x3");
  return {};
}

Result<void> check_name(const std::string& name, const fs::path& file) {
  if (!name.empty() && name.size() <= kLongestName && is_utf8(name) && !has_control(name)) return {};
  return work_error(
      "the file's name cannot be used: it is empty, too long, not UTF-8, or has a "
      "line break or another control character in it",
      printable(file.string()), "rename the file");
}

Result<OrRefused<Examined>> examine(SourceByHash& sources, const Settings& settings,
                                    const std::optional<StoredSource>& unchanged, const Arrival& arrival,
                                    const Cut& cut, Watch& watch) {
  OrRefused<Examined> examined;
  if (unchanged) {
    examined = Examined{unchanged->source.sha256, unchanged->source.info, unchanged, {}, {}};
  } else {
    DEW_TRY(examined, read_whole(sources, settings, arrival, watch));
    if (!examined) return examined;
  }
  auto regions = regions_of(examined->info, cut, arrival.file);
  if (!regions) return refuse<Examined>(Refusal::kCut, regions.error());
  examined->regions = *std::move(regions);
  if (const auto counted = check_count(examined->info, cut, examined->regions.size(), arrival.file); !counted)
    return refuse<Examined>(Refusal::kCut, counted.error());
  return examined;
}

}  // namespace dew::store
