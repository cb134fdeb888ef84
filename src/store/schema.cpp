// The tables. A change here is a new step in kSteps, never an edit of an old one: a database knows how many
// steps it has seen, and opening it takes the rest. Steps are written for SQLite; postgres_dialect.cpp turns
// their types and triggers into PostgreSQL's.
#include "store/schema.h"

#include <array>

namespace dew::store {
namespace {

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

// Taking a decision back adds a row too: the label stays in the history, and stands no longer.
constexpr const char* kWithdrawals = R"sql(
CREATE TABLE withdrawals (
  label INTEGER PRIMARY KEY REFERENCES labels (id),
  at TEXT NOT NULL
);
DROP VIEW standing_labels;
CREATE VIEW standing_labels AS
  SELECT * FROM labels WHERE id IN (
    SELECT (SELECT id FROM labels AS l WHERE l.sample = s.id AND l.id NOT IN (SELECT label FROM withdrawals)
            ORDER BY origin, id DESC LIMIT 1) FROM samples AS s);
)sql";

constexpr const char* kNotes = R"sql(
CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  text TEXT NOT NULL
);
)sql";

// What workers are to ask, and who is at it: see claims.h.
constexpr const char* kClaims = R"sql(
CREATE TABLE claims (
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  sample INTEGER NOT NULL REFERENCES samples (id),
  worker TEXT NOT NULL,           -- '': nobody
  until INTEGER NOT NULL,         -- the lease's end, now_ms(); 0: nobody's
  PRIMARY KEY (prompt_hash, teacher, model, sample)
);
CREATE INDEX claims_in_order ON claims (prompt_hash, teacher, model, until, sample);
)sql";

// Where the bytes of sources came from. Tables of labels name files as they were called there; and a file
// that has the same size and time as when it was added need not be read again.
constexpr const char* kOrigins = R"sql(
CREATE TABLE origins (
  path TEXT NOT NULL,             -- absolute
  name TEXT NOT NULL,             -- that the file was added by
  source INTEGER NOT NULL REFERENCES sources (id),
  bytes INTEGER NOT NULL,
  modified INTEGER NOT NULL,      -- nanoseconds; 0: changed too shortly before it was added to tell by it
  PRIMARY KEY (path, name)
);
CREATE INDEX origins_by_name ON origins (name);
)sql";

// What tells which still pictures belong together. Until a source is settled its split may still change: it
// was drawn for the picture alone, before the others of its group had come.
constexpr const char* kLooks = R"sql(
CREATE TABLE looks (
  source INTEGER PRIMARY KEY REFERENCES sources (id),
  hash INTEGER NOT NULL,          -- media's difference hash, 64 bits
  detail INTEGER NOT NULL,        -- how many of its bits say something
  taken INTEGER,                  -- milliseconds by the camera's clock
  camera TEXT NOT NULL,
  settled INTEGER NOT NULL CHECK (settled IN (0, 1))
);
CREATE INDEX looks_unsettled ON looks (settled, source);
)sql";

// What the local classifier says of samples that nobody was asked about.
constexpr const char* kLocalLabels = R"sql(
CREATE TABLE local_labels (
  sample INTEGER PRIMARY KEY REFERENCES samples (id),
  class TEXT NOT NULL,
  basis TEXT NOT NULL,            -- how sure it is: "0.973"
  at TEXT NOT NULL
);
)sql";

// What of a bill no server counted.
constexpr const char* kEstimates = R"sql(
ALTER TABLE bills ADD COLUMN estimated_tokens_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bills ADD COLUMN estimated_tokens_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE bills ADD COLUMN estimated_usd REAL NOT NULL DEFAULT 0;
)sql";

// What a cascade saw, and what it asked about that: see events.h. No region is one of size 0, so that the
// unique key compares.
constexpr const char* kEvents = R"sql(
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
  class TEXT NOT NULL,
  first_frame INTEGER NOT NULL,
  last_frame INTEGER NOT NULL,
  start_s REAL NOT NULL,
  end_s REAL NOT NULL,
  score REAL NOT NULL,
  at TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'ended', 'cut')),
  pictures TEXT NOT NULL,         -- JSON, in the order they happened
  UNIQUE (source, x, y, width, height, class, first_frame, at)
);
CREATE TABLE event_questions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  event INTEGER NOT NULL REFERENCES events (id),
  teacher TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_hash TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'asking', 'answered', 'failed', 'uncertain')),
  answer TEXT NOT NULL,
  error TEXT NOT NULL,
  raw TEXT NOT NULL,
  tries INTEGER NOT NULL,
  tokens_in INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  cost_usd REAL,
  at TEXT NOT NULL,
  UNIQUE (event, teacher, model, prompt_hash)
);
CREATE INDEX event_questions_by_state ON event_questions (state, event);
CREATE INDEX event_questions_by_time ON event_questions (at);
)sql";

// Each request about an event, so that budgets of an hour and a day hold over any end: see event_calls.h.
constexpr const char* kEventCalls = R"sql(
CREATE TABLE event_calls (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  question INTEGER NOT NULL REFERENCES event_questions (id),
  at INTEGER NOT NULL,            -- milliseconds since 1970
  state TEXT NOT NULL CHECK (state IN ('sent', 'done')),
  most_usd REAL NOT NULL,         -- what it can cost; 0 where no price is known
  cost_usd REAL NOT NULL          -- what it did cost, once it is done
);
CREATE INDEX event_calls_by_time ON event_calls (at);
CREATE INDEX event_calls_by_question ON event_calls (question);
)sql";

constexpr std::array kSteps{kFirst, kBillsAndSpreads, kWithdrawals, kNotes,  kClaims,    kOrigins,
                            kLooks, kLocalLabels,     kEstimates,   kEvents, kEventCalls};

}  // namespace

Result<void> update_schema(Database& database) {
  constexpr auto kNewest = static_cast<int64_t>(kSteps.size());
  DEW_TRY(int64_t taken, database.steps_taken());
  if (taken > kNewest)
    return work_error("the project was made by a newer Dewdrop", database.place(), "update Dewdrop");
  if (taken == kNewest) return {};
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  // Read again under the lock: another process may have taken them meanwhile.
  DEW_TRY(taken, database.steps_taken());
  for (int64_t step = taken; step < kNewest; ++step)
    DEW_CHECK(database.take_step(kSteps[static_cast<size_t>(step)], step + 1));
  return transaction.commit();
}

}  // namespace dew::store
