// A file is read, hashed and inspected, then copied into the project, not yet synced. A batch of files is
// synced together, and then their rows are committed in one transaction. A kill at any moment leaves a file's
// samples whole or not at all; a copy without its row does no harm and is used the next time.
#include "store/adding.h"

#include <chrono>

#include "media/idx.h"
#include "store/examine.h"
#include "store/origins.h"

namespace dew {
namespace {

using store::Arrival;
using store::Database;
using store::Examined;
using store::FileStamp;
using store::Origins;
using store::OrRefused;
using store::refuse;
using store::scattered;
using store::SplitPoints;
using store::Statement;
using store::StoredSource;
using store::Transaction;

constexpr size_t kBatch = 256;                     // files
constexpr std::chrono::seconds kBatchTime{1};      // a batch is committed when it is older than this
constexpr int64_t kLargeFile = int64_t{32} << 20;  // bytes: what came before it is not kept waiting

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

Error changed_meanwhile(const fs::path& file) {
  return {Fault::kWork, "the file changed while it was being added", printable(file.string()),
          "wait until it is complete, then add it again"};
}

/// Copies without syncing. Nothing is copied where an add that was stopped before its transaction left it.
Result<Place> copy_into(const fs::path& media, const Arrival& arrival, const Examined& examined,
                        const std::string& stored) {
  Place place{stored, store::path_of(media, stored)};
  std::error_code code;
  if (fs::exists(place.path, code)) {
    const auto there = sha256_file(place.path);
    if (there && *there == examined.sha256) return place;
  }
  DEW_TRY(ReplacementFile file, ReplacementFile::create(place.path));
  if (!examined.bytes.empty()) {
    DEW_CHECK(file.write(examined.bytes));
  } else {
    DEW_CHECK(file.copy_from(arrival.file));
    DEW_TRY(const std::string copied, sha256_file(file.path()));
    if (copied != examined.sha256) return tl::unexpected(changed_meanwhile(arrival.file));
  }
  DEW_CHECK(file.place());
  return place;
}

/// Where the bytes are to be found from now on. A copy, once made, stays the place.
Result<Place> settle(const fs::path& media, const Arrival& arrival, const Examined& examined, bool in_place) {
  if (examined.known && !examined.known->in_place())
    return copy_into(media, arrival, examined, examined.known->stored_path);
  if (in_place) return refer_to(arrival.file);
  return copy_into(media, arrival, examined,
                   "media/" + examined.sha256 + lower(arrival.file.extension().string()));
}

/// The statements that put files into the database, prepared once.
class Inserter {
 public:
  static Result<Inserter> prepare(Database& database) {
    DEW_TRY(Statement source,
            database.prepare(
                "INSERT INTO sources (name, sha256, path, bytes, modified, kind, width, height, frames, "
                "frames_per_second, validation_from, test_from, at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
    DEW_TRY(Statement sample,
            database.prepare("INSERT INTO samples (source, name, frame, x, y, width, height, split) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING"));
    DEW_TRY(Statement look,
            database.prepare("INSERT INTO looks (source, hash, detail, taken, camera, settled) "
                             "VALUES (?, ?, ?, ?, ?, ?)"));
    DEW_TRY(Statement moved,
            database.prepare("UPDATE sources SET path = ?, bytes = ?, modified = ? WHERE id = ?"));
    return Inserter(std::move(source), std::move(sample), std::move(look), std::move(moved));
  }

  Result<int64_t> source(const std::string& name, const Examined& examined, const Place& place,
                         const FileStamp& stamp, const SplitPoints& split) {
    const MediaInfo& info = examined.info;
    source_.bind(name).bind(examined.sha256).bind(place.stored).bind(stamp.bytes).bind(stamp.modified);
    source_.bind(info.kind == MediaKind::kVideo ? "video" : "image").bind(info.width).bind(info.height);
    source_.bind(info.frames).bind(info.frames_per_second);
    source_.bind(split.validation_from).bind(split.test_from).bind(utc_now());
    return source_.run_for_id();
  }

  Result<Added> samples(const StoredSource& stored, const Examined& examined, const Cut& cut) {
    int64_t wanted = 0;
    const MediaInfo& info = examined.info;
    const bool video = info.kind == MediaKind::kVideo;
    const bool related = info.frames_per_second != kUnrelatedFrames;
    for (int64_t frame = 0; frame < info.frames; frame += cut.every) {
      for (const auto& region : examined.regions) {
        const Fragment fragment{stored.source.name, video ? std::optional(frame) : std::nullopt, region};
        sample_.bind(stored.source.id).bind(fragment.str()).bind(fragment.frame);
        if (region)
          sample_.bind(region->x).bind(region->y).bind(region->width).bind(region->height);
        else
          sample_.bind_null().bind_null().bind_null().bind_null();
        sample_.bind(static_cast<int>(stored.split.of(related ? frame : scattered(frame, info.frames))));
        DEW_CHECK(sample_.queue());
        ++wanted;
      }
      if (cut.every > info.frames - frame) break;  // the sum could overflow
    }
    Added added;
    added.source = stored.source.id;
    DEW_TRY(added.samples, sample_.settle());
    added.already_there = wanted - added.samples;
    return added;
  }

  Result<void> look(int64_t source, const Look& look, bool settled) {
    look_.bind(source).bind(static_cast<int64_t>(look.hash.hash)).bind(look.hash.detail);
    look_.bind(look.taken).bind(is_utf8(look.camera) ? look.camera : "").bind(settled ? 1 : 0);
    return look_.run();
  }

  /// A source that is known may have been found again elsewhere: after its original moved, or its copy was
  /// lost.
  Result<void> update_place(const StoredSource& known, const Place& place, const FileStamp& stamp) {
    if (known.stored_path == place.stored && known.stamp == stamp) return {};
    moved_.bind(place.stored).bind(stamp.bytes).bind(stamp.modified).bind(known.source.id);
    return moved_.run();
  }

 private:
  Inserter(Statement source, Statement sample, Statement look, Statement moved)
      : source_(std::move(source)),
        sample_(std::move(sample)),
        look_(std::move(look)),
        moved_(std::move(moved)) {}

  Statement source_;
  Statement sample_;
  Statement look_;
  Statement moved_;
};

/// Whether a video is as short as the clip of a live photo: some three seconds.
bool is_clip(const MediaInfo& info) {
  constexpr double kLongest = 5;        // seconds
  constexpr int64_t kMostFrames = 300;  // where the file does not say how fast
  if (info.kind != MediaKind::kVideo) return false;
  if (info.frames_per_second <= 0) return info.frames <= kMostFrames;
  return static_cast<double>(info.frames) <= kLongest * info.frames_per_second;
}

/// A file that waits for its batch to be committed; of a picture without its bytes.
struct Waiting {
  Arrival arrival;
  Examined examined;
  Place place;
  FileStamp stamp;
};

}  // namespace

struct Adding::Inside {
  Inside(Project::Inside& its_project, const Cut& its_cut) : project(its_project), cut(its_cut) {}

