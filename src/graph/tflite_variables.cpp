// See the header.
#include "graph/tflite_variables.h"

#include <fmt/format.h>

#include <algorithm>

#include "graph/check.h"

namespace dew::graph {
namespace {

using Refusal = tl::unexpected<std::string>;
using Done = Variables::Done;

constexpr size_t kMostName = 200;

const Tensor& tensor(const Graph& graph, int index) {
  return graph.tensors[static_cast<size_t>(index)];
}

Done int8_only(const Tensor& t, const VariableName& name) {
  if (t.type == DType::kInt8) return {};
  return Refusal(
      fmt::format("uses the variable {} of type {}; int8 is supported", text_of(name), type_name(t.type)));
}

Done same_shape(const Tensor& is, const Tensor& due, const VariableName& name) {
  if (is.shape == due.shape) return {};
  return Refusal(fmt::format("uses the variable {} with the shape {}, which has the shape {} elsewhere",
                             text_of(name), shape_text(is.shape), shape_text(due.shape)));
}

std::string string_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

/// For people: "container/name".
std::string plain(const VariableName& name) {
  return printable(name.first.empty() ? name.second : name.first + "/" + name.second, kMostName);
}

}  // namespace

bool is_of_variables(tflite::BuiltinOperator code) {
  return code == tflite::BuiltinOperator_CALL_ONCE || code == tflite::BuiltinOperator_VAR_HANDLE ||
         code == tflite::BuiltinOperator_READ_VARIABLE || code == tflite::BuiltinOperator_ASSIGN_VARIABLE;
}

std::string text_of(const VariableName& name) {
  return "\"" + plain(name) + "\"";
}

tl::expected<void, std::string> Handles::add(const tflite::Operator& op) {
  const auto* options = op.builtin_options_as_VarHandleOptions();
  if (options == nullptr) return Refusal("lacks its VarHandleOptions");
  if (op.outputs() == nullptr || op.outputs()->size() != 1) return Refusal("does not give one handle");
  names_[op.outputs()->Get(0)] = {string_of(options->container()), string_of(options->shared_name())};
  return {};
}

tl::expected<VariableName, std::string> Handles::of(const tflite::Operator& op) const {
  const int handle = op.inputs() == nullptr || op.inputs()->size() == 0 ? -1 : op.inputs()->Get(0);
  const auto found = names_.find(handle);
  if (found == names_.end())
    return Refusal(fmt::format("takes tensor {}, which no VAR_HANDLE before it has made", handle));
  return found->second;
}

Variables::Variable& Variables::at(const VariableName& name) {
  const auto found = std::find_if(variables_.begin(), variables_.end(),
                                  [&](const auto& each) { return each.first == name; });
  if (found != variables_.end()) return found->second;
  return variables_.emplace_back(name, Variable()).second;
}

const Tensor* Variables::first(const VariableName& name) const {
  const auto found = first_.find(name);
  return found == first_.end() ? nullptr : &found->second;
}

Done Variables::begin(const std::map<VariableName, Tensor>& values) {
  for (const auto& [name, value] : values) {
    const bool used = std::any_of(variables_.begin(), variables_.end(),
                                  [&name = name](const auto& each) { return each.first == name; });
    if (used)
      return Refusal(fmt::format("begins the variable {} after an operator has used it", text_of(name)));
    DEW_CHECK(int8_only(value, name));
    first_[name] = value;
  }
  return {};
}

Done Variables::read(const Graph& graph, const VariableName& name, int output) {
  Variable& variable = at(name);
  const Tensor& out = tensor(graph, output);
  DEW_CHECK(int8_only(out, name));
  if (const Tensor* value = first(name); value != nullptr) DEW_CHECK(same_shape(out, *value, name));
  if (variable.now < 0) {
    variable.from = variable.now = output;
    return {};
  }
  const Tensor& now = tensor(graph, variable.now);
  DEW_CHECK(same_shape(out, now, name));
  if (out.quantisation.scale != now.quantisation.scale ||
      out.quantisation.zero_point != now.quantisation.zero_point)
    return Refusal(fmt::format("gives the variable {} another scale or zero point than it was assigned with",
                               text_of(name)));
  stand_for_[output] = variable.now;
  return {};
}

Done Variables::assign(const Graph& graph, const VariableName& name, int value) {
  Variable& variable = at(name);
  const Tensor& assigned = tensor(graph, value);
  DEW_CHECK(int8_only(assigned, name));
  if (const Tensor* begun = first(name); begun != nullptr) DEW_CHECK(same_shape(assigned, *begun, name));
  if (variable.from >= 0) DEW_CHECK(same_shape(assigned, tensor(graph, variable.from), name));
  variable.now = value;
  return {};
}

int Variables::stands_for(int tensor) const {
  const auto found = stand_for_.find(tensor);
  return found == stand_for_.end() ? tensor : found->second;
}

Done Variables::finish(Graph& graph) const {
  for (const auto& [name, variable] : variables_) {
    if (variable.from < 0) continue;  // whatever it holds, nothing ever reads it before it is assigned
    const bool changes = variable.now != variable.from;
    const Tensor* begun = first(name);
    if (begun == nullptr)
      return Refusal(fmt::format(
          "the variable {} is read, but {}", text_of(name),
          changes ? "nothing is assigned to it before the first run" : "nothing is ever assigned to it"));
    if (!changes) {
      graph.tensors[static_cast<size_t>(variable.from)].data = begun->data;
      continue;
    }
    if (tensor(graph, variable.now).constant())
      return Refusal(
          fmt::format("the variable {} is assigned the same constant in every run", text_of(name)));
    graph.states.push_back({plain(name), variable.from, variable.now, begun->data});
  }
  return {};
}

}  // namespace dew::graph
