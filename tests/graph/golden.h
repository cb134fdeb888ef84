// The models and goldens of the shared test data: outputs of TensorFlow Lite Micro's reference kernels.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/base.h"
#include "graph/graph.h"

namespace dew::graph {

inline const fs::path kModels = fs::path(DEWDROP_SOURCE_DIR) / "../shared/models";

/// False, said aloud, where the test data is not on this machine: the caller skips.
inline bool have_models() {
  if (fs::exists(kModels / "golden")) return true;
  std::cerr << "\n*** NOT TESTED: " << kModels
            << " is absent, so nothing was compared with TensorFlow Lite\n\n";
  return false;
}

inline std::vector<uint8_t> bytes_of(const fs::path& path) {
  const auto text = read_file(path);
  return text ? std::vector<uint8_t>(text->begin(), text->end()) : std::vector<uint8_t>();
}

inline Result<Graph> read_model(const std::string& model) {
  DEW_TRY(const auto bytes, read_file(kModels / (model + ".tflite")));
  return read_tflite(bytes, model + ".tflite");
}

constexpr int kGoldens = 10;  ///< of each model

/// in_000.bin, out_007.bin, pre_003.bin.
inline std::vector<uint8_t> golden(const std::string& model, const char* what, int number) {
  return bytes_of(kModels / "golden" / model / fmt::format("{}_{:03}.bin", what, number));
}

/// The output of one operator for case 0.
struct Layer {
  size_t op = 0;
  int tensor = 0;
  std::vector<uint8_t> bytes;
};

inline std::vector<Layer> golden_layers(const std::string& model) {
  const fs::path folder = kModels / "golden" / model / "layers";
  std::vector<Layer> layers;
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
