// The functions that dew_<symbol>.h declares.
#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/compiler.h"
#include "compiler/emit.h"
#include "compiler/kernel_table.h"
#include "compiler/lower.h"

namespace dew::compiler {
namespace {

const char* const kFunctions = R"(
static const dew_net dew_{s}_plan = {{dew_{s}_steps, dew_{s}_waves, {wave_count}}};
{class_table}{take_row}{take_floats}
/* Runs the remaining steps; returns the net's output. */
static const int8_t *dew_{s}_complete(dew_{s}_t *m) {{
  dew_engine_complete(&dew_{s}_plan, m->arena, m->done);
  return (const int8_t *)(m->arena + dew_{s}_steps[{last}].offset);
}}

void dew_{s}_init(dew_{s}_t *m, uint8_t *arena) {{
  m->arena = arena;
  {first}(m);
}}
{reset}
void dew_{s}_begin(dew_{s}_t *m) {{ dew_engine_start(&dew_{s}_plan, m->done); }}

void dew_{s}_push_row(dew_{s}_t *m, const dew_{s}_input *row) {{ {push} }}

int dew_{s}_finish(dew_{s}_t *m, dew_{s}_result *result) {{
  if (m->done[0] < {height}) return {height} - m->done[0];
{result}  return 0;
}}

void dew_{s}_run(dew_{s}_t *m, const dew_{s}_input *{data}, dew_{s}_result *result) {{
  int y;
  dew_{s}_begin(m);
  for (y = 0; y < {height}; y++) dew_{s}_push_row(m, {data} + y * {row_bytes});
  dew_{s}_finish(m, result);
}}

void dew_{s}_run_tensor(dew_{s}_t *m, const void *input, void *output) {{
  const uint8_t *in = (const uint8_t *)input;
  uint8_t *out = (uint8_t *)output;
  const int8_t *made;
  int i;
  dew_{s}_begin(m);
{tensor_in}  made = dew_{s}_complete(m);
{tensor_out}}}
)";

const char* const kReset = R"(
void dew_{s}_reset(dew_{s}_t *m) {{
{first_values}  dew_{s}_begin(m);
}}
)";

const char* const kTakeRow = R"(
/* Takes one row of bytes; `flip` 0x80 turns unsigned ones into the signed values of the net. */
static void dew_{s}_take_row(dew_{s}_t *m, const uint8_t *row, uint8_t flip) {{
  uint8_t *to = dew_image_row(&dew_{s}_plan, m->arena, m->done);
  if (!to) return;
  dew_copy_row(to, row, {row_bytes}, flip);
  dew_image_pushed(&dew_{s}_plan, m->arena, m->done);
}}
)";

const char* const kTakeFloats = R"(
/* Takes one row of floats, wherever they lie in memory. */
static void dew_{s}_take_floats(dew_{s}_t *m, const uint8_t *row) {{
  uint8_t *to = dew_image_row(&dew_{s}_plan, m->arena, m->done);
  uint32_t i;
  if (!to) return;
  for (i = 0; i < {row_bytes}; i++) {{
    float value;
    memcpy(&value, row + 4 * i, 4);
    to[i] = (uint8_t)dew_{s}_quantise(value);
  }}
  dew_image_pushed(&dew_{s}_plan, m->arena, m->done);
}}
)";

const char* const kClassTable = R"(
const char *const dew_{s}_classes[DEW_{S}_CLASSES] = {{{class_names}}};
)";

const char* const kClassResult = R"(  {{
    const int8_t *made = dew_{s}_complete(m);
    int i;
    result->top = 0;
    for (i = 0; i < DEW_{S}_CLASSES; i++) {{
      result->scores[i] = {score};
      if (result->scores[i] > result->scores[result->top]) result->top = i;
    }}
{known}  }}
)";

const char* const kValueResult = R"(  {{
    const int8_t *made = dew_{s}_complete(m);
    int i;
    for (i = 0; i < DEW_{S}_VALUES; i++) result->values[i] = {score};
  }}
)";

const char* const kMapResult = R"(  result->map = dew_{s}_complete(m);
)";

const char* const kKnown = R"(    result->known = (uint8_t)made[DEW_{S}_CLASSES];
)";

const char* const kThresholds = R"(
const int8_t dew_{s}_thresholds[DEW_{S}_CLASSES] = {{{thresholds}}};
)";

const char* const kDecide = R"(
int dew_{s}_decide(const dew_{s}_result *result) {{
  const int top = result->top;
  return {condition} ? top : DEW_UNKNOWN;
}}
)";
const char* const kReaches = "result->scores[top] >= dew_{s}_thresholds[top]";

