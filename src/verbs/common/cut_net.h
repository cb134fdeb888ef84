// An int8 classifier cut before its last dense layer: what it sees, and how it would name that.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/compiler.h"
#include "graph/graph.h"
#include "student/student.h"

namespace dew::verbs {

struct CutNet {
  compiler::Plan plan;        ///< from the picture to the features
  graph::Tensor input;        ///< 1 x height x width x 3, int8 or uint8
  student::TeacherHead head;  ///< the dense layer behind, as reals
};

/// Error: no .tflite that we read, a last layer that is no dense one over features.
Result<CutNet> cut_net(const fs::path& path);

/// The features of pictures already scaled to the input (RGB), as reals.
Result<std::vector<std::vector<float>>> features_of(const CutNet& net,
                                                    const std::vector<std::vector<uint8_t>>& pictures);

}  // namespace dew::verbs
