// The arrays of a Keras file in HDF5, through the HDF5 library. No type of it shows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::student {

/// One array of a file with weights.
struct NamedArray {
  std::string name;  ///< the layer and what it is, "block_1_expand/kernel:0"
  std::vector<int64_t> sizes;
  std::vector<float> values;  ///< row major
};

struct KerasFile {
  std::string config;  ///< the model's JSON; empty in a file of weights alone
  std::vector<NamedArray> arrays;
};

/// All weights in the layers' order, without an optimiser's state. Links to other files, data stored in other
/// files and filters that would have to be loaded are refused. Error: not HDF5, no Keras file, more than 32
/// million numbers.
Result<KerasFile> read_hdf5(std::string_view bytes, const std::string& where);

}  // namespace dew::student
