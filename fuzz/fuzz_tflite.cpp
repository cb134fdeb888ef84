// .tflite files: an error that names what is wrong, or a graph that is sound, prints, is written and read
// back the same, and runs (where it is small) in both roundings.
#include "fuzz/expect.h"
#include "graph/graph.h"

using dew::graph::Graph;
using dew::graph::Op;
using dew::graph::Rounding;
using dew::graph::Tensor;

namespace {

const Tensor& tensor(const Graph& graph, int index) {
  return graph.tensors[static_cast<size_t>(index)];
}

/// At least the innermost steps that the interpreter takes: weights or a pool's window for every output.
int64_t work(const Graph& graph) {
  int64_t total = 0;
  for (const Op& op : graph.ops) {
    int64_t each = int64_t{op.filter_h} * op.filter_w + 8;
    for (const int input : op.inputs) {
      if (input < 0) continue;
      total += tensor(graph, input).elements();
      if (tensor(graph, input).constant()) each += tensor(graph, input).elements();
    }
    total += tensor(graph, op.outputs[0]).elements() * each;
    if (total > (int64_t{1} << 40)) break;
  }
  return total;
}

void expect_runs(const Graph& graph) {
  std::vector<uint8_t> input(static_cast<size_t>(tensor(graph, graph.inputs[0]).bytes()));
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<uint8_t>(i * 37 + 11);
  for (const Rounding rounding : {Rounding::kDew, Rounding::kTflite}) {
    const auto values = dew::graph::interpret(graph, input, rounding);
    FUZZ_EXPECT(values);
    for (const int output : graph.outputs) {
      const auto& bytes = (*values)[static_cast<size_t>(output)];
      FUZZ_EXPECT(tensor(graph, output).constant() ||
                  static_cast<int64_t>(bytes.size()) == tensor(graph, output).bytes());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const auto graph = dew::graph::read_tflite({reinterpret_cast<const char*>(bytes), size}, "f.tflite");
  if (!graph) {
    const dew::Error& error = graph.error();
    FUZZ_EXPECT(error.fault == dew::Fault::kUsage);
    FUZZ_EXPECT(error.where.rfind("f.tflite", 0) == 0);
    for (const char c : error.what + error.where)
      FUZZ_EXPECT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
    return 0;
  }
  FUZZ_EXPECT(dew::graph::check(*graph));
  const auto written = dew::graph::write_tflite(*graph);
  FUZZ_EXPECT(written);
  const auto again = dew::graph::read_tflite(*written, "f.tflite");
  FUZZ_EXPECT(again);
  FUZZ_EXPECT(dew::graph::dump(*again) == dew::graph::dump(*graph));
  if (const auto onnx = dew::graph::write_onnx(*graph); !onnx) FUZZ_EXPECT(!onnx.error().what.empty());
  if (work(*graph) < (1 << 22)) expect_runs(*graph);
  return 0;
}
