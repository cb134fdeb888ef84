// From samples in the project to what the net eats.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"
#include "label/label_set.h"
#include "store/store.h"
#include "student/student.h"

namespace dew::verbs {

/// The label set that a person names; all labels as they are where `text` is empty. Error:
/// parse_label_set()'s.
Result<label::LabelSet> label_set_of(const Project& project, const std::string& text);

/// The split that a person names. Error (usage): there is none of that name.
Result<Split> parse_split(const std::string& name);

using GivePicture = std::function<Result<void>(size_t index, const Image& image)>;

/// The samples' pictures, source by source. A file that is gone, changed or damaged is told and left out;
/// gives why the first one was. Error: `give`'s, interrupted.
Result<std::optional<Error>> readable_pictures(const Project& project, const std::vector<Sample>& samples,
                                               const GivePicture& give, Watch& watch);

/// Scaled to input x input (the aspect is not kept), in the order of `samples`; empty where it cannot be
/// read. Error: none of them can be read, interrupted.
Result<std::vector<std::vector<uint8_t>>> load_pictures(const Project& project,
                                                        const std::vector<Sample>& samples, int input,
                                                        Watch& watch);

/// The same with their classes and a larger copy of each, for training, each in a group of its sample's
/// number; without those that cannot be read.
Result<std::vector<student::Example>> load_examples(const Project& project,
                                                    const std::vector<label::Labelled>& samples, int input,
                                                    Watch& watch);

/// The bytes of the model's input tensor for a picture: scaled to its height and width, grey where it has one
/// channel; a pixel p goes in as p (uint8) or p - 128 (int8), which is what image models are quantised for.
/// Error: a tensor that is no picture.
Result<std::vector<uint8_t>> to_tensor(const Image& image, const graph::Tensor& input);

/// Of a picture already scaled to the tensor's size.
std::vector<uint8_t> rgb_to_int8(const std::vector<uint8_t>& rgb);

}  // namespace dew::verbs
