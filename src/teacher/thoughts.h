// thoughts: where a model's reasoning ends and its answer begins, in a text that holds both.
#pragma once

#include <string_view>

namespace dew::teacher {

struct Spoken {
  std::string_view text;  ///< behind the reasoning, without blanks and end marks; a part of what was given
  /// Reasoning was begun in it and not ended: `text` is an answer only if it is one as a whole.
  bool unfinished = false;
  bool reasoned = false;  ///< there is reasoning, ended or not
};

/// The text behind the last end of reasoning, whose beginning may be missing (many chat templates put it into
/// the prompt). Marks as these models write them: <think> (DeepSeek, Qwen, GLM, MiniMax, InternVL),
/// <thinking>, <thought> (Gemini), <reasoning>, <seed:think> (Seed-OSS), [THINK] (Magistral), ◁think▷ (Kimi),
/// <|channel>thought (Gemma 4), <|START_THINKING|> (Command A), "Here is my thought process:" (Granite), and
/// the channels of gpt-oss, also as servers leave them that drop special tokens
/// ("analysis...assistantfinal").
Spoken after_thoughts(std::string_view text);

/// Without blanks, a byte order mark, and the marks that end a turn (<|im_end|>, </s>) at both ends.
std::string_view without_marks(std::string_view text);

/// The inside of the last <|begin_of_box|> (GLM) or <answer>, else `text` itself.
std::string_view inside_box(std::string_view text);

}  // namespace dew::teacher
