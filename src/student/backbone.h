// A backbone: a net without its dense layer, trained once on many pictures, from which trainings start.
//
// Three kinds of file are recognised by their content: our own (.dewb), Keras' HDF5 (.h5) and PyTorch's state
// files.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/base.h"
#include "student/architecture.h"

namespace dew::student {

struct Backbone {
  std::string name;    ///< "bundled", or what the user calls it
  std::string origin;  ///< where it comes from: data, recipe, file or URL, licence; one paragraph
  double alpha = 0;
  int input = 0;    ///< the size it was trained at in pixels; its layers take any that a net may have
  Weights weights;  ///< with architecture.classes 0: no dense layer

  [[nodiscard]] int64_t numbers() const {
    return static_cast<int64_t>(weights.parameters.size() + weights.statistics.size());
  }
};

/// Reads a file of any of the three kinds. Error: missing, larger than 256 MiB, of no such kind, corrupt (our
/// own file carries a SHA-256), another architecture than MobileNetV2 (the error names the first layer that
/// differs), a value that is not a number.
Result<Backbone> read_backbone(const fs::path& path);

/// The same from bytes; `where` names them in errors.
Result<Backbone> decode_backbone(std::string_view bytes, const std::string& where);

/// Our own file: magic, a JSON header, half floats, a SHA-256 over all of it; 820 KB for alpha 0.35. Written
/// whole or not at all. Error: a value that is not a number or larger than a half float holds, the disk.
Result<void> write_backbone(const fs::path& path, const Backbone& backbone);
Result<std::string> encode_backbone(const Backbone& backbone);

/// What a backbone's numbers must be: as many as the architecture has, finite, no negative variance.
Result<void> check_backbone(const Backbone& backbone, const std::string& where);

/// Global-average features of a backbone in memory; see features() in features.h.
Result<std::vector<std::vector<float>>> features_of(const Backbone& backbone, int input,
                                                    std::span<const std::vector<uint8_t>> pictures,
                                                    Watch& watch);

/// A net of `input` and `classes` with the backbone's layers and a dense layer of zeros.
Weights with_head(const Backbone& backbone, int input, int classes);

/// The reverse: a trained net's layers without its dense layer.
Weights without_head(const Weights& weights);

/// Random weights, as a net without a backbone starts; equal seeds give equal weights.
Backbone random_backbone(double alpha, int input, uint64_t seed);

}  // namespace dew::student
