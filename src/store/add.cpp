// Adding a file: hash, inspect, copy into the project, and all its samples in one transaction. A kill at any
// moment leaves all of it or nothing; a copy without its row does no harm and is used the next time.
#include <algorithm>

#include "store/inside.h"
#include "store/split.h"
#include "store/utf8.h"

namespace dew {
namespace {

using store::Database;
using store::FileStamp;
using store::SplitPoints;
using store::Statement;
using store::StoredSource;
using store::Transaction;

constexpr int64_t kMostSamples = 5'000'000;  // of one file
constexpr size_t kLongestName = 1000;

Result<void> check_cut(const Cut& cut) {
  if (cut.every < 1)
    return usage_error("--every is " + std::to_string(cut.every), {}, "it takes a whole number from 1");
  if (cut.columns < 1 || cut.rows < 1)
    return usage_error("--tiles is " + std::to_string(cut.columns) + "x" + std::to_string(cut.rows), {},
                       "it takes columns x rows, each from 1, for example 4x3");
  return {};
}

/// Names go into answers files and JSON, one line each.
Result<void> check_name(const std::string& name, const fs::path& file) {
  if (!name.empty() && name.size() <= kLongestName && store::is_utf8(name) && !store::has_control(name))
    return {};
  return work_error("the file's name cannot be used: it is empty, too long or not UTF-8",
                    printable(file.string()), "rename the file");
}

/// The regions one frame is cut into; one without a region where it stays whole.
Result<std::vector<std::optional<Rect>>> regions_of(const MediaInfo& info, const Cut& cut,
                                                    const fs::path& file) {
  if (cut.columns == 1 && cut.rows == 1) return std::vector<std::optional<Rect>>{std::nullopt};
  if (cut.columns > info.width || cut.rows > info.height)
    return usage_error("there are more tiles than pixels", file.string(), "use fewer tiles");
  std::vector<std::optional<Rect>> regions;
  for (const Rect& tile : tiles(info.width, info.height, cut.columns, cut.rows)) regions.emplace_back(tile);
  return regions;
}

/// Where a source's bytes are found.
struct Place {
  std::string stored;  ///< as the database has it
  fs::path path;
};

Result<Place> refer_to(const fs::path& file) {
  std::error_code code;
  const fs::path absolute = fs::canonical(file, code);
  if (code) return work_error("cannot resolve the file's path: " + code.message(), file.string());
  return Place{absolute.string(), absolute};
}

Result<Place> copy_into(const fs::path& media, const fs::path& file, const std::string& sha256,
                        const std::string& stored) {
  Place place{stored, store::path_of(media, stored)};
  std::error_code code;
  if (fs::exists(place.path, code)) {  // an add that was stopped before its transaction left it
    const auto there = sha256_file(place.path);
    if (there && *there == sha256) return place;
  }
  DEW_CHECK(copy_whole_file(file, place.path));
  DEW_TRY(const std::string copied, sha256_file(place.path));
  if (copied == sha256) return place;
  fs::remove(place.path, code);
  return work_error("the file changed while it was being added", file.string(),
                    "wait until it is complete, then add it again");
}

/// The name, or the name with as much of the hash as makes it unique: "vtest-45cddc94.avi".
Result<std::string> free_name(Database& database, const std::string& name, const std::string& sha256) {
  const fs::path path(name);
  const std::string stem = (path.parent_path() / path.stem()).string();
  for (const size_t digits : {0, 8, 16, 64}) {
    std::string candidate =
        digits == 0 ? name : stem + "-" + sha256.substr(0, digits) + path.extension().string();
    DEW_TRY(Statement query, database.prepare("SELECT 1 FROM sources WHERE name = ?"));
    query.bind(candidate);
    DEW_TRY(const bool taken, query.step());
    if (!taken) return candidate;
  }
  return work_error("every name that this file could get is taken by another file", name, "rename the file");
}

Result<int64_t> insert_source(Database& database, const std::string& name, const std::string& sha256,
                              const Place& place, const FileStamp& stamp, const MediaInfo& info,
                              const SplitPoints& split) {
  DEW_TRY(Statement insert,
          database.prepare(
              "INSERT INTO sources (name, sha256, path, bytes, modified, kind, width, height, frames, "
              "frames_per_second, validation_from, test_from, at) "
              "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
  insert.bind(name).bind(sha256).bind(place.stored).bind(stamp.bytes).bind(stamp.modified);
  insert.bind(info.kind == MediaKind::kVideo ? "video" : "image").bind(info.width).bind(info.height);
  insert.bind(info.frames).bind(info.frames_per_second).bind(split.validation_from).bind(split.test_from);
  insert.bind(utc_now());
  return insert.run_for_id();
}

Result<Added> insert_samples(Database& database, const Source& source, const MediaInfo& info,
                             const SplitPoints& split, const Cut& cut,
                             const std::vector<std::optional<Rect>>& regions) {
  DEW_TRY(Statement insert,
          database.prepare("INSERT INTO samples (source, name, frame, x, y, width, height, split) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING"));
  int64_t wanted = 0;
  const bool video = info.kind == MediaKind::kVideo;
  for (int64_t frame = 0; frame < info.frames; frame += cut.every) {
    for (const auto& region : regions) {
      const Fragment fragment{source.name, video ? std::optional(frame) : std::nullopt, region};
      insert.bind(source.id).bind(fragment.str()).bind(fragment.frame);
      if (region)
        insert.bind(region->x).bind(region->y).bind(region->width).bind(region->height);
      else
        insert.bind_null().bind_null().bind_null().bind_null();
      insert.bind(static_cast<int>(split.of(frame)));
      DEW_CHECK(insert.queue());
      ++wanted;
    }
    if (cut.every > info.frames - frame) break;  // the sum could overflow
  }
  Added added;
  DEW_TRY(added.samples, insert.settle());
  added.already_there = wanted - added.samples;
  return added;
}

Result<std::optional<StoredSource>> find_source(Database& database, const fs::path& media,
                                                const std::string& sha256) {
  DEW_TRY(auto found, store::read_sources(database, media, sha256));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

/// A source that is known may have been found again elsewhere: after its original moved, or its copy was
/// lost.
Result<void> update_place(Database& database, const StoredSource& known, const Place& place,
                          const FileStamp& stamp) {
  if (known.stored_path == place.stored && known.stamp == stamp) return {};
  DEW_TRY(Statement update,
          database.prepare("UPDATE sources SET path = ?, bytes = ?, modified = ? WHERE id = ?"));
  update.bind(place.stored).bind(stamp.bytes).bind(stamp.modified).bind(known.source.id);
  return update.run();
}

/// Where the bytes are to be found from now on. A copy, once made, stays the place.
Result<Place> settle(const fs::path& media, const fs::path& file, const std::string& sha256,
                     const std::optional<StoredSource>& known, bool in_place) {
  if (known && !known->in_place()) return copy_into(media, file, sha256, known->stored_path);
  if (in_place) return refer_to(file);
  return copy_into(media, file, sha256, "media/" + sha256 + lower(file.extension().string()));
}

Result<void> check_count(const MediaInfo& info, const Cut& cut, size_t regions, const fs::path& file) {
  const int64_t frames = (info.frames - 1) / cut.every + 1;
  if (frames <= kMostSamples / static_cast<int64_t>(regions)) return {};
  return usage_error("this would make more than " + with_commas(kMostSamples) + " samples", file.string(),
                     "take fewer frames with --every, or fewer tiles");
}

}  // namespace

Result<Added> Project::add(const fs::path& file, const std::string& name, const Cut& cut, Watch& watch) {
  DEW_CHECK(check_cut(cut));
  DEW_CHECK(check_name(name, file));
  DEW_CHECK(check_media_file(file));
  if (inside_->has_bucket() && !cut.in_place) DEW_CHECK(inside_->bucket());  // before a video is read
  Database& database = inside_->database;
  const auto before = store::stamp_of(file);
  DEW_TRY(const std::string sha256, sha256_file(file));

  // The same bytes are the same source, whatever they are called: nothing is decoded a second time.
  DEW_TRY(std::optional<StoredSource> known, find_source(database, inside_->media, sha256));
  MediaInfo info;
  if (known) {
    info = known->source.info;
  } else {
    DEW_TRY(info, inspect_media(file, {}, watch));
  }
  DEW_TRY(const auto regions, regions_of(info, cut, file));
  DEW_CHECK(check_count(info, cut, regions.size(), file));
  if (watch.interrupted()) return interrupted_error();
  DEW_TRY(const Place place, settle(inside_->media, file, sha256, known, cut.in_place));
  const auto stamp = store::stamp_of(place.path);
  if (!stamp || !before || store::stamp_of(file) != before)
    return work_error("the file changed while it was being added", file.string(),
                      "wait until it is complete, then add it again");
  if (inside_->has_bucket() && fs::path(place.stored).is_relative()) {
    DEW_TRY(store::Bucket* const bucket, inside_->bucket());
    DEW_CHECK(bucket->put({place.path.filename().string(), sha256, stamp->bytes}, place.path, watch));
  }

  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(known,
          find_source(database, inside_->media, sha256));  // another process may have added it meanwhile
  if (!known) {
    known.emplace();
    known->split = store::draw_split(info, sha256, settings().test_share, settings().validation_share);
    DEW_TRY(known->source.name, free_name(database, name, sha256));
    DEW_TRY(known->source.id,
            insert_source(database, known->source.name, sha256, place, *stamp, info, known->split));
  } else {
    DEW_CHECK(update_place(database, *known, place, *stamp));
  }
  DEW_TRY(const Added added, insert_samples(database, known->source, info, known->split, cut, regions));
  DEW_CHECK(transaction.commit());
  const std::lock_guard lock(inside_->reading);
  inside_->known.erase(known->source.id);
  return added;
}

}  // namespace dew
