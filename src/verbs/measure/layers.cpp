#include "verbs/measure/layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace dew::verbs {
namespace {

bool were_counted(const std::vector<report::LayerCost>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.instructions > 0; });
}

report::Row figure_row(const std::string& name, const std::optional<int64_t>& value, const std::string& unit,
                       const std::string& note) {
  return {name, value ? with_commas(*value) + unit : "not measured", note};
}

std::optional<int64_t> measured(const ModelFigures& figures, int64_t target::Figures::*figure) {
  return figures.measured ? std::optional((*figures.measured).*figure) : std::nullopt;
}

/// A target that cannot count tells 0.
std::optional<int64_t> counted_instructions(const ModelFigures& figures) {
  const auto instructions = measured(figures, &target::Figures::instructions);
  return instructions == 0 ? std::nullopt : instructions;
}

std::vector<report::Row> headline(const ModelFigures& figures, const std::optional<int64_t>& rows_ram) {
  using target::Figures;
  return {
      figure_row("RAM", measured(figures, &Figures::ram_bytes), " B",
                 "image, arena and stack of the linked test firmware"),
      figure_row("of it the arena", figures.arena_bytes, " B", "every activation of one inference"),
      figure_row("of it the stack", measured(figures, &Figures::stack_bytes), " B",
                 "painted, read back at its deepest"),
      figure_row("RAM with rows pushed", rows_ram, " B",
                 "as a camera reads out: one row stands in RAM instead of the image"),
      figure_row("flash", measured(figures, &Figures::flash_bytes), " B",
                 "constants and code, from the linked image"),
      figure_row("of it constants", figures.weights_bytes, " B", "weights, biases, multipliers, tables"),
      figure_row("MACs", figures.macs, "", "one inference"),
      figure_row("instructions", counted_instructions(figures), "", "one inference; they are not cycles")};
}

}  // namespace

std::string time_text(const MeasuredTimes& times, double value) {
  return times.milliseconds ? fmt::format("{:.3f}", value) : with_commas(std::llround(value));
}

std::vector<report::LayerCost> layers_of(const compiler::Plan& plan, const std::vector<int64_t>& instructions,
                                         const MeasuredTimes* times) {
  std::vector<report::LayerCost> layers;
  for (size_t i = 0; i < plan.program.size(); ++i) {
    const compiler::Step& step = plan.program[i];
    report::LayerCost layer;
    layer.step = static_cast<int>(i);
    layer.name = step.name;
    layer.rows = step.table.rows;
    layer.rows_held = step.table.ring;
    if (step.overwrites < 0)
      layer.ram_bytes = int64_t{step.table.ring} * step.table.row_bytes;  // else the state's
    layer.scratch_bytes = step.scratch_bytes;
    layer.flash_bytes = step.constant_bytes;
    layer.macs = step.macs;
    if (i < instructions.size()) layer.instructions = instructions[i];
    if (times != nullptr) layer.measured = times->steps.at(i);
    layers.push_back(std::move(layer));
  }
  return layers;
}

Json layers_json(const std::vector<report::LayerCost>& layers) {
  const bool counted = were_counted(layers);
  const bool measured = report::were_measured(layers);
  Json keys = Json::array();
  for (const report::LayerCost& layer : layers)
    keys.push_back({{"step", layer.step},
                    {"name", layer.name},
                    {"rows", layer.rows},
                    {"rows_held", layer.rows_held},
                    {"ram_bytes", layer.ram_bytes},
                    {"scratch_bytes", layer.scratch_bytes},
                    {"flash_bytes", layer.flash_bytes},
                    {"macs", layer.macs},
                    {"instructions", counted ? Json(layer.instructions) : Json(nullptr)},
                    {"measured", measured ? Json(layer.measured) : Json(nullptr)}});
  return keys;
}

report::Report compile_report(const Model& model, const CompileOutcome& outcome) {
  const ModelFigures& figures = outcome.figures;
  report::Report page;
  page.title = fmt::format("{} on {}", model.file.filename().string(), figures.target);
  page.made_at = utc_now();
  page.classes = model.plan.classes;
  page.headline = headline(figures, figures.rows_ram_bytes);
  page.settings = {{"model", model.file.string(), ""},
                   {"for", figures.target, ""},
                   {"kernels", figures.kernels, ""},
                   {"schedule", figures.schedule, ""},
                   {"rounding", figures.rounding, ""}};
  page.steps = model.plan.steps;
  for (const compiler::Placement& placement : model.plan.placements)
    page.buffers.push_back(
        {placement.name, placement.offset, placement.bytes, placement.first_step, placement.last_step});
  page.arena_bytes = model.plan.arena_bytes;
  page.layers = outcome.layers;
  if (const auto& times = outcome.times) {
    page.measured_unit = times->unit();
    page.headline.push_back({"measured", time_text(*times, times->total()) + " " + times->unit(),
                             "one inference on a real board, by its own log"});
  }
  return page;
}

}  // namespace dew::verbs
