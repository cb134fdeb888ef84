// openai_request: the body of a chat-completions call, and what makes two of them the same question.
//
// https://platform.openai.com/docs/api-reference/chat/create; spoken as well by llama.cpp's server, Ollama,
// vLLM, LM Studio.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media/media.h"
#include "teacher/teacher.h"

namespace dew::teacher {

/// What every call of one run has in common.
struct ChatQuestion {
  std::string question;
  std::vector<std::string> choices;
  std::string unsure;  ///< the choice for "cannot tell"; empty: there is none
  std::string model;
  std::string detail = "auto";
  int jpeg_quality = 90;
};

/// How the shape of the answer is asked for, from the strictest.
enum class Format {
  kSchema,      ///< response_format json_schema, strict: the class as an enum
  kJsonObject,  ///< response_format json_object: JSON of any shape
  kWords,       ///< in the prompt only
};

/// What a server understands. Starts with everything OpenAI documents for gpt-4o; each complaint of the
/// server takes one thing away, for good.
struct Dialect {
  Format format = Format::kSchema;
  bool temperature = true;  ///< false: reasoning models take only their default
  bool max_tokens = true;   ///< false: it is max_completion_tokens there
  bool logprobs = true;     ///< the probabilities of the answer's tokens
  bool detail = true;       ///< image_url.detail
  bool seed = true;
  bool operator==(const Dialect&) const = default;
};

/// What both understand: the poorer of each.
Dialect common(const Dialect& a, const Dialect& b);

/// The next one for a server that refuses `dialect` and does not say why; nothing below the plainest.
std::optional<Dialect> plainer(const Dialect& dialect);

/// The system message: the task, the choices, when to be unsure, the shape of the reply. It asks for the
/// same JSON that the schema enforces, so that a server without schemas is asked the same thing.
std::string system_text(const ChatQuestion& question);

/// SHA-256 of everything that is asked but the picture. The dialect is not part of it.
std::string chat_hash(const ChatQuestion& question);

/// The picture as it is sent: JPEG, its longer side at most 2048 pixels (to which the API itself would
/// scale it down). Error: an empty picture.
Result<std::string> chat_jpeg(const Image& image, int quality);

/// The JSON to POST.
std::string chat_body(const ChatQuestion& question, const Dialect& dialect, std::string_view jpeg);

}  // namespace dew::teacher
