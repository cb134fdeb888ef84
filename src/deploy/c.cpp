// The C sources; the C that feeds a camera's frames to a net of pictures; an example, a page and build files.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <sstream>

#include "deploy/formats.h"
#include "embed/templates.h"
#include "kernels/kernels.h"

namespace dew::deploy {
namespace {

using compiler::Ends;
using Values = std::map<std::string, std::string>;

/// A template with only those branches of `#ifdef DEW_MODEL_...`, `#else` and `#endif` that `header` calls
/// for.
std::string for_header(std::string_view text, const std::string& header, const std::string& symbol) {
  const std::string mark = "#ifdef DEW_MODEL_";
  std::istringstream lines{std::string(text)};
  std::string out;
  std::vector<bool> kept;  // of the branches around a line
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(mark)) {
      const std::string define = "#define DEW_" + upper(symbol) + "_" + line.substr(mark.size()) + " ";
      kept.push_back(header.find(define) != std::string::npos);
    } else if (line == "#else" && !kept.empty()) {
      kept.back() = !kept.back();
    } else if (line == "#endif" && !kept.empty()) {
      kept.pop_back();
    } else if (std::find(kept.begin(), kept.end(), false) == kept.end()) {
      out += line + "\n";
    }
  }
  return out;
}

/// "96 x 96 x 3 int8, real value = 0.00784314 * (q + 1)".
std::string tensor_text(const graph::Tensor& tensor, float scale, int zero_point) {
  std::string text;
  for (const int extent : tensor.shape) text += (text.empty() ? "" : " x ") + std::to_string(extent);
  text += fmt::format(" {}", graph::type_name(tensor.type));
  if (tensor.type == graph::DType::kFloat32) return text;
  if (tensor.type == graph::DType::kUInt8) zero_point += 128;
  return text + fmt::format("; real value = {:.6g} * (q {} {})", scale, zero_point < 0 ? "+" : "-",
                            std::abs(zero_point));
}

/// The extent that many axes from the last, as the header has it.
std::string extent(const graph::Tensor& tensor, size_t from_end) {
  const auto& shape = tensor.shape;
  return std::to_string(shape.size() < from_end ? 1 : shape[shape.size() - from_end]);
}

/// What the gate costs.
std::string gate_text(const compiler::Plan& plan) {
  for (const compiler::Step& step : plan.program)
    if (step.kernel == "dew_known")
      return fmt::format("{} of the bytes of constants and {} of the MACs", with_commas(step.constant_bytes),
                         with_commas(step.macs));
  return {};
}

Values values_of(const Package& package) {
  const compiler::Plan& plan = package.plan;
  const Ends ends = compiler::ends_of(plan);
  const bool pictures = ends.input == Ends::Input::kPicture;
  const std::string name = "dew_" + plan.symbol;
  const std::string camera = pictures ? name + "_camera" : "";
  return {{"INPUT", tensor_text(plan.input, ends.input_scale, ends.input_zero_point)},
          {"OUTPUT", tensor_text(plan.gate ? plan.parts[0].tensor : plan.output, ends.output_scale,
                                 ends.output_zero_point)},
          {"COLOURS", plan.input.shape.back() == 3 ? "red, green, blue" : "grey"},
          {"SOURCES", name + ".c" + (pictures ? " " + camera + ".c" : "")},
          {"OBJECTS", name + ".o" + (pictures ? " " + camera + ".o" : "")},
          {"HEIGHT", extent(plan.input, 3)},
          {"WIDTH", extent(plan.input, 2)},
          {"CHANNELS", extent(plan.input, 1)},
          {"VALUES", std::to_string(plan.scores())},
          {"ARENA_BYTES", with_commas(plan.arena_bytes)},
          {"WEIGHTS_BYTES", with_commas(plan.weights_bytes)},
          {"MACS", with_commas(plan.macs)},
          {"STEPS", std::to_string(plan.program.size())},
          {"TIMING_MARK", timing_mark(plan)},
          {"ACCURACY", package.accuracy.empty() ? "not known" : package.accuracy},
          {"GATE", gate_text(plan)},
          {"CLASSES", plan.classes.empty() ? "not named" : join(plan.classes)}};
}

// ---- the trigger

/// A score of the output's bytes in the trigger's steps, by byte.
std::string steps_table(const compiler::Plan& plan) {
  const Ends ends = compiler::ends_of(plan);
  std::string text;
  for (int q = -128; q < 128; ++q)
    text += fmt::format(
        "{}{}",
        q == -128             ? ""
        : (q + 128) % 16 == 0 ? ",\n  "
                              : ", ",
        cascade::score_step(static_cast<double>(ends.output_scale) * (q - ends.output_zero_point)));
  return text;
}

std::string powers_table(const cascade::Temper& temper) {
  if (!temper.changes()) return {};
  std::string text = "static const uint16_t dew_model_powers[256] = {\n  ";
  for (size_t i = 0; i < temper.powers().size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i % 16 == 0 ? ",\n  " : ", ", temper.powers()[i]);
  return text + "};\n";
}

