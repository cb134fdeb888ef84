// The files themselves: dew_<symbol>.h and dew_<symbol>.c.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/compiler.h"
#include "compiler/emit.h"
#include "compiler/kernel_table.h"
#include "compiler/lower.h"

namespace dew::compiler {
namespace {

const char* const kHeader = R"(/* dew_{s}: an int8 neural net in C99, made by Dewdrop; do not edit.
 *
 *   input      {height} x {width} x {channels}
 *   classes    {classes}
 *   work       {macs} multiply-accumulates an image
 *   RAM        {arena} bytes of arena, sizeof(dew_{s}_t) and the stack
 *   flash      {weights} bytes of constants and the code
 *   schedule   {schedule}
 *   rounding   {rounding}
 *
 *     static uint32_t arena[DEW_{S}_ARENA_BYTES / 4];
 *     dew_{s}_t m;
 *     dew_{s}_result result;
 *     dew_{s}_init(&m, (uint8_t *)arena);
 *     dew_{s}_run(&m, rgb, &result);      result.top is the class, result.scores holds all
 *
 * or, as a camera reads out, without ever holding an image:
 *
 *     dew_{s}_begin(&m);
 *     for (y = 0; y < DEW_{S}_INPUT_HEIGHT; y++) dew_{s}_push_row(&m, row);
 *     dew_{s}_finish(&m, &result);
 */
#ifndef DEW_{S}_H
#define DEW_{S}_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

#define DEW_{S}_ARENA_BYTES {arena}
#define DEW_{S}_MACS {macs}
#define DEW_{S}_WEIGHTS_BYTES {weights}
#define DEW_{S}_CLASSES {classes}
#define DEW_{S}_INPUT_HEIGHT {height}
#define DEW_{S}_INPUT_WIDTH {width}
#define DEW_{S}_INPUT_CHANNELS {channels}
#define DEW_{S}_INPUT_BYTES {input_bytes}
#define DEW_{S}_OUTPUT_BYTES {output_bytes}

/* One net at work. Any number can be: nothing is shared. */
typedef struct {{
  uint8_t *arena;
  uint16_t done[{steps}]; /* rows made, by step */
}} dew_{s}_t;

typedef struct {{
  int8_t scores[DEW_{S}_CLASSES];
  int top; /* the first of the largest */
}} dew_{s}_result;

extern const char *const dew_{s}_classes[DEW_{S}_CLASSES];

/* arena: DEW_{S}_ARENA_BYTES bytes, 4-byte aligned, the caller's for as long as m is used. */
void dew_{s}_init(dew_{s}_t *m, uint8_t *arena);

/* rgb: height x width x channels bytes, 0 to 255; it is only read. */
void dew_{s}_run(dew_{s}_t *m, const uint8_t *rgb, dew_{s}_result *result);

/* The model's own input and output tensors, byte for byte. */
void dew_{s}_run_tensor(dew_{s}_t *m, const void *input, void *output);

/* The same as run, row by row; rows beyond the image's height are ignored. */
void dew_{s}_begin(dew_{s}_t *m);
void dew_{s}_push_row(dew_{s}_t *m, const uint8_t *row);
void dew_{s}_finish(dew_{s}_t *m, dew_{s}_result *result);
{decide}
#ifdef __cplusplus
}}
#endif

#endif
)";

const char* const kInterface = R"(
static const dew_net net = {{steps, waves, {wave_count}}};

const char *const dew_{s}_classes[DEW_{S}_CLASSES] = {{{class_names}}};

/* Takes a row of the image: each byte XORed with `flip`, since the net counts from -128. */
static void push(dew_{s}_t *m, const uint8_t *row, uint8_t flip) {{
  uint8_t *to = dew_image_row(&net, m->arena, m->done);
  if (!to) return;
  dew_copy_row(to, row, {row_bytes}, flip);
  dew_image_pushed(&net, m->arena, m->done);
}}

/* Runs what is left; the net's output. */
static const int8_t *complete(dew_{s}_t *m) {{
  dew_finish(&net, m->arena, m->done);
  return (const int8_t *)(m->arena + steps[{last}].offset);
}}

void dew_{s}_init(dew_{s}_t *m, uint8_t *arena) {{
  m->arena = arena;
  dew_{s}_begin(m);
}}

void dew_{s}_begin(dew_{s}_t *m) {{ dew_begin(&net, m->done); }}

void dew_{s}_push_row(dew_{s}_t *m, const uint8_t *row) {{ push(m, row, {flip}); }}

void dew_{s}_finish(dew_{s}_t *m, dew_{s}_result *result) {{
  const int8_t *scores = complete(m);
  int i;
  result->top = 0;
  for (i = 0; i < DEW_{S}_CLASSES; i++) {{
    result->scores[i] = {score};
    if (result->scores[i] > result->scores[result->top]) result->top = i;
  }}
}}

