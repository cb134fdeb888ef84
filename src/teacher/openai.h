// openai: the teacher behind a chat-completions server. Joins the transport (how), the request and reply
// (what) and the back-off (when).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "teacher/openai_request.h"
#include "teacher/spec.h"
#include "teacher/teacher.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// Answers "openai", whatever the server: `prompt_hash` and `model` tell apart what was asked, and the same
/// model behind another address is not paid for again.
std::unique_ptr<Teacher> make_openai_teacher(Server server, ChatQuestion question,
                                             const TeacherOptions& options,
                                             std::unique_ptr<Transport> transport,
                                             std::optional<Price> price = std::nullopt);

}  // namespace dew::teacher
