// openai_reply: what a server's reply to a chat-completions call means. Pure: bytes in, verdict out.
//
// The bytes are not trusted. Whatever of them goes into an error passes through printable().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"
#include "teacher/openai_request.h"
#include "teacher/spec.h"
#include "teacher/transport.h"

namespace dew::teacher {

struct ChatAnswer {
  std::string label;                 ///< one of the choices, spelt as the choice is
  std::string reason;                ///< may be empty: not every server enforces it
  std::optional<double> confidence;  ///< the probability of the label's tokens, where the server tells it
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;
};

enum class Fate {
  kAnswer,  ///< `answer` holds it
  kAgain,   ///< this try failed, the next may not
  kBusy,    ///< nothing failed: the server wants fewer requests, or is not ready yet
  kAdapt,   ///< the server does not know something we used: ask again in `dialect`
  kFailed,  ///< this sample has no answer and asking again would not change it
  kStop,    ///< nothing more can come of this run
};

struct Verdict {
  Fate fate = Fate::kFailed;
  ChatAnswer answer;
  Dialect dialect;
  Error error;               ///< why, unless there is an answer
  bool unexplained = false;  ///< kFailed: refused for no reason we know; a plainer request may pass
};

/// The body of a reply with status 200.
Verdict read_chat_reply(std::string_view body, const std::vector<std::string>& choices);

/// The tokens that the server counted; zeros where it tells none.
Cost read_usage(std::string_view body);

/// Any reply. `used` is the dialect it was asked in; `server` is named in errors that stop the run, and
/// tells a wrong key from a missing one.
Verdict judge(const HttpReply& reply, const std::vector<std::string>& choices, const Dialect& used,
              const Server& server);

/// The label and reason in a model's words: {"label": ..., "reason": ...}, alone or in a ``` fence, behind
/// a <think> block or not; or the bare label, alone or explained ("Yes, there is."). Error: why it is no
/// answer.
Result<ChatAnswer> read_model_text(std::string_view text, const std::vector<std::string>& choices);

}  // namespace dew::teacher
