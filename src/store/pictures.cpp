// From samples back to pictures: the source's file is checked to be the one that was added, decoded, and cut.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <numeric>

#include "store/inside.h"

namespace dew {
namespace {

using store::StoredSource;

tl::unexpected<Error> gone(const StoredSource& stored) {
  if (stored.in_place())
    return work_error("the original of " + stored.source.name + " is gone", stored.source.path.string(),
                      "put it back, or add it from where it is now: dewdrop add --in-place <file>");
  return work_error("the project's copy of " + stored.source.name + " is gone", stored.source.path.string(),
                    "add the file again: dewdrop add <file>");
}

tl::unexpected<Error> changed(const StoredSource& stored) {
  if (stored.in_place())
    return work_error("the original of " + stored.source.name + " has changed since it was added",
                      stored.source.path.string(),
                      "put the old file back; the changed one can be added too, under another name");
  return work_error("the project's copy of " + stored.source.name + " has changed since it was added",
                    stored.source.path.string(), "add the file again: dewdrop add <file>");
}

tl::unexpected<Error> no_frame(const Sample& sample) {
  return work_error("the sample of a video has no frame number", sample.name);
}

Result<Image> cut_from(const Image& picture, const Sample& sample) {
  if (!sample.region) return picture;
  const Rect& region = *sample.region;
  const bool inside = region.x >= 0 && region.y >= 0 && region.width > 0 && region.height > 0 &&
                      region.width <= picture.width && region.height <= picture.height &&
                      region.x <= picture.width - region.width && region.y <= picture.height - region.height;
  if (!inside) return work_error("the sample's region lies outside its picture", sample.name);
  return crop(picture, region);
}

using Give = std::function<Result<void>(size_t index, const Image& image)>;

/// All wanted pictures of one source; `indices` into `wanted`, by frame.
Result<void> give_pictures(const StoredSource& stored, const MediaLimits& limits,
                           const std::vector<Sample>& wanted, const std::vector<size_t>& indices,
                           const Give& give, Watch& watch) {
  auto next = indices.begin();
  const auto give_cuts = [&](const Image& picture, std::optional<int64_t> frame) -> Result<void> {
    for (; next != indices.end() && wanted[*next].frame == frame; ++next) {
      DEW_TRY(const Image cut, cut_from(picture, wanted[*next]));
      DEW_CHECK(give(*next, cut));
    }
    return {};
  };
  if (stored.source.info.kind == MediaKind::kImage) {
    DEW_TRY(const Image picture, read_image(stored.source.path, limits));
    return give_cuts(picture, std::nullopt);
  }
  std::vector<int64_t> frames;
  for (const size_t index : indices) {
    const auto frame = wanted[index].frame;
    if (!frame) return no_frame(wanted[index]);
    if (frames.empty() || frames.back() != *frame) frames.push_back(*frame);
  }
  return read_frames(
      stored.source.path, frames,
      [&](int64_t number, const Image& picture) { return give_cuts(picture, number); }, watch, limits);
}

}  // namespace

Result<store::Bucket*> Project::Inside::bucket() {
  if (!opened_bucket) {
    DEW_TRY(store::BucketAddress address, store::bucket_address(settings));
    opened_bucket.emplace(std::move(address));
  }
  return &*opened_bucket;
}

Result<store::FileStamp> Project::Inside::fetch(const StoredSource& stored, const Watch& watch) {
  const fs::path& to = stored.source.path;
  DEW_TRY(store::Bucket* const from, bucket());
  DEW_CHECK(from->get({to.filename().string(), stored.source.sha256, stored.stamp.bytes}, to, watch));
  // With the time that the database has, later commands need not hash it again.
  constexpr int64_t kNanoseconds = 1'000'000'000;
  const timespec time{stored.stamp.modified / kNanoseconds, stored.stamp.modified % kNanoseconds};
  const timespec times[2] = {time, time};
  ::utimensat(AT_FDCWD, to.c_str(), times, 0);
  const auto stamp = store::stamp_of(to);
  if (!stamp) return gone(stored);
  return *stamp;
}

Result<const StoredSource*> Project::Inside::readable_source(int64_t id, const Watch& watch) {
  // Together with those behind it, which are mostly wanted next: a server may be far away.
  constexpr int64_t kTogether = 64;
  constexpr size_t kMostKnown = 4096;
  if (known.count(id) == 0) {
    DEW_TRY(auto some, store::read_sources(database, media, id - 1, kTogether));
    if (known.size() > kMostKnown) known.clear();
    for (auto& stored : some) known.insert_or_assign(stored.source.id, std::move(stored));
  }
  const auto found = known.find(id);
  if (found == known.end()) return work_error("the project has no source " + std::to_string(id));
  const StoredSource& stored = found->second;
  const bool from_bucket = has_bucket() && !stored.in_place();
  auto stamp = store::stamp_of(stored.source.path);
  if (!stamp && !from_bucket) return gone(stored);
  if (!stamp) {
    DEW_TRY(verified[id], fetch(stored, watch));
    return &stored;
  }
  if (*stamp == stored.stamp) return &stored;
  if (const auto seen = verified.find(id); seen != verified.end() && seen->second == *stamp) return &stored;
  // A copied or moved project has new times on the same bytes.
  bool same = stamp->bytes == stored.stamp.bytes;
  if (same) {
    DEW_TRY(const std::string sha256, sha256_file(stored.source.path));
    same = sha256 == stored.source.sha256;
  }
  if (!same && !from_bucket) return changed(stored);
  if (!same) {
    DEW_TRY(*stamp, fetch(stored, watch));
  }
  verified[id] = *stamp;
  return &stored;
}

Result<fs::path> Project::original(int64_t source, const Watch& watch) const {
  const std::lock_guard lock(inside_->reading);
  DEW_TRY(const StoredSource* stored, inside_->readable_source(source, watch));
  return stored->source.path;
}

Result<Image> Project::picture(const Sample& sample) const {
  const std::lock_guard lock(inside_->reading);
  DEW_TRY(const StoredSource* stored, inside_->readable_source(sample.source, Watch()));
  const MediaLimits limits = store::limits_of(settings());
  auto& cursor = inside_->cursor;
  if (!cursor || cursor->source != sample.source) {
    store::Cursor fresh{sample.source, std::nullopt, {}};
    if (stored->source.info.kind == MediaKind::kVideo) {
      DEW_TRY(fresh.video, VideoReader::open(stored->source.path, limits));
    } else {
      DEW_TRY(fresh.image, read_image(stored->source.path, limits));
    }
    cursor = std::move(fresh);
  }
  if (!cursor->video) return cut_from(cursor->image, sample);
  if (!sample.frame) return no_frame(sample);
  DEW_TRY(const Image* frame, cursor->video->frame(*sample.frame));
  return cut_from(*frame, sample);
}

Result<void> Project::pictures(const std::vector<Sample>& wanted, const Give& give, Watch& watch) const {
  std::vector<size_t> order(wanted.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::pair(wanted[a].source, wanted[a].frame) < std::pair(wanted[b].source, wanted[b].frame);
  });
  for (auto first = order.begin(); first != order.end();) {
    const int64_t source = wanted[*first].source;
    const auto last =
        std::find_if(first, order.end(), [&](size_t index) { return wanted[index].source != source; });
    if (watch.interrupted()) return interrupted_error();
    StoredSource stored;
    {  // not held while `give` runs: it may ask for other pictures
      const std::lock_guard lock(inside_->reading);
      DEW_TRY(const StoredSource* found, inside_->readable_source(source, watch));
      stored = *found;
    }
    DEW_CHECK(give_pictures(stored, store::limits_of(settings()), wanted, {first, last}, give, watch));
    first = last;
  }
  return {};
}

}  // namespace dew
