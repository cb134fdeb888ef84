// Adding a file: hash, inspect, copy into the project, and all its samples in one transaction. A kill at any
// moment leaves all of it or nothing; a copy without its row does no harm and is used the next time.
#include <unistd.h>

#include <algorithm>
#include <chrono>

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
constexpr size_t kLongestPath = 1500;  // that an index of PostgreSQL takes together with a name

Result<void> check_cut(const Cut& cut, const std::optional<fs::path>& origin) {
  if (cut.in_place && origin)
    return usage_error("files of an archive cannot be referred to in place", printable(origin->string()),
                       "leave out --in-place, or unpack the archive and add the folder");
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
    return usage_error("there are more tiles than pixels", printable(file.string()), "use fewer tiles");
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
  if (code) return work_error("cannot resolve the file's path: " + code.message(), printable(file.string()));
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
  return work_error("the file changed while it was being added", printable(file.string()),
                    "wait until it is complete, then add it again");
}

/// Whether another file goes by the name, in the project or where it came from.
Result<bool> is_taken(Database& database, const std::string& name) {
  DEW_TRY(Statement query, database.prepare("SELECT 1 FROM sources WHERE name = ?1 UNION ALL "
                                            "SELECT 1 FROM origins WHERE name = ?1"));
  query.bind(name);
  return query.step();
}

/// Whether other bytes were added from the same place: then no folder tells the two apart.
Result<bool> replaced_another(Database& database, const fs::path& path) {
  DEW_TRY(Statement query, database.prepare("SELECT 1 FROM origins WHERE path = ?"));
  query.bind(path.string());
  return query.step();
}

/// "B/IMG_0001.jpg" from "IMG_0001.jpg" at /home/ada/B/IMG_0001.jpg; empty: there is no folder before it.
std::string with_one_more_folder(const std::string& name, const std::string& path) {
  if (!path.ends_with("/" + name)) return {};
  const size_t slash = path.size() - name.size() - 1;
  if (slash == 0) return {};
  return path.substr(path.rfind('/', slash - 1) + 1);
}

/// The name, with folders before it or with some of the hash in it where another file goes by that name.
Result<std::string> free_name(Database& database, const std::string& name, const fs::path& path,
                              const std::string& sha256) {
  DEW_TRY(const bool replaced, replaced_another(database, path));
  for (std::string longer = name; !longer.empty() && longer.size() <= kLongestName;
       longer = replaced || !store::is_utf8(path.string()) ? ""
                                                           : with_one_more_folder(longer, path.string())) {
    DEW_TRY(const bool taken, is_taken(database, longer));
    if (!taken) return longer;
  }
  const fs::path as_path(name);
  const std::string stem = (as_path.parent_path() / as_path.stem()).string();
  for (const size_t digits : {8, 16, 64}) {
    std::string hashed = stem + "-" + sha256.substr(0, digits) + as_path.extension().string();
    DEW_TRY(const bool taken, is_taken(database, hashed));
    if (!taken) return hashed;
  }
  return work_error("every name that this file could get is taken by another file", name, "rename the file");
}

/// A file that was written to just now may be written to again without another time.
int64_t trusted_time(const FileStamp& stamp) {
  constexpr int64_t kSettled = 2'000'000'000;  // nanoseconds; the coarsest file systems count two seconds
  const int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  return now - stamp.modified > kSettled ? stamp.modified : 0;
}

/// Whether a path can be kept: text, and not too long for an index.
bool is_kept(const fs::path& path) {
  return path.string().size() <= kLongestPath && store::is_utf8(path.string());
}

/// Remembers where a source came from.
Result<void> set_origin(Database& database, int64_t source, const fs::path& path, const std::string& name,
                        const FileStamp& stamp) {
  if (!is_kept(path)) return {};
  DEW_TRY(Statement insert,
          database.prepare("INSERT INTO origins (path, name, source, bytes, modified) VALUES (?, ?, ?, ?, ?) "
                           "ON CONFLICT (path, name) DO UPDATE SET source = excluded.source, "
                           "bytes = excluded.bytes, modified = excluded.modified "
                           "WHERE origins.source <> excluded.source OR origins.bytes <> excluded.bytes OR "
                           "origins.modified <> excluded.modified"));
  insert.bind(path.string()).bind(name).bind(source).bind(stamp.bytes).bind(trusted_time(stamp));
  return insert.run();
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
  return usage_error("this would make more than " + with_commas(kMostSamples) + " samples",
                     printable(file.string()), "take fewer frames with --every, or fewer tiles");
}