void dew_{s}_run(dew_{s}_t *m, const uint8_t *rgb, dew_{s}_result *result) {{
  int y;
  dew_{s}_begin(m);
  for (y = 0; y < {height}; y++) dew_{s}_push_row(m, rgb + y * {row_bytes});
  dew_{s}_finish(m, result);
}}

void dew_{s}_run_tensor(dew_{s}_t *m, const void *input, void *output) {{
  const uint8_t *in = (const uint8_t *)input;
  uint8_t *out = (uint8_t *)output;
  const int8_t *made;
  int i;
  dew_{s}_begin(m);
{tensor_in}  made = complete(m);
{tensor_out}}}
)";

/// float32 -> int8, half away from zero; NaN is 0.
const char* const kQuantiseRow = R"(
/* A row of floats becomes the image's: real = scale * (q - zero point). */
static void push_floats(dew_{s}_t *m, const uint8_t *row) {{
  uint8_t *to = dew_image_row(&net, m->arena, m->done);
  uint32_t i;
  if (!to) return;
  for (i = 0; i < {row_bytes}; i++) {{
    float value;
    int32_t q;
    memcpy(&value, row + 4 * i, 4);
    value /= {scale};
    if (!(value > -1024.0F)) value = value < 0.0F ? -1024.0F : 0.0F;
    if (value > 1024.0F) value = 1024.0F;
    q = (int32_t)value;
    value -= (float)q;
    q += (value >= 0.5F) - (value <= -0.5F) + {zero_point};
    to[i] = (uint8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
  }}
  dew_image_pushed(&net, m->arena, m->done);
}}
)";

/// For models that have thresholds.
const char* const kDecideHeader = R"(
/* The score from which on each class is said, chosen on pictures that the net did not learn from. */
extern const int8_t dew_{s}_thresholds[DEW_{S}_CLASSES];

#ifndef DEW_UNKNOWN
#define DEW_UNKNOWN (-1)
#endif

/* result->top where its score reaches its threshold, else DEW_UNKNOWN. */
int dew_{s}_decide(const dew_{s}_result *result);
)";

const char* const kDecide = R"(
const int8_t dew_{s}_thresholds[DEW_{S}_CLASSES] = {{{thresholds}}};

int dew_{s}_decide(const dew_{s}_result *result) {{
  const int top = result->top;
  return result->scores[top] >= dew_{s}_thresholds[top] ? top : DEW_UNKNOWN;
}}
)";

/// The least of the result's int8 scores that stands for at least each threshold.
std::string int8_thresholds(const Plan& plan) {
  double scale = 1.0;
  int64_t zero_point = 0;
  if (plan.output_conversion.kind == Conversion::Kind::kFloat) {
    scale = plan.output_conversion.scale;
    zero_point = plan.output_conversion.zero_point;
  } else if (!plan.output.quantisation.scale.empty()) {
    scale = plan.output.quantisation.scale[0];
    zero_point = plan.output.quantisation.zero_point[0];
    if (plan.output.type == graph::DType::kUInt8) zero_point -= 128;
  }
  std::vector<std::string> texts;
  for (const double threshold : plan.thresholds) {
    const double score = std::ceil(threshold / scale - 1e-6) + static_cast<double>(zero_point);
    texts.push_back(fmt::format("{:.0f}", std::clamp(score, -128.0, 127.0)));
  }
  return join(texts);
}

