// What each layer of a plan costs, for tables, JSON and the page.
#pragma once

#include <string>
#include <vector>

#include "report/report.h"
#include "verbs/common/model.h"

namespace dew {

/// One row a step of the plan. `instructions` as target::count_steps gives them; empty: not counted.
std::vector<report::Layer> layers_of(const compiler::Plan& plan, const std::vector<int64_t>& instructions);

/// For the terminal; the last column is a bar, of instructions or else of MACs.
std::string layer_table(const std::vector<report::Layer>& layers);

/// The value of compile's key `layers`; instructions that were not counted are null.
Json layer_keys(const std::vector<report::Layer>& layers);

/// The page of `compile --report`: the figures, the memory plan as a picture, the layers.
report::Report compile_report(const Model& model, const Json& keys, const std::vector<report::Layer>& layers);

}  // namespace dew
