// OpenAI names the parameter it does not take; others only mention it.
#include "teacher/adapted.h"

#include <cctype>
#include <initializer_list>
#include <string>

#include "base/base.h"
#include "teacher/reply_json.h"
#include "teacher/server_words.h"

namespace dew::teacher {
namespace {

using Words = std::initializer_list<std::string_view>;

/// What a refusal is about, in lower case.
struct Subject {
  std::string words;  ///< the whole complaint
  std::string named;  ///< the parameter that OpenAI names; empty: none

  explicit Subject(std::string_view body) : words(lower(complaint(body).substr(0, 4000))) {
    const nlohmann::json json = parse_json(body);
    named = lower(text_of(member(member(json, "error"), "param")));
  }

  /// The parameter where it is named, else the complaint.
  [[nodiscard]] bool mentions(Words any) const { return says_any(named.empty() ? words : named, any); }
  [[nodiscard]] bool says(Words any) const { return says_any(words, any); }
};

bool has_word(std::string_view text, std::string_view word) {
  const auto letter = [&](size_t at) {
    return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
  };
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if ((at == 0 || !letter(at - 1)) && !letter(at + word.size())) return true;
  return false;
}

/// "reasoning_effort", "reasoningEffort", "reasoning.effort", Ollama's and Gemini's "thinking"; but not the
/// name of a model, "qwen3-vl-8b-thinking".
bool about_effort(const Subject& subject) {
  const std::string& about = subject.named.empty() ? subject.words : subject.named;
  for (const std::string_view word : {"reasoning", "thinking"})
    for (size_t at = about.find(word); at != std::string::npos; at = about.find(word, at + 1))
      if (at == 0 || about[at - 1] != '-') return true;
  return false;
}

/// The next value to try: none at all where the parameter itself is refused, the least that the complaint
/// lists, or the next one.
Effort next_effort(const Subject& subject, Effort used) {
  if (subject.says({"unrecognized", "unknown", "extra inputs", "extra_forbidden", "not permitted",
                    "unsupported parameter", "does not support parameter", "does not support thinking",
                    "does not support reasoning", "unexpected keyword"}))
    return Effort::kUnsent;
  if (used < Effort::kMinimal && has_word(subject.words, "minimal")) return Effort::kMinimal;
  if (used < Effort::kLow && has_word(subject.words, "low")) return Effort::kLow;
  return static_cast<Effort>(static_cast<int>(used) + 1);
}

/// Changes what the complaint is about, from the most certain sign.
void take_away(const Subject& subject, Dialect& dialect) {
  // The whole phrase: vLLM names both parameters where it means that the context is too short.
  if (dialect.max_tokens && subject.says({"use 'max_completion_tokens'"}))
    dialect.max_tokens = false;
  else if (dialect.logprobs && subject.mentions({"logprob"}))
    dialect.logprobs = false;
  else if (dialect.temperature && subject.mentions({"temperature"}))
    dialect.temperature = false;
  else if (dialect.template_switch == TemplateSwitch::kSent &&
           subject.mentions({"chat_template_kwargs", "enable_thinking"}))
    dialect.template_switch = TemplateSwitch::kRefused;
  else if (dialect.format != Format::kWords &&
           subject.mentions({"response_format", "response format", "json_schema", "json_object", "json mode",
                             "grammar", "structured output", "guided"}))
    dialect.format = dialect.format == Format::kSchema ? Format::kJsonObject : Format::kWords;
  else if (dialect.detail && subject.mentions({"image_url.detail", "'detail'", "\"detail\"", "`detail`"}))
    dialect.detail = false;
  else if (dialect.seed && (subject.named == "seed" || subject.mentions({"'seed'", "\"seed\"", "`seed`"})))
    dialect.seed = false;
  else if (dialect.effort != Effort::kUnsent && !dialect.effort_chosen && about_effort(subject))
    dialect.effort = next_effort(subject, dialect.effort);
}

}  // namespace

std::optional<Dialect> adapted(std::string_view body, const Dialect& used) {
  Dialect dialect = used;
  take_away(Subject(body), dialect);
  if (dialect == used) return std::nullopt;
  return dialect;
}

bool refuses_effort(std::string_view body) {
  return about_effort(Subject(body));
}

}  // namespace dew::teacher
