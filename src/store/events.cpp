// The rows of events and of the questions about them. See events.h.
#include "store/events.h"

#include <nlohmann/json.hpp>

#include "store/event_rows.h"
#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::kQuestionColumns;
using store::question_of;
using store::Statement;
using store::Transaction;
using store::Writing;
using Json = nlohmann::json;

constexpr const char* kEventColumns =
    "id, source, x, y, width, height, class, first_frame, last_frame, start_s, end_s, score, at, state, "
    "pictures";

std::string pictures_text(const std::vector<EventPicture>& pictures) {
  Json list = Json::array();
  for (const EventPicture& one : pictures)
    list.push_back({{"file", one.file},
                    {"frame", one.frame},
                    {"seconds", one.seconds},
                    {"score", one.score},
                    {"why", one.why}});
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<std::vector<EventPicture>> read_pictures(const std::string& text, const Database& database) {
  const Json list = Json::parse(text, nullptr, false);
  std::vector<EventPicture> pictures;
  if (!list.is_array())
    return work_error("the pictures of an event are damaged in the project's database", database.place());
  const auto text_of = [](const Json& one, const char* key) {
    const auto found = one.find(key);
    return found != one.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const auto number_of = [](const Json& one, const char* key) {
    const auto found = one.find(key);
    return found != one.end() && found->is_number() ? found->get<double>() : 0.0;
  };
  for (const Json& one : list)
    if (one.is_object())
      pictures.push_back({text_of(one, "file"), static_cast<int64_t>(number_of(one, "frame")),
                          number_of(one, "seconds"), number_of(one, "score"), text_of(one, "why")});
  return pictures;
}

Result<Event> event_of(const Statement& row, const Database& database) {
  Event event;
  event.id = row.integer(0);
  event.source = row.text(1);
  if (const auto width = static_cast<int>(row.integer(4)); width > 0)
    event.region = Rect{static_cast<int>(row.integer(2)), static_cast<int>(row.integer(3)), width,
                        static_cast<int>(row.integer(5))};
  event.event_class = row.text(6);
  event.first_frame = row.integer(7);
  event.last_frame = row.integer(8);
  event.start = row.real(9);
  event.end = row.real(10);
  event.score = row.real(11);
  event.at = row.text(12);
  event.state = row.text(13);
  DEW_TRY(event.pictures, read_pictures(row.text(14), database));
  return event;
}

Result<std::vector<Event>> events_of(Statement query, const Database& database) {
  std::vector<Event> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    DEW_TRY(Event event, event_of(query, database));
    found.push_back(std::move(event));
  }
}

Result<std::vector<EventQuestion>> rows_of(Statement query) {
  std::vector<EventQuestion> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(question_of(query));
  }
}

std::string select(const char* columns, const std::string& rest) {
  return std::string("SELECT ") + columns + " FROM " + rest;
}

/// Regions are kept as numbers that compare: no region is one of size 0.
Rect stored(const std::optional<Rect>& region) {
  return region.value_or(Rect{});
}

}  // namespace

