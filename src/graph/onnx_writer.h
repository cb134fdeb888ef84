// What writing ONNX takes: nodes, constants, and which value stands for which tensor. onnx_write.cpp has the
// entrance, onnx_ops.cpp a function an operator.
#pragma once

#include <onnx/onnx_pb.h>

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace dew::graph {

/// Axes of a rank-4 tensor here (NHWC) in ONNX's order (NCHW), and back.
inline const std::vector<int> kToNchw = {0, 3, 1, 2};
inline const std::vector<int> kToNhwc = {0, 2, 3, 1};

class OnnxWriter {
 public:
  OnnxWriter(const Graph& graph, onnx::GraphProto& out);

  /// Nodes for all operators and both ends. The graph has passed check().
  void write();

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const Tensor& tensor(int index) const { return graph_.tensors[static_cast<size_t>(index)]; }

  /// The tensor's real values, dequantised; rank 4 as NCHW. Constants are made where they are first asked
  /// for.
  std::string real(int index);
  /// The same in the order of the .tflite file.
  std::string real_nhwc(int index);
  /// `value` holds the real values of the operator's output, rank 4 as NCHW: clamps it as the operator does,
  /// quantises it and makes it the tensor's.
  void finish(const Op& op, std::string value);

  /// A node with one output, which is returned.
  std::string node(const std::string& type, const std::vector<std::string>& inputs,
                   const std::vector<std::pair<std::string, std::vector<int64_t>>>& attributes = {});
  /// As node(), for attributes that are single numbers.
  onnx::NodeProto& last() { return *out_.mutable_node(out_.node_size() - 1); }

  std::string floats(const std::string& name, const std::vector<float>& values, bool scalar = false);
  std::string int64s(const std::string& name, const std::vector<int64_t>& values);
  /// An integer constant of `type` and the node that dequantises it along `axis` (-1: one scale).
  std::string dequantised(const std::string& name, onnx::TensorProto::DataType type,
                          const std::vector<int64_t>& shape, const std::vector<uint8_t>& data,
                          const std::vector<float>& scale, int axis);
  std::string transpose(const std::string& value, const std::vector<int>& permutation);
  std::string reshape(const std::string& value, const std::vector<int64_t>& shape);
  /// Names of values, each its own: the tensor's where it is not taken.
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
  std::vector<std::string> reals_;      ///< by tensor; empty: not there yet
  std::vector<std::string> quantised_;  ///< by tensor; before dequantisation
  /// Names of a tensor's scale and zero point, once they are there.
  struct Parameters {
    std::string scale;
    std::string zero_point;
  };
  std::vector<Parameters> parameters_;
  std::map<std::string, int> taken_;  ///< how often a name was asked for
  std::string zero_;                  ///< Relu6's limits, once there is one
  std::string six_;
};

/// The operator's nodes.
void write_op(OnnxWriter& to, const Op& op);

/// dims[i] = shape[permutation[i]], and the bytes moved likewise.
std::vector<uint8_t> permuted(const std::vector<uint8_t>& data, const std::vector<int>& shape,
                              const std::vector<int>& permutation, int64_t element);

}  // namespace dew::graph
