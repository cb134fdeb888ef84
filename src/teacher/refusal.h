// refusal: what it means that a server answers a chat-completions call with an error.
#pragma once

#include "teacher/reply_outcome.h"
#include "teacher/spec.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// Any status that brings no answer. `used` is the dialect of the request; `server` is named in errors that
/// stop the run, and distinguishes a wrong key from a missing one.
ReplyOutcome judge_refusal(const HttpReply& reply, const Dialect& used, const Server& server);

}  // namespace dew::teacher
