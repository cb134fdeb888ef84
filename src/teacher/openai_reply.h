// openai_reply: what a server's reply to a chat-completions call means. Pure: bytes in, outcome out.
//
// The bytes are not trusted. Whatever part of them goes into an error passes through printable().
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
  std::optional<double> confidence;  ///< the probability of the label's tokens, where the server returns it
  int64_t tokens_in = 0;
  int64_t tokens_out = 0;
};

enum class ReplyKind {
  kAnswer,  ///< `answer` holds it
  kAgain,   ///< this try failed, the next may not
  kBusy,    ///< not a failure: the server wants fewer requests, or is not ready yet
  kAdapt,   ///< the server does not support something we used: ask again in `dialect`
  kFailed,  ///< this sample has no answer, and asking again would not change that
  kStop,    ///< the run cannot succeed
};

struct ReplyOutcome {
  ReplyKind kind = ReplyKind::kFailed;
  ChatAnswer answer;
  Dialect dialect;
  Error error;               ///< why, unless there is an answer
  bool unexplained = false;  ///< kFailed: refused for no reason we know; a plainer request may pass
};

/// The body of a reply with status 200.
ReplyOutcome read_chat_reply(std::string_view body, const std::vector<std::string>& choices);

/// The tokens that the server counted; zeros where it returns none.
Cost read_usage(std::string_view body);

/// Any reply. `used` is the dialect of the request; `server` is named in errors that stop the run, and
/// distinguishes a wrong key from a missing one.
ReplyOutcome judge(const HttpReply& reply, const std::vector<std::string>& choices, const Dialect& used,
                   const Server& server);

/// The label and reason in a model's text: {"label": ..., "reason": ...}, optionally in a ``` fence or after
/// a <think> block; or the label itself, alone or with an explanation ("Yes, there is."). Error: why it is
/// not an answer.
Result<ChatAnswer> read_model_text(std::string_view text, const std::vector<std::string>& choices);

}  // namespace dew::teacher
