// openai_request: the body of a chat-completions call, and what makes two of them the same question.
//
// https://platform.openai.com/docs/api-reference/chat/create; spoken as well by llama.cpp's server, Ollama,
// vLLM, LM Studio.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/media.h"
#include "teacher/free_answer.h"
#include "teacher/prices.h"
#include "teacher/teacher.h"

namespace dew::teacher {

/// A few-shot example as it is sent.
struct ChatExample {
  std::string jpeg;
  int width = 0;
  int height = 0;
  std::string label;
};

/// What all calls of one run have in common.
struct ChatQuestion {
  std::string question;
  std::vector<std::string> choices;  ///< empty: a free question
  std::string unsure;                ///< the answer for "cannot tell"; empty: there is none
  std::string model;
  std::string detail = "auto";
  int jpeg_quality = 90;
  int jpeg_size = 2048;  ///< the longer side at most
  double temperature = 0;
  std::optional<int64_t> seed = {};
  std::string instructions = {};
  std::vector<ChatExample> examples = {};
  Context context = Context::kNone;
  int max_tokens = 0;              ///< of a reply, reasoning included; 0: chosen by the dialect
  std::string reasoning = "auto";  ///< or a value of reasoning_effort
  std::shared_ptr<const AnswerSchema> schema = {};  ///< of the answer to a free question; null: a text

  [[nodiscard]] bool free() const { return choices.empty(); }
  /// Of the answer. It refers to this question.
  [[nodiscard]] AnswerForm form() const { return {choices, schema.get()}; }
};

/// A picture as it is sent.
struct ChatPicture {
  std::string jpeg;
  int width = 0;
  int height = 0;
};

/// A picture that is shown with a line about it.
struct ChatFrame {
  ChatPicture picture;
  std::string caption;
};

/// What one call is about; `context` may be empty.
struct ChatPictures {
  ChatPicture picture;
  ChatPicture context = {};
  std::string caption = {};          ///< of `picture`; empty: none is sent
  std::vector<ChatFrame> more = {};  ///< shown after it, in their order
};

/// How the shape of the answer is asked for, from the strictest.
enum class Format {
  kSchema,      ///< response_format json_schema, strict: the class as an enum
  kJsonObject,  ///< response_format json_object: JSON of any shape
  kWords,       ///< in the prompt only
};

/// The reasoning_effort that is sent, in the order in which they are tried: as little as the server takes.
enum class Effort { kNone, kMinimal, kLow, kUnsent };

/// Whether the chat template is told not to think (chat_template_kwargs: llama.cpp, vLLM, SGLang). Others
/// refuse the whole request for it or ignore it, so it is sent only once a reply has been lost to reasoning.
enum class TemplateSwitch { kUntried, kSent, kRefused };

/// What a server understands, and what its model needs. Starts with everything that OpenAI documents; each
/// complaint of the server removes one thing for the rest of the run, and each reply that reasoning cut off
/// gives the next ones more room.
struct Dialect {
  Format format = Format::kSchema;
  bool temperature = true;  ///< false: reasoning models take only their default
  bool max_tokens = true;   ///< false: max_completion_tokens instead
  bool logprobs = true;     ///< the probabilities of the answer's tokens
  bool detail = true;       ///< image_url.detail
  bool seed = true;
  Effort effort = Effort::kNone;
  TemplateSwitch template_switch = TemplateSwitch::kUntried;
  int room = 0;                ///< tokens of a reply; 0: enough for one without reasoning
  bool effort_chosen = false;  ///< by the user: the question's own reasoning is sent, or the run ends
  bool reasons = false;        ///< ... and it is not "none"
  bool room_chosen = false;    ///< by the user: it does not grow
  bool operator==(const Dialect&) const = default;
};

/// The dialect in which the first request is sent: the richest, with the room and the reasoning that the user
/// chose.
Dialect first_dialect(const ChatQuestion& question);

/// What both have in common, with the room of the larger.
Dialect common(const Dialect& a, const Dialect& b);

/// The same with more room for a reply, up to 16,384 tokens, and where it was not tried yet the template's
/// switch; absent: it has the most, or the user chose it.
std::optional<Dialect> roomier(const Dialect& dialect);

/// The next plainer one, for a server that refuses `dialect` without a reason; absent: it is the plainest.
std::optional<Dialect> plainer(const Dialect& dialect);

/// The system message: the task, the choices, when to be unsure, the form of the reply. It asks for the same
/// JSON that the schema enforces, so that a server without schemas is asked the same question.
std::string system_text(const ChatQuestion& question);

/// SHA-256 of everything that is asked except the picture. The dialect is not part of it, nor the room for
/// the reply; the reasoning is where the user chose it.
std::string chat_hash(const ChatQuestion& question);

/// The picture as it is sent: JPEG, its longer side at most `question.jpeg_size` pixels. Error: an empty
/// picture.
Result<ChatPicture> chat_picture(const Image& image, const ChatQuestion& question);

/// The JSON to POST. With a seed, vote n has the question's seed + n - 1.
std::string chat_body(const ChatQuestion& question, const Dialect& dialect, const ChatPictures& pictures,
                      int vote = 1);

/// About how many tokens the server will count: by the model's rule for pictures and our estimate for text.
/// Sizes as sent; a context of size 0 is absent.
int64_t chat_tokens(const ChatQuestion& question, const ImageRule& rule, const ChatPictures& pictures);

/// About how many tokens a typical reply has, and how many the longest possible one.
int64_t reply_tokens(const ChatQuestion& question);
int64_t longest_reply_tokens(const Dialect& dialect);

}  // namespace dew::teacher
