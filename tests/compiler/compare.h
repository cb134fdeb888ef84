// Compiles a graph, runs it somewhere, and compares every output byte with the oracle's.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "target/target.h"
#include "tests/compiler/nets.h"

namespace dew::test {

/// Anything that runs a plan: the host, a board, a simulator.
using Runner =
    std::function<Result<std::vector<Bytes>>(const compiler::Plan& plan, const std::vector<Bytes>& inputs)>;

/// Runs the plan in plain C and with all vector instructions of this machine; the outputs must be the same.
inline Result<std::vector<Bytes>> host_runner(const compiler::Plan& plan, const std::vector<Bytes>& inputs) {
  Watch watch;
  auto plain = target::run_on_host(plan, inputs, watch, kernels::Vectors::kNone);
  const bool lanes = std::any_of(plan.program.begin(), plan.program.end(),
                                 [](const auto& step) { return step.kernel.rfind("dew_lanes", 0) == 0; });
  for (const auto vectors : kernels::host_vectors()) {
    if (!plain || !lanes) break;
    const auto outputs = target::run_on_host(plan, inputs, watch, vectors);
    if (!outputs) return outputs;
    if (*outputs != *plain)
      return work_error("vectors " + std::to_string(int(vectors)) + " differ from plain C");
  }
  return plain;
}

inline std::string told(const Error& error) {
  return error.what + " [" + error.where + "] " + error.next;
}

/// Every combination of rounding, schedule and kernels.
inline std::vector<compiler::Options> all_options() {
  std::vector<compiler::Options> all;
  for (const auto rounding : {graph::Rounding::kDew, graph::Rounding::kTflite}) {
    for (const auto schedule : {compiler::Schedule::kLayers, compiler::Schedule::kRows}) {
      for (const auto isa : compiler::all_isas()) {
        compiler::Options options;
        options.rounding = rounding;
        options.schedule = schedule;
        options.isa = isa;
        all.push_back(options);
      }
    }
  }
  return all;
}

inline std::string name(const compiler::Options& options) {
  return std::string(options.rounding == graph::Rounding::kDew ? "dew" : "tflite") +
         (options.schedule == compiler::Schedule::kRows ? " rows " : " layers ") +
         std::string(compiler::isa_name(options.isa));
}

/// On failure, names the first byte that differs.
inline ::testing::AssertionResult equal_bytes(const graph::Graph& graph, const compiler::Options& options,
                                              size_t input, const Bytes& got, const Bytes& due) {
  if (got == due) return ::testing::AssertionSuccess();
  size_t at = 0;
  while (at < due.size() && at < got.size() && got[at] == due[at]) ++at;
  return ::testing::AssertionFailure()
         << name(options) << ": input " << input << ": byte " << at << " of " << due.size() << " is "
         << (at < got.size() ? int{got[at]} : -1) << ", the expected one is "
         << (at < due.size() ? int{due[at]} : -1) << "\n"
         << graph::dump(graph);
}

/// The bytes of all of the graph's outputs, one after the other.
inline Bytes outputs_of(const graph::Graph& graph, const std::vector<Bytes>& values) {
  Bytes all;
  for (const int output : graph.outputs) {
    const auto at = static_cast<size_t>(output);
    const Bytes& bytes = graph.tensors[at].constant() ? graph.tensors[at].data : values[at];
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

/// The oracle's outputs, one per input; a net with state remembers the inputs before.
inline Result<std::vector<Bytes>> oracle(const graph::Graph& graph, const std::vector<Bytes>& inputs,
                                         graph::Rounding rounding) {
  std::vector<Bytes> outputs;
  graph::Memory memory = graph::first_memory(graph);
  for (const Bytes& input : inputs) {
    DEW_TRY(const auto values, graph::interpret(graph, input, rounding, memory));
    outputs.push_back(outputs_of(graph, values));
  }
  return outputs;
}

/// Whether the graph, compiled with these options and run, gives the outputs `due`.
inline ::testing::AssertionResult gives(const graph::Graph& graph, const std::vector<Bytes>& inputs,
                                        const std::vector<Bytes>& due, const compiler::Options& options,
                                        const Runner& runner) {
  const auto plan = compiler::compile(graph, options);
  if (!plan)
    return ::testing::AssertionFailure() << "compile: " << told(plan.error()) << "\n" << graph::dump(graph);
  const auto outputs = runner(*plan, inputs);
  if (!outputs) return ::testing::AssertionFailure() << "run: " << told(outputs.error());
  for (size_t i = 0; i < inputs.size(); ++i) {
    auto equal = equal_bytes(graph, options, i, (*outputs)[i], due[i]);
    if (!equal) return equal;
  }
  return ::testing::AssertionSuccess();
}

/// Whether the compiled graph equals the oracle with these options.
inline ::testing::AssertionResult equals_oracle(const graph::Graph& graph, const std::vector<Bytes>& inputs,
                                                const compiler::Options& options, const Runner& runner) {
  const auto due = oracle(graph, inputs, options.rounding);
  if (!due) return ::testing::AssertionFailure() << "oracle: " << told(due.error());
  return gives(graph, inputs, *due, options, runner);
}

/// The same with all options.
inline ::testing::AssertionResult equals_oracle_everywhere(const graph::Graph& graph,
                                                           const std::vector<Bytes>& inputs,
                                                           const Runner& runner = host_runner) {
  for (const auto rounding : {graph::Rounding::kDew, graph::Rounding::kTflite}) {
    const auto due = oracle(graph, inputs, rounding);
    if (!due) return ::testing::AssertionFailure() << "oracle: " << told(due.error());
    for (const auto& options : all_options()) {
      if (options.rounding != rounding) continue;
      auto result = gives(graph, inputs, *due, options, runner);
      if (!result) return result;
    }
  }
  return ::testing::AssertionSuccess();
}

inline ::testing::AssertionResult equals_oracle(Net& net, const Runner& runner = host_runner) {
  return equals_oracle_everywhere(net.finish(), {net.random_input(), net.random_input()}, runner);
}

}  // namespace dew::test
