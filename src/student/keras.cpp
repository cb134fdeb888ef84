// A Keras file as layers: convolutions and batch norms in the order the model has them.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "student/backbone_sources.h"
#include "student/hdf5.h"

namespace dew::student {
namespace {

/// The arrays of one Keras layer, by what they are ("kernel", "gamma", ...).
using KerasLayer = std::map<std::string, const NamedArray*>;

/// In the order of their first array. A model inside a model lists what is trained before what is not, so a
/// batch norm's moments may stand far behind its gamma.
std::vector<std::pair<std::string, KerasLayer>> layers_of(const std::vector<NamedArray>& arrays) {
  std::vector<std::pair<std::string, KerasLayer>> layers;
  std::map<std::string, size_t> index;
  for (const NamedArray& array : arrays) {
    const size_t slash = array.name.rfind('/');
    const std::string layer = array.name.substr(0, slash == std::string::npos ? 0 : slash);
    std::string kind = array.name.substr(slash == std::string::npos ? 0 : slash + 1);
    kind = kind.substr(0, kind.find(':'));
    const auto [found, fresh] = index.try_emplace(layer, layers.size());
    if (fresh) layers.emplace_back(layer, KerasLayer());
    layers[found->second].second[kind] = &array;
  }
  return layers;
}

const NamedArray* find(const KerasLayer& layer, const char* kind) {
  const auto found = layer.find(kind);
  return found == layer.end() ? nullptr : found->second;
}

/// From [k, k, in, out] (depthwise [k, k, channels, 1]) to ours; nothing where it is no convolution of ours.
std::optional<SourceLayer> convolution(const std::string& name, const KerasLayer& layer) {
  const NamedArray* depthwise = find(layer, "depthwise_kernel");
  const NamedArray* kernel = depthwise != nullptr ? depthwise : find(layer, "kernel");
  if (kernel == nullptr || kernel->sizes.size() != 4 || kernel->sizes[0] != kernel->sizes[1]) return {};
  SourceLayer result;
  result.name = name;
  result.depthwise = depthwise != nullptr;
  const int64_t in = kernel->sizes[2];
  const int64_t out = kernel->sizes[3];
  if (result.depthwise && out != 1) return {};
  result.kernel = static_cast<int>(kernel->sizes[0]);
  result.in = static_cast<int>(result.depthwise ? 1 : in);
  result.out = static_cast<int>(result.depthwise ? in : out);
  const int64_t taps = kernel->sizes[0] * kernel->sizes[1];
  result.weights.resize(kernel->values.size());
  for (int64_t tap = 0; tap < taps; ++tap) {
    for (int64_t i = 0; i < in; ++i) {
      for (int64_t o = 0; o < out; ++o) {
        const int64_t to = result.depthwise ? i * taps + tap : (o * taps + tap) * in + i;
        result.weights[to] = kernel->values[(tap * in + i) * out + o];
      }
    }
  }
  return result;
}

/// Input size and epsilon, wherever in the model's JSON they stand. `depth` ends what has no end.
void search_config(const nlohmann::json& json, int depth, SourceNet& net) {
  if (depth > 64 || !json.is_structured()) return;
  if (json.is_object()) {
    for (const char* key : {"batch_input_shape", "batch_shape"}) {
      const auto shape = json.find(key);
      if (shape != json.end() && shape->is_array() && shape->size() == 4 && (*shape)[1].is_number_integer()) {
        const auto size = (*shape)[1].get<int64_t>();
        if (size >= 32 && size <= 512 && size % 32 == 0) net.input = static_cast<int>(size);
      }
    }
    const auto kind = json.find("class_name");
    const auto config = json.find("config");
    if (kind != json.end() && *kind == "BatchNormalization" && config != json.end() && config->is_object()) {
      const auto epsilon = config->find("epsilon");
      if (epsilon != config->end() && epsilon->is_number()) {
        net.epsilon = std::clamp(epsilon->get<double>(), 0.0, 1.0);
      }
    }
  }
  for (const auto& item : json) search_config(item, depth + 1, net);
}

std::string name_in(const nlohmann::json& json) {
  const auto config = json.is_object() ? json.find("config") : json.end();
  if (config == json.end() || !config->is_object()) return {};
  const auto name = config->find("name");
  return name != config->end() && name->is_string() ? printable(name->get<std::string>(), 80) : "";
}

/// Gives the last convolution its batch norm.
Result<void> put_norm(const std::string& name, const KerasLayer& layer, SourceLayer& target,
                      const std::string& where) {
  const std::pair<const char*, std::vector<float>*> parts[] = {{"gamma", &target.gamma},
                                                               {"beta", &target.beta},
                                                               {"moving_mean", &target.mean},
                                                               {"moving_variance", &target.variance}};
  for (const auto& [kind, values] : parts) {
    const NamedArray* array = find(layer, kind);
    if (array == nullptr || std::ssize(array->values) != target.out) {
      return work_error("the batch norm '" + printable(name, 60) + "' has no " + kind + " for the " +
                            std::to_string(target.out) + " channels of '" + printable(target.name, 60) + "'",
                        where, "import a MobileNetV2 as Keras builds it");
    }
    *values = array->values;
  }
  return {};
}

}  // namespace

Result<SourceNet> read_keras(std::string_view bytes, const std::string& where) {
  DEW_TRY(const KerasFile file, read_hdf5(bytes, where));
  SourceNet net;
  net.format = "Keras";
  const auto json = nlohmann::json::parse(file.config, nullptr, false);
  search_config(json, 0, net);
  net.name = name_in(json);
  for (const auto& [name, layer] : layers_of(file.arrays)) {
    if (auto found = convolution(name, layer)) {
      net.layers.push_back(*std::move(found));
    } else if (find(layer, "gamma") != nullptr && !net.layers.empty() && net.layers.back().gamma.empty()) {
      DEW_CHECK(put_norm(name, layer, net.layers.back(), where));
    }
  }
  for (const SourceLayer& layer : net.layers) {
    if (layer.gamma.empty()) {
      return work_error("the convolution '" + printable(layer.name, 60) + "' has no batch norm", where,
                        "import a MobileNetV2 as Keras builds it");
    }
  }
  return net;
}

}  // namespace dew::student
