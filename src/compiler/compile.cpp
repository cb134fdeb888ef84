// The pipeline: passes, lowering, schedule, memory plan.
#include <algorithm>
#include <cctype>
#include <limits>
#include <new>

#include "compiler/compiler.h"
#include "compiler/lower.h"
#include "compiler/passes.h"
#include "compiler/schedule.h"

namespace dew::compiler {
namespace {

bool is_identifier(const std::string& symbol) {
  return !symbol.empty() && symbol.size() <= 64 &&
         std::all_of(symbol.begin(), symbol.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// What a result holds of outputs of different types.
void as_int8(graph::Tensor& output) {
  if (output.type == graph::DType::kUInt8) output.quantisation.zero_point[0] -= 128;
  output.type = graph::DType::kInt8;
}

/// The model's outputs as the plan's users see them: several are one after the other.
Result<void> describe_outputs(const graph::Graph& model, Plan& plan) {
  constexpr size_t kMostOutputs = 256;
  if (model.outputs.size() > kMostOutputs)
    return usage_error("the model has " + std::to_string(model.outputs.size()) + " outputs; at most " +
                           std::to_string(kMostOutputs) + " are supported",
                       model.name);
  int64_t elements = 0;
  int64_t bytes = 0;
  for (const int index : model.outputs) {
    const graph::Tensor& tensor = model.tensors[static_cast<size_t>(index)];
    plan.parts.push_back({tensor, {}, elements, bytes});
    elements += tensor.elements();
    bytes += tensor.bytes();
  }
  plan.output = plan.parts[0].tensor;
  if (plan.parts.size() == 1) return {};
  if (plan.mixed()) as_int8(plan.output);
  constexpr int64_t kMost = std::numeric_limits<int>::max();
  if (bytes > kMost) return usage_error("the model's outputs are too large", model.name);
  plan.output.name = "outputs";
  plan.output.shape = {1, static_cast<int>(elements)};
  return {};
}

/// The gate's answer stands behind the scores.
Result<void> describe_gate(const graph::Gate& gate, const graph::Graph& model, Plan& plan) {
  DEW_CHECK(graph::check_gate(gate, model));
  if (!model.states.empty())
    return usage_error("strangers cannot be told by a net with variables", model.name);
  if (plan.output.type != graph::DType::kInt8)
    return usage_error("strangers can only be told by a net whose scores are int8", model.name);
  const int64_t scores = plan.output.elements();
  plan.gate = gate;
  plan.parts.push_back({{"known", {1, 1}, graph::DType::kInt8, {{1.0F}, {0}, -1}, {}}, {}, scores, scores});
  plan.output.shape = {1, static_cast<int>(scores) + 1};
  return {};
}

}  // namespace

std::string_view isa_name(Isa isa) {
  switch (isa) {
    case Isa::kArmDsp:
      return "arm-dsp";
    case Isa::kHelium:
      return "helium";
    case Isa::kLanes:
      return "lanes";
    case Isa::kGeneric:
      break;
  }
  return "generic";
}

const std::vector<Isa>& all_isas() {
  static const std::vector<Isa> all = {Isa::kGeneric, Isa::kArmDsp, Isa::kHelium, Isa::kLanes};
  return all;
}

Result<Isa> find_isa(const std::string& name) {
  std::vector<std::string> known;
  for (const Isa isa : all_isas()) {
    if (name == isa_name(isa)) return isa;
    known.emplace_back(isa_name(isa));
  }
  for (const char* vectors : {"avx2", "wasm-simd128"}) {
    if (name == vectors) return Isa::kLanes;
    known.emplace_back(vectors);
  }
  return usage_error("there are no kernels called \"" + printable(name, 80) + "\"", {},
                     "known are: " + join(known));
}

Isa isa_of(std::string_view core) {
  for (const char* dsp : {"cortex-m4", "cortex-m7", "cortex-m33"}) {
    if (core == dsp) return Isa::kArmDsp;
  }
  if (core == "cortex-m55") return Isa::kHelium;
  if (core == "wasm32" || core == "x86-64") return Isa::kLanes;
  return Isa::kGeneric;
}

namespace {

/// The whole pipeline, for a graph that has passed its checks.
Result<Plan> planned(const graph::Graph& model, const Options& options) {
  graph::Graph graph = model;
  Plan plan;
  plan.symbol = options.symbol;
  plan.rounding = options.rounding;
  plan.classes = model.classes;
  plan.input = model.tensors[static_cast<size_t>(model.inputs[0])];
  DEW_CHECK(describe_outputs(model, plan));
  if (options.gate) DEW_CHECK(describe_gate(*options.gate, model, plan));

  DEW_CHECK(fold_constants(graph, options.rounding));
  fold_pads(graph);
  fuse_activations(graph);
  std::vector<Conversion> conversions;
  strip_ends(graph, plan.input_conversion, conversions);
  for (size_t i = 0; i < conversions.size(); ++i) plan.parts[i].conversion = conversions[i];
  plan.output_conversion = conversions[0];
  turn_depthwise_of_one(graph);
  remove_dead(graph);

  Lowering lowering(graph, options, plan);
  DEW_CHECK(lowering.run());
  schedule(plan, options.schedule);
  place(plan);
  for (const Step& step : plan.program) plan.steps.push_back(step.name);
  for (const auto& constant : plan.constants)
    plan.weights_bytes += static_cast<int64_t>(constant->bytes.size());
  return plan;
}

}  // namespace

Result<Plan> compile(const graph::Graph& model, const Options& options) {
  if (!is_identifier(options.symbol))
    return usage_error("\"" + printable(options.symbol, 80) + "\" cannot be part of a C identifier",
                       model.name, "use letters, digits and _");
  DEW_CHECK(graph::check(model));
  try {
    return planned(model, options);
  } catch (const std::bad_alloc&) {
    return work_error("out of memory while compiling the model", model.name);
  }
}

}  // namespace dew::compiler
