// What teachers said: added, never changed (the database's triggers see to that), and read in the order it
// came.
#include <algorithm>

#include "store/inside.h"

namespace dew {
using store::Statement;
using store::Transaction;

Result<void> store::check_answer(const Answer& answer, const Settings& settings) {
  const auto& classes = settings.classes;
  const bool known = std::find(classes.begin(), classes.end(), answer.answer_class) != classes.end();
  if (known || (!settings.unsure.empty() && answer.answer_class == settings.unsure)) return {};
  return work_error("'" + printable(answer.answer_class, 60) + "' is not one of the project's answers: " +
                        join(classes) + (settings.unsure.empty() ? "" : ", " + settings.unsure),
                    "dewdrop.toml", "correct the answer, or the classes in dewdrop.toml");
}

Result<void> store::insert_answers(Database& database, const std::vector<Answer>& answers) {
  if (answers.empty()) return {};
  DEW_TRY(
      Statement insert,
      database.prepare("INSERT INTO answers (sample, teacher, model, prompt_hash, raw, class, confidence, "
                       "reason, tokens_in, tokens_out, cost_usd, at) "
                       "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const Answer& answer : answers) {
    insert.bind(answer.sample)
        .bind(answer.teacher)
        .bind(answer.model)
        .bind(answer.prompt_hash)
        .bind(answer.raw);
    insert.bind(answer.answer_class).bind(answer.confidence).bind(answer.reason).bind(answer.tokens_in);
    insert.bind(answer.tokens_out).bind(answer.cost_usd).bind(answer.at.empty() ? utc_now() : answer.at);
    DEW_CHECK(insert.queue());
  }
  DEW_CHECK(insert.settle());
  return {};
}

std::string vote_hash(const std::string& prompt_hash, int vote) {
  return vote == 1 ? prompt_hash : prompt_hash + "#" + std::to_string(vote);
}

std::string_view prompt_of(std::string_view vote_hash) {
  return vote_hash.substr(0, vote_hash.find('#'));
}

Result<void> Project::add_answers(const std::vector<Answer>& answers) {
  if (answers.empty()) return {};
  for (const Answer& answer : answers) DEW_CHECK(store::check_answer(answer, settings()));
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  DEW_CHECK(store::insert_answers(inside_->database, answers));
  return transaction.commit();
}

Result<void> Project::add_answers(const std::vector<Answer>& answers, const Bill& bill) {
  for (const Answer& answer : answers) DEW_CHECK(store::check_answer(answer, settings()));
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  DEW_CHECK(store::insert_answers(inside_->database, answers));
  DEW_CHECK(store::update_bill(inside_->database, bill));
  return transaction.commit();
}

namespace {

/// Memory does not grow with the answers: they are read by pages, in the order they came.
constexpr int64_t kPage = 4000;

constexpr const char* kColumns =
    "id, sample, teacher, model, prompt_hash, class, confidence, tokens_in, tokens_out, cost_usd, reason, "
    "at, ";

Answer answer_of(const Statement& row) {
  Answer answer;
  answer.id = row.integer(0);
  answer.sample = row.integer(1);
  answer.teacher = row.text(2);
  answer.model = row.text(3);
  answer.prompt_hash = row.text(4);
  answer.answer_class = row.text(5);
  if (!row.is_null(6)) answer.confidence = row.real(6);
  answer.tokens_in = row.integer(7);
  answer.tokens_out = row.integer(8);
  answer.cost_usd = row.real(9);
  answer.reason = row.text(10);
  answer.at = row.text(11);
  answer.raw = row.text(12);
  return answer;
}

/// What each_answer() leaves out is not read: a raw answer may be large.
Result<void> read_answers(store::Database& database, bool with_raw,
                          const std::function<void(Answer&&)>& give) {
  DEW_TRY(Statement query, database.prepare(std::string("SELECT ") + kColumns + (with_raw ? "raw" : "''") +
                                            " FROM answers WHERE id > ? ORDER BY id LIMIT ?"));
  int64_t last = 0;
  for (int64_t rows = kPage; rows == kPage;) {
    query.bind(last).bind(kPage);
    for (rows = 0;; ++rows) {
      DEW_TRY(const bool row, query.step());
      if (!row) break;
      Answer answer = answer_of(query);
      last = answer.id;
      give(std::move(answer));
    }
  }
  return {};
}

}  // namespace

Result<void> Project::each_answer(const std::function<void(const Answer&)>& give) const {
  return read_answers(inside_->database, false, give);
}

Result<std::vector<Answer>> Project::answers() const {
  std::vector<Answer> found;
  DEW_CHECK(
      read_answers(inside_->database, true, [&](Answer&& answer) { found.push_back(std::move(answer)); }));
  return found;
}

Result<std::vector<Answer>> Project::answers_about(const std::vector<int64_t>& samples) const {
  if (samples.empty()) return std::vector<Answer>();
  DEW_TRY(Statement query,
          inside_->database.prepare(std::string("SELECT ") + kColumns + "raw FROM answers WHERE sample IN (" +
                                    store::list_of(samples) + ") ORDER BY sample, id"));
  std::vector<Answer> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(answer_of(query));
  }
}

}  // namespace dew
