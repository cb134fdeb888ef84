// A page that runs the net on a phone, and the net as a JavaScript library: one folder for any static host.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "deploy/formats.h"
#include "embed/templates.h"
#include "target/target.h"

namespace dew::deploy {
namespace {

using compiler::Ends;
using Json = nlohmann::ordered_json;

constexpr const char* kExports[] = {"dew_frame", "dew_begin", "dew_classify", "dew_known", "dew_said"};

Result<void> check(const compiler::Plan& plan) {
  const Ends ends = compiler::ends_of(plan);
  if (ends.input == Ends::Input::kPicture && ends.output == Ends::Output::kClasses && !plan.classes.empty())
    return {};
  return usage_error("the page shows classifiers of pictures; this model's input and output are: " +
                         std::string(kind_name(ends.input)) + ", " + std::string(kind_name(ends.output)),
                     plan.symbol, "name the outputs with --classes, or take --to c");
}

/// The same net with the kernels for WebAssembly.
Result<compiler::Plan> plan_for_web(const Package& package) {
  compiler::Options options;
  options.symbol = package.plan.symbol;
  options.rounding = package.plan.rounding;
  options.isa = compiler::Isa::kLanes;
  options.gate = package.plan.gate;
  DEW_TRY(compiler::Plan plan, compiler::compile(package.graph, options));
  plan.thresholds = package.plan.thresholds;
  return plan;
}

Result<std::string> module_of(const compiler::Plan& plan) {
  const std::string name = "dew_" + plan.symbol;
  std::map<std::string, std::string> sources = compiler::emit_c(plan);
  sources[name + "_camera.h"] = filled_in(templates::c_camera_h, plan.symbol, {});
  sources[name + "_camera.c"] = filled_in(templates::c_camera_c, plan.symbol, {});
  sources["glue.c"] = filled_in(templates::web_glue, plan.symbol, {});
  Watch quiet;
  return target::link_wasm(sources, {std::begin(kExports), std::end(kExports)}, quiet);
}

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// FNV-1a in 32 bits, as the library computes it.
uint32_t checksum(std::string_view bytes) {
  uint32_t sum = 0x811c9dc5;
  for (const char byte : bytes) sum = (sum ^ static_cast<uint8_t>(byte)) * 0x01000193;
  return sum;
}

/// What the library knows beside the module.
std::string about(const compiler::Plan& plan, std::string_view module) {
  const Ends ends = compiler::ends_of(plan);
  const auto& shape = plan.input.shape;
  std::vector<double> thresholds = plan.thresholds;
  thresholds.resize(plan.classes.size(), 0);
  const Json json{{"name", plan.symbol},
                  {"classes", plan.classes},
                  {"width", shape[shape.size() - 2]},
                  {"height", shape[shape.size() - 3]},
                  {"scale", ends.output_scale},
                  {"zeroPoint", ends.output_zero_point},
                  {"thresholds", thresholds},
                  {"checksum", checksum(module)}};
  return "// Made by Dewdrop with model.wasm: they belong together.\nexport default " +
         json.dump(2, ' ', false, Json::error_handler_t::replace) + ";\n";
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += letter;
    }
  }
  return out;
}

/// npm's names are lower case, and begin with a letter or figure.
std::string npm_name(const std::string& symbol) {
  std::string name = lower(symbol);
  const size_t first = name.find_first_not_of('_');
  return "dewdrop-" + (first == std::string::npos ? "model" : name.substr(first));
}

}  // namespace

Result<Files> web_package(const Package& package) {
  DEW_CHECK(check(package.plan));
  DEW_TRY(const compiler::Plan plan, plan_for_web(package));
  DEW_TRY(const std::string module, module_of(plan));
  const std::string title = package.plan.symbol;
  const std::string question = package.question.empty() ? join(plan.classes, " / ") : package.question;
  const auto& shape = plan.input.shape;
  const auto fill = [&](std::string_view text) {
    return filled_in(text, plan.symbol,
                     {{"TITLE", escaped(title)},
                      {"QUESTION", escaped(question)},
                      {"NAME", text_of(title)},
                      {"NPM_NAME", npm_name(plan.symbol)},
                      {"DESCRIPTION", text_of(question)},
                      {"WIDTH", std::to_string(shape[shape.size() - 2])},
                      {"HEIGHT", std::to_string(shape[shape.size() - 3])},
                      {"ACCURACY", package.accuracy.empty() ? "not known" : package.accuracy}});
  };
  Files files{{"model.wasm", module},
              {"model.js", about(plan, module)},
              {"dewdrop.js", fill(templates::web_library)},
              {"dewdrop.d.ts", fill(templates::web_types)},
              {"package.json", fill(templates::web_npm)},
              {"index.html", fill(templates::web_page)},
              {"style.css", fill(templates::web_style)},
              {"app.js", fill(templates::web_app)},
              {"manifest.webmanifest", fill(templates::web_manifest)},
              {"icon.svg", std::string(templates::web_icon)},
              {"README.md", fill(templates::web_readme)}};
  std::string all;  // another version of any file is another version of the page
  for (const auto& [name, text] : files) all += name + text;
  files["sw.js"] = filled_in(templates::web_worker, plan.symbol, {{"VERSION", sha256(all).substr(0, 16)}});
  return files;
}

}  // namespace dew::deploy
