// The rows of calls. See event_calls.h.
#include "store/event_calls.h"

#include <cstdlib>

#include "store/event_rows.h"
#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::kQuestionColumns;
using store::Statement;
using store::Transaction;
using store::Writing;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

/// Inside a transaction.
Result<void> settle_calls(Database& database, int64_t question, double usd, bool made) {
  if (!made) {
    DEW_TRY(Statement drop,
            database.prepare("DELETE FROM event_calls WHERE question = ? AND state = 'sent'"));
    return drop.bind(question).run();
  }
  DEW_TRY(Statement cost,
          database.prepare("UPDATE event_calls SET cost_usd = ? WHERE id = (SELECT max(id) FROM event_calls "
                           "WHERE question = ? AND state = 'sent')"));
  DEW_CHECK(cost.bind(usd).bind(question).run());
  DEW_TRY(Statement done,
          database.prepare("UPDATE event_calls SET state = 'done' WHERE question = ? AND state = 'sent'"));
  return done.bind(question).run();
}

Statement& bind(Statement& statement, const EventTeacher& teacher) {
  return statement.bind(teacher.teacher).bind(teacher.model).bind(teacher.prompt_hash);
}

/// The first column of all rows.
Result<std::vector<int64_t>> integers(Result<Statement> prepared) {
  DEW_TRY(Statement query, std::move(prepared));
  std::vector<int64_t> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(query.integer(0));
  }
}

}  // namespace

struct EventCalls::Inside {
  Database database;
};

EventCalls::EventCalls(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
EventCalls::EventCalls(EventCalls&&) noexcept = default;
EventCalls& EventCalls::operator=(EventCalls&&) noexcept = default;
EventCalls::~EventCalls() = default;

Result<EventCalls> EventCalls::open(const Project& project) {
  DEW_TRY(Database database, store::open_database(project.folder(), project.settings()));
  return EventCalls(std::make_unique<Inside>(Inside{std::move(database)}));
}

Result<EventCalls::SoFar> EventCalls::so_far(int64_t now) const {
  SoFar found;
  DEW_TRY(Statement hour,
          inside_->database.prepare("SELECT count(*), coalesce(min(at), 0) FROM event_calls WHERE at > ?"));
  DEW_TRY(const bool row, hour.bind(now - kHour).step());
  if (row) found.in_hour = hour.integer(0);
  if (found.in_hour > 0) found.oldest_in_hour = hour.integer(1);
  DEW_TRY(Statement day, inside_->database.prepare(
                             "SELECT count(*), coalesce(sum(CASE WHEN state = 'sent' THEN most_usd ELSE "
                             "cost_usd END), 0.0) FROM event_calls WHERE at >= ?"));
  DEW_TRY(const bool any, day.bind(now - now % kDay).step());
  if (any) found.in_day = day.integer(0);
  if (any) found.usd_in_day = day.real(1);
  return found;
}

Result<void> EventCalls::begin(int64_t question, int64_t at, double most_usd) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_TRY(Statement insert, inside_->database.prepare(
                                "INSERT INTO event_calls (question, at, state, most_usd, cost_usd) VALUES "
                                "(?, ?, 'sent', ?, 0.0)"));
  DEW_CHECK(insert.bind(question).bind(at).bind(most_usd).run());
  return transaction.commit();
}

Result<void> EventCalls::settle(int64_t question, double usd, bool made) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_CHECK(settle_calls(inside_->database, question, usd, made));
  return transaction.commit();
}

Result<void> EventCalls::finish(const EventQuestion& question, double usd, bool made,
                                const std::optional<EventQuestion>& next) {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_CHECK(settle_calls(database, question.id, usd, made));
  DEW_CHECK(store::write_question(database, question));
  if (next) DEW_CHECK(store::write_question(database, *next));
  return transaction.commit();
}

