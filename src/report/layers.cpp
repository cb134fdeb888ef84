// The layers: what each one costs in RAM, flash and instructions, with a bar for its share of the whole.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "report/parts.h"

namespace dew::report {
namespace {

int64_t sum(const std::vector<LayerCost>& layers, int64_t LayerCost::*figure) {
  return std::accumulate(layers.begin(), layers.end(), int64_t{0},
                         [figure](int64_t total, const LayerCost& layer) { return total + layer.*figure; });
}

/// What a bar shows: time where it was measured, else instructions where they were counted, else MACs.
struct Work {
  bool counted = false;
  bool measured = false;
  std::string unit;
  double total = 0;
  double most = 0;

  explicit Work(const Report& report)
      : counted(std::any_of(report.layers.begin(), report.layers.end(),
                            [](const LayerCost& l) { return l.instructions > 0; })),
        measured(were_measured(report.layers)),
        unit(report.measured_unit) {
    for (const LayerCost& layer : report.layers) {
      total += of(layer);
      most = std::max(most, of(layer));
    }
  }
  [[nodiscard]] double of(const LayerCost& layer) const {
    return measured ? layer.measured : static_cast<double>(counted ? layer.instructions : layer.macs);
  }
  [[nodiscard]] double share(const LayerCost& layer) const { return total == 0 ? 0 : of(layer) / total; }
  [[nodiscard]] const char* shared() const {
    return measured ? "Share of the time" : counted ? "Share of them" : "Share of the MACs";
  }
  [[nodiscard]] std::string time(double value) const {
    return unit == "ms" ? fmt::format("{:.3f}", value) : with_commas(std::llround(value));
  }
};

void write_head(Writer& out, const Work& work) {
  const auto head = out.open("thead");
  const auto row = out.open("tr");
  for (const char* title : {"Step", "Layer", "Rows held", "RAM, B", "Scratch, B", "Flash, B", "MACs"})
    out.element("th", {{"scope", "col"}}, title);
  if (work.counted) out.element("th", {{"scope", "col"}}, "Instructions");
  if (work.measured) out.element("th", {{"scope", "col"}}, "Measured, " + work.unit);
  out.element("th", {{"scope", "col"}}, work.shared());
}

void write_share(Writer& out, const LayerCost& layer, const Work& work) {
  const auto cell = out.open("td", {{"class", "share"}});
  const double length = work.most == 0 ? 0 : work.of(layer) / work.most;
  out.element("span", work.of(layer) == 0 ? "" : percent(work.share(layer)));
  const auto bar = out.open("div", {{"class", "bar"}});
  out.element("div", {{"style", "width:" + coordinate(length * 100) + "%"}}, "");
}

void write_layer(Writer& out, const LayerCost& layer, const Work& work) {
  const auto row = out.open("tr");
  out.element("td", fmt::format("{}", layer.step));
  out.element("th", {{"scope", "row"}}, clip(layer.name, kNameBytes));
  out.element("td", fmt::format("{} of {}", layer.rows_held, layer.rows));
  for (const int64_t figure : {layer.ram_bytes, layer.scratch_bytes, layer.flash_bytes, layer.macs})
    out.element("td", figure == 0 ? "" : with_commas(figure));
  if (work.counted) out.element("td", with_commas(layer.instructions));
  if (work.measured) out.element("td", work.time(layer.measured));
  write_share(out, layer, work);
}

void write_total(Writer& out, const std::vector<LayerCost>& layers, const Work& work) {
  const auto foot = out.open("tfoot");
  const auto row = out.open("tr");
  out.element("td", "");
  out.element("th", {{"scope", "row"}}, "All of them");
  for (const char* none : {"", "", ""}) out.element("td", none);
  out.element("td", with_commas(sum(layers, &LayerCost::flash_bytes)));
  out.element("td", with_commas(sum(layers, &LayerCost::macs)));
  if (work.counted) out.element("td", with_commas(sum(layers, &LayerCost::instructions)));
  if (work.measured) out.element("td", work.time(work.total));
  out.element("td", "");
}

}  // namespace

bool were_measured(const std::vector<LayerCost>& layers) {
  return std::any_of(layers.begin(), layers.end(), [](const LayerCost& layer) { return layer.measured > 0; });
}

void write_layers(Writer& out, const Report& report) {
  if (report.layers.empty()) return;
  const Work work(report);
  const auto section = out.open("section", {{"id", "layers"}});
  out.element("h2", "Layers");
  out.element("p", {{"class", "lead"}},
              "RAM is what a layer's rows take while its wave runs; buffers that never live together share "
              "bytes of the arena, so the column has no sum. Flash is its constants, the code aside." +
                  std::string(work.counted ? " Instructions are counted by the emulator." : "") +
                  (work.measured ? " Times are those that a real board logged." : ""));
  const auto scroll =
      out.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "layers"}});
  const auto table = out.open("table", {{"class", "numbers layers"}});
  out.element("caption", {{"class", "unseen"}}, "What each layer costs");
  write_head(out, work);
  {
    const auto body = out.open("tbody");
    for (const LayerCost& layer : report.layers) write_layer(out, layer, work);
  }
  write_total(out, report.layers, work);
}

}  // namespace dew::report
