// From samples in the project to what the net eats.
#pragma once

#include <vector>

#include "base/base.h"
#include "graph/graph.h"
#include "label/label.h"
#include "store/store.h"
#include "student/student.h"

namespace dew {

/// Pictures scaled to input x input (the aspect is not kept), with their classes, in the order of `samples`.
Result<std::vector<student::Example>> load_examples(const Project& project,
                                                    const std::vector<Labelled>& samples, int input,
                                                    Watch& watch);

/// The same without classes.
Result<std::vector<std::vector<uint8_t>>> load_pictures(const Project& project,
                                                        const std::vector<Sample>& samples, int input,
                                                        Watch& watch);

/// The bytes of the model's input tensor for a picture: scaled to its height and width, grey where it has one
/// channel; a pixel p goes in as p (uint8) or p - 128 (int8), which is what image models are quantised for.
/// Error: a tensor that is no picture.
Result<std::vector<uint8_t>> to_tensor(const Image& image, const graph::Tensor& input);

/// Of a picture already scaled to the tensor's size.
std::vector<uint8_t> rgb_to_int8(const std::vector<uint8_t>& rgb);

}  // namespace dew