using Offered = tl::expected<Added, Refused>;

/// For a Result of an expected: the outer one holds.
template <typename T>
Result<tl::expected<T, Refused>> refuse(Refusal why, const Error& error) {
  return tl::expected<T, Refused>(tl::unexpect, Refused{why, error});
}

/// Why a file could not be opened, or is nothing that is decoded.
Refusal why_unopened(const fs::path& file) {
  std::error_code code;
  if (!fs::exists(file, code)) return Refusal::kMissing;
  if (::access(file.c_str(), R_OK) != 0) return Refusal::kUnreadable;
  if (fs::is_regular_file(file, code) && fs::file_size(file, code) == 0) return Refusal::kEmpty;
  return Refusal::kNotMedia;
}

Refusal why_not_decoded(const fs::path& file, const Error& error) {
  std::error_code code;
  if (!fs::exists(file, code)) return Refusal::kMissing;
  // media has one kind of error; its words about limits are held by a test.
  return error.what.find("than the limit of") != std::string::npos ? Refusal::kTooLarge
                                                                   : Refusal::kUndecodable;
}

Error changed_meanwhile(const fs::path& file) {
  return {Fault::kWork, "the file changed while it was being added", printable(file.string()),
          "wait until it is complete, then add it again"};
}

/// One file on its way into the project.
struct Arrival {
  const fs::path& file;
  const std::string& name;
  const Cut& cut;
  fs::path path;                    ///< absolute, as the user calls it: links in it stay
  std::optional<FileStamp> before;  ///< when the reading began
};

/// What was found out about it.
struct Examined {
  std::string sha256;
  MediaInfo info;
  std::vector<std::optional<Rect>> regions;
};

/// The source that this file was found to be before, if neither it nor the project's copy has changed since.
Result<std::optional<StoredSource>> find_unchanged(Database& database, const fs::path& media,
                                                   const Arrival& arrival) {
  if (!arrival.before || !is_kept(arrival.path)) return std::nullopt;
  DEW_TRY(Statement query, database.prepare("SELECT s.sha256 FROM origins AS o JOIN sources AS s ON s.id = "
                                            "o.source WHERE o.path = ? AND o.bytes = ? AND o.modified = ?"));
  query.bind(arrival.path.string()).bind(arrival.before->bytes).bind(arrival.before->modified);
  DEW_TRY(const bool found, query.step());
  if (!found) return std::nullopt;
  DEW_TRY(auto known, find_source(database, media, query.text(0)));
  if (!known || store::stamp_of(known->source.path) != known->stamp) return std::nullopt;
  if (!known->in_place()) return known;
  std::error_code code;
  const bool here = arrival.cut.in_place && fs::canonical(arrival.file, code) == known->source.path;
  if (!here) return std::nullopt;
  return known;
}

/// Reads a file, and decodes it unless its bytes are a source already.
Result<tl::expected<Examined, Refused>> read_file_of(Database& database, const fs::path& media,
                                                     const Arrival& arrival, Watch& watch) {
  const fs::path& file = arrival.file;
  if (const auto checked = check_media_file(file); !checked)
    return refuse<Examined>(why_unopened(file), checked.error());
  auto hash = sha256_file(file);
  if (!hash) return refuse<Examined>(arrival.before ? Refusal::kUnreadable : Refusal::kMissing, hash.error());
  DEW_TRY(const auto known, find_source(database, media, *hash));
  // The same bytes are the same source, whatever they are called: nothing is decoded a second time.
  if (known) return tl::expected<Examined, Refused>(Examined{*std::move(hash), known->source.info, {}});
  const auto inspected = inspect_media(file, {}, watch);
  if (inspected) return tl::expected<Examined, Refused>(Examined{*std::move(hash), *inspected, {}});
  if (watch.interrupted()) return tl::unexpected(inspected.error());
  return refuse<Examined>(why_not_decoded(file, inspected.error()), inspected.error());
}

Result<tl::expected<Examined, Refused>> examine(Database& database, const fs::path& media,
                                                const std::optional<StoredSource>& unchanged,
                                                const Arrival& arrival, Watch& watch) {
  tl::expected<Examined, Refused> examined;
  if (unchanged) {
    examined = Examined{unchanged->source.sha256, unchanged->source.info, {}};
  } else {
    DEW_TRY(examined, read_file_of(database, media, arrival, watch));
    if (!examined) return examined;
  }
  auto regions = regions_of(examined->info, arrival.cut, arrival.file);
  if (!regions) return refuse<Examined>(Refusal::kCut, regions.error());
  examined->regions = *std::move(regions);
  if (const auto counted = check_count(examined->info, arrival.cut, examined->regions.size(), arrival.file);
      !counted)
    return refuse<Examined>(Refusal::kCut, counted.error());
  return examined;
}

