// asking: Teacher::ask() of a chat-completions teacher: the loop that sends, waits, reads replies and
// retries.
#pragma once

#include "teacher/chat_teacher.h"

namespace dew::teacher {

/// As Teacher::ask(). Whatever ends it, nothing new is sent then; what is in flight is awaited for
/// `options.drain` at most and given, and what was sent is billed.
Result<void> ask_all(ChatState& state, const Teacher::Next& next, const Teacher::Give& give, Watch& watch);

}  // namespace dew::teacher
