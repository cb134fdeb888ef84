#include "cli/bridge.h"
#include "cli/layers.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/table.h"

namespace dew {
namespace {

constexpr int kBarWidth = 24;

/// Instructions where they were counted, else MACs.
int64_t work_of(const report::Layer& layer, bool counted) {
  return counted ? layer.instructions : layer.macs;
}

bool were_counted(const std::vector<report::Layer>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const auto& layer) { return layer.instructions > 0; });
}

std::string or_blank(int64_t figure) {
  return figure == 0 ? "" : with_commas(figure);
}

report::Row figure_row(const std::string& name, const Json& value, const std::string& unit,
                       const std::string& note) {
  return {name, value.is_null() ? "not measured" : with_commas(value.get<int64_t>()) + unit, note};
}

}  // namespace

std::vector<report::Layer> layers_of(const compiler::Plan& plan, const std::vector<int64_t>& instructions) {
  std::vector<report::Layer> layers;
  for (size_t i = 0; i < plan.program.size(); ++i) {
    const compiler::Step& step = plan.program[i];
    report::Layer layer;
    layer.step = static_cast<int>(i);
    layer.name = step.name;
    layer.rows = step.table.rows;
    layer.rows_held = step.table.ring;
    layer.ram_bytes = int64_t{step.table.ring} * step.table.row_bytes;
    layer.scratch_bytes = step.scratch_bytes;
    layer.flash_bytes = step.constant_bytes;
    layer.macs = step.macs;
    if (i < instructions.size()) layer.instructions = instructions[i];
    layers.push_back(std::move(layer));
  }
  return layers;
}

std::string layer_table(const std::vector<report::Layer>& layers) {
  const bool counted = were_counted(layers);
  int64_t total = 0;
  int64_t most = 1;
  for (const report::Layer& layer : layers) {
    total += work_of(layer, counted);
    most = std::max(most, work_of(layer, counted));
  }
  std::vector<std::vector<std::string>> rows{
      {"step", "layer", "RAM, B", "scratch, B", "flash, B", "MACs", "instructions", "%", ""}};
  for (const report::Layer& layer : layers) {
    const int64_t work = work_of(layer, counted);
    const double share = total == 0 ? 0 : 100.0 * static_cast<double>(work) / static_cast<double>(total);
    rows.push_back({fmt::format("{}", layer.step), printable(layer.name, 60), or_blank(layer.ram_bytes),
                    or_blank(layer.scratch_bytes), or_blank(layer.flash_bytes), or_blank(layer.macs),
                    or_blank(layer.instructions), fmt::format("{:.1f}", share),
                    std::string(static_cast<size_t>(work * kBarWidth / most), '#')});
  }
  return table(rows);
}

Json layer_keys(const std::vector<report::Layer>& layers) {
  const bool measured = were_counted(layers);
  Json keys = Json::array();
  for (const report::Layer& layer : layers)
    keys.push_back({{"step", layer.step},
                    {"name", layer.name},
                    {"rows", layer.rows},
                    {"rows_held", layer.rows_held},
                    {"ram_bytes", layer.ram_bytes},
                    {"scratch_bytes", layer.scratch_bytes},
                    {"flash_bytes", layer.flash_bytes},
                    {"macs", layer.macs},
                    {"instructions", measured ? Json(layer.instructions) : Json(nullptr)}});
  return keys;
}

report::Report compile_report(const Model& model, const Json& keys,
                              const std::vector<report::Layer>& layers) {
  report::Report page;
  page.title = fmt::format("{} on {}", model.file.filename().string(), keys["target"].get<std::string>());
  page.made_at = utc_now();
  page.classes = model.plan.classes;
  page.headline = {
      figure_row("RAM", keys["ram_bytes"], " B", "image, arena and stack of the linked test firmware"),
      figure_row("of it the arena", keys["arena_bytes"], " B", "every activation of one inference"),
      figure_row("of it the stack", keys["stack_bytes"], " B", "painted, read back at its deepest"),
      figure_row("RAM with rows pushed", keys["rows_ram_bytes"], " B",
                 "as a camera reads out: one row stands in RAM instead of the image"),
      figure_row("flash", keys["flash_bytes"], " B", "constants and code, from the linked image"),
      figure_row("of it constants", keys["weights_bytes"], " B", "weights, biases, multipliers, tables"),
      figure_row("MACs", keys["macs"], "", "one inference"),
      figure_row("instructions", keys["instructions"], "", "one inference; they are not cycles")};
  page.settings = {{"model", model.file.string(), ""},
                   {"for", keys["target"].get<std::string>(), ""},
                   {"kernels", keys["kernels"].get<std::string>(), ""},
                   {"schedule", keys["schedule"].get<std::string>(), ""},
                   {"rounding", keys["rounding"].get<std::string>(), ""}};
  page.steps = model.plan.steps;
  for (const compiler::Placement& placement : model.plan.placements)
    page.buffers.push_back(
        {placement.name, placement.offset, placement.bytes, placement.first_step, placement.last_step});
  page.arena_bytes = model.plan.arena_bytes;
  page.layers = layers;
  return page;
}

}  // namespace dew
