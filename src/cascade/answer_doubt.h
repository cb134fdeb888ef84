// answer_doubt: whether the next teacher of a chain should be asked as well.
#pragma once

#include <string>

namespace dew::cascade {

enum class Doubt {
  kNone,
  kUnsure,     ///< by its own word
  kDisagrees,  ///< with the tiny model
};

struct DoubtRules {
  bool object = false;            ///< answers are JSON objects; else texts
  std::string unsure = "unsure";  ///< the answer for "cannot tell"
  double sure_from = 0.6;         ///< "confidence" below it is doubt
};

/// A text is in doubt where it is the unsure answer. An object is by the properties that it has: "sure"
/// false; "confidence" a number below `sure_from`, or "low"; "answer" or "class" the unsure answer; "class"
/// another one than `event_class`. Upper and lower case and a full stop do not count.
Doubt doubt_of(const std::string& answer, const std::string& event_class, const DoubtRules& rules);

}  // namespace dew::cascade
