// weights.pt: a trained net on disk.
#include "student/weights.h"

#include <fmt/format.h>
#include <span>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/finite.h"
#include "base/text.h"
#include "store/student_options.h"
#include "student/archive.h"
#include "student/layout.h"

namespace dew::student {
namespace {

/// One tensor of the file, and its place in a flat array.
struct Entry {
  std::string name;
  bool statistic;
  int64_t offset;
  std::vector<int64_t> sizes;
};

/// Names follow Keras' (kernel, gamma, beta, moving mean and variance), shapes are Layout's.
std::vector<Entry> entries(const Architecture& architecture) {
  const Layout layout(architecture);
  std::vector<Entry> result;
  for (size_t i = 0; i < layout.layers.size(); ++i) {
    const ConvLayer& layer = architecture.layers[i];
    const LayerLayout& at = layout.layers[i];
    result.push_back({layer.name + ".weight",
                      false,
                      at.weight,
                      {layer.out, layer.kernel, layer.kernel, layer.depthwise ? 1 : layer.in}});
    result.push_back({layer.name + ".gamma", false, at.gamma, {layer.out}});
    result.push_back({layer.name + ".beta", false, at.beta, {layer.out}});
    result.push_back({layer.name + ".moving_mean", true, at.mean, {layer.out}});
    result.push_back({layer.name + ".moving_variance", true, at.variance, {layer.out}});
  }
  result.push_back(
      {"predictions.weight", false, layout.dense_weight, {architecture.classes, architecture.features()}});
  result.push_back({"predictions.bias", false, layout.dense_bias, {architecture.classes}});
  return result;
}

/// The net that the file describes.
Result<Architecture> described(const NamedTensors& tensors, const fs::path& path) {
  DEW_TRY(const std::string text, expect_text(tensors, "net", path));
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto number = [&json](const char* key) {
    const bool there = json.is_object() && json.contains(key) && json[key].is_number();
    return there ? json[key].get<double>() : 0.0;
  };
  // Whole numbers are compared as doubles first: a cast of a huge one is undefined.
  const double input = std::clamp(number("input"), 0.0, 1e6);
  const double classes = std::clamp(number("classes"), 0.0, 1e6);
  Architecture wanted{
      "mobilenet_v2", number("alpha"), static_cast<int>(input), static_cast<int>(classes), 0, 0, {}};
  if (json.is_object() && json.contains("net") && json["net"].is_string()) wanted.net = json["net"];
  wanted.head = static_cast<int>(std::clamp(number("head"), 0.0, 1e6));
  wanted.blocks = static_cast<int>(std::clamp(number("blocks"), 0.0, 1e6));
  auto net = check_net(wanted);
  if (!net) net.error().where = path.string();
  return net;
}

}  // namespace

Result<void> save_weights(const fs::path& folder, const Weights& weights) {
  NamedTensors tensors;
  for (const Entry& entry : entries(weights.architecture)) {
    const auto& flat = entry.statistic ? weights.statistics : weights.parameters;
    // from_blob takes no const pointer; the tensor is only read.
    tensors[entry.name] = at::from_blob(const_cast<float*>(flat.data()) + entry.offset, entry.sizes).clone();
  }
  tensors["net"] = text_tensor(nlohmann::json{{"net", weights.architecture.net},
                                              {"alpha", weights.architecture.alpha},
                                              {"input", weights.architecture.input},
                                              {"classes", weights.architecture.classes},
                                              {"head", weights.architecture.head},
                                              {"blocks", weights.architecture.blocks}}
                                   .dump());
  return save_tensors(folder / "weights.pt", tensors);
}

Result<Weights> load_weights(const fs::path& folder) {
  const fs::path path = folder / "weights.pt";
  DEW_TRY(const NamedTensors tensors, load_tensors(path, "the weights"));
  Weights weights;
  DEW_TRY(weights.architecture, described(tensors, path));
  const Layout layout(weights.architecture);
  weights.parameters.resize(layout.parameters);
  weights.statistics.resize(layout.statistics);
  for (const Entry& entry : entries(weights.architecture)) {
    DEW_TRY(const at::Tensor tensor, expect_tensor(tensors, entry.name, at::kFloat, entry.sizes, path));
    const float* values = tensor.data_ptr<float>();
    if (!all_finite(std::span(values, static_cast<size_t>(tensor.numel())))) {
      return work_error("the tensor '" + entry.name + "' holds a value that is not a number", path.string(),
                        "train again");
    }
    auto& flat = entry.statistic ? weights.statistics : weights.parameters;
    std::copy(values, values + tensor.numel(), flat.begin() + entry.offset);
  }
  return weights;
}

Result<void> check_dimensions(double alpha, int input, int classes) {
  if (!(alpha >= store::kLeastAlpha && alpha <= store::kMostAlpha)) {
    return usage_error(
        fmt::format("a width multiplier alpha of {} is not possible", alpha), {},
        fmt::format("choose {} to {}, for example 0.35", store::kLeastAlpha, store::kMostAlpha));
  }
  if (input < store::kLeastInput || input > store::kMostInput || input % store::kInputStep != 0) {
    return usage_error(fmt::format("an input of {} pixels is not possible", input), {},
                       fmt::format("choose a multiple of {} from {} to {}, for example 96", store::kInputStep,
                                   store::kLeastInput, store::kMostInput));
  }
  if (classes < 2 || classes > store::kMostClasses) {
    return usage_error(fmt::format("{} classes are not possible", classes), {},
                       fmt::format("give 2 to {} classes", store::kMostClasses));
  }
  return {};
}

Result<Architecture> check_net(const Architecture& wanted) {
  DEW_CHECK(check_dimensions(wanted.alpha, wanted.input, wanted.classes));
  const auto& nets = all_nets();
  if (std::find(nets.begin(), nets.end(), wanted.net) == nets.end())
    return usage_error("there is no net '" + printable(wanted.net, 40) + "'", {},
                       "choose one of: " + join(nets));
  if (wanted.net != store::kBackboneNet && (wanted.head != 0 || wanted.blocks != 0))
    return usage_error(fmt::format("only {} has a head and blocks to choose", store::kBackboneNet), {},
                       "leave both out");
  if (wanted.head < 0 || wanted.head > store::kMostHead || wanted.head % store::kHeadStep != 0)
    return usage_error(fmt::format("a head of {} channels is not possible", wanted.head), {},
                       fmt::format("choose a multiple of {} up to {}, or 0 for the paper's 1280",
                                   store::kHeadStep, store::kMostHead));
  if (wanted.blocks < 0 || wanted.blocks > store::kMostBlocks)
    return usage_error(fmt::format("{} blocks are not possible", wanted.blocks), {},
                       fmt::format("choose 1 to {}, or 0 for all", store::kMostBlocks));
  return *find_architecture(wanted.net, wanted.alpha, wanted.input, wanted.classes, wanted.head,
                            wanted.blocks);
}

}  // namespace dew::student