bool has_trigger(const Package& package) {
  const Ends ends = compiler::ends_of(package.plan);
  return !package.events.classes.empty() && ends.output == Ends::Output::kClasses &&
         ends.input == Ends::Input::kPicture && package.plan.output.type == graph::DType::kInt8;
}

/// It takes the features of kernels/dew_sound.h, as a keyword model does.
bool hears(const compiler::Plan& plan) {
  constexpr float kScale = 26.0F / 256;
  const Ends ends = compiler::ends_of(plan);
  return ends.input == Ends::Input::kQuantised && plan.input.type == graph::DType::kInt8 &&
         !plan.input.shape.empty() && plan.input.shape.back() == 40 &&
         std::abs(ends.input_scale / kScale - 1) < 0.005F && ends.input_zero_point == -128 &&
         ends.output != Ends::Output::kMap && plan.parts.size() == 1;
}

Values trigger_values(const Package& package) {
  std::string rules;
  std::string outputs;
  for (const Events::Class& one : package.events.classes) {
    const dew_trigger_rule rule = cascade::on_the_device(one.rule);
    rules += fmt::format("{}{{{}, {}, {}, {}, {}u, {}u}}", rules.empty() ? "" : ",\n  ", rule.on, rule.off,
                         rule.n, rule.m, rule.rest_ms, rule.quiet_ms);
    outputs += fmt::format("{}{}", outputs.empty() ? "" : ", ", one.output);
  }
  const cascade::Temper temper(package.events.temperature);
  return {
      {"EVENTS", std::to_string(package.events.classes.size())},
      {"RULES", rules},
      {"OUTPUTS", outputs},
      {"STEPS", steps_table(package.plan)},
      {"POWERS", powers_table(temper)},
      {"TEMPER", temper.changes() ? "dew_trigger_temper(dew_model_powers, scores, DEW_MODEL_CLASSES);" : ""}};
}

}  // namespace

std::string timing_mark(const compiler::Plan& plan) {
  std::string kernels;  // those of another core take another time
  for (const compiler::Step& step : plan.program) kernels += step.kernel + " ";
  constexpr size_t kDigits = 8;
  return fmt::format("{} {} {} {} {}", plan.symbol, plan.program.size(), plan.macs, plan.weights_bytes,
                     sha256(kernels).substr(0, kDigits));
}

Result<Files> c_package(const Package& package) {
  const std::string& symbol = package.plan.symbol;
  const std::string name = "dew_" + symbol;
  const Values values = values_of(package);
  Files files = compiler::emit_c(package.plan);
  const std::string header = files.at(name + ".h");
  const auto add = [&](const std::string& file, std::string_view text) {
    files[file] = filled_in(for_header(text, header, symbol), symbol, values);
  };
  add("example.c", templates::c_example);
  add("README.md", templates::c_readme);
  add("Makefile", templates::c_makefile);
  add("CMakeLists.txt", templates::c_cmake);
  files[name + "_timing.h"] = filled_in(templates::c_timing_h, symbol, values);
  files[name + "_timing.c"] = filled_in(templates::c_timing_c, symbol, values);
  if (compiler::ends_of(package.plan).input == Ends::Input::kPicture) {
    files[name + "_camera.h"] = filled_in(templates::c_camera_h, symbol, values);
    files[name + "_camera.c"] = filled_in(templates::c_camera_c, symbol, values);
  }
  if (has_trigger(package)) {
    files["README.md"] += fmt::format(
        "\n## Events\n\n`{0}_trigger.h` turns the answers to one frame after the other into events that "
        "begin and end, with the "
        "settings of\n`[cascade]` in `dewdrop.toml`; it starts with how to call it. `examples/trigger.c` is "
        "a whole program. "
        "`dewdrop cascade` tells the same\nevents from the same frames.\n",
        name);
    files["dew_trigger.h"] = kernels::text("dew_trigger.h");
    // What a value holds is a template's text too.
    Values trigger = trigger_values(package);
    for (auto& [key, text] : trigger) text = filled_in(text, symbol, {});
    files[name + "_trigger.h"] = filled_in(templates::c_trigger_h, symbol, trigger);
    files["examples/trigger.c"] = filled_in(templates::c_trigger_example, symbol, trigger);
  }
  if (hears(package.plan)) {
    files["README.md"] +=
        "\n## Sound\n\n`dew_sound.h` turns samples (16 bits, 16,000 a second, one channel) into the features "
        "that the "
        "net takes, as\nmicro_speech and microWakeWord do; `dew_sound_tables.h` has its tables. "
        "`examples/sound.c` is a whole program.\n`dewdrop cascade --sound` hears the same.\n";
    files["dew_sound.h"] = kernels::text("dew_sound.h");
    files["dew_sound_tables.h"] = kernels::text("dew_sound_tables.h");
    add("examples/sound.c", templates::c_sound_example);
  }
  return files;
}

}  // namespace dew::deploy
