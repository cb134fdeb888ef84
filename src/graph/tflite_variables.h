// Resource variables of `.tflite` files. Operators run in the file's order, so what each READ_VARIABLE gives
// is known while reading: the value assigned last before it, or, if none was, the one that the run before has
// left, which becomes one of the graph's states.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "tflite_generated.h"

namespace dew::graph {

/// Whether the operator is one of variables: CALL_ONCE, VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE.
bool is_of_variables(tflite::BuiltinOperator code);

/// Container and shared name.
using VariableName = std::pair<std::string, std::string>;
std::string text_of(const VariableName& name);

/// Which tensors of one subgraph are handles.
class Handles {
 public:
  /// Takes a VAR_HANDLE's output. Error: says in one sentence what is not supported.
  tl::expected<void, std::string> add(const tflite::Operator& op);
  /// The variable whose handle an operator takes as its first input. Error: it takes none.
  [[nodiscard]] tl::expected<VariableName, std::string> of(const tflite::Operator& op) const;
  [[nodiscard]] bool has(int tensor) const { return names_.count(tensor) > 0; }

 private:
  std::map<int, VariableName> names_;
};

/// Values of variables while a file is read. Errors say in one sentence what is not supported.
class Variables {
 public:
  using Done = tl::expected<void, std::string>;

  /// What CALL_ONCE's subgraph assigns. Tensors are those of that subgraph.
  Done begin(const std::map<VariableName, Tensor>& values);
  Done read(const Graph& graph, const VariableName& name, int output);
  Done assign(const Graph& graph, const VariableName& name, int value);

  /// The tensor that an operator reads where the file says `tensor`: a variable read after it has been
  /// assigned is what was assigned.
  [[nodiscard]] int stands_for(int tensor) const;

  /// Gives the graph its states; variables that keep their first value become constants.
  Done finish(Graph& graph) const;

 private:
  struct Variable {
    int from = -1;  ///< what the run before has left; -1: nothing reads it
    int now = -1;   ///< -1: neither read nor assigned yet
  };

  Variable& at(const VariableName& name);
  /// Null: it has none.
  [[nodiscard]] const Tensor* first(const VariableName& name) const;

  std::map<VariableName, Tensor> first_;
  std::vector<std::pair<VariableName, Variable>> variables_;  ///< in the order of their first use
  std::map<int, int> stand_for_;
};

}  // namespace dew::graph
