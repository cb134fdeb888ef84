// dewdrop deploy: the net as a package somebody else's build can use.
#include <fmt/format.h>

#include "cli/verbs.h"
#include "target/target.h"
#include "verbs/common/model.h"

namespace dew {
namespace {

using Files = std::map<std::string, std::string>;

/// The C sources, an example that calls them and a page that says how.
Files c_package(const Model& model) {
  Files files = compiler::emit_c(model.plan);
  const std::string& symbol = model.plan.symbol;
  const std::string macro = "DEW_" + upper(symbol);
  files["example.c"] = fmt::format(
      R"(/* Classifies one image. Put your camera where the comment stands. */
#include <stdio.h>

#include "dew_{0}.h"

static union {{ uint8_t bytes[{1}_ARENA_BYTES]; uint32_t aligned; }} arena;
static uint8_t image[{1}_INPUT_BYTES]; /* rows top down, {2} */

int main(void) {{
  static dew_{0}_t model;
  dew_{0}_result result;
  dew_{0}_init(&model, arena.bytes);
  /* read a picture of {1}_INPUT_WIDTH x {1}_INPUT_HEIGHT into image[] here */
  dew_{0}_run(&model, image, &result);
  printf("class %d, score %d of -128...127\n", result.top, result.scores[result.top]);
  return 0;
}}
)",
      symbol, macro, model.plan.input.shape.back() == 3 ? "RGB" : "grey");
  files["README.md"] = fmt::format(
      "# dew_{0}\n\nMade by Dewdrop. Add `dew_{0}.c` to your build and include `dew_{0}.h`; nothing else is "
      "needed.\n\n"
      "    cc -std=c99 -O2 example.c dew_{0}.c -o example && ./example\n\n"
      "| | |\n|---|---|\n| arena | {1} bytes |\n| constants | {2} bytes |\n| MACs an inference | {3} |\n| "
      "classes | {4} |\n",
      symbol, with_commas(model.plan.arena_bytes), with_commas(model.plan.weights_bytes),
      with_commas(model.plan.macs), model.plan.classes.empty() ? "not named" : join(model.plan.classes));
  return files;
}

/// A model file, its classes' names where they are known, and its thresholds where it has some.
Files with_labels(const Model& model, const std::string& extension, std::string bytes) {
  Files files{{model.plan.symbol + extension, std::move(bytes)}};
  if (!model.graph.classes.empty())
    files[model.plan.symbol + ".labels.txt"] = join(model.graph.classes, "\n") + "\n";
  for (const double threshold : model.plan.thresholds)
    files[model.plan.symbol + ".thresholds.txt"] += fmt::format("{}\n", threshold);
  return files;
}

Result<Files> package(const Model& model, const std::string& kind) {
  if (kind == "c") return c_package(model);
  if (kind == "onnx") {
    DEW_TRY(std::string onnx, graph::write_onnx(model.graph));
    return with_labels(model, ".onnx", std::move(onnx));
  }
  DEW_TRY(std::string tflite, read_file(model.file));
  return with_labels(model, ".tflite", std::move(tflite));
}

Result<void> check_kinds(const std::vector<std::string>& kinds) {
  for (const std::string& kind : kinds)
    if (kind != "c" && kind != "tflite" && kind != "onnx")
      return usage_error("cannot deploy to '" + printable(kind) + "'", {}, "choose c, tflite or onnx");
  return {};
}

/// One kind goes where the user says, several into a folder each below it.
fs::path folder_for(const DeployArgs& args, const Model& model, const std::string& kind) {
  if (args.out.empty()) return model.plan.symbol + "-" + kind;
  return args.to.size() == 1 ? args.out : args.out / kind;
}

/// The core whose kernels the C gets: the one named, else the project's board's, else none in particular.
Result<std::string> core_for(const DeployArgs& args) {
  std::string name = args.target;
  if (name.empty() && args.model.model.empty()) {
    DEW_TRY(const Project project, project_of(args.model));
    name = project.settings().board;
  }
  if (name.empty()) return std::string();
  DEW_TRY(const target::Board board, target::find_board(name));
  return board.core;
}

}  // namespace

Result<Json> verb_deploy(const DeployArgs& args, Console& console) {
  DEW_CHECK(check_kinds(args.to));
  ModelArgs which = args.model;
  DEW_TRY(which.core, core_for(args));
  DEW_TRY(const Model model, load_model(which));
  std::map<fs::path, std::string> files;  // all of them before the first is written
  for (const std::string& kind : args.to) {
    DEW_TRY(const Files made, package(model, kind));
    for (const auto& [name, text] : made) files[folder_for(args, model, kind) / name] = text;
  }
  Json written = Json::array();
  for (const auto& [path, text] : files) {
    DEW_CHECK(write_file(path, text));
    written.push_back(path.string());
    console.say(path.string());
  }
  Json keys = to_json(figures_of(model, join(args.to)));
  keys["files"] = written;
  return keys;
}

}  // namespace dew
