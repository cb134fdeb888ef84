// model_text: from a model's text to its answer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::teacher {

struct ModelAnswer {
  std::string label;    ///< one of the choices, spelt as the choice is
  std::string reason;   ///< may be empty
  size_t label_at = 0;  ///< where the label's characters begin in the text
  size_t label_size = 0;
};

/// How much may stand around the answer.
enum class Around {
  kAnything,  ///< the text is the model's whole reply
  kNothing,   ///< only one object that is all of it: the text was cut off, or is reasoning
};

/// The label and reason in a model's text: {"label": ..., "reason": ...}, behind its reasoning (thoughts.h),
/// alone, in a ``` fence or among prose; of several the last. Or the label itself, alone or with an
/// explanation ("Yes, there is."). What is still reasoning answers nothing. Error: why it is not an answer.
Result<ModelAnswer> read_model_text(std::string_view text, const std::vector<std::string>& choices,
                                    Around around = Around::kAnything);

/// At most `limit` bytes, never ending inside a UTF-8 sequence.
std::string shortened(std::string text, size_t limit);

}  // namespace dew::teacher
