// The pipeline: passes, lowering, schedule, memory plan.
#include <algorithm>
#include <cctype>
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

/// The step that makes the output must come last, because the engine's last tensor is the result.
Result<void> check_output(const Plan& plan, const graph::Graph& graph, uint16_t output) {
  if (output + 1U == plan.program.size()) return {};
  return usage_error("the model's output does not come from its last operator", graph.name);
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
  plan.output = model.tensors[static_cast<size_t>(model.outputs[0])];

  DEW_CHECK(fold_constants(graph, options.rounding));
  fold_pads(graph);
  fuse_activations(graph);
  strip_ends(graph, plan.input_conversion, plan.output_conversion);
  turn_depthwise_of_one(graph);
  remove_dead(graph);

  Lowering lowering(graph, options, plan);
  DEW_CHECK(lowering.run());
  DEW_CHECK(check_output(plan, graph, lowering.step_of(graph.outputs[0])));
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
  if (model.outputs.size() != 1)
    return usage_error("the model has " + std::to_string(model.outputs.size()) + " outputs; one is supported",
                       model.name);
  try {
    return planned(model, options);
  } catch (const std::bad_alloc&) {
    return work_error("out of memory while compiling the model", model.name);
  }
}

}  // namespace dew::compiler