/// For each threshold, the lowest int8 score of the result that reaches it.
std::string int8_thresholds(const Plan& plan, const Ends& ends) {
  std::vector<std::string> texts;
  for (const double threshold : plan.thresholds) {
    const double score =
        std::ceil(threshold / static_cast<double>(ends.output_scale) - 1e-6) + ends.output_zero_point;
    texts.push_back(fmt::format("{:.0f}", std::clamp(score, -128.0, 127.0)));
  }
  return join(texts);
}

std::string tensor_in(const Plan& plan, const Shape4& in) {
  const int64_t row = in[2] * in[3];
  if (plan.input_conversion.kind == Conversion::Kind::kFloat)
    return fmt::format("  for (i = 0; i < {}; i++) dew_{}_take_floats(m, in + i * {});\n", in[1], plan.symbol,
                       row * 4);
  const char* flip = plan.input_conversion.kind == Conversion::Kind::kFlip ? "0x80" : "0";
  return fmt::format("  for (i = 0; i < {}; i++) dew_{}_take_row(m, in + i * {}, {});\n", in[1], plan.symbol,
                     row, flip);
}

/// " + 12", " - 12" or nothing.
std::string plus(int64_t distance) {
  return distance == 0 ? "" : fmt::format(" {} {}", distance < 0 ? "-" : "+", std::abs(distance));
}

/// The loop that converts one output; several stand one after the other.
std::string part_out(const OutputPart& part) {
  const std::string loop =
      fmt::format("  for (i = {}; i < {}; i++) ", part.offset, part.offset + part.tensor.elements());
  const std::string further = plus(part.at - part.offset * graph::element_bytes(part.tensor.type));
  switch (part.conversion.kind) {
    case Conversion::Kind::kNone:
      return loop + fmt::format("out[i{}] = (uint8_t)made[i];\n", further);
    case Conversion::Kind::kFlip:
      return loop + fmt::format("out[i{}] = (uint8_t)(made[i] ^ 0x80);\n", further);
    case Conversion::Kind::kFloat:
      return loop + fmt::format(
                        "{{\n"
                        "    const float value = {} * (float)(made[i] - {});\n"
                        "    memcpy(out + 4 * i{}, &value, 4);\n"
                        "  }}\n",
                        float_literal(part.conversion.scale), fmt::format("({})", part.conversion.zero_point),
                        further);
  }
  return {};
}

std::string tensor_out(const Plan& plan) {
  std::string text;
  for (const OutputPart& part : plan.parts) text += part_out(part);
  return text;
}

std::string wave_text(const Plan& plan) {
  std::vector<std::string> firsts;
  for (const uint16_t first : plan.waves) firsts.push_back(std::to_string(first));
  return fmt::format(
      "/* The first step of each wave, then the number of steps. */\n"
      "static const uint16_t dew_{}_waves[] = {{{}}};\n",
      plan.symbol, join(firsts));
}

/// The bytes of uint8 tensors at either end stand in the arena as they are.
bool raw(const graph::Tensor& tensor, const Conversion& conversion) {
  return tensor.type == graph::DType::kUInt8 && conversion.kind == Conversion::Kind::kNone;
}

/// The int8 value of a result that stands for made[i]. Outputs may lie in the arena in both ways.
std::string score_text(const Plan& plan) {
  const std::string plain = "made[i]";
  const std::string flipped = "(int8_t)(made[i] ^ 0x80)";
  std::string text;
  for (size_t k = 0; k < plan.parts.size(); ++k) {
    const OutputPart& part = plan.parts[k];
    const std::string& own = raw(part.tensor, part.conversion) ? flipped : plain;
    if (k + 1 == plan.parts.size()) return text + own;
    const OutputPart& next = plan.parts[k + 1];
    if (raw(next.tensor, next.conversion) == raw(part.tensor, part.conversion)) continue;
    text += fmt::format("i < {} ? {} : ", next.offset, own);
  }
  return text;
}

std::string push_text(const Plan& plan, const Ends& ends) {
  if (ends.input == Ends::Input::kFloats)
    return fmt::format("dew_{}_take_floats(m, (const uint8_t *)row);", plan.symbol);
  const bool is_unsigned = ends.input == Ends::Input::kPicture || plan.input.type == graph::DType::kUInt8;
  const bool flip = is_unsigned && !raw(plan.input, plan.input_conversion);
  const char* cast = is_unsigned ? "" : "(const uint8_t *)";
  return fmt::format("dew_{}_take_row(m, {}row, {});", plan.symbol, cast, flip ? "0x80" : "0");
}

