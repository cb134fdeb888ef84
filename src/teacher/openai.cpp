// The teacher behind a chat-completions server, put together.
#include "teacher/openai.h"

#include <algorithm>

#include "teacher/asking.h"

namespace dew::teacher {
namespace {

class OpenAiTeacher : public Teacher {
 public:
  explicit OpenAiTeacher(Standing standing) : standing_(std::move(standing)) {}

  [[nodiscard]] std::string name() const override { return "openai"; }
  [[nodiscard]] std::string model() const override { return standing_.question.model; }
  [[nodiscard]] std::string prompt_hash() const override { return standing_.prompt_hash; }

  [[nodiscard]] Cost forecast(Size picture, Size context) const override {
    const bool shown = standing_.question.context != Context::kNone && context.width > 0;
    ChatPictures pictures{as_sent(picture), shown ? as_sent(context) : ChatPicture{}};
    return expected_cost(standing_, pictures);
  }
  [[nodiscard]] std::string prices_true_on() const override {
    return standing_.price ? standing_.price->true_on : std::string();
  }
  [[nodiscard]] std::string prompt_text() const override {
    return system_text(standing_.question) + "\n\n" + standing_.question.question;
  }

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    return ask_all(standing_, next, give, watch);
  }

 private:
  [[nodiscard]] ChatPicture as_sent(Size size) const {
    const int64_t longest = std::max(size.width, size.height);
    const int64_t most = standing_.question.jpeg_size;
    if (longest <= most) return {{}, size.width, size.height};
    const auto scaled = [&](int side) { return std::max(1, static_cast<int>(side * most / longest)); };
    return {{}, scaled(size.width), scaled(size.height)};
  }

  Standing standing_;
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
  return std::make_unique<OpenAiTeacher>(std::move(standing));
}

}  // namespace dew::teacher
