// The table of formats, and what they share.
#include "deploy/formats.h"

#include <fmt/format.h>

#include <algorithm>

namespace dew::deploy {
const std::vector<Format>& formats() {
  static const std::vector<Format> all{
      {"c", "C sources with the kernels of the core, an example and a page that says how to build it",
       c_package},
      {"tflite", "the int8 .tflite file, for TensorFlow Lite, LiteRT and TensorFlow Lite Micro",
       tflite_package},
      {"onnx", "the same net as ONNX (opset 13) in QDQ form", onnx_package},
      {"web", "a page for phones (camera, offline, installable), and the net as a JavaScript library",
       web_package}};
  return all;
}

Result<Format> find_format(const std::string& name) {
  const auto found =
      std::find_if(formats().begin(), formats().end(), [&](const Format& one) { return one.name == name; });
  if (found != formats().end()) return *found;
  return usage_error("cannot deploy to '" + printable(name) + "'", {}, "choose " + format_names());
}

std::string format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.push_back(format.name);
  const std::string last = names.back();
  names.pop_back();
  return join(names) + " or " + last;
}

Files with_labels(const Package& package, const std::string& extension, std::string bytes) {
  const std::string& symbol = package.plan.symbol;
  Files files{{symbol + extension, std::move(bytes)}};
  if (!package.graph.classes.empty())
    files[symbol + ".labels.txt"] = join(package.graph.classes, "\n") + "\n";
  for (const double threshold : package.plan.thresholds)
    files[symbol + ".thresholds.txt"] += fmt::format("{}\n", threshold);
  if (package.plan.gate) files[symbol + ".gate.txt"] = graph::to_text(*package.plan.gate);
  return files;
}

std::string filled_in(std::string_view text, const std::string& symbol,
                      const std::map<std::string, std::string>& values) {
  std::map<std::string, std::string> wanted{{"dew_model", "dew_" + symbol},
                                            {"DEW_MODEL", "DEW_" + upper(symbol)}};
  for (const auto& [name, value] : values) wanted["@" + name + "@"] = value;
  std::string filled;
  while (!text.empty()) {
    const auto here = std::find_if(wanted.begin(), wanted.end(),
                                   [&](const auto& one) { return text.starts_with(one.first); });
    filled += here == wanted.end() ? std::string(text.substr(0, 1)) : here->second;
    text.remove_prefix(here == wanted.end() ? 1 : here->first.size());
  }
  return filled;
}

}  // namespace dew::deploy
