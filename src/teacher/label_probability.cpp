// Lays the tokens along the text, from the end to the label.
#include "teacher/label_probability.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "base/base.h"
#include "teacher/reply_json.h"
#include "teacher/thoughts.h"

namespace dew::teacher {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  ///< U+FFFD, for a part of a character

/// How the server writes a token that it gives no bytes of.
enum class Spelling {
  kPlain,          ///< as text
  kSentencePiece,  ///< as in the vocabulary: "▁yes", "<0x0A>"
  kByteLevel,      ///< as in the vocabulary of GPT-2's kind: "Ġyes", "Ċ"
};

std::optional<std::string> bytes_of(const nlohmann::json& token) {
  const nlohmann::json& bytes = member(token, "bytes");
  if (!bytes.is_array() || bytes.empty()) return std::nullopt;
  std::string result;
  for (const nlohmann::json& byte : bytes) {
    if (!byte.is_number_unsigned() || byte.get<uint64_t>() > 255) return std::nullopt;
    result += static_cast<char>(byte.get<uint64_t>());
  }
  return result;
}

std::string from_sentence_piece(std::string text) {
  constexpr std::string_view kBlank = "\xE2\x96\x81";  // U+2581
  const bool byte = text.size() == 6 && text.starts_with("<0x") && text.ends_with('>');
  if (byte && text.find_first_not_of("0123456789abcdefABCDEF", 3) == 5)
    return {static_cast<char>(std::stoi(text.substr(3, 2), nullptr, 16))};
  for (size_t at = text.find(kBlank); at != std::string::npos; at = text.find(kBlank, at + 1))
    text.replace(at, kBlank.size(), " ");
  return text;
}

/// GPT-2's bytes_to_unicode: bytes that print stand for themselves, the others follow from U+0100 on.
std::string from_byte_level(const std::string& text) {
  static const std::vector<char> kOthers = [] {
    std::vector<char> others;
    for (int byte = 0; byte < 256; ++byte) {
      const bool prints = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
      if (!prints) others.push_back(static_cast<char>(byte));
    }
    return others;
  }();
  std::string result;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto first = static_cast<unsigned char>(text[at]);
    const bool two = (first & 0xE0U) == 0xC0U && at + 1 < text.size();
    if (!two) {
      result += text[at];
      continue;
    }
    const unsigned code = (first & 0x1FU) << 6U | (static_cast<unsigned char>(text[++at]) & 0x3FU);
    const bool other = code >= 256 && code - 256 < kOthers.size();
    result += other ? kOthers[code - 256] : static_cast<char>(code);
  }
  return result;
}

std::string spelt(const nlohmann::json& token, Spelling spelling) {
  if (auto bytes = bytes_of(token)) return *std::move(bytes);
  std::string text = text_of(member(token, "token"));
  switch (spelling) {
    case Spelling::kSentencePiece:
      return from_sentence_piece(std::move(text));
    case Spelling::kByteLevel:
      return from_byte_level(text);
    case Spelling::kPlain:
      break;
  }
  return text;
}

bool is_ascii(char c) {
  return (static_cast<unsigned char>(c) & 0x80U) == 0;
}

/// The beginning of the bytes beyond ASCII that end before `end`.
size_t run_begin(std::string_view text, size_t end) {
  while (end > 0 && !is_ascii(text[end - 1])) --end;
  return end;
}

size_t run_end(std::string_view text, size_t at) {
  while (at < text.size() && !is_ascii(text[at])) ++at;
  return at;
}

/// The place in `spelt` that stands for text[at], for texts of which one ends as the other does. Characters
/// that were split between tokens may have become replacement characters: a run of them stands for a run of
/// characters beyond ASCII. Absent: the two differ.
std::optional<size_t> place_of(size_t at, std::string_view text, std::string_view spelt) {
  size_t i = text.size();
  size_t j = spelt.size();
  while (i > at) {
    if (j > 0 && text[i - 1] == spelt[j - 1]) {
      --i;
      --j;
      continue;
    }
    const size_t text_run = run_begin(text, i);
    const size_t spelt_run = run_begin(spelt, j);
    const std::string_view run = spelt.substr(spelt_run, run_end(spelt, j) - spelt_run);
    const bool stands_for = run.find(kReplacement) != std::string_view::npos && run_end(text, i) > text_run;
    if (!stands_for || text_run < at) return std::nullopt;
    i = text_run;
    j = spelt_run;
  }
  return j;
}

/// The product of the probabilities of the tokens that overlap [from, to) of all tokens' text.
std::optional<double> product(const nlohmann::json& tokens, const std::vector<size_t>& ends, size_t from,
                              size_t to) {
  double sum = 0;
  bool any = false;
  size_t begin = 0;
  for (size_t i = 0; i < ends.size(); ++i) {
    if (begin < to && ends[i] > from) {
      const nlohmann::json& logprob = member(tokens[i], "logprob");
      if (!logprob.is_number()) return std::nullopt;
      sum += logprob.get<double>();
      any = true;
    }
    begin = ends[i];
  }
  if (!any || !(sum <= 1e-6)) return std::nullopt;
  return std::clamp(std::exp(sum), 0.0, 1.0);
}

}  // namespace

std::optional<double> label_probability(const nlohmann::json& tokens, std::string_view text, size_t label_at,
                                        size_t label_size) {
  if (!tokens.is_array() || tokens.empty() || label_size == 0) return std::nullopt;
  const std::string_view body = without_marks(text);
  const size_t skipped = static_cast<size_t>(body.data() - text.data());
  if (label_at < skipped || label_at + label_size > skipped + body.size()) return std::nullopt;
  const size_t from = label_at - skipped;
  for (const Spelling spelling : {Spelling::kPlain, Spelling::kSentencePiece, Spelling::kByteLevel}) {
    std::string all;
    std::vector<size_t> ends;
    for (const nlohmann::json& token : tokens) {
      all += spelt(token, spelling);
      ends.push_back(all.size());
    }
    const std::string_view spoken = without_marks(all);
    const size_t before = static_cast<size_t>(spoken.data() - all.data());
    const auto begin = place_of(from, body, spoken);
    const auto end = place_of(from + label_size, body, spoken);
    if (begin && end) return product(tokens, ends, before + *begin, before + *end);
  }
  return std::nullopt;
}

}  // namespace dew::teacher
