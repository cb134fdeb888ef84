// deploy: the net as files for other people's builds. One file a format; their texts stand in templates/ as
// real files that compile as they are, against a model whose symbol is "model".
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/base.h"
#include "cascade/cascade.h"
#include "compiler/compiler.h"
#include "graph/graph.h"

namespace dew::deploy {

/// File name -> bytes.
using Files = std::map<std::string, std::string>;

/// What of the net's answers is an event: for a trigger beside it.
struct Events {
  struct Class {
    size_t output = 0;  ///< of the net
    cascade::Rule rule;
  };
  std::vector<Class> classes;  ///< empty: there is no trigger
  double temperature = 1;
};

/// A net as a format needs it.
struct Package {
  const graph::Graph& graph;   ///< with the classes' names, where they are known
  const compiler::Plan& plan;  ///< of the graph: symbol, thresholds, kernels
  const std::string& tflite;   ///< the bytes of the .tflite that the graph was read from
  std::string accuracy = {};   ///< how good it is, and against whom that was measured
  Events events = {};
  std::string question = {};  ///< that the net answers; empty: not known
};

/// Something a net can be deployed to.
struct Format {
  std::string name;   ///< "c"
  std::string gives;  ///< what somebody gets, in a few words
  Result<Files> (*make)(const Package& package);
};

/// All of them, in the order in which help lists them.
const std::vector<Format>& formats();

/// Error (usage): unknown; names the known ones.
Result<Format> find_format(const std::string& name);

/// "c, tflite, onnx or web".
std::string format_names();

/// "person 66 2934400 287024 0a1b2c3d": symbol, steps, MACs, constants and kernels of a plan.
/// dew_<symbol>_timing.c of `--to c` puts it in front of the times that it logs, so that they are not taken
/// for another net's.
std::string timing_mark(const compiler::Plan& plan);

}  // namespace dew::deploy
