// label_probability: how sure the model was of the label it wrote.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace dew::teacher {

/// The product over the tokens that spell text[label_at, label_at + label_size). `tokens` is the reply's
/// choices[0].logprobs.content: [{"token", "logprob", "bytes"}, ...]; `text` is what the answer was read
/// from. The tokens may begin with reasoning that the text has not, so the two are compared from their ends.
/// Absent: there are none, or they do not end as the text does.
std::optional<double> label_probability(const nlohmann::json& tokens, std::string_view text, size_t label_at,
                                        size_t label_size);

}  // namespace dew::teacher
