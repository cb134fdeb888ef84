// See the header. The file's verifier has run; whether an index is in range is checked here.
#include "graph/tflite_survey.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <vector>

#include "base/base.h"
#include "graph/tflite_ops.h"

namespace dew::graph {

using tflite::BuiltinOperator;

const std::string_view kSupported =
    "supported are int8 models of Conv2D, DepthwiseConv2D, FullyConnected, Add, Sub, Mul, Div (by "
    "constants), Maximum, Minimum, "
    "Prelu, Pad, AveragePool2D, MaxPool2D, Mean, Reshape, Softmax, LogSoftmax, Logistic, Relu, Relu6, "
    "LeakyRelu, "
    "HardSwish, "
    "Tanh, Neg, Concatenation, Transpose, StridedSlice, ResizeNearest, ResizeBilinear, Quantize and "
    "Dequantize, operators that come down to these, and variables of int8";

namespace {

struct Advice {
  BuiltinOperator code;
  std::string_view what_to_do;
};

constexpr Advice kAdvice[] = {
    {tflite::BuiltinOperator_TRANSPOSE_CONV,
     "use UpSampling2D and Conv2D in place of Conv2DTranspose, and convert the model again"},
    {tflite::BuiltinOperator_ARG_MAX,
     "end the model before it: the generated C says which output is the largest"},
    {tflite::BuiltinOperator_ARG_MIN,
     "end the model before it, and look for the smallest output in your code"},
    {tflite::BuiltinOperator_CAST,
     "convert the model with inference_input_type and inference_output_type int8"},
    {tflite::BuiltinOperator_BATCH_MATMUL, "use a net of convolutions; attention is not supported"},
    {tflite::BuiltinOperator_SVDF, "use a net of convolutions over time (DS-CNN) in place of SVDF"},
    {tflite::BuiltinOperator_LSTM, "use a net of convolutions over time in place of the LSTM"},
    {tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM,
     "use a net of convolutions over time in place of the LSTM"},
    {tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN,
     "use a net of convolutions over time in place of the RNN"},
    {tflite::BuiltinOperator_WHILE, "unroll the loop (for a Keras layer: unroll=True), and convert again"},
    {tflite::BuiltinOperator_IF, "convert the branch you need alone"},
    {tflite::BuiltinOperator_NON_MAX_SUPPRESSION_V4,
     "end the model before it, and drop overlapping boxes in your code"},
    {tflite::BuiltinOperator_NON_MAX_SUPPRESSION_V5,
     "end the model before it, and drop overlapping boxes in your code"},
    {tflite::BuiltinOperator_TOPK_V2, "end the model before it, and sort the scores in your code"},
};

/// What to do about a custom operator, whose name says who made it.
std::string custom_advice(std::string_view name) {
  if (name.substr(0, 4) == "Flex") return "convert the model without SELECT_TF_OPS";
  if (name == "TFLite_Detection_PostProcess")
    return "export the model without its post-processing, so that boxes and scores are its outputs";
  if (name.substr(0, 7) == "Signal") return "compute the spectrogram in your code, and give it to the model";
  return "replace it by operators of TensorFlow Lite";
}

/// The tool that wrote a custom operator which holds a whole compiled model.
std::string_view accelerator(std::string_view custom) {
  if (custom == "ethos-u") return "Arm's Ethos-U, by vela";
  if (custom == "edgetpu-custom-op") return "the Edge TPU, by edgetpu_compiler";
  return {};
}

std::string_view before(std::string_view custom) {
  return custom == "ethos-u" ? "vela" : "edgetpu_compiler";
}

/// One kind of operator that is not supported.
struct Missing {
  std::string name;
  std::string what_to_do;
  std::vector<size_t> at;  ///< its operators' numbers
};

std::string_view custom_name(const tflite::OperatorCode& code) {
  return code.custom_code() == nullptr ? std::string_view{} : code.custom_code()->string_view();
}

Missing missing(const tflite::OperatorCode& code) {
  const BuiltinOperator builtin = builtin_of(code);
  if (builtin == tflite::BuiltinOperator_CUSTOM)
    return {"the custom operator " + printable(custom_name(code), 60), custom_advice(custom_name(code)), {}};
  const auto* advice = std::find_if(std::begin(kAdvice), std::end(kAdvice),
                                    [&](const Advice& each) { return each.code == builtin; });
  return {fmt::format("{} (code {})", tflite::EnumNameBuiltinOperator(builtin), static_cast<int>(builtin)),
          advice == std::end(kAdvice) ? "" : std::string(advice->what_to_do),
          {}};
}

/// "operators 3, 7, 9 and 12 more".
std::string places(const std::vector<size_t>& at) {
  constexpr size_t kMost = 5;
  const std::vector<size_t> first(at.begin(), at.begin() + static_cast<long>(std::min(at.size(), kMost)));
  std::string text = fmt::format("{} {}", at.size() == 1 ? "operator" : "operators", fmt::join(first, ", "));
  if (at.size() > kMost) text += fmt::format(" and {} more", at.size() - kMost);
  return text;
}

tl::unexpected<Error> refusal(const std::vector<Missing>& kinds, const std::string& name) {
  std::vector<std::string> names;
  std::vector<std::string> advice;
  std::vector<size_t> all;
  for (const Missing& kind : kinds) {
    names.push_back(kinds.size() == 1 ? kind.name : kind.name + " [" + places(kind.at) + "]");
    if (!kind.what_to_do.empty()) advice.push_back(kind.name + ": " + kind.what_to_do);
    all.insert(all.end(), kind.at.begin(), kind.at.end());
  }
  std::sort(all.begin(), all.end());
  advice.emplace_back(kSupported);
  return usage_error(join(names) + (kinds.size() == 1 ? " is not supported" : " are not supported"),
                     name + ": " + places(all), join(advice, "; "));
}

}  // namespace

BuiltinOperator builtin_of(const tflite::OperatorCode& code) {
  return static_cast<BuiltinOperator>(
      std::max(int32_t{code.deprecated_builtin_code()}, static_cast<int32_t>(code.builtin_code())));
}

Result<void> survey(const tflite::Model& model, const tflite::SubGraph& subgraph, const std::string& name) {
  const auto* operators = subgraph.operators();
  const auto* codes = model.operator_codes();
  std::map<std::pair<BuiltinOperator, std::string_view>, Missing> kinds;
  for (flatbuffers::uoffset_t i = 0; operators != nullptr && i < operators->size(); ++i) {
    const uint32_t index = operators->Get(i)->opcode_index();
    if (codes == nullptr || index >= codes->size())
      return usage_error("the file is damaged: the operator has no code",
                         fmt::format("{}: operator {}", name, i), "download or export the file again");
    const tflite::OperatorCode& code = *codes->Get(index);
    const BuiltinOperator builtin = builtin_of(code);
    if (is_read(builtin)) continue;
    const std::string_view custom = custom_name(code);
    if (builtin == tflite::BuiltinOperator_CUSTOM && !accelerator(custom).empty())
      return usage_error(fmt::format("the file has been compiled for {}", accelerator(custom)),
                         fmt::format("{}: operator {}", name, i),
                         fmt::format("use the .tflite file from before {}", before(custom)));
    kinds.try_emplace({builtin, custom}, missing(code)).first->second.at.push_back(i);
  }
  if (kinds.empty()) return {};
  std::vector<Missing> list;
  for (auto& [key, kind] : kinds) list.push_back(std::move(kind));
  std::sort(list.begin(), list.end(), [](const Missing& a, const Missing& b) { return a.at[0] < b.at[0]; });
  return refusal(list, name);
}

}  // namespace dew::graph
