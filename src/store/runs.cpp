// Training runs: a row and a folder each, numbered.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::Statement;
using store::Transaction;

/// The highest number that a folder in runs/ begins with; a run that was stopped before its row counts too.
int64_t highest_folder(const fs::path& runs) {
  int64_t highest = 0;
  std::error_code code;
  for (fs::directory_iterator at(runs, code); !code && at != fs::directory_iterator(); at.increment(code)) {
    const std::string name = at->path().filename().string();
    int64_t number = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (wrong == std::errc()) highest = std::max(highest, number);
  }
  return highest;
}

}  // namespace

Result<Run> Project::begin_run(const std::string& settings_json) {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(const int64_t last, database.integer("SELECT coalesce(max(id), 0) FROM runs"));
  Run run;
  run.id = std::max(last, highest_folder(folder() / "runs")) + 1;
  run.at = utc_now();
  run.folder = fmt::format("runs/{:04}-{}", run.id, run.at.substr(0, 10));
  run.state = "training";
  run.settings_json = settings_json;
  DEW_CHECK(make_folders(folder() / run.folder));
  DEW_TRY(Statement insert, database.prepare("INSERT INTO runs (id, folder, state, settings, results, at) "
                                             "VALUES (?, ?, ?, ?, '', ?)"));
  insert.bind(run.id).bind(run.folder).bind(run.state).bind(run.settings_json).bind(run.at);
  DEW_CHECK(insert.run());
  DEW_CHECK(transaction.commit());
  return run;
}

Result<void> Project::update_run(const Run& run) {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(Statement update,
          database.prepare("UPDATE runs SET state = ?, settings = ?, results = ? WHERE id = ?"));
  update.bind(run.state).bind(run.settings_json).bind(run.results_json).bind(run.id);
  DEW_CHECK(update.run());
  if (database.changes() == 0) return work_error("the project has no run " + std::to_string(run.id));
  return transaction.commit();
}

Result<std::vector<Run>> Project::runs() const {
  DEW_TRY(Statement query,
          inside_->database.prepare("SELECT id, folder, state, settings, results, at FROM runs ORDER BY id"));
  std::vector<Run> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(
        {query.integer(0), query.text(1), query.text(2), query.text(3), query.text(4), query.text(5)});
  }
}

}  // namespace dew
