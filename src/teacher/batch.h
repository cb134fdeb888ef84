// batch: the teacher behind OpenAI's Batch API (https://platform.openai.com/docs/guides/batch): half the
// price, an answer within a day.
//
// Questions go up in lots, each a file of chat-completions calls; a job works through a lot, answers come
// down as a file. The book (the project's store) remembers what was uploaded and which job works on it, so
// that the command can be stopped and run again days later.
#pragma once

#include <memory>
#include <optional>

#include "teacher/chat_teacher.h"

namespace dew::teacher {

/// The API's limits of one file; tests lower them.
struct BatchLimits {
  size_t requests = 50'000;
  size_t bytes = size_t{180} << 20;  ///< the API takes 200 MB
};

std::unique_ptr<Teacher> make_batch_teacher(ChatState state, BatchBook book, BatchLimits limits);

}  // namespace dew::teacher