Result<std::vector<EventQuestion>> EventCalls::waiting(const EventTeacher& teacher, int64_t most) const {
  DEW_TRY(Statement query, inside_->database.prepare(
                               std::string("SELECT ") + kQuestionColumns +
                               " FROM event_questions WHERE state = 'waiting' AND teacher = ? AND model = ? "
                               "AND prompt_hash = ? ORDER BY event LIMIT ?"));
  bind(query, teacher).bind(most);
  std::vector<EventQuestion> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(store::question_of(query));
  }
}

Result<int64_t> EventCalls::count(const EventTeacher& teacher, const std::string& state) const {
  DEW_TRY(Statement query, inside_->database.prepare(
                               "SELECT count(*) FROM event_questions WHERE state = ? AND teacher = ? AND "
                               "model = ? AND prompt_hash = ?"));
  query.bind(state);
  DEW_TRY(const bool row, bind(query, teacher).step());
  return row ? query.integer(0) : 0;
}

Result<std::vector<int64_t>> EventCalls::events_without_question(int64_t after) const {
  DEW_TRY(Statement query,
          inside_->database.prepare("SELECT id FROM events WHERE id > ? AND state <> 'open' AND NOT EXISTS "
                                    "(SELECT 1 FROM event_questions WHERE event = events.id) ORDER BY id"));
  query.bind(after);
  return integers(std::move(query));
}

Result<int64_t> EventCalls::asked_from() {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(Statement find, database.prepare("SELECT text FROM notes WHERE name = 'events asked from'"));
  DEW_TRY(const bool there, find.step());
  if (there) return std::atoll(find.text(0).c_str());
  DEW_TRY(const int64_t last, database.integer("SELECT coalesce(max(id), 0) FROM events"));
  DEW_TRY(Statement note, database.prepare("INSERT INTO notes (name, text) VALUES ('events asked from', ?)"));
  DEW_CHECK(note.bind(std::to_string(last)).run());
  DEW_CHECK(transaction.commit());
  return last;
}

Result<std::vector<int64_t>> EventCalls::recover() {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_CHECK(
      database.run("UPDATE event_questions SET state = 'waiting' WHERE state = 'asking' AND NOT EXISTS "
                   "(SELECT 1 FROM event_calls WHERE question = event_questions.id AND state = 'sent')"));
  DEW_TRY(const auto uncertain,
          integers(database.prepare("SELECT id FROM event_questions WHERE state = 'asking' ORDER BY id")));
  DEW_CHECK(database.run(
      "UPDATE event_questions SET state = 'uncertain', error = 'the program ended while this was asked: it "
      "may have been paid for', cost_usd = coalesce(cost_usd, 0.0) + (SELECT sum(most_usd) FROM event_calls "
      "WHERE question = event_questions.id AND state = 'sent') WHERE state = 'asking'"));
  DEW_CHECK(database.run("UPDATE event_calls SET state = 'done', cost_usd = most_usd WHERE state = 'sent'"));
  DEW_CHECK(transaction.commit());
  return uncertain;
}

Result<int64_t> EventCalls::ask_again(const EventTeacher& teacher, const std::string& state) {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  DEW_TRY(Statement write,
          database.prepare("UPDATE event_questions SET state = 'waiting' WHERE state = ? AND teacher = ? AND "
                           "model = ? AND prompt_hash = ?"));
  write.bind(state);
  DEW_CHECK(bind(write, teacher).run());
  const int64_t again = database.changes();
  DEW_CHECK(transaction.commit());
  return again;
}

Result<void> EventCalls::shift(int64_t since, int64_t by) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_TRY(Statement write, inside_->database.prepare("UPDATE event_calls SET at = at + ? WHERE at > ?"));
  DEW_CHECK(write.bind(by).bind(since).run());
  return transaction.commit();
}

Result<void> EventCalls::bring_back(int64_t now) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_TRY(Statement write, inside_->database.prepare("UPDATE event_calls SET at = ? WHERE at > ?"));
  DEW_CHECK(write.bind(now).bind(now).run());
  return transaction.commit();
}

}  // namespace dew
