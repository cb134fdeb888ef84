// The teacher behind a chat-completions server, put together.
#include "teacher/openai.h"

#include "teacher/asking.h"
#include "teacher/batch.h"

namespace dew::teacher {
namespace {

class OpenAiTeacher : public ChatTeacher {
 public:
  explicit OpenAiTeacher(ChatState state) : ChatTeacher(std::move(state)) {}

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    return ask_all(state_, next, give, watch);
  }
};

}  // namespace

std::unique_ptr<Teacher> make_openai_teacher(Server server, ChatQuestion question,
                                             const TeacherOptions& options,
                                             std::unique_ptr<Transport> transport,
                                             std::optional<Price> price) {
  ChatState state;
  state.server = std::move(server);
  state.prompt_hash = chat_hash(question);
  state.dialect = first_dialect(question);
  state.question = std::move(question);
  state.options = options;
  state.transport = std::move(transport);
  state.price = std::move(price);
  if (!options.batches) return std::make_unique<OpenAiTeacher>(std::move(state));
  if (state.price) {
    state.price->input *= state.price->batch_share;
    state.price->output *= state.price->batch_share;
  }
  return make_batch_teacher(std::move(state), *options.batches,
                            {options.batch_requests, options.batch_bytes});
}

}  // namespace dew::teacher
