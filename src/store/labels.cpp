// Decisions over answers. All of them are kept; a person's newest stands, else the policy's newest.
#include <algorithm>

#include "store/inside.h"

namespace dew {
namespace {

using store::Database;
using store::Statement;
using store::Transaction;

Label label_of(const Statement& row) {
  return {row.integer(0), row.text(1), row.text(2), row.text(3), row.text(4)};
}

Result<void> check_label(const Label& label, const Settings& settings) {
  if (label.origin != "policy" && label.origin != "human")
    return work_error("a label comes from 'policy' or 'human', not from '" + printable(label.origin, 40) +
                      "'");
  const auto& classes = settings.classes;
  if (label.answer_class.empty() ||
      std::find(classes.begin(), classes.end(), label.answer_class) != classes.end())
    return {};
  return work_error(
      "'" + printable(label.answer_class, 60) + "' is none of the project's classes: " + join(classes),
      "dewdrop.toml", "correct the label, or the classes in dewdrop.toml");
}

/// True where the label would change what stands: a policy never overrules a person, and saying the same
/// again adds nothing to the history.
bool changes_anything(const Label& label, const std::optional<Label>& standing) {
  if (!standing) return true;
  if (standing->origin == "human" && label.origin == "policy") return false;
  return standing->origin != label.origin || standing->answer_class != label.answer_class ||
         standing->basis != label.basis;
}

}  // namespace

Result<void> Project::set_labels(const std::vector<Label>& labels) {
  if (labels.empty()) return {};
  for (const Label& label : labels) DEW_CHECK(check_label(label, settings()));
  Database& database = inside_->database;
  DEW_TRY(Transaction transaction, Transaction::begin(database, Transaction::Kind::kWrite));
  DEW_TRY(Statement find,
          database.prepare("SELECT sample, class, origin, basis, at FROM labels WHERE sample = ? "
                           "ORDER BY origin, id DESC LIMIT 1"));
  DEW_TRY(Statement insert,
          database.prepare("INSERT INTO labels (sample, class, origin, basis, at) VALUES (?, ?, ?, ?, ?)"));
  for (const Label& label : labels) {
    find.bind(label.sample);
    DEW_TRY(const bool labelled, find.step());
    const auto standing = labelled ? std::optional(label_of(find)) : std::nullopt;
    find.reset();
    if (!changes_anything(label, standing)) continue;
    insert.bind(label.sample).bind(label.answer_class).bind(label.origin).bind(label.basis);
    insert.bind(label.at.empty() ? utc_now() : label.at);
    DEW_CHECK(insert.run());
  }
  return transaction.commit();
}

Result<std::vector<Label>> Project::labels() const {
  DEW_TRY(Statement query, inside_->database.prepare("SELECT l.sample, l.class, l.origin, l.basis, l.at "
                                                     "FROM standing_labels AS l ORDER BY l.sample"));
  std::vector<Label> found;
  while (true) {
    DEW_TRY(const bool row, query.step());
    if (!row) return found;
    found.push_back(label_of(query));
  }
}

}  // namespace dew
