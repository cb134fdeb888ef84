#include "store/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_map>

#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::Statement;
using store::Transaction;

// Rows of these tables are only ever added, or replaced as a whole.
constexpr const char* kMarks =
    "SELECT (SELECT coalesce(max(id), 0) FROM samples), (SELECT count(*) FROM looks WHERE settled = 0), "
    "(SELECT coalesce(max(id), 0) FROM answers), (SELECT coalesce(max(id), 0) FROM labels), "
    "(SELECT count(*) FROM withdrawals), (SELECT count(*) FROM local_labels), "
    "(SELECT coalesce(max(at), '') FROM local_labels)";
constexpr int kNumbers = 6;

struct Standing {
  int64_t id = 0;
  Label label;
};

Result<std::unordered_map<int64_t, Standing>> standing_of(Database& database, std::span<const Label> given) {
  std::vector<int64_t> samples;
  for (const Label& label : given) samples.push_back(label.sample);
  DEW_TRY(
      Statement query,
      database.prepare("SELECT id, sample, class, origin, basis, at FROM labels WHERE sample IN (" +
                       store::list_of(samples) +
                       ") AND id NOT IN (SELECT label FROM withdrawals) ORDER BY sample, origin, id DESC"));
  std::unordered_map<int64_t, Standing> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    Label label{query.integer(1), query.text(2), query.text(3), query.text(4), query.text(5)};
    const int64_t sample = label.sample;
    found.try_emplace(sample, Standing{query.integer(0), std::move(label)});  // the first stands
  }
}

bool same(const Label& a, const Label& b) {
  return a.sample == b.sample && a.answer_class == b.answer_class && a.origin == b.origin &&
         a.basis == b.basis && a.at == b.at;
}

}  // namespace

struct Changes::Inside {
  Database database;
};

Changes::Changes(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Changes::Changes(Changes&&) noexcept = default;
Changes& Changes::operator=(Changes&&) noexcept = default;
Changes::~Changes() = default;

Result<Changes> Changes::open(const Project& project) {
  DEW_TRY(Database database, store::open_database(project.folder(), project.settings()));
  return Changes(std::unique_ptr<Inside>(new Inside{std::move(database)}));
}

Result<std::string> Changes::mark() {
  Database& database = inside_->database;
  DEW_TRY(const Transaction transaction, Transaction::begin(database, store::Writing::kNothing));
  DEW_TRY(Statement query, database.prepare(kMarks));
  DEW_TRY(const bool row, query.step());
  if (!row) return work_error("the project's database gave no answer", database.place());
  std::string mark;
  for (int column = 0; column < kNumbers; ++column) mark += fmt::format("{} ", query.integer(column));
  mark += query.text(kNumbers);
  query.reset();
  DEW_TRY(Statement runs, database.prepare("SELECT id, state, results FROM runs ORDER BY id"));
  while (true) {
    DEW_TRY(const bool another, runs.step());
    if (!another) return mark;
    mark += fmt::format(" {} {} {}", runs.integer(0), runs.text(1), std::hash<std::string>()(runs.text(2)));
  }
}

Result<std::vector<int64_t>> Changes::withdraw(const std::vector<Label>& given) {
  constexpr size_t kTogether = 500;
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(Statement insert, database.prepare("INSERT INTO withdrawals (label, at) VALUES (?, ?)"));
  std::vector<int64_t> withdrawn;
  for (size_t at = 0; at < given.size(); at += kTogether) {
    const std::span some = std::span(given).subspan(at, std::min(kTogether, given.size() - at));
    DEW_TRY(const auto standing, standing_of(database, some));
    for (const Label& label : some) {
      const auto found = standing.find(label.sample);
      if (label.origin != "human" || found == standing.end() || !same(found->second.label, label)) continue;
      insert.bind(found->second.id).bind(utc_now());
      DEW_CHECK(insert.run());
      withdrawn.push_back(label.sample);
    }
  }
  DEW_CHECK(transaction.commit());
  return withdrawn;
}

}  // namespace dew
