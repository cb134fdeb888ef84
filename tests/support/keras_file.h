// Writes weights as Keras does: groups, datasets, and their names in attributes.
#pragma once

#include <hdf5.h>

#include <algorithm>
#include <string>
#include <vector>

#include "student/backbone.h"
#include "student/hdf5.h"
#include "student/layout.h"

namespace dew::student {

/// A backbone's layers as a Keras model has them, each array named "layer/kind:0".
inline std::vector<NamedArray> keras_arrays(const Backbone& backbone) {
  std::vector<NamedArray> arrays;
  const Architecture& architecture = backbone.weights.architecture;
  const Layout layout(architecture);
  for (size_t i = 0; i < architecture.layers.size(); ++i) {
    const ConvLayer& layer = architecture.layers[i];
    const LayerLayout& at = layout.layers[i];
    const int64_t in = layer.depthwise ? 1 : layer.in;
    const int64_t taps = int64_t{layer.kernel} * layer.kernel;
    NamedArray kernel{
        layer.name + (layer.depthwise ? "/depthwise_kernel:0" : "/kernel:0"),
        {layer.kernel, layer.kernel, layer.depthwise ? layer.out : in, layer.depthwise ? 1 : layer.out},
        std::vector<float>(layer.weights())};
    for (int64_t o = 0; o < layer.out; ++o)
      for (int64_t t = 0; t < taps; ++t)
        for (int64_t c = 0; c < in; ++c)
          kernel.values[(t * in + c) * layer.out + o] =
              backbone.weights.parameters[at.weight + (o * taps + t) * in + c];
    arrays.push_back(kernel);
    const auto norm = [&](const char* kind, const std::vector<float>& flat, int64_t offset) {
      arrays.push_back({layer.name + "_BN/" + kind + ":0",
                        {layer.out},
                        {flat.begin() + offset, flat.begin() + offset + layer.out}});
    };
    norm("gamma", backbone.weights.parameters, at.gamma);
    norm("beta", backbone.weights.parameters, at.beta);
    norm("moving_mean", backbone.weights.statistics, at.mean);
    norm("moving_variance", backbone.weights.statistics, at.variance);
  }
  return arrays;
}

inline void write_names(hid_t at, const char* attribute, const std::vector<std::string>& names) {
  size_t width = 1;
  for (const std::string& name : names) width = std::max(width, name.size());
  std::string block;
  for (std::string name : names) {
    name.resize(width, '\0');
    block += name;
  }
  const hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, width);
  const hsize_t count = names.size();
  const hid_t space = H5Screate_simple(1, &count, nullptr);
  const hid_t id = H5Acreate2(at, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(id, type, block.data());
  H5Aclose(id);
  H5Sclose(space);
  H5Tclose(type);
}

/// As Model.save_weights() or, with `nested`, as a model that is one layer of another saves itself: trained
/// arrays first, then the batch norms' moments.
inline void write_keras(const fs::path& path, std::vector<NamedArray> arrays, bool nested) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t links = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(links, 1);
  const auto layer_of = [nested](const NamedArray& array) {
    return nested ? std::string("mobilenetv2_0.35_96") : array.name.substr(0, array.name.find('/'));
  };
  if (nested)
    std::stable_partition(arrays.begin(), arrays.end(), [](const NamedArray& array) {
      return array.name.find("moving") == std::string::npos;
    });
  std::vector<std::string> layers;
  for (const NamedArray& array : arrays)
    if (std::find(layers.begin(), layers.end(), layer_of(array)) == layers.end())
      layers.push_back(layer_of(array));
  write_names(file, "layer_names", layers);
  for (const std::string& layer : layers) {
    const hid_t group = H5Gcreate2(file, layer.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<std::string> names;
    for (const NamedArray& array : arrays) {
      if (layer_of(array) != layer) continue;
      names.push_back(array.name);
      const std::vector<hsize_t> sizes(array.sizes.begin(), array.sizes.end());
      const hid_t space = H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr);
      const hid_t data =
          H5Dcreate2(group, array.name.c_str(), H5T_IEEE_F32LE, space, links, H5P_DEFAULT, H5P_DEFAULT);
      H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data());
      H5Dclose(data);
      H5Sclose(space);
    }
    // HDF5 keeps attributes up to 64 KiB in an object's header; Keras cuts longer lists in parts.
    const size_t half = names.size() / 2;
    if (nested) {
      write_names(group, "weight_names0", {names.begin(), names.begin() + static_cast<ptrdiff_t>(half)});
      write_names(group, "weight_names1", {names.begin() + static_cast<ptrdiff_t>(half), names.end()});
    } else {
      write_names(group, "weight_names", names);
    }
    H5Gclose(group);
  }
  H5Pclose(links);
  H5Fclose(file);
}

}  // namespace dew::student
