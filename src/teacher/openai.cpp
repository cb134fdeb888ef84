// The teacher behind a chat-completions server, put together.
#include "teacher/openai.h"

#include "teacher/asking.h"
#include "teacher/batch.h"

namespace dew::teacher {
namespace {

class OpenAiTeacher : public ChatTeacher {
 public:
  explicit OpenAiTeacher(Standing standing) : ChatTeacher(std::move(standing)) {}

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    return ask_all(standing_, next, give, watch);
  }
};

}  // namespace

std::unique_ptr<Teacher> make_openai_teacher(Server server, ChatQuestion question,
                                             const TeacherOptions& options,
                                             std::unique_ptr<Transport> transport,
                                             std::optional<Price> price) {
  Standing standing;
  standing.server = std::move(server);
  standing.prompt_hash = chat_hash(question);
  standing.question = std::move(question);
  standing.options = options;
  standing.transport = std::move(transport);
  standing.price = std::move(price);
  if (!options.batches) return std::make_unique<OpenAiTeacher>(std::move(standing));
  if (standing.price) {
    standing.price->input *= standing.price->batch_share;
    standing.price->output *= standing.price->batch_share;
  }
  return make_batch_teacher(std::move(standing), *options.batches,
                            {options.batch_requests, options.batch_bytes});
}

}  // namespace dew::teacher
