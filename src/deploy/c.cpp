// The C sources, an example that calls them and a page that says how.
#include "deploy/formats.h"
#include "embed/templates.h"

namespace dew::deploy {

Result<Files> c_package(const Package& package) {
  const compiler::Plan& plan = package.plan;
  const std::map<std::string, std::string> values{
      {"COLOURS", plan.input.shape.back() == 3 ? "RGB" : "grey"},
      {"ARENA_BYTES", with_commas(plan.arena_bytes)},
      {"WEIGHTS_BYTES", with_commas(plan.weights_bytes)},
      {"MACS", with_commas(plan.macs)},
      {"ACCURACY", package.accuracy.empty() ? "not known" : package.accuracy},
      {"CLASSES", plan.classes.empty() ? "not named" : join(plan.classes)}};
  Files files = compiler::emit_c(plan);
  files["example.c"] = filled_in(templates::c_example, plan.symbol, values);
  files["README.md"] = filled_in(templates::c_readme, plan.symbol, values);
  return files;
}

}  // namespace dew::deploy
