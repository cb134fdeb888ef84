// What `compile` tells people: its tables of figures and of layers.
#include <fmt/format.h>

#include <algorithm>

#include "base/table.h"
#include "verbs/measure/layers.h"

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

std::string layer_table(const CompileOutcome& outcome) {
  const auto& layers = outcome.layers;
  const bool counted =
      std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.instructions > 0; });
  const auto work_of = [&](const auto& layer) {
    return outcome.times ? layer.measured : static_cast<double>(counted ? layer.instructions : layer.macs);
  };
  double total = 0;
  double most = 0;
  for (const report::LayerCost& layer : layers) {
    total += work_of(layer);
    most = std::max(most, work_of(layer));
  }
  std::vector<std::vector<std::string>> rows{
      {"step", "layer", "RAM, B", "scratch, B", "flash, B", "MACs", "instructions"}};
  if (outcome.times) rows[0].push_back("measured, " + outcome.times->unit());
  rows[0].insert(rows[0].end(), {"%", ""});
  for (const report::LayerCost& layer : layers) {
    const double work = work_of(layer);
    rows.push_back({fmt::format("{}", layer.step), printable(layer.name, 60), or_blank(layer.ram_bytes),
                    or_blank(layer.scratch_bytes), or_blank(layer.flash_bytes), or_blank(layer.macs),
                    or_blank(layer.instructions)});
    if (outcome.times) rows.back().push_back(time_text(*outcome.times, layer.measured));
    rows.back().push_back(fmt::format("{:.1f}", total == 0 ? 0 : 100 * work / total));
    rows.back().push_back(std::string(most == 0 ? 0 : static_cast<size_t>(work * kBarWidth / most), '#'));
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
       compiled.layers_arena ? "layer by layer " + bytes(compiled.layers_arena) : ""}};
  if (compiled.memory_bytes > 0)
    rows.push_back({"  of which memory", bytes(compiled.memory_bytes), "kept from one run to the next"});
  rows.insert(rows.end(),
              {{"RAM of the firmware", bytes(measured(&target::Figures::ram_bytes)), "image, arena, stack"},
               {"  of which stack", bytes(measured(&target::Figures::stack_bytes))},
               {"  with rows pushed", bytes(figures.rows_ram_bytes), "one row instead of the image"},
               {"flash", bytes(measured(&target::Figures::flash_bytes)), "constants and code"}});
  const int64_t instructions = measured(&target::Figures::instructions).value_or(0);
  rows.push_back({"instructions per inference",
                  instructions == 0 ? "not measured" : with_commas(instructions),
                  figures.where && figures.where->stands_in() ? "of " + figures.where->board.core : ""});
  if (const auto& times = compiled.times)
    rows.push_back({"measured on a board", time_text(*times, times->total()) + " " + times->unit(),
                    fmt::format("{} in {}", plural(times->inferences, "inference", "inferences"),
                                plural(times->blocks, "block of the log", "blocks of the log"))});
  const std::string device = device_text(figures);
  return text_table(rows) + (device.empty() ? "" : "\n" + device);
}

}  // namespace dew::verbs
