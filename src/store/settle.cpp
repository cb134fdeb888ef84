// The splits of what was added, once all of it is there.
#include <fmt/format.h>

#include "store/grouping.h"
#include "store/inside.h"
#include "store/shots.h"

namespace dew {
namespace {

using store::Database;
using store::Gathered;
using store::Gathering;
using store::Statement;
using store::Transaction;

/// All still pictures and clips, ordered by source. Where the origin could not be kept, the name stands for
/// the path.
Result<Gathering> read_looks(Database& database) {
  DEW_TRY(const int64_t count, database.integer("SELECT count(*) FROM looks"));
  DEW_TRY(Statement query,
          database.prepare(
              "SELECT l.source, COALESCE(o.path, s.name), s.sha256, l.hash, l.detail, l.taken, "
              "l.camera, l.settled, s.validation_from, s.test_from, s.kind FROM looks AS l JOIN sources AS s "
              "ON s.id = l.source LEFT JOIN (SELECT source, min(path) AS path FROM origins GROUP BY "
              "source) AS o ON o.source = l.source ORDER BY l.source"));
  Gathering gathering;
  gathering.all.reserve(static_cast<size_t>(count));
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) break;
    Gathered& one = gathering.all.emplace_back();
    one.source = query.integer(0);
    gathering.place(one, query.text(1));
    one.lot = store::lot_of(query.text(2));
    one.hash = {static_cast<uint64_t>(query.integer(3)), static_cast<int>(query.integer(4))};
    if (!query.is_null(5)) one.taken = query.integer(5);
    one.camera = gathering.shared.keep(query.text(6));
    one.clip = query.text(10) == "video";
    if (query.integer(7) != 0) one.split = store::SplitPoints{query.integer(8), query.integer(9)}.of(0);
  }
  store::leave_lone_clips(gathering.all);
  return gathering;
}

/// The class of a picture that is to be drawn, where a data set brought it; of several tiles the first one's.
Result<void> read_answers(Database& database, Gathering& gathering) {
  DEW_TRY(
      Statement query,
      database.prepare("SELECT s.source, l.class FROM looks AS k JOIN samples AS s ON s.source = k.source "
                       "JOIN standing_labels AS l ON l.sample = s.id WHERE k.settled = 0 "
                       "ORDER BY s.source, s.id"));
  auto at = gathering.all.begin();
  const auto end = gathering.all.end();
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return {};
    while (at != end && at->source < query.integer(0)) ++at;
    if (at != end && at->source == query.integer(0) && at->answer.empty())
      at->answer = gathering.shared.keep(query.text(1));
  }
}

Result<void> write_splits(Database& database, const std::vector<Gathered>& all,
                          const std::vector<Split>& splits) {
  DEW_TRY(Statement source,
          database.prepare("UPDATE sources SET validation_from = ?1, test_from = ?2 WHERE id = ?3 AND "
                           "(validation_from <> ?1 OR test_from <> ?2)"));
  DEW_TRY(Statement samples,
          database.prepare("UPDATE samples SET split = ?1 WHERE source = ?2 AND split <> ?1"));
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].split) continue;
    const store::SplitPoints points = store::whole_split(splits[i]);
    source.bind(points.validation_from).bind(points.test_from).bind(all[i].source);
    DEW_CHECK(source.queue());
  }
  DEW_CHECK(source.settle());
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].split) continue;
    samples.bind(static_cast<int>(splits[i])).bind(all[i].source);
    DEW_CHECK(samples.queue());
  }
  DEW_CHECK(samples.settle());
  return database.run("UPDATE looks SET settled = 1 WHERE settled = 0");
}

void tell(const Grouped& grouped, Watch& watch) {
  std::vector<std::string> parts;
  if (grouped.series > 0)
    parts.push_back(fmt::format("{} of {}", plural(grouped.series, "series", "series"),
                                plural(grouped.series_pictures, "picture", "pictures")));
  if (grouped.bursts > 0)
    parts.push_back(fmt::format("{} of {}", plural(grouped.bursts, "burst", "bursts"),
                                plural(grouped.burst_pictures, "photo", "photos")));
  if (grouped.alike > 0)
    parts.push_back(
        fmt::format("{} nearly the same as another one", plural(grouped.alike, "picture", "pictures")));
  if (!parts.empty())
    watch.inform("kept together, so that no test picture has its likeness in training: " + join(parts, "; "));
}

}  // namespace

Result<Grouped> Project::settle_splits(Watch& watch) {
  Database& database = inside_->database;
  DEW_TRY(const int64_t open, database.integer("SELECT count(*) FROM looks WHERE settled = 0"));
  if (open == 0) return Grouped{};
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(Gathering gathering, read_looks(database));
  DEW_CHECK(read_answers(database, gathering));
  const std::vector<Gathered>& all = gathering.all;
  const store::Grouping grouping = store::group(all, settings().test_share, settings().validation_share);
  DEW_CHECK(write_splits(database, all, grouping.splits));
  DEW_CHECK(transaction.commit());
  const std::lock_guard lock(inside_->reading);
  inside_->known.clear();
  tell(grouping.grouped, watch);
  return grouping.grouped;
}

}  // namespace dew
