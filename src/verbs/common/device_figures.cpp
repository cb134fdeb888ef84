#include "verbs/common/device_figures.h"

#include <fmt/format.h>

#include <cmath>

namespace dew::verbs {
namespace {

Json or_null(std::optional<bool> value) {
  return value ? Json(*value) : Json(nullptr);
}

/// 0 stands for none known.
Json bytes_or_null(int64_t bytes) {
  return bytes > 0 ? Json(bytes) : Json(nullptr);
}

Json range(const std::optional<target::Cycles>& cycles) {
  return cycles ? Json{cycles->from, cycles->to} : Json(nullptr);
}

/// To two digits: an estimate has no more. "4.1", "17", "350".
std::string about(double value) {
  if (!(value > 0)) return "0";
  const double unit = std::pow(10, std::floor(std::log10(value)) - 1);
  const double rounded = std::round(value / unit) * unit;
  return rounded < 10 ? fmt::format("{:.1f}", rounded) : fmt::format("{:.0f}", rounded);
}

std::string millions(int64_t instructions) {
  return fmt::format("{:.1f} M", static_cast<double>(instructions) / 1e6);
}

/// "46,012 B with a whole image (fits)".
std::string way(int64_t bytes, const char* fed, bool fits_inside, const target::Device& device) {
  const bool outside = !fits_inside && bytes <= device.ram_bytes + device.external_ram_bytes;
  return fmt::format("{} B {} ({})", with_commas(bytes), fed,
                     fits_inside ? "fits"
                     : outside   ? "only with its external RAM, which is slower"
                                 : "does NOT fit");
}

std::string ram_text(const ModelFigures& figures, const target::Device& device) {
  const Fits fit = fits(figures);
  std::string text =
      fmt::format("RAM of {}: {} B{}; the net takes {}", device.name, with_commas(device.ram_bytes),
                  device.external_ram_bytes > 0
                      ? fmt::format(", and {} B outside the chip", with_commas(device.external_ram_bytes))
                      : "",
                  way(figures.measured->ram_bytes, "with a whole image", *fit.image, device));
  if (fit.rows) text += ", " + way(*figures.rows_ram_bytes, "with rows pushed", *fit.rows, device);
  return text;
}

std::string flash_text(const ModelFigures& figures, const target::Device& device) {
  const std::string need = with_commas(figures.measured->flash_bytes) + " B";
  if (device.flash_bytes == 0)
    return fmt::format("flash of {}: none on the chip; the net takes {}", device.name, need);
  return fmt::format("flash of {}: {} B; the net takes {} ({})", device.name, with_commas(device.flash_bytes),
                     need, *fits(figures).flash ? "fits" : "does NOT fit");
}

std::string time_text(const ModelFigures& figures, const target::Target& where) {
  const auto lasts = target::estimate(where, figures.measured->instructions);
  if (!lasts) return "time: not known, nothing says how many cycles an instruction takes there";
  return fmt::format(
      "time: about {} to {} ms an inference at {:.0f} MHz. Estimated, not measured: {} instructions{} times "
      "{} to {} cycles ({})",
      about(lasts->from), about(lasts->to), where.device->mhz, millions(figures.measured->instructions),
      where.stands_in() ? " of " + where.board.core : "", where.core.cycles->from, where.core.cycles->to,
      where.core.basis);
}

}  // namespace

Fits fits(const ModelFigures& figures) {
  if (!figures.where || !figures.where->device || !figures.measured) return {};
  const target::Device& device = *figures.where->device;
  Fits fit;
  fit.image = figures.measured->ram_bytes <= device.ram_bytes;
  if (device.flash_bytes > 0) fit.flash = figures.measured->flash_bytes <= device.flash_bytes;
  if (figures.rows_ram_bytes) fit.rows = *figures.rows_ram_bytes <= device.ram_bytes;
  return fit;
}

std::string device_text(const ModelFigures& figures) {
  if (!figures.where || !figures.where->device || !figures.measured) return {};
  const target::Device& device = *figures.where->device;
  std::string text = ram_text(figures, device) + "\n" + flash_text(figures, device) + "\n" +
                     time_text(figures, *figures.where);
  if (!device.note.empty()) text += fmt::format("\nnote on {}: {}", device.name, device.note);
  return text;
}

Json to_json(const target::Target& target) {
  Json json{{"core", target.core.name},
            {"counted_on", target.board.name},
            {"stands_in", target.stands_in()},
            {"cycles_per_instruction", range(target.core.cycles)},
            {"cycles_basis", text_or_null(target.core.basis)}};
  if (const auto& device = target.device)
    json.update(Json{{"name", device->name},
                     {"title", device->title},
                     {"aliases", device->aliases},
                     {"chip", device->chip.empty() ? device->name : device->chip},
                     {"mhz", device->mhz},
                     {"ram_bytes", device->ram_bytes},
                     {"external_ram_bytes", device->external_ram_bytes},
                     {"flash_bytes", bytes_or_null(device->flash_bytes)},
                     {"camera", text_or_null(device->camera)},
                     {"note", text_or_null(device->note)},
                     {"source", device->source}});
  return json;
}

Json device_json(const ModelFigures& figures) {
  if (!figures.where || !figures.where->device) return nullptr;
  Json json = to_json(*figures.where);
  const Fits fit = fits(figures);
  json["fits"] = {{"flash", or_null(fit.flash)}, {"image", or_null(fit.image)}, {"rows", or_null(fit.rows)}};
  const auto lasts =
      figures.measured ? target::estimate(*figures.where, figures.measured->instructions) : std::nullopt;
  json["estimated_milliseconds"] = lasts ? Json{lasts->from, lasts->to} : Json(nullptr);
  return json;
}

}  // namespace dew::verbs
