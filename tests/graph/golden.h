// The models and golden outputs of the shared test data, computed by TensorFlow Lite Micro's reference
// kernels.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"

namespace dew::graph {

inline const fs::path kModels = fs::path(DEWDROP_SOURCE_DIR) / "../shared/models";

/// Whether the test data is on this machine; if not, the test skips with kModelsMissing.
inline bool have_models() {
  return fs::exists(kModels / "golden");
}
constexpr const char* kModelsMissing =
    "NOT TESTED: ../shared/models is absent, so nothing was compared with TensorFlow Lite Micro's own "
    "outputs";

inline std::vector<uint8_t> bytes_of(const fs::path& path) {
  const auto text = read_file(path);
  return text ? std::vector<uint8_t>(text->begin(), text->end()) : std::vector<uint8_t>();
}

inline Result<Graph> read_model(const std::string& model) {
  DEW_TRY(const auto bytes, read_file(kModels / (model + ".tflite")));
  return read_tflite(bytes, model + ".tflite");
}

constexpr int kGoldens = 10;  ///< per model

/// in_000.bin, out_007.bin, pre_003.bin.
inline std::vector<uint8_t> golden(const std::string& model, const char* what, int number) {
  return bytes_of(kModels / "golden" / model / fmt::format("{}_{:03}.bin", what, number));
}

/// The output of one operator for case 0.
struct OperatorOutput {
  size_t op = 0;
  int tensor = 0;
  std::vector<uint8_t> bytes;
};

inline std::vector<OperatorOutput> golden_layers(const std::string& model) {
  const fs::path folder = kModels / "golden" / model / "layers";
  std::vector<OperatorOutput> layers;
  const auto json = nlohmann::json::parse(read_file(folder / "layers.json").value());
  for (const auto& entry : json.at("layers"))
    layers.push_back({entry.at("op_index"), entry.at("tensor_index"),
                      bytes_of(folder / entry.at("file").get<std::string>())});
  return layers;
}

inline std::string problem(const Error& error) {
  return error.what + " | " + error.where + " | " + error.next;
}

}  // namespace dew::graph
