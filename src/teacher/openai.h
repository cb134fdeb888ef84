// openai: the teacher behind a chat-completions server, put together from transport, request, reply and
// back-off.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "teacher/openai_request.h"
#include "teacher/spec.h"
#include "teacher/teacher.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// Its name is "openai" for every server: `prompt_hash` and `model` identify what was asked, so that the same
/// model at another address is not paid for again.
std::unique_ptr<Teacher> make_openai_teacher(Server server, ChatQuestion question,
                                             const TeacherOptions& options,
                                             std::unique_ptr<Transport> transport,
                                             std::optional<Price> price = std::nullopt);

}  // namespace dew::teacher
