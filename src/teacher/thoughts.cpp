// The marks around reasoning, by what the chat templates and the parsers of vLLM, SGLang and llama.cpp say.
#include "teacher/thoughts.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "base/base.h"

namespace dew::teacher {
namespace {

constexpr size_t kNowhere = std::string_view::npos;

/// In lower case, as texts are searched.
struct Marks {
  std::string_view open;
  std::string_view close;
};

constexpr std::array<Marks, 11> kThoughts = {{
    {"<think>", "</think>"},
    {"<thinking>", "</thinking>"},
    {"<thought>", "</thought>"},
    {"<thoughts>", "</thoughts>"},
    {"<reasoning>", "</reasoning>"},
    {"<seed:think>", "</seed:think>"},
    {"[think]", "[/think]"},
    {"◁think▷", "◁/think▷"},
    {"<|channel>", "<channel|>"},
    {"<|start_thinking|>", "<|end_thinking|>"},
    {"here is my thought process:", "here is my response:"},
}};

constexpr std::array<Marks, 2> kBoxes = {{
    {"<|begin_of_box|>", "<|end_of_box|>"},
    {"<answer>", "</answer>"},
}};

/// gpt-oss: <|channel|>analysis<|message|>...<|end|><|start|>assistant<|channel|>final<|message|>answer
Spoken after_channels(std::string_view text, const std::string& low) {
  constexpr std::string_view kMessage = "<|message|>";
  const size_t final = low.rfind("<|channel|>final");
  const size_t message = final == kNowhere ? kNowhere : low.find(kMessage, final);
  if (message == kNowhere) return {{}, true, true};
  return {without_marks(text.substr(message + kMessage.size())), false, true};
}

/// The same without its special tokens: "analysisThe picture ...assistantfinal{...}".
Spoken after_bare_channels(std::string_view text, const std::string& low) {
  constexpr std::string_view kFinal = "assistantfinal";
  const size_t final = low.rfind(kFinal);
  if (final == kNowhere) return {{}, true, true};
  return {without_marks(text.substr(final + kFinal.size())), false, true};
}

bool is_bare_channels(std::string_view text, const std::string& low) {
  constexpr std::string_view kAnalysis = "analysis";
  if (low.starts_with("assistantfinal")) return true;
  return low.starts_with(kAnalysis) && text.size() > kAnalysis.size() &&
         std::isupper(static_cast<unsigned char>(text[kAnalysis.size()])) != 0;
}

/// Bytes of the end mark at the beginning of `text`; 0: there is none.
size_t mark_at_front(std::string_view text) {
  constexpr size_t kLongest = 32;
  constexpr std::array<std::string_view, 4> kOthers = {"</s>", "<eos>", "<end_of_turn>", "<turn|>"};
  for (const std::string_view mark : kOthers)
    if (text.starts_with(mark)) return mark.size();
  if (!text.starts_with("<|") || text.starts_with(kBoxes[0].open)) return 0;
  const size_t end = text.find("|>");
  const bool name =
      end != kNowhere && end + 2 <= kLongest && text.substr(0, end).find_first_of(" \n\"{") == kNowhere;
  return name ? end + 2 : 0;
}

size_t mark_at_back(std::string_view text) {
  if (!text.ends_with('>')) return 0;
  const size_t begin = text.rfind('<');
  if (begin == kNowhere) return 0;
  const size_t size = text.size() - begin;
  return mark_at_front(text.substr(begin)) == size ? size : 0;
}

}  // namespace

std::string_view without_marks(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  while (!text.empty()) {
    const size_t before = text.size();
    text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
    text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    text.remove_prefix(mark_at_front(text));
    text.remove_suffix(mark_at_back(text));
    if (text.size() == before) break;
  }
  return text;
}

std::string_view inside_box(std::string_view text) {
  const std::string low = lower(text);
  for (const Marks& box : kBoxes) {
    const size_t open = low.rfind(box.open);
    if (open == kNowhere) continue;
    const size_t begin = open + box.open.size();
    const size_t close = low.find(box.close, begin);
    return without_marks(text.substr(begin, close == kNowhere ? kNowhere : close - begin));
  }
  return text;
}

Spoken after_thoughts(std::string_view text) {
  const std::string low = lower(text);
  if (low.find("<|channel|>") != kNowhere) return after_channels(text, low);
  const size_t begin = std::min(low.find_first_not_of(" \t\r\n"), low.size());
  if (is_bare_channels(text.substr(begin), low.substr(begin)))
    return after_bare_channels(text.substr(begin), low.substr(begin));
  size_t end = 0;
  for (const Marks& marks : kThoughts)
    if (const size_t close = low.rfind(marks.close); close != kNowhere)
      end = std::max(end, close + marks.close.size());
  const auto opens = [&](const Marks& marks) { return low.find(marks.open, end) != kNowhere; };
  const bool unfinished = std::any_of(kThoughts.begin(), kThoughts.end(), opens);
  return {without_marks(text.substr(end)), unfinished, unfinished || end > 0};
}

}  // namespace dew::teacher
