// A review session at the keyboard.
#pragma once

#include "cli/console.h"
#include "verbs/review/review.h"

namespace dew::cli {

/// Shows each label with the opinions about it, writes its picture to `picture`, and does what keys or lines
/// ask for, until the queue or stdin ends. Error: interrupted; the session's; the picture cannot be written.
Result<void> review_by_keys(verbs::ReviewSession& session, const fs::path& picture, Console& console);

}  // namespace dew::cli
