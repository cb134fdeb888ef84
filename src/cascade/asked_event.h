// asked_event: one event as it is put to a teacher.
#pragma once

#include <string>

#include "base/base.h"
#include "store/events.h"
#include "teacher/teacher.h"

namespace dew::cascade {

/// Its pictures in the order they happened, each with its caption; they are read when their turn comes.
/// `folder`: where they are. Error: it has none.
Result<teacher::Question> question_about(const Event& event, const fs::path& folder);

/// "frame 3 of 5, 2.4 s after the first".
std::string caption(const Event& event, size_t picture);

}  // namespace dew::cascade
