// event_rows: how questions about events are read and written; shared by the files of this room.
#pragma once

#include "store/database.h"
#include "store/events.h"

namespace dew::store {

inline constexpr const char* kQuestionColumns =
    "id, event, teacher, model, prompt_hash, state, answer, error, raw, tries, tokens_in, tokens_out, "
    "cost_usd, at";

/// Of a row with these columns.
EventQuestion question_of(const Statement& row);

/// As EventLog::keep(), inside a transaction.
Result<EventQuestion> write_question(Database& database, EventQuestion question);

}  // namespace dew::store
