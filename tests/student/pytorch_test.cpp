// PyTorch state files: the same net after other axes, another epsilon and another normalisation.
#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "student/archive.h"
#include "student/backbone.h"
#include "student/layout.h"

namespace dew::student {
namespace {

/// The numbers of `backbone` as PyTorch keeps them: other axes, epsilon and normalisation of the pictures.
NamedTensors torch_state(const Backbone& backbone) {
  NamedTensors tensors;
  const Architecture& architecture = backbone.weights.architecture;
  const Layout layout(architecture);
  const auto flat = [](const std::vector<float>& values, int64_t offset, int64_t count) {
    return at::tensor(std::vector<float>(values.begin() + offset, values.begin() + offset + count));
  };
  for (size_t i = 0; i < architecture.layers.size(); ++i) {
    const ConvLayer& layer = architecture.layers[i];
    const LayerLayout& at = layout.layers[i];
    const int64_t in = layer.depthwise ? 1 : layer.in;
    // Our archive sorts by name.
    const std::string name = "features." + std::to_string(100 + i);
    at::Tensor weight = flat(backbone.weights.parameters, at.weight, layer.weights())
                            .view({layer.out, layer.kernel, layer.kernel, in})
                            .permute({0, 3, 1, 2});
    at::Tensor mean = flat(backbone.weights.statistics, at.mean, layer.out);
    const at::Tensor variance = flat(backbone.weights.statistics, at.variance, layer.out);
    if (i == 0) {
      // x = (p - 127) / 127.5 = 2 * deviation * x' + 2 * mean - 254 / 255, and x' is PyTorch's.
      const at::Tensor deviation = at::tensor(std::vector<float>{0.229F, 0.224F, 0.225F}).view({1, 3, 1, 1});
      const at::Tensor middle = at::tensor(std::vector<float>{0.485F, 0.456F, 0.406F}).view({1, 3, 1, 1});
      mean = mean - (weight * (2 * middle - 254.0 / 255.0)).sum({1, 2, 3});
      weight = weight * 2 * deviation;
    }
    tensors[name + ".0.weight"] = weight.contiguous();
    tensors[name + ".1.weight"] = flat(backbone.weights.parameters, at.gamma, layer.out) *
                                  at::sqrt((variance + 1e-5) / (variance + kBatchNormEpsilon));
    tensors[name + ".1.bias"] = flat(backbone.weights.parameters, at.beta, layer.out);
    tensors[name + ".1.running_mean"] = mean;
    tensors[name + ".1.running_var"] = variance;
    tensors[name + ".1.num_batches_tracked"] = at::zeros({}, at::kLong);
  }
  return tensors;
}

TEST(Backbone, APyTorchStateFileIsTheSameNet) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  const fs::path path = folder.path() / "state.pth";
  const Backbone backbone = random_backbone(0.35, 96, 7);
  NamedTensors state = torch_state(backbone);
  state["head.weight"] = at::zeros({10, 1280});  // left out
  ASSERT_TRUE(save_tensors(path, state));
  const auto read = read_backbone(path);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->alpha, 0.35);
  for (size_t i = 0; i < backbone.weights.parameters.size(); ++i) {
    const float value = backbone.weights.parameters[i];
    ASSERT_NEAR(read->weights.parameters[i], value, 1e-5 * std::abs(value) + 1e-7) << i;
  }
  for (size_t i = 0; i < backbone.weights.statistics.size(); ++i) {
    ASSERT_NEAR(read->weights.statistics[i], backbone.weights.statistics[i], 1e-5) << i;
  }
  const auto fault = [&](const std::function<void(NamedTensors&)>& change) {
    NamedTensors changed = torch_state(backbone);
    change(changed);
    EXPECT_TRUE(save_tensors(path, changed));
    const auto result = read_backbone(path);
    return result ? std::string("none") : result.error().what;
  };
  EXPECT_THAT(fault([](auto& t) {
                t["features.110.0.weight"] = at::zeros({48, 7, 1, 1});
              }),
              testing::HasSubstr("('features.110.0') is 1x1 from 7 to 48 channels"));
  EXPECT_THAT(fault([](auto& t) { t["features.104.1.bias"] = t["features.104.1.bias"] / 0.0; }),
              testing::HasSubstr("not a number"));
  EXPECT_THAT(fault([](auto& t) { t.erase("features.104.1.running_var"); }),
              testing::HasSubstr("features.104.1"));
  EXPECT_THAT(fault([](auto& t) { t.erase("features.151.0.weight"); }),
              testing::HasSubstr("51 convolutions"));
  const std::string whole = read_file(path).value();
  const auto half = decode_backbone(whole.substr(0, whole.size() / 2), "the test");
  ASSERT_FALSE(half);
  EXPECT_THAT(half.error().what, testing::HasSubstr("cannot read the PyTorch file"));
}

}  // namespace
}  // namespace dew::student
