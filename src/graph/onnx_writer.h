// The state of writing ONNX: nodes, constants, and which value belongs to which tensor. onnx_write.cpp has
// the entry point, onnx_ops.cpp one function per operator.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace dew::graph {

/// Permutations of a rank-4 tensor from our order (NHWC) to ONNX's (NCHW), and back.
inline const std::vector<int> kToNchw = {0, 3, 1, 2};
inline const std::vector<int> kToNhwc = {0, 2, 3, 1};

class OnnxWriter {
 public:
  OnnxWriter(const Graph& graph, onnx::GraphProto& out);

  /// Writes the nodes for all operators, inputs and outputs. The graph has passed check().
  void write();

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const Tensor& tensor(int index) const { return graph_.tensors[static_cast<size_t>(index)]; }

  /// The name of the tensor's dequantised values; rank 4 as NCHW. A constant is added when it is first asked
  /// for.
  std::string real(int index);
  /// The same in the .tflite's order.
  std::string real_nhwc(int index);
  /// Clamps `value`, the real values of the operator's output (rank 4 as NCHW), as the operator does,
  /// quantises them, and makes them the tensor's.
  void finish(const Op& op, std::string value);

  /// Adds a node with one output; returns the output's name.
  std::string node(const std::string& type, const std::vector<std::string>& inputs,
                   const std::vector<std::pair<std::string, std::vector<int64_t>>>& attributes = {});
  /// The node added last, for attributes that node() cannot set.
  onnx::NodeProto& last() { return *out_.mutable_node(out_.node_size() - 1); }

  std::string floats(const std::string& name, const std::vector<float>& values, bool scalar = false);
  std::string int64s(const std::string& name, const std::vector<int64_t>& values);
  /// Adds an integer constant and the node that dequantises it along `axis` (-1: a single scale).
  std::string dequantised(const std::string& name, onnx::TensorProto::DataType type,
                          const std::vector<int64_t>& shape, const std::vector<uint8_t>& data,
                          const std::vector<float>& scale, int axis);
  std::string transpose(const std::string& value, const std::vector<int>& permutation);
  std::string reshape(const std::string& value, const std::vector<int64_t>& shape);
  /// The unique name of a tensor's value: the tensor's own name if it is free.
  [[nodiscard]] const std::string& name(int index) const { return names_[static_cast<size_t>(index)]; }

 private:
  std::string fresh(const std::string& wanted);
  void input(int index);
  void output(int index);
  std::string constant(int index);
  /// QuantizeLinear or DequantizeLinear with the tensor's own scale and zero point.
  std::string convert(const char* type, int index, const std::string& value);
  onnx::TensorProto& initializer(const std::string& name, onnx::TensorProto::DataType type,
                                 const std::vector<int64_t>& shape);

  const Graph& graph_;
  onnx::GraphProto& out_;
  std::vector<std::string> names_;
  std::vector<std::string> reals_;      ///< by tensor; empty: not written yet
  std::vector<std::string> quantised_;  ///< by tensor; before dequantisation
  /// The names of a tensor's scale and zero point, once they are written.
  struct Parameters {
    std::string scale;
    std::string zero_point;
  };
  std::vector<Parameters> parameters_;
  std::map<std::string, int> taken_;  ///< how many times each name was asked for
  std::string zero_;                  ///< Relu6's limits, once they are needed
  std::string six_;
};

/// Writes the operator's nodes.
void write_op(OnnxWriter& to, const Op& op);

/// The bytes of a tensor whose axis i is axis permutation[i] of `data`.
std::vector<uint8_t> permuted(const std::vector<uint8_t>& data, const std::vector<int>& shape,
                              const std::vector<int>& permutation, int64_t element);

}  // namespace dew::graph
