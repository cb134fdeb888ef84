#include "exchange/splits.h"

#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace dew::exchange {

std::optional<Split> split_of_name(std::string_view name) {
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
  std::string word = lower(name);
  while (!word.empty() && std::isdigit(static_cast<unsigned char>(word.back())) != 0) word.pop_back();
  while (!word.empty() && (word.back() == '_' || word.back() == '-')) word.pop_back();
  for (const auto& [known, split] : kNames)
    if (word == known) return split;
  return std::nullopt;
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
