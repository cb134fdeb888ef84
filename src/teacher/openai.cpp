// The teacher behind a chat-completions server, put together.
#include "teacher/openai.h"

#include "teacher/asking.h"

namespace dew::teacher {
namespace {

class OpenAiTeacher : public Teacher {
 public:
  explicit OpenAiTeacher(Standing standing) : standing_(std::move(standing)) {}

  [[nodiscard]] std::string name() const override { return "openai"; }
  [[nodiscard]] std::string model() const override { return standing_.question.model; }
  [[nodiscard]] std::string prompt_hash() const override { return standing_.prompt_hash; }

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    return ask_all(standing_, next, give, watch);
  }

 private:
  Standing standing_;
};

}  // namespace

std::unique_ptr<Teacher> make_openai_teacher(Server server, ChatQuestion question,
                                             const TeacherOptions& options,
                                             std::unique_ptr<Transport> transport) {
  Standing standing;
  standing.server = std::move(server);
  standing.prompt_hash = chat_hash(question);
  standing.question = std::move(question);
  standing.options = options;
  standing.transport = std::move(transport);
  return std::make_unique<OpenAiTeacher>(std::move(standing));
}

}  // namespace dew::teacher
