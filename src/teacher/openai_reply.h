// openai_reply: what a server's reply to a chat-completions call means. Pure: bytes in, outcome out.
//
// The bytes are not trusted. Whatever part of them goes into an error passes through printable(). What a
// model wrote is read in model_text.h, what a refusal means in refusal.h.
#pragma once

#include <string_view>

#include "teacher/free_answer.h"
#include "teacher/reply_outcome.h"
#include "teacher/spec.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// The body of a reply with status 200 or 201 to a request in the dialect `used`. A reply that was cut off
/// while the model reasoned asks for a roomier dialect.
ReplyOutcome read_chat_reply(std::string_view body, const AnswerForm& form, const Dialect& used = {});

/// The tokens that the server counted, reasoning included; zeros where it returns none, or counts that cannot
/// be true.
Cost read_usage(std::string_view body);

/// Any reply. `used` is the dialect of the request; `server` is named in errors that stop the run.
ReplyOutcome judge(const HttpReply& reply, const AnswerForm& form, const Dialect& used, const Server& server);

}  // namespace dew::teacher
