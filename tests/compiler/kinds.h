// One small net of each kind that people compile: what goes in and comes out differs, not only the layers.
#pragma once

#include <string>
#include <vector>

#include "compiler/compiler.h"
#include "tests/compiler/nets.h"

namespace dew::test {

struct Kind {
  std::string name;  ///< also the symbol: "keyword"
  graph::Graph graph;
  std::vector<double> thresholds;
  std::optional<graph::Gate> gate = {};

  /// Compiled with the options of its own that differ from those of its neighbours.
  [[nodiscard]] Result<compiler::Plan> compile(const compiler::Options& options) const;
};

/// A classifier of colour pictures with names, one with thresholds too, one with a gate, and one of grey
/// pictures without names; a keyword model over a spectrogram; floats of an accelerometer to one value, and
/// to classes; an autoencoder; a map of scores over a picture; unsigned bytes at both ends; a
/// keyword model that remembers.
std::vector<Kind> kinds();

}  // namespace dew::test
