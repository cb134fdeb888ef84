#include "exchange/splits.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

namespace dew::exchange {
namespace {

std::optional<Split> split_of_word(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, Split>, 14> kNames{{
      {"train", Split::kTrain},
      {"training", Split::kTrain},
      {"val", Split::kValidation},
      {"valid", Split::kValidation},
      {"validation", Split::kValidation},
      {"validate", Split::kValidation},
      {"dev", Split::kValidation},
      {"test", Split::kTest},
      {"testing", Split::kTest},
      {"eval", Split::kTest},
      {"evaluation", Split::kTest},
      {"holdout", Split::kTest},
      {"trn", Split::kTrain},
      {"tst", Split::kTest},
  }};
  for (const auto& [known, split] : kNames)
    if (word == known) return split;
  return std::nullopt;
}

/// What stands beside a split's name and says nothing of which it is: "test_set", "PublicTest".
bool is_filler(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kFillers{
      "set",  "data",   "dataset", "split",  "image",    "images", "img",
      "imgs", "public", "private", "folder", "pictures", "photos", "all"};
  return std::find(kFillers.begin(), kFillers.end(), word) != kFillers.end();
}

bool is(int (*kind)(int), char c) {
  return kind(static_cast<unsigned char>(c)) != 0;
}

/// "PublicTest", "test_set_2", "train2017", "testset" in lower-case words without numbers.
std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool between = c == '_' || c == '-' || c == ' ' || c == '.' || is(std::isdigit, c);
    const bool next = is(std::isupper, c) && i > 0 && is(std::islower, name[i - 1]);
    if ((between || next) && !words.back().empty()) words.emplace_back();
    if (!between) words.back() += static_cast<char>(is(std::isupper, c) ? c - 'A' + 'a' : c);
  }
  if (words.back().empty()) words.pop_back();
  for (std::string& word : words)
    if (word.size() > 3 && word.ends_with("set") && split_of_word(word.substr(0, word.size() - 3)))
      word.resize(word.size() - 3);
  return words;
}

}  // namespace

std::optional<Split> split_of_name(std::string_view name) {
  constexpr size_t kLongest = 64;
  if (name.empty() || name.size() > kLongest) return std::nullopt;
  auto words = words_of(name);
  std::erase_if(words, is_filler);
  return words.size() == 1 ? split_of_word(words[0]) : std::nullopt;
}

std::string_view usual_name(Split split) {
  switch (split) {
    case Split::kTrain:
      return "train";
    case Split::kValidation:
      return "val";
    case Split::kTest:
      return "test";
  }
  return "";
}

}  // namespace dew::exchange