const char* result_pattern(Ends::Output kind) {
  if (kind == Ends::Output::kClasses) return kClassResult;
  return kind == Ends::Output::kMap ? kMapResult : kValueResult;
}

/// The variables' first values, each where it stands in the arena.
std::string first_values(const Plan& plan) {
  std::string text;
  for (const Remembered& state : plan.remembered) {
    const uint32_t offset = plan.program[state.step].table.offset;
    const auto is_first = [&](const auto& constant) {
      return static_cast<const void*>(constant->bytes.data()) == static_cast<const void*>(state.first);
    };
    const auto found = std::find_if(plan.constants.begin(), plan.constants.end(), is_first);
    const std::string what = comment(state.name);
    text += found == plan.constants.end()
                ? fmt::format("  memset(m->arena + {}, {}, {}); /* {} */\n", offset, state.fill, state.bytes,
                              what)
                : fmt::format("  memcpy(m->arena + {}, dew_{}_{}, {}); /* {} */\n", offset, plan.symbol,
                              (*found)->name, state.bytes, what);
  }
  return text;
}

std::string names_text(const Plan& plan) {
  std::vector<std::string> names;
  for (const std::string& name : class_names(plan)) names.push_back(quoted(name));
  return join(names);
}

}  // namespace

Words words_of(const Plan& plan) {
  const Shape4 in = shape4(plan.input);
  const Shape4 out = shape4(plan.output);
  const bool flipped = raw(plan.output, plan.output_conversion);
  return {{"s", plan.symbol},
          {"S", upper(plan.symbol)},
          {"height", std::to_string(in[1])},
          {"width", std::to_string(in[2])},
          {"channels", std::to_string(in[3])},
          {"count", std::to_string(plan.scores())},
          {"map_height", std::to_string(out[1])},
          {"map_width", std::to_string(out[2])},
          {"map_channels", std::to_string(out[3])},
          {"score", score_text(plan)},
          {"map_value", flipped ? "(int8_t)(value ^ 0x80)" : "value"}};
}

std::string filled(const char* pattern, const Words& words) {
  fmt::dynamic_format_arg_store<fmt::format_context> args;
  for (const auto& [name, text] : words) args.push_back(fmt::arg(name.c_str(), text));
  return fmt::vformat(pattern, args);
}

bool has_thresholds(const Plan& plan) {
  return plan.thresholds.size() == static_cast<size_t>(plan.scores());
}

bool decides(const Plan& plan) {
  return plan.gate.has_value() || has_thresholds(plan);
}

std::string float_literal(float value) {
  std::string text = fmt::format("{:.9g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + "F";
}

std::string function_text(const Plan& plan) {
  const Ends ends = ends_of(plan);
  Words words = words_of(plan);
  const bool classes = ends.output == Ends::Output::kClasses;
  const bool floats = plan.input_conversion.kind == Conversion::Kind::kFloat;
  words["wave_count"] = std::to_string(plan.waves.size() - 1);
  words["last"] = std::to_string(plan.program.size() - 1);
  words["row_bytes"] = std::to_string(plan.program[0].table.row_bytes);
  words["class_names"] = classes ? names_text(plan) : "";
  words["class_table"] = classes ? filled(kClassTable, words) : "";
  words["take_row"] = ends.input == Ends::Input::kFloats ? "" : filled(kTakeRow, words);
  words["take_floats"] = floats ? filled(kTakeFloats, words) : "";
  words["data"] = data_name(plan);
  words["first"] = fmt::format("dew_{}_{}", plan.symbol, plan.remembered.empty() ? "begin" : "reset");
  words["first_values"] = first_values(plan);
  words["reset"] = plan.remembered.empty() ? "" : filled(kReset, words);
  words["push"] = push_text(plan, ends);
  words["known"] = plan.gate ? filled(kKnown, words) : "";
  words["result"] = filled(result_pattern(ends.output), words);
  words["tensor_in"] = tensor_in(plan, shape4(plan.input));
  words["tensor_out"] = tensor_out(plan);
  std::string text = wave_text(plan) + filled(kFunctions, words);
  if (!classes || !decides(plan)) return text;
  words["thresholds"] = int8_thresholds(plan, ends);
  const std::string reaches = has_thresholds(plan) ? filled(kReaches, words) : "";
  words["condition"] = !plan.gate        ? reaches
                       : reaches.empty() ? "result->known"
                                         : "result->known && " + reaches;
  if (has_thresholds(plan)) text += filled(kThresholds, words);
  return text + filled(kDecide, words);
}

}  // namespace dew::compiler