namespace store {

EventQuestion question_of(const Statement& row) {
  EventQuestion question;
  question.id = row.integer(0);
  question.event = row.integer(1);
  question.teacher = row.text(2);
  question.model = row.text(3);
  question.prompt_hash = row.text(4);
  question.state = row.text(5);
  question.answer = row.text(6);
  question.error = row.text(7);
  question.raw = row.text(8);
  question.tries = row.integer(9);
  question.tokens_in = row.integer(10);
  question.tokens_out = row.integer(11);
  if (!row.is_null(12)) question.cost_usd = row.real(12);
  question.at = row.text(13);
  return question;
}

Result<EventQuestion> write_question(Database& database, EventQuestion question) {
  question.at = utc_now();
  if (question.id == 0) {
    DEW_TRY(Statement find, database.prepare(select(kQuestionColumns,
                                                    "event_questions WHERE event = ? AND teacher = ? AND "
                                                    "model = ? AND prompt_hash = ?")));
    find.bind(question.event).bind(question.teacher).bind(question.model).bind(question.prompt_hash);
    DEW_TRY(const bool there, find.step());
    if (there) return question_of(find);
    DEW_TRY(
        Statement insert,
        database.prepare("INSERT INTO event_questions (event, teacher, model, prompt_hash, state, answer, "
                         "error, raw, tries, tokens_in, tokens_out, cost_usd, at) VALUES (?, ?, ?, ?, ?, "
                         "?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
    insert.bind(question.event).bind(question.teacher).bind(question.model).bind(question.prompt_hash);
    insert.bind(question.state).bind(question.answer).bind(question.error).bind(question.raw);
    insert.bind(question.tries).bind(question.tokens_in).bind(question.tokens_out).bind(question.cost_usd);
    insert.bind(question.at);
    DEW_TRY(question.id, insert.run_for_id());
  } else {
    DEW_TRY(
        Statement write,
        database.prepare("UPDATE event_questions SET state = ?, answer = ?, error = ?, raw = ?, tries = ?, "
                         "tokens_in = ?, tokens_out = ?, cost_usd = ?, at = ? WHERE id = ?"));
    write.bind(question.state).bind(question.answer).bind(question.error).bind(question.raw);
    write.bind(question.tries).bind(question.tokens_in).bind(question.tokens_out).bind(question.cost_usd);
    write.bind(question.at).bind(question.id);
    DEW_CHECK(write.run());
  }
  return question;
}

}  // namespace store

struct EventLog::Inside {
  fs::path folder;
  Database database;
};

EventLog::EventLog(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
EventLog::EventLog(EventLog&&) noexcept = default;
EventLog& EventLog::operator=(EventLog&&) noexcept = default;
EventLog::~EventLog() = default;

Result<EventLog> EventLog::open(const Project& project) {
  DEW_TRY(Database database, store::open_database(project.folder(), project.settings()));
  return EventLog(std::make_unique<Inside>(
      Inside{store::inner_folder(project.folder()) / "events", std::move(database)}));
}

fs::path EventLog::folder(int64_t event) const {
  return inside_->folder / std::to_string(event);
}

Result<Event> EventLog::begin(const Event& event) {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Writing::kAlone));
  const Rect region = stored(event.region);
  DEW_TRY(Statement find,
          database.prepare(select(kEventColumns,
                                  "events WHERE source = ? AND x = ? AND y = ? AND width = ? AND "
                                  "height = ? AND class = ? AND first_frame = ? AND at = ?")));
  find.bind(event.source).bind(region.x).bind(region.y).bind(region.width).bind(region.height);
  find.bind(event.event_class).bind(event.first_frame).bind(event.at);
  DEW_TRY(const bool there, find.step());
  if (there) return event_of(find, database);
  DEW_TRY(
      Statement insert,
      database.prepare("INSERT INTO events (source, x, y, width, height, class, first_frame, last_frame, "
                       "start_s, end_s, score, at, state, pictures) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                       "?, ?, ?, ?) RETURNING id"));
  insert.bind(event.source).bind(region.x).bind(region.y).bind(region.width).bind(region.height);
  insert.bind(event.event_class).bind(event.first_frame).bind(event.last_frame);
  insert.bind(event.start).bind(event.end).bind(event.score).bind(event.at).bind(event.state);
  insert.bind(pictures_text(event.pictures));
  Event begun = event;
  DEW_TRY(begun.id, insert.run_for_id());
  DEW_CHECK(transaction.commit());
  return begun;
}

Result<void> EventLog::update(const Event& event) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_TRY(Statement write,
          inside_->database.prepare("UPDATE events SET last_frame = ?, end_s = ?, score = ?, state = ?, "
                                    "pictures = ? WHERE id = ?"));
  write.bind(event.last_frame).bind(event.end).bind(event.score).bind(event.state);
  write.bind(pictures_text(event.pictures)).bind(event.id);
  DEW_CHECK(write.run());
  return transaction.commit();
}

Result<int64_t> EventLog::cut_open() {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_CHECK(inside_->database.run("UPDATE events SET state = 'cut' WHERE state = 'open'"));
  const int64_t cut = inside_->database.changes();
  DEW_CHECK(transaction.commit());
  return cut;
}

Result<std::vector<Event>> EventLog::events_after(int64_t id, int64_t most) const {
  DEW_TRY(Statement query,
          inside_->database.prepare(select(kEventColumns, "events WHERE id > ? ORDER BY id LIMIT ?")));
  query.bind(id).bind(most);
  return events_of(std::move(query), inside_->database);
}

Result<std::vector<Event>> EventLog::events_before(int64_t id, int64_t most) const {
  DEW_TRY(Statement query, inside_->database.prepare(select(
                               kEventColumns, "events WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?")));
  query.bind(id).bind(id).bind(most);
  return events_of(std::move(query), inside_->database);
}

Result<Event> EventLog::event(int64_t id) const {
  DEW_TRY(const auto found, events_after(id - 1, 1));
  if (found.empty() || found.front().id != id)
    return work_error("there is no event " + std::to_string(id), inside_->database.place());
  return found.front();
}

Result<int64_t> EventLog::count() const {
  return inside_->database.integer("SELECT count(*) FROM events");
}

Result<EventQuestion> EventLog::keep(EventQuestion question) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, Writing::kAlone));
  DEW_TRY(EventQuestion kept, store::write_question(inside_->database, std::move(question)));
  DEW_CHECK(transaction.commit());
  return kept;
}

Result<std::vector<EventQuestion>> EventLog::questions_about(int64_t event) const {
  DEW_TRY(Statement query,
          inside_->database.prepare(select(kQuestionColumns, "event_questions WHERE event = ? ORDER BY id")));
  query.bind(event);
  return rows_of(std::move(query));
}

Result<std::vector<EventQuestion>> EventLog::questions_in(const std::string& state) const {
  DEW_TRY(Statement query, inside_->database.prepare(select(
                               kQuestionColumns, "event_questions WHERE state = ? ORDER BY event, id")));
  query.bind(state);
  return rows_of(std::move(query));
}

Result<EventLog::Spent> EventLog::spent_since(const std::string& at) const {
  DEW_TRY(Statement query,
          inside_->database.prepare("SELECT coalesce(sum(tries), 0), coalesce(sum(cost_usd), 0.0) FROM "
                                    "event_questions WHERE at >= ? AND tries > 0"));
  query.bind(at);
  DEW_TRY(const bool row, query.step());
  if (!row) return Spent{};
  return Spent{query.integer(0), query.real(1)};
}

}  // namespace dew
