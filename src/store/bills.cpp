// What asking cost, which samples need not be asked about, batch jobs under way, and notes.
#include <charconv>

#include "store/inside.h"

namespace dew {

using store::Statement;
using store::Transaction;

Result<Bill> Project::begin_bill(Bill bill) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  DEW_TRY(Statement insert,
          inside_->database.prepare(
              "INSERT INTO bills (teacher, model, prompt_hash, asked, failed, tokens_in, "
              "tokens_out, cost_usd, forecast_usd, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"));
  bill.at = utc_now();
  insert.bind(bill.teacher).bind(bill.model).bind(bill.prompt_hash).bind(bill.asked).bind(bill.failed);
  insert.bind(bill.tokens_in).bind(bill.tokens_out).bind(bill.cost_usd).bind(bill.forecast_usd).bind(bill.at);
  DEW_TRY(bill.id, insert.run_for_id());
  DEW_CHECK(transaction.commit());
  return bill;
}

Result<void> store::update_bill(Database& database, const Bill& bill) {
  DEW_TRY(
      Statement update,
      database.prepare("UPDATE bills SET asked = ?, failed = ?, tokens_in = ?, tokens_out = ?, "
                       "cost_usd = ?, forecast_usd = ?, estimated_tokens_in = ?, estimated_tokens_out = ?, "
                       "estimated_usd = ? WHERE id = ?"));
  update.bind(bill.asked).bind(bill.failed).bind(bill.tokens_in).bind(bill.tokens_out);
  update.bind(bill.cost_usd).bind(bill.forecast_usd);
  update.bind(bill.estimated_tokens_in).bind(bill.estimated_tokens_out).bind(bill.estimated_usd);
  update.bind(bill.id);
  return update.run();
}

Result<std::vector<Bill>> Project::bills() const {
  DEW_TRY(Statement query,
          inside_->database.prepare(
              "SELECT id, teacher, model, prompt_hash, asked, failed, tokens_in, tokens_out, "
              "cost_usd, forecast_usd, at, estimated_tokens_in, estimated_tokens_out, estimated_usd "
              "FROM bills ORDER BY id"));
  std::vector<Bill> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    Bill bill;
    bill.id = query.integer(0);
    bill.teacher = query.text(1);
    bill.model = query.text(2);
    bill.prompt_hash = query.text(3);
    bill.asked = query.integer(4);
    bill.failed = query.integer(5);
    bill.tokens_in = query.integer(6);
    bill.tokens_out = query.integer(7);
    if (!query.is_null(8)) bill.cost_usd = query.real(8);
    if (!query.is_null(9)) bill.forecast_usd = query.real(9);
    bill.at = query.text(10);
    bill.estimated_tokens_in = query.integer(11);
    bill.estimated_tokens_out = query.integer(12);
    bill.estimated_usd = query.real(13);
    found.push_back(std::move(bill));
  }
}

Result<void> Project::set_hashes(const std::map<int64_t, uint64_t>& hashes) {
  if (hashes.empty()) return {};
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  DEW_TRY(Statement insert,
          inside_->database.prepare("INSERT INTO hashes (sample, hash) VALUES (?, ?) "
                                    "ON CONFLICT (sample) DO UPDATE SET hash = excluded.hash"));
  for (const auto& [sample, hash] : hashes) {
    insert.bind(sample).bind(static_cast<int64_t>(hash));
    DEW_CHECK(insert.queue());
  }
  DEW_CHECK(insert.settle());
  return transaction.commit();
}

Result<std::map<int64_t, uint64_t>> Project::hashes() const {
  DEW_TRY(Statement query, inside_->database.prepare("SELECT sample, hash FROM hashes"));
  std::map<int64_t, uint64_t> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found[query.integer(0)] = static_cast<uint64_t>(query.integer(1));
  }
}

Result<void> Project::set_spreads(const std::vector<Spread>& spreads) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  DEW_CHECK(inside_->database.run("DELETE FROM spreads"));
  DEW_TRY(Statement insert,
          inside_->database.prepare("INSERT INTO spreads (sample, like_sample) VALUES (?, ?)"));
  for (const Spread& spread : spreads) {
    insert.bind(spread.sample).bind(spread.like);
    DEW_CHECK(insert.queue());
  }
  DEW_CHECK(insert.settle());
  return transaction.commit();
}

Result<std::vector<Spread>> Project::spreads() const {
  DEW_TRY(Statement query,
          inside_->database.prepare("SELECT sample, like_sample FROM spreads ORDER BY sample"));
  std::vector<Spread> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back({query.integer(0), query.integer(1)});
  }
}

Result<void> Project::set_note(const std::string& name, const std::string& text) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  DEW_TRY(Statement write,
          inside_->database.prepare("INSERT INTO notes (name, text) VALUES (?, ?) "
                                    "ON CONFLICT (name) DO UPDATE SET text = excluded.text"));
  write.bind(name).bind(text);
  DEW_CHECK(write.run());
  return transaction.commit();
}

Result<std::string> Project::note(const std::string& name) const {
  DEW_TRY(Statement query, inside_->database.prepare("SELECT text FROM notes WHERE name = ?"));
  query.bind(name);
  DEW_TRY(const bool row, query.step());
  return row ? query.text(0) : std::string();
}

namespace {

std::string ids_text(const std::vector<int64_t>& ids) {
  std::vector<std::string> parts;
  parts.reserve(ids.size());
  for (const int64_t id : ids) parts.push_back(std::to_string(id));
  return join(parts, ",");
}

std::vector<int64_t> ids_of(std::string_view text) {
  std::vector<int64_t> ids;
  for (const std::string& part : split_list(text)) {
    int64_t id = 0;
    if (std::from_chars(part.data(), part.data() + part.size(), id).ec == std::errc()) ids.push_back(id);
  }
  return ids;
}

}  // namespace

Result<Batch> Project::keep_batch(Batch batch) {
  DEW_TRY(Transaction transaction, Transaction::begin(inside_->database, store::Writing::kAlone));
  const bool fresh = batch.id == 0;
  if (batch.at.empty()) batch.at = utc_now();
  DEW_TRY(
      Statement write,
      inside_->database.prepare(
          fresh ? "INSERT INTO batches (state, input_file, job, teacher, model, prompt_hash, samples, at) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
                : "UPDATE batches SET state = ?, input_file = ?, job = ? WHERE id = ?"));
  write.bind(batch.state).bind(batch.input_file).bind(batch.job);
  if (fresh)
    write.bind(batch.teacher)
        .bind(batch.model)
        .bind(batch.prompt_hash)
        .bind(ids_text(batch.samples))
        .bind(batch.at);
  else
    write.bind(batch.id);
  if (fresh) {
    DEW_TRY(batch.id, write.run_for_id());
  } else {
    DEW_CHECK(write.run());
  }
  DEW_CHECK(transaction.commit());
  return batch;
}

Result<std::vector<Batch>> Project::batches() const {
  DEW_TRY(Statement query, inside_->database.prepare(
                               "SELECT id, teacher, model, prompt_hash, state, input_file, job, samples, at "
                               "FROM batches ORDER BY id"));
  std::vector<Batch> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back({query.integer(0), query.text(1), query.text(2), query.text(3), query.text(4),
                     query.text(5), query.text(6), ids_of(query.text(7)), query.text(8)});
  }
}

}  // namespace dew
