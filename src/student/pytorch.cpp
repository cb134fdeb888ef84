// A PyTorch state file as layers. LibTorch's reader takes tensors and plain containers out of the pickle and
// executes nothing that stands in it.
#include <ATen/ATen.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include <algorithm>
#include <exception>
#include <map>

#include "student/backbone_sources.h"

namespace dew::student {
namespace {

constexpr int64_t kMostNumbers = int64_t{32} << 20;

tl::unexpected<Error> fault(const std::string& why, const std::string& where) {
  return work_error("cannot read the PyTorch file: " + why, where,
                    "give what torch.save(dict(model.state_dict()), file) wrote, of a MobileNetV2");
}

/// The tensors of one module, by their last name ("weight", "running_mean", ...).
using Module = std::map<std::string, at::Tensor>;
using Modules = std::vector<std::pair<std::string, Module>>;

/// The dictionary with the tensors: the file's own, or what training scripts keep beside other things.
Result<c10::impl::GenericDict> state_of(const c10::IValue& value, const std::string& where) {
  if (!value.isGenericDict()) return fault("it holds no dictionary of tensors", where);
  const auto dictionary = value.toGenericDict();
  for (const auto& entry : dictionary) {
    if (!entry.key().isString() || !entry.value().isGenericDict()) continue;
    const std::string& key = entry.key().toStringRef();
    if (key == "state_dict" || key == "model" || key == "model_state_dict") {
      return entry.value().toGenericDict();
    }
  }
  return dictionary;
}

Result<Modules> modules_of(const c10::impl::GenericDict& state, const std::string& where) {
  Modules modules;
  std::map<std::string, size_t> index;
  int64_t numbers = 0;
  for (const auto& entry : state) {
    if (!entry.key().isString() || !entry.value().isTensor()) continue;
    const std::string& name = entry.key().toStringRef();
    const at::Tensor& tensor = entry.value().toTensor();
    if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.device().is_cpu()) {
      return fault("'" + printable(name, 60) + "' is no plain tensor", where);
    }
    if (!at::isFloatingType(tensor.scalar_type())) continue;  // num_batches_tracked
    // Strides may make many numbers of few bytes.
    if (tensor.numel() > kMostNumbers - numbers) return fault("it holds more than 32 million numbers", where);
    numbers += tensor.numel();
    const size_t dot = name.rfind('.');
    const std::string module = name.substr(0, dot == std::string::npos ? 0 : dot);
    const auto [found, fresh] = index.try_emplace(module, modules.size());
    if (fresh) modules.emplace_back(module, Module());
    modules[found->second].second[name.substr(dot == std::string::npos ? 0 : dot + 1)] =
        tensor.to(at::kFloat).contiguous();
  }
  return modules;
}

std::vector<float> numbers_of(const at::Tensor& tensor) {
  const at::Tensor flat = tensor.contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// From [out, in, k, k] to ours.
SourceLayer convolution(const std::string& name, const at::Tensor& weight) {
  SourceLayer layer;
  layer.name = name;
  layer.out = static_cast<int>(weight.size(0));
  layer.in = static_cast<int>(weight.size(1));
  layer.kernel = static_cast<int>(weight.size(2));
  layer.depthwise = layer.in == 1;
  layer.weights = numbers_of(weight.permute({0, 2, 3, 1}));
  return layer;
}

Result<void> put_norm(const std::string& name, const Module& module, SourceLayer& layer,
                      const std::string& where) {
  const std::pair<const char*, std::vector<float>*> parts[] = {{"weight", &layer.gamma},
                                                               {"bias", &layer.beta},
                                                               {"running_mean", &layer.mean},
                                                               {"running_var", &layer.variance}};
  for (const auto& [kind, values] : parts) {
    const auto found = module.find(kind);
    if (found == module.end() || found->second.dim() != 1 || found->second.numel() != layer.out) {
      return fault("the batch norm '" + printable(name, 60) + "' has no " + kind + " for the " +
                       std::to_string(layer.out) + " channels of '" + printable(layer.name, 60) + "'",
                   where);
    }
    *values = numbers_of(found->second);
  }
  return {};
}

Result<SourceNet> net_of(const Modules& modules, const std::string& where) {
  SourceNet net;
  net.format = "PyTorch";
  net.epsilon = 1e-5;
  const double mean[] = {0.485, 0.456, 0.406};  // torchvision's normalisation
  const double deviation[] = {0.229, 0.224, 0.225};
  for (int c = 0; c < 3; ++c) {
    net.scale[c] = 0.5 / deviation[c];
    net.offset[c] = -mean[c] / deviation[c];
  }
  for (const auto& [name, module] : modules) {
    const auto weight = module.find("weight");
    if (weight == module.end()) continue;
    const at::Tensor& tensor = weight->second;
    if (tensor.dim() == 4 && tensor.size(2) == tensor.size(3) && tensor.numel() > 0) {
      net.layers.push_back(convolution(name, tensor));
    } else if (module.count("running_mean") != 0 && !net.layers.empty() && net.layers.back().gamma.empty()) {
      DEW_CHECK(put_norm(name, module, net.layers.back(), where));
    }
  }
  for (const SourceLayer& layer : net.layers) {
    if (layer.gamma.empty()) {
      return fault("the convolution '" + printable(layer.name, 60) + "' has no batch norm", where);
    }
  }
  return net;
}

}  // namespace

Result<SourceNet> read_pytorch(std::string_view bytes, const std::string& where) {
  try {
    const c10::IValue value = torch::jit::pickle_load({bytes.begin(), bytes.end()});
    DEW_TRY(const auto state, state_of(value, where));
    DEW_TRY(const Modules modules, modules_of(state, where));
    return net_of(modules, where);
  } catch (const std::exception& exception) {
    // Truncated and corrupt files and whole pickled modules end here; only the first line is for people.
    const std::string text = exception.what();
    if (text.find("Expected GenericDict") != std::string::npos) {
      return fault("it holds an OrderedDict, which LibTorch does not read", where);
    }
    return fault(printable(text.substr(0, text.find('\n'))), where);
  }
}

}  // namespace dew::student
