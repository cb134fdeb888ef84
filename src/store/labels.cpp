// Decisions over answers. All of them are kept; a person's newest stands, else the policy's newest. Local
// labels are no decisions: they are replaced as a whole, and count only where nothing else is known.
#include <algorithm>
#include <map>
#include <span>

#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::Statement;
using store::Transaction;

Label label_of(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4)};
}

Result<void> check_class(const Label& label, const Settings& settings) {
  const auto& classes = settings.classes;
  if (label.answer_class.empty() ||
      std::find(classes.begin(), classes.end(), label.answer_class) != classes.end())
    return {};
  return work_error(
      "'" + printable(label.answer_class, 60) + "' is not one of the project's classes: " + join(classes),
      "dewdrop.toml", "correct the label, or the classes in dewdrop.toml");
}

Result<void> check_label(const Label& label, const Settings& settings) {
  if (label.origin != "policy" && label.origin != "human")
    return work_error("a label's origin is 'policy' or 'human', not '" + printable(label.origin, 40) + "'");
  return check_class(label, settings);
}

/// True where the label would change what stands: a policy never overrules a person, and saying the same
/// again adds nothing to the history.
bool changes_anything(const Label& label, const Label& standing) {
  if (standing.origin == "human" && label.origin == "policy") return false;
  return standing.origin != label.origin || standing.answer_class != label.answer_class ||
         standing.basis != label.basis;
}

constexpr size_t kTogether = 500;  // labels looked up by one query: a server may be far away

/// The decisions that stand about these samples.
Result<std::map<int64_t, Label>> standing_labels(Database& database, const std::vector<int64_t>& samples) {
  DEW_TRY(
      Statement query,
      database.prepare("SELECT sample, class, origin, basis, at FROM labels WHERE sample IN (" +
                       store::list_of(samples) +
                       ") AND id NOT IN (SELECT label FROM withdrawals) ORDER BY sample, origin, id DESC"));
  std::map<int64_t, Label> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.emplace(query.integer(0), label_of(query));  // the first of each sample stands
  }
}

std::vector<int64_t> samples_in(std::span<const Label> labels) {
  std::vector<int64_t> samples;
  samples.reserve(labels.size());
  for (const Label& label : labels) samples.push_back(label.sample);
  return samples;
}

}  // namespace

Result<void> Project::set_labels(const std::vector<Label>& labels) {
  if (labels.empty()) return {};
  for (const Label& label : labels) DEW_CHECK(check_label(label, settings()));
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(Statement insert,
          database.prepare("INSERT INTO labels (sample, class, origin, basis, at) VALUES (?, ?, ?, ?, ?)"));
  for (size_t at = 0; at < labels.size(); at += kTogether) {
    const std::span some = std::span(labels).subspan(at, std::min(kTogether, labels.size() - at));
    DEW_TRY(auto standing, standing_labels(database, samples_in(some)));
    for (const Label& label : some) {
      const auto before = standing.find(label.sample);
      if (before != standing.end() && !changes_anything(label, before->second)) continue;
      insert.bind(label.sample).bind(label.answer_class).bind(label.origin).bind(label.basis);
      insert.bind(label.at.empty() ? utc_now() : label.at);
      DEW_CHECK(insert.queue());
      standing.insert_or_assign(label.sample, label);
    }
    DEW_CHECK(insert.settle());
  }
  return transaction.commit();
}

Result<bool> Project::withdraw_label(int64_t sample) {
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_TRY(Statement find,
          database.prepare("SELECT id FROM labels WHERE sample = ? AND origin = 'human' AND id NOT IN "
                           "(SELECT label FROM withdrawals) ORDER BY id DESC LIMIT 1"));
  find.bind(sample);
  DEW_TRY(const bool found, find.step());
  if (!found) return false;
  const int64_t id = find.integer(0);
  find.reset();
  DEW_TRY(Statement insert, database.prepare("INSERT INTO withdrawals (label, at) VALUES (?, ?)"));
  insert.bind(id).bind(utc_now());
  DEW_CHECK(insert.run());
  DEW_CHECK(transaction.commit());
  return true;
}

Result<void> Project::set_local_labels(const std::vector<Label>& labels) {
  for (const Label& label : labels) DEW_CHECK(check_class(label, settings()));
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, store::Writing::kAlone));
  DEW_CHECK(database.run("DELETE FROM local_labels"));
  DEW_TRY(Statement insert,
          database.prepare("INSERT INTO local_labels (sample, class, basis, at) VALUES (?, ?, ?, ?)"));
  for (const Label& label : labels) {
    insert.bind(label.sample).bind(label.answer_class).bind(label.basis);
    insert.bind(label.at.empty() ? utc_now() : label.at);
    DEW_CHECK(insert.queue());
  }
  DEW_CHECK(insert.settle());
  return transaction.commit();
}

Result<std::vector<Label>> Project::labels() const {
  DEW_TRY(
      Statement query,
      inside_->database.prepare(
          "SELECT sample, class, origin, basis, at FROM standing_labels UNION ALL "
          "SELECT sample, class, 'local', basis, at FROM local_labels AS l WHERE NOT EXISTS (SELECT 1 FROM "
          "labels AS s WHERE s.sample = l.sample AND s.id NOT IN (SELECT label FROM withdrawals)) "
          "ORDER BY sample"));
  std::vector<Label> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(label_of(query));
  }
}

Result<std::vector<Label>> Project::labels_about(const std::vector<int64_t>& samples) const {
  if (samples.empty()) return std::vector<Label>();
  DEW_TRY(auto standing, standing_labels(inside_->database, samples));
  DEW_TRY(Statement query,
          inside_->database.prepare("SELECT sample, class, 'local', basis, at FROM local_labels WHERE sample "
                                    "IN (" +
                                    store::list_of(samples) + ")"));
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) break;
    standing.emplace(query.integer(0), label_of(query));  // nothing where a decision stands
  }
  std::vector<Label> found;
  found.reserve(standing.size());
  for (auto& [sample, label] : standing) found.push_back(std::move(label));
  return found;
}

}  // namespace dew
