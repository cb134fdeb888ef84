// reply_outcome: what one reply means for the question it belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/base.h"
#include "teacher/openai_request.h"

namespace dew::teacher {

struct ChatAnswer {
  std::string label;                 ///< one of the choices, spelt as the choice is
  std::string reason;                ///< may be empty: not every server enforces it
  std::optional<double> confidence;  ///< the probability of the label's tokens, where the server returns it
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;  ///< reasoning included
};

enum class ReplyKind {
  kAnswer,  ///< `answer` holds it
  kAgain,   ///< this try failed, the next may not
  kBusy,    ///< not a failure: the server wants fewer requests, or is not ready yet
  kAdapt,   ///< the server does not support what we used, or the model needs more room: ask in `dialect`
  kFailed,  ///< this sample has no answer, and asking again would not change that
  kStop,    ///< the run cannot succeed
};

struct ReplyOutcome {
  ReplyKind kind = ReplyKind::kFailed;
  ChatAnswer answer;
  Dialect dialect;
  Error error;               ///< why, unless there is an answer
  bool unexplained = false;  ///< kFailed: refused for no reason we know; a plainer request may pass
  bool spoken = false;       ///< kAgain: a model wrote it, and it is no answer
  bool endless = false;      ///< kFailed: reasoning took the most room that a reply may have
};

/// An outcome without an answer.
inline ReplyOutcome without_answer(ReplyKind kind, std::string what, std::string where = {},
                                   std::string next = {}) {
  ReplyOutcome result;
  result.kind = kind;
  result.error = Error{Fault::kWork, std::move(what), std::move(where), std::move(next)};
  return result;
}

inline ReplyOutcome adapt_to(const Dialect& dialect) {
  ReplyOutcome result;
  result.kind = ReplyKind::kAdapt;
  result.dialect = dialect;
  return result;
}

}  // namespace dew::teacher
