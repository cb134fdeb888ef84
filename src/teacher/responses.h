// responses: the Responses API (https://platform.openai.com/docs/api-reference/responses), for models that
// are not served by chat completions. Nobody else in the room knows of it: a transport turns chat-completions
// requests into it and its replies back, from the first reply that asks for it on.
#pragma once

#include <memory>
#include <string>

#include "teacher/transport.h"

namespace dew::teacher {

/// Whether the server refuses chat completions for this model and names the Responses API instead.
bool asks_for_responses(const HttpReply& reply);

/// The same question: `chat_body` is the JSON of a chat-completions request. What the Responses API does not
/// have (seed) is left out; the server is asked to store nothing.
std::string responses_body(std::string_view chat_body);

/// The reply with what a chat completion has in addition, `choices` and `usage`; what came is kept beside it.
/// An error's parameters get the names that chat completions have for them.
void make_chat_reply(HttpReply& reply);

/// `inner`, with requests to ".../chat/completions" sent again to ".../responses" once the server asks for
/// it.
std::unique_ptr<Transport> with_responses(std::unique_ptr<Transport> inner);

}  // namespace dew::teacher