  Project::Inside& project;
  Cut cut;
  std::optional<store::SourceByHash> sources;  ///< see prepare(), as for the next two
  std::optional<Origins> origins;
  std::optional<Inserter> inserter;
  std::vector<Waiting> waiting;
  std::vector<fs::path> unsynced;               ///< copies of the files that wait
  std::chrono::steady_clock::time_point since;  ///< the first of them came
  std::vector<Added> done;
  int64_t transparent = 0;

  Result<void> prepare() {
    if (inserter) return {};
    DEW_TRY(sources, store::SourceByHash::prepare(project.database, project.media));
    DEW_TRY(origins, Origins::prepare(project.database));
    DEW_TRY(inserter, Inserter::prepare(project.database));
    return {};
  }

  Result<std::optional<StoredSource>> find_unchanged(const Arrival& arrival);
  Result<OrRefused<Waiting>> take_in(Arrival arrival, Watch& watch);
  Result<Added> insert(const Waiting& one);
  Result<void> commit();
};

/// The source that this file was found to be before, if neither it nor the project's copy has changed since.
Result<std::optional<StoredSource>> Adding::Inside::find_unchanged(const Arrival& arrival) {
  if (!arrival.before || project.has_bucket()) return std::nullopt;
  DEW_TRY(const auto sha256, origins->sha256_of_unchanged(arrival.path, *arrival.before));
  if (!sha256) return std::nullopt;
  DEW_TRY(auto known, sources->find(*sha256));
  if (!known || store::stamp_of(known->source.path) != known->stamp) return std::nullopt;
  if (!known->in_place()) return known;
  std::error_code code;
  const bool here = cut.in_place && fs::canonical(arrival.file, code) == known->source.path;
  if (!here) return std::nullopt;
  return known;
}

/// Reads the file, and copies it where it is to be copied.
Result<OrRefused<Waiting>> Adding::Inside::take_in(Arrival arrival, Watch& watch) {
  DEW_TRY(const auto unchanged, find_unchanged(arrival));
  DEW_TRY(auto examined, store::examine(*sources, project.settings, unchanged, arrival, cut, watch));
  if (!examined) return OrRefused<Waiting>(tl::unexpect, examined.error());
  if (watch.interrupted()) return interrupted_error();
  const auto place = unchanged ? Result<Place>(Place{unchanged->stored_path, unchanged->source.path})
                               : settle(project.media, arrival, *examined, cut.in_place);
  std::error_code code;
  if (!arrival.before || store::stamp_of(arrival.file) != arrival.before)
    return refuse<Waiting>(fs::exists(arrival.file, code) ? Refusal::kChanging : Refusal::kMissing,
                           changed_meanwhile(arrival.file));
  if (!place) return tl::unexpected(place.error());
  const auto stamp = store::stamp_of(place->path);
  if (!stamp) return refuse<Waiting>(Refusal::kChanging, changed_meanwhile(arrival.file));
  const bool copied = !unchanged && fs::path(place->stored).is_relative();
  if (copied) unsynced.push_back(place->path);
  if (copied && project.has_bucket()) {
    DEW_TRY(store::Bucket* const bucket, project.bucket());
    DEW_CHECK(
        bucket->put({place->path.filename().string(), examined->sha256, stamp->bytes}, place->path, watch));
  }
  examined->bytes = {};
  return OrRefused<Waiting>(Waiting{std::move(arrival), *std::move(examined), *place, *stamp});
}

/// The source and its samples, in a transaction.
Result<Added> Adding::Inside::insert(const Waiting& one) {
  const auto& [arrival, examined, place, stamp] = one;
  const Settings& settings = project.settings;
  // Another process, or this batch, may have added it meanwhile.
  DEW_TRY(auto known, sources->find(examined.sha256));
  if (known) {
    DEW_CHECK(inserter->update_place(*known, place, stamp));
  } else {
    known.emplace();
    known->split = arrival.split ? store::whole_split(*arrival.split)
                                 : store::draw_split(examined.info, examined.sha256,
                                                     arrival.tested ? settings.test_share : 0,
                                                     settings.validation_share);
    DEW_TRY(known->source.name, origins->free_name(arrival.name, arrival.path, examined.sha256));
    DEW_TRY(known->source.id, inserter->source(known->source.name, examined, place, stamp, known->split));
    if (is_clip(examined.info))  // it may be half of a live photo
      DEW_CHECK(inserter->look(known->source.id, Look{}, arrival.split.has_value()));
    if (examined.info.look)
      DEW_CHECK(inserter->look(known->source.id, *examined.info.look, arrival.split.has_value()));
  }
  DEW_TRY(const Added added, inserter->samples(*known, examined, cut));
  DEW_CHECK(origins->remember(known->source.id, arrival.path, arrival.name, *arrival.before));
  return added;
}

Result<void> Adding::Inside::commit() {
  if (waiting.empty()) return {};
  DEW_CHECK(sync_files(unsynced));
  DEW_TRY(Transaction transaction, Transaction::begin(project.database, store::Writing::kAlone));
  std::vector<Added> added;
  int64_t see_through = 0;
  for (const Waiting& one : waiting) {
    DEW_TRY(const Added inserted, insert(one));
    added.push_back(inserted);
    if (inserted.samples > 0 && one.examined.info.transparent) ++see_through;
  }
  DEW_CHECK(transaction.commit());
  transparent += see_through;
  const std::lock_guard lock(project.reading);
  for (const Added& one : added) project.known.erase(one.source);
  done.insert(done.end(), added.begin(), added.end());
  waiting.clear();
  unsynced.clear();
  return {};
}

Adding::Adding(Project& project, const Cut& cut) : inside_(std::make_unique<Inside>(*project.inside_, cut)) {}
Adding::~Adding() = default;

Result<std::optional<Refused>> Adding::offer(const fs::path& file, const std::string& name,
                                             const Placing& placing, Watch& watch, bool tested) {
  Inside& inside = *inside_;
  DEW_CHECK(store::check_cut(inside.cut));
  if (inside.cut.in_place && !placing.origin.empty())
    return usage_error("pictures in an archive cannot be referred to", printable(placing.origin.string()),
                       "unpack the archive first, or leave out --in-place");
  if (const auto checked = store::check_name(name, file); !checked)
    return Refused{Refusal::kName, checked.error()};
  if (inside.project.has_bucket() && !inside.cut.in_place)
    DEW_CHECK(inside.project.bucket());  // before a video is read
  DEW_CHECK(inside.prepare());
  std::error_code code;
  const fs::path& origin = placing.origin.empty() ? file : placing.origin;
  Arrival arrival{
      file,  name, placing.split, fs::absolute(origin, code).lexically_normal(), store::stamp_of(file),
      tested};
  if (arrival.before && arrival.before->bytes > kLargeFile) DEW_CHECK(inside.commit());

  DEW_TRY(auto taken, inside.take_in(std::move(arrival), watch));
  if (!taken) return std::move(taken.error());
  if (inside.waiting.empty()) inside.since = std::chrono::steady_clock::now();
  inside.waiting.push_back(*std::move(taken));
  const bool full =
      inside.waiting.size() >= kBatch || std::chrono::steady_clock::now() - inside.since >= kBatchTime;
  if (full) DEW_CHECK(inside.commit());
  return std::nullopt;
}

std::vector<Added> Adding::committed() {
  return std::exchange(inside_->done, {});
}

Result<std::vector<Added>> Adding::finish() {
  DEW_CHECK(inside_->commit());
  return committed();
}

int64_t Adding::transparent() const {
  return inside_->transparent;
}

Result<tl::expected<Added, Refused>> Project::offer(const fs::path& file, const std::string& name,
                                                    const Cut& cut, const Placing& placing, Watch& watch) {
  Adding adding(*this, cut);
  DEW_TRY(const auto refused, adding.offer(file, name, placing, watch));
  if (refused) return tl::expected<Added, Refused>(tl::unexpect, *refused);
  DEW_TRY(const auto added, adding.finish());
  return tl::expected<Added, Refused>(added.front());
}

Result<Added> Project::add(const fs::path& file, const std::string& name, const Cut& cut, Watch& watch) {
  DEW_TRY(const auto offered, offer(file, name, cut, {}, watch));
  if (!offered) return tl::unexpected(offered.error().error);
  return *offered;
}

}  // namespace dew