std::string float_literal(float value) {
  std::string text = fmt::format("{:.9g}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text + "F";
}

std::string tensor_in(const Plan& plan, const Shape4& in) {
  const int64_t row = in[2] * in[3];
  if (plan.input_conversion.kind == Conversion::Kind::kFloat)
    return fmt::format("  for (i = 0; i < {}; i++) push_floats(m, in + i * {});\n", in[1], row * 4);
  const char* flip = plan.input_conversion.kind == Conversion::Kind::kFlip ? "0x80" : "0";
  return fmt::format("  for (i = 0; i < {}; i++) push(m, in + i * {}, {});\n", in[1], row, flip);
}

std::string tensor_out(const Plan& plan) {
  const int64_t count = plan.output.elements();
  switch (plan.output_conversion.kind) {
    case Conversion::Kind::kNone:
      return fmt::format("  for (i = 0; i < {}; i++) out[i] = (uint8_t)made[i];\n", count);
    case Conversion::Kind::kFlip:
      return fmt::format("  for (i = 0; i < {}; i++) out[i] = (uint8_t)(made[i] ^ 0x80);\n", count);
    case Conversion::Kind::kFloat:
      return fmt::format(
          "  for (i = 0; i < {}; i++) {{\n"
          "    const float value = {} * (float)(made[i] - {});\n"
          "    memcpy(out + 4 * i, &value, 4);\n"
          "  }}\n",
          count, float_literal(plan.output_conversion.scale),
          fmt::format("({})", plan.output_conversion.zero_point));
  }
  return {};
}

std::string wave_text(const Plan& plan) {
  std::vector<std::string> firsts;
  for (const uint16_t first : plan.waves) firsts.push_back(std::to_string(first));
  return "/* The first step of each wave, and the number of steps. */\nstatic const uint16_t waves[] = {" +
         join(firsts) + "};\n";
}

std::string schedule_name(const Plan& plan) {
  const size_t waves = plan.waves.size() - 1;
  return waves == plan.program.size() ? "layer by layer" : fmt::format("rows through {} waves", waves);
}

/// Whether any convolution's accumulators are shifted before they are scaled.
bool has_shifts(const Plan& plan) {
  return std::any_of(plan.program.begin(), plan.program.end(), [](const Step& step) {
    if (step.kernel_table == nullptr) return false;
    const auto* tiled = std::get_if<dew_tiled>(&step.kernel_table->fields);
    const auto* planar = std::get_if<dew_depthwise_planar>(&step.kernel_table->fields);
    return (tiled != nullptr && tiled->scale.shift != nullptr) ||
           (planar != nullptr && planar->scale.shift != nullptr);
  });
}

}  // namespace

std::map<std::string, std::string> emit_c(const Plan& plan) {
  using fmt::arg;
  const Shape4 in = shape4(plan.input);
  const dew_step& image = plan.program[0].table;
  std::vector<std::string> names;
  for (const std::string& name : class_names(plan)) names.push_back(quoted(name));
  int taps = 1;
  for (const Step& step : plan.program) taps = std::max<int>(taps, step.table.taps);
  const bool raw_bytes =
      plan.input.type == graph::DType::kUInt8 && plan.input_conversion.kind == Conversion::Kind::kNone;
  const bool unsigned_scores =
      plan.output.type == graph::DType::kUInt8 && plan.output_conversion.kind == Conversion::Kind::kNone;
  const bool decides = plan.thresholds.size() == static_cast<size_t>(plan.output.elements());
  const auto fill = [&](const char* pattern, const std::string& decide = {}) {
    return fmt::format(fmt::runtime(pattern), arg("s", plan.symbol), arg("S", upper(plan.symbol)),
                       arg("height", in[1]), arg("width", in[2]), arg("channels", in[3]),
                       arg("classes", plan.output.elements()), arg("macs", plan.macs),
                       arg("arena", plan.arena_bytes), arg("weights", plan.weights_bytes),
                       arg("schedule", schedule_name(plan)),
                       arg("rounding", plan.rounding == graph::Rounding::kDew ? "dew" : "tflite"),
                       arg("input_bytes", plan.input.bytes()), arg("output_bytes", plan.output.bytes()),
                       arg("steps", plan.program.size()), arg("wave_count", plan.waves.size() - 1),
                       arg("class_names", join(names)), arg("row_bytes", image.row_bytes),
                       arg("last", plan.program.size() - 1), arg("flip", raw_bytes ? "0" : "0x80"),
                       arg("score", unsigned_scores ? "(int8_t)(scores[i] ^ 0x80)" : "scores[i]"),
                       arg("tensor_in", tensor_in(plan, in)), arg("tensor_out", tensor_out(plan)),
                       arg("decide", decide), arg("thresholds", decides ? int8_thresholds(plan) : ""),
                       arg("scale", float_literal(plan.input_conversion.scale)),
                       arg("zero_point", fmt::format("({})", plan.input_conversion.zero_point)));
  };
  std::string body = fill(kInterface);
  if (plan.input_conversion.kind == Conversion::Kind::kFloat)
    body.insert(body.find("\n/* Runs what is left"), fill(kQuantiseRow));
  if (decides) body += fill(kDecide);
  const std::string file = "dew_" + plan.symbol;
  std::string source = fmt::format(
      "/* {}: made by Dewdrop; do not edit. Kernels first, then the model, then the interface of {}.h. */\n"
      "#include \"{}.h\"\n\n#include <string.h>\n\n#define DEW_ROUNDING_TFLITE {}\n#define DEW_MAX_TAPS "
      "{}\n#define DEW_SHIFTS {}\n\n",
      file, file, file, plan.rounding == graph::Rounding::kTflite ? 1 : 0, taps, has_shifts(plan) ? 1 : 0);
  source += kernel_text(plan) + constant_text(plan) + "\n" + kernel_table_text(plan) + "\n" +
            step_text(plan) + "\n" + wave_text(plan) + body;
  return {{file + ".h", fill(kHeader, decides ? fill(kDecideHeader) : "")}, {file + ".c", source}};
}

}  // namespace dew::compiler
