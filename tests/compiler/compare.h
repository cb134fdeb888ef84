// Compiles a graph, runs it somewhere, and compares every output byte with the oracle's.
#pragma once

#include <gtest/gtest.h>

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

inline Result<std::vector<Bytes>> host_runner(const compiler::Plan& plan, const std::vector<Bytes>& inputs) {
  Watch watch;
  return target::run_on_host(plan, inputs, watch);
}

inline std::string told(const Error& error) {
  return error.what + " [" + error.where + "] " + error.next;
}

/// Both roundings, all schedules, the kernels of every instruction set.
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

/// Under one set of options. A mismatch names the first byte.
inline ::testing::AssertionResult equals_oracle(const graph::Graph& graph, const std::vector<Bytes>& inputs,
                                                const compiler::Options& options, const Runner& runner) {
  const auto plan = compiler::compile(graph, options);
  if (!plan) return ::testing::AssertionFailure() << "compile: " << told(plan.error());
  const auto outputs = runner(*plan, inputs);
  if (!outputs) return ::testing::AssertionFailure() << "run: " << told(outputs.error());
  for (size_t i = 0; i < inputs.size(); ++i) {
    const auto oracle = graph::interpret(graph, inputs[i], options.rounding);
    if (!oracle) return ::testing::AssertionFailure() << "oracle: " << told(oracle.error());
    const Bytes& due = (*oracle)[static_cast<size_t>(graph.outputs[0])];
    const Bytes& got = (*outputs)[i];
    if (got == due) continue;
    size_t at = 0;
    while (at < due.size() && at < got.size() && got[at] == due[at]) ++at;
    return ::testing::AssertionFailure()
           << name(options) << ": input " << i << ": byte " << at << " of " << due.size() << " is "
           << (at < got.size() ? int{got[at]} : -1) << ", the oracle's is " << int{due[at]} << "\n"
           << graph::dump(graph);
  }
  return ::testing::AssertionSuccess();
}

/// Under all options.
inline ::testing::AssertionResult equals_oracle(Net& net, const Runner& runner = host_runner) {
  const graph::Graph graph = net.finish();
  const std::vector<Bytes> inputs = {net.random_input(), net.random_input()};
  for (const auto& options : all_options()) {
    auto result = equals_oracle(graph, inputs, options, runner);
    if (!result) return result;
  }
  return ::testing::AssertionSuccess();
}

}  // namespace dew::test
