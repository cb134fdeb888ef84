// What `compile` tells people: its tables of figures and of layers.
#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "verbs/measure/measure.h"

namespace dew::verbs {
namespace {

constexpr int kBarWidth = 24;

std::string or_blank(int64_t figure) {
  return figure == 0 ? "" : with_commas(figure);
}

std::string bytes(const std::optional<int64_t>& value) {
  return value ? with_commas(*value) + " B" : std::string("not measured");
}

/// "for xiao-esp32s3-sense (xtensa-lx7)".
std::string heading(const ModelFigures& figures) {
  const bool named = figures.where && figures.where->device;
  return "for " + figures.target + (named ? " (" + figures.where->core.name + ")" : "");
}

}  // namespace

std::string layer_table(const std::vector<report::LayerCost>& layers) {
  const bool counted =
      std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.instructions > 0; });
  const auto work_of = [counted](const auto& layer) { return counted ? layer.instructions : layer.macs; };
  int64_t total = 0;
  int64_t most = 1;
  for (const report::LayerCost& layer : layers) {
    total += work_of(layer);
    most = std::max(most, work_of(layer));
  }
  std::vector<std::vector<std::string>> rows{
      {"step", "layer", "RAM, B", "scratch, B", "flash, B", "MACs", "instructions", "%", ""}};
  for (const report::LayerCost& layer : layers) {
    const int64_t work = work_of(layer);
    const double share = total == 0 ? 0 : 100.0 * static_cast<double>(work) / static_cast<double>(total);
    rows.push_back({fmt::format("{}", layer.step), printable(layer.name, 60), or_blank(layer.ram_bytes),
                    or_blank(layer.scratch_bytes), or_blank(layer.flash_bytes), or_blank(layer.macs),
                    or_blank(layer.instructions), fmt::format("{:.1f}", share),
                    std::string(static_cast<size_t>(work * kBarWidth / most), '#')});
  }
  return text_table(rows);
}

std::string figure_table(const CompileOutcome& compiled) {
  const ModelFigures& figures = compiled.figures;
  const auto measured = [&figures](int64_t target::Figures::*figure) {
    return figures.measured ? std::optional((*figures.measured).*figure) : std::nullopt;
  };
  std::vector<std::vector<std::string>> rows{
      {heading(figures), ""},
      {"kernels", figures.kernels},
      {"MACs", with_commas(figures.macs)},
      {"constants", bytes(figures.weights_bytes)},
      {"arena", bytes(figures.arena_bytes),
       compiled.layers_arena ? "layer by layer " + bytes(compiled.layers_arena) : ""},
      {"RAM of the firmware", bytes(measured(&target::Figures::ram_bytes)), "image, arena, stack"},
      {"  of which stack", bytes(measured(&target::Figures::stack_bytes))},
      {"  with rows pushed", bytes(figures.rows_ram_bytes), "one row instead of the image"},
      {"flash", bytes(measured(&target::Figures::flash_bytes)), "constants and code"}};
  const int64_t instructions = measured(&target::Figures::instructions).value_or(0);
  rows.push_back({"instructions per inference",
                  instructions == 0 ? "not measured" : with_commas(instructions),
                  figures.where && figures.where->stands_in() ? "of " + figures.where->board.core : ""});
  const std::string device = device_text(figures);
  return text_table(rows) + (device.empty() ? "" : "\n" + device);
}

}  // namespace dew::verbs
