// Small .tflite models, compiled and run on this host: an error that names what is not supported, or the
// oracle's bytes, from every set of kernels, in both roundings and both schedules.
#include "compiler/compiler.h"
#include "fuzz/expect.h"
#include "graph/graph.h"
#include "target/target.h"

using dew::compiler::Options;
using dew::compiler::Schedule;
using dew::graph::Graph;
using dew::graph::Op;
using dew::graph::Rounding;
using dew::graph::Tensor;

namespace {

constexpr size_t kMostOps = 24;
constexpr int64_t kMostWork = 1 << 18;
constexpr int64_t kMostRows = 2000;  // of all tensors: scheduling runs them for every cut

const Tensor& tensor(const Graph& graph, int index) {
  return graph.tensors[static_cast<size_t>(index)];
}

/// About the steps that oracle and kernels take, and the rows that scheduling walks through.
bool is_small(const Graph& graph) {
  if (graph.ops.size() > kMostOps || graph.outputs.size() > 4) return false;
  int64_t work = tensor(graph, graph.inputs[0]).elements();
  int64_t rows = 0;
  for (const Op& op : graph.ops) {
    int64_t each = int64_t{op.filter_h} * op.filter_w + 8;
    for (const int input : op.inputs) {
      if (input < 0) continue;
      work += tensor(graph, input).elements();
      if (tensor(graph, input).constant()) each += tensor(graph, input).elements();
    }
    const Tensor& out = tensor(graph, op.outputs[0]);
    for (const int extent : out.shape) rows += extent;
    work += out.elements() * each;
    if (work > kMostWork || rows > kMostRows) return false;
  }
  return work <= kMostWork;
}

void expect_readable(const dew::Error& error) {
  FUZZ_EXPECT(error.fault == dew::Fault::kUsage);
  FUZZ_EXPECT(!error.what.empty() && !error.where.empty());
  for (const char c : error.what + error.where)
    FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

void expect_oracle(const Graph& graph, const Options& options, const std::vector<dew::target::Bytes>& inputs,
                   const std::vector<dew::target::Bytes>& due) {
  const auto plan = dew::compiler::compile(graph, options);
  if (!plan) return expect_readable(plan.error());
  FUZZ_EXPECT(!dew::compiler::emit_c(*plan).empty());
  dew::Watch watch;
  const auto outputs = dew::target::run_on_host(*plan, inputs, watch);
  FUZZ_EXPECT(outputs);
  FUZZ_EXPECT(*outputs == due);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto graph = dew::graph::read_tflite({reinterpret_cast<const char*>(bytes), size}, "f.tflite");
  if (!graph || !is_small(*graph)) return 0;
  std::vector<dew::target::Bytes> inputs(2);
  const int64_t count = tensor(*graph, graph->inputs[0]).bytes();
  for (int64_t i = 0; i < count; ++i) {
    inputs[0].push_back(static_cast<uint8_t>(i * 37 + 11));
    inputs[1].push_back(i * i % 3 == 0 ? 0x80 : 0x7F);
  }
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    std::vector<dew::target::Bytes> due;
    auto memory = dew::graph::first_memory(*graph);
    for (const auto& input : inputs) {
      const auto values = dew::graph::interpret(*graph, input, rounding, memory);
      FUZZ_EXPECT(values);
      due.emplace_back();
      for (const int output : graph->outputs) {
        const auto at = static_cast<size_t>(output);
        const auto& made = graph->tensors[at].constant() ? graph->tensors[at].data : (*values)[at];
        due.back().insert(due.back().end(), made.begin(), made.end());
      }
    }
    for (const Schedule schedule : {Schedule::kLayers, Schedule::kRows}) {
      for (const auto isa : dew::compiler::all_isas()) {
        Options options;
        options.rounding = rounding;
        options.schedule = schedule;
        options.isa = isa;
        expect_oracle(*graph, options, inputs, due);
      }
    }
  }
  return 0;
}
