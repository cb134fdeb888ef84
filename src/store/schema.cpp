// The tables. A change here is a new step in kSteps, never an edit of an old one: PRAGMA user_version says
// how many steps a database has seen, and opening it takes the rest.
#include "store/schema.h"

#include <array>

namespace dew::store {
namespace {

constexpr int64_t kApplication = 0x44455744;  // "DEWD", PRAGMA application_id

// Splits are fixed per source when it is added: for a video by the first frame of each later split, for a
// picture as a whole. Samples repeat theirs so that reading is one query.
constexpr const char* kFirst = R"sql(
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  sha256 TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,           -- relative to .dewdrop, or absolute where the original is referred to
  bytes INTEGER NOT NULL,
  modified INTEGER NOT NULL,    -- of the file at `path`, nanoseconds; with `bytes` tells whether to hash it again
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video')),
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  frames_per_second REAL NOT NULL,
  validation_from INTEGER NOT NULL,
  test_from INTEGER NOT NULL,
  at TEXT NOT NULL
);
CREATE TABLE samples (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES sources (id),
  name TEXT NOT NULL UNIQUE,
  frame INTEGER,
  x INTEGER, y INTEGER, width INTEGER, height INTEGER,
  split INTEGER NOT NULL CHECK (split IN (0, 1, 2))
);
CREATE INDEX samples_in_order ON samples (source, frame, y, x, height, width);
CREATE TABLE answers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sample INTEGER NOT NULL REFERENCES samples (id),
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  raw TEXT NOT NULL,
  class TEXT NOT NULL,
  confidence REAL,
  reason TEXT NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost_usd REAL NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX answers_by_question ON answers (sample, teacher, model, prompt_hash);
CREATE TRIGGER answers_stand BEFORE UPDATE ON answers BEGIN
  SELECT RAISE(ABORT, 'answers are only ever added');
END;
CREATE TRIGGER answers_stay BEFORE DELETE ON answers BEGIN
  SELECT RAISE(ABORT, 'answers are only ever added');
END;
CREATE TABLE labels (             -- every decision ever taken; the view below has those that stand
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sample INTEGER NOT NULL REFERENCES samples (id),
  class TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('policy', 'human')),
  basis TEXT NOT NULL,
  at TEXT NOT NULL
);
CREATE INDEX labels_by_sample ON labels (sample, origin, id);
CREATE VIEW standing_labels AS    -- 'human' sorts before 'policy': a person's newest, else the policy's newest
  SELECT * FROM labels WHERE id IN (
    SELECT (SELECT id FROM labels AS l WHERE l.sample = s.id ORDER BY origin, id DESC LIMIT 1) FROM samples AS s);
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  folder TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  settings TEXT NOT NULL,
  results TEXT NOT NULL,
  at TEXT NOT NULL
);
)sql";

constexpr const char* kBillsAndSpreads = R"sql(
CREATE TABLE bills (
  id INTEGER PRIMARY KEY,
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  asked INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost_usd REAL,
  forecast_usd REAL,
  at TEXT NOT NULL
);
CREATE TABLE hashes (
  sample INTEGER PRIMARY KEY REFERENCES samples (id),
  hash INTEGER NOT NULL           -- 64 bits
);
CREATE TABLE spreads (
  sample INTEGER PRIMARY KEY REFERENCES samples (id),
  like_sample INTEGER NOT NULL REFERENCES samples (id)
);
CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  input_file TEXT NOT NULL,
  job TEXT NOT NULL,
  samples TEXT NOT NULL,          -- ids, comma separated
  at TEXT NOT NULL
);
)sql";

constexpr std::array kSteps{kFirst, kBillsAndSpreads};

Result<void> take_steps(Database& database) {
  DEW_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::kWrite));
  // Read again under the lock: another process may have taken them meanwhile.
  DEW_TRY(const int64_t taken, database.integer("PRAGMA user_version"));
  for (size_t step = static_cast<size_t>(taken); step < kSteps.size(); ++step)
    DEW_CHECK(database.run(kSteps[step]));
  DEW_CHECK(database.run("PRAGMA user_version = " + std::to_string(kSteps.size())));
  return transaction.commit();
}

}  // namespace

Result<void> create_schema(Database& database) {
  DEW_CHECK(database.run("PRAGMA journal_mode = WAL"));
  DEW_CHECK(database.run("PRAGMA application_id = " + std::to_string(kApplication)));
  return take_steps(database);
}

Result<Database> open_database(const fs::path& path) {
  DEW_TRY(Database database, Database::open(path, Database::Open::kExisting));
  DEW_TRY(const int64_t application, database.integer("PRAGMA application_id"));
  DEW_TRY(const int64_t version, database.integer("PRAGMA user_version"));
  if (application != kApplication || version < 1)
    return work_error("the project's database is damaged or not Dewdrop's", path.string(),
                      "put back a copy of the folder .dewdrop");
  if (version > static_cast<int64_t>(kSteps.size()))
    return work_error("the project was made by a newer Dewdrop", path.string(), "update Dewdrop");
  // FULL: an answer that was paid for outlasts a power cut.
  DEW_CHECK(database.run("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON"));
  if (version < static_cast<int64_t>(kSteps.size())) DEW_CHECK(take_steps(database));
  return database;
}

}  // namespace dew::store