/// The source and its samples in one transaction; with the id of the source.
Result<std::pair<Added, int64_t>> insert_all(Database& database, const fs::path& media,
                                             const Settings& settings, const Arrival& arrival,
                                             const Examined& examined, const Place& place,
                                             const FileStamp& stamp) {
  const auto& [sha256, info, regions] = examined;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(auto known, find_source(database, media, sha256));  // another process may have added it meanwhile
  if (!known) {
    known.emplace();
    known->split = store::draw_split(info, sha256, settings.test_share, settings.validation_share);
    DEW_TRY(known->source.name, free_name(database, arrival.name, arrival.path, sha256));
    DEW_TRY(known->source.id,
            insert_source(database, known->source.name, sha256, place, stamp, info, known->split));
  } else {
    DEW_CHECK(update_place(database, *known, place, stamp));
  }
  DEW_TRY(const Added added,
          insert_samples(database, known->source, info, known->split, arrival.cut, regions));
  DEW_CHECK(set_origin(database, known->source.id, arrival.path, arrival.name, *arrival.before));
  DEW_CHECK(transaction.commit());
  return std::pair(added, known->source.id);
}

}  // namespace

Result<Added> Project::add(const fs::path& file, const std::string& name, const Cut& cut, Watch& watch) {
  DEW_TRY(const Offered offered, offer(file, name, cut, watch));
  if (!offered) return tl::unexpected(offered.error().error);
  return *offered;
}

Result<Offered> Project::offer(const fs::path& file, const std::string& name, const Cut& cut, Watch& watch,
                               const std::optional<fs::path>& origin) {
  auto offered = offer_file(file, name, cut, watch, origin);
  if (origin && offered && !*offered) offered->error().error.where = printable(origin->string());
  return offered;
}

Result<Offered> Project::offer_file(const fs::path& file, const std::string& name, const Cut& cut,
                                    Watch& watch, const std::optional<fs::path>& origin) {
  DEW_CHECK(check_cut(cut, origin));
  if (const auto checked = check_name(name, file); !checked)
    return refuse<Added>(Refusal::kName, checked.error());
  if (inside_->has_bucket() && !cut.in_place) DEW_CHECK(inside_->bucket());  // before a video is read
  Database& database = inside_->database;
  std::error_code code;
  const Arrival arrival{file, name, cut, fs::absolute(origin.value_or(file), code).lexically_normal(),
                        store::stamp_of(file)};

  std::optional<StoredSource> unchanged;
  if (!inside_->has_bucket()) {
    DEW_TRY(unchanged, find_unchanged(database, inside_->media, arrival));
  }
  DEW_TRY(const auto examined, examine(database, inside_->media, unchanged, arrival, watch));
  if (!examined) return Offered(tl::unexpect, examined.error());
  if (watch.interrupted()) return interrupted_error();
  DEW_TRY(const auto known, find_source(database, inside_->media, examined->sha256));
  const auto place = unchanged ? Result<Place>(Place{unchanged->stored_path, unchanged->source.path})
                               : settle(inside_->media, file, examined->sha256, known, cut.in_place);
  if (!arrival.before || store::stamp_of(file) != arrival.before)
    return refuse<Added>(fs::exists(file, code) ? Refusal::kChanging : Refusal::kMissing,
                         changed_meanwhile(file));
  if (!place) return tl::unexpected(place.error());
  const auto stamp = store::stamp_of(place->path);
  if (!stamp) return refuse<Added>(Refusal::kChanging, changed_meanwhile(file));
  if (inside_->has_bucket() && fs::path(place->stored).is_relative()) {
    DEW_TRY(store::Bucket* const bucket, inside_->bucket());
    DEW_CHECK(
        bucket->put({place->path.filename().string(), examined->sha256, stamp->bytes}, place->path, watch));
  }
  DEW_TRY(const auto inserted,
          insert_all(database, inside_->media, settings(), arrival, *examined, *place, *stamp));
  const std::lock_guard lock(inside_->reading);
  inside_->known.erase(inserted.second);
  return Offered(inserted.first);
}

}  // namespace dew
