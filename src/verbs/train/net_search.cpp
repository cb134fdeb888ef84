#include "verbs/train/net_search.h"

#include <fmt/format.h>

#include "report/report.h"
#include "student/backbone_store.h"
#include "verbs/common/model.h"

namespace dew::verbs {
namespace {

/// As `compile` will compile the trained net.
Result<search::Task> task_of(const Project& project, const student::TrainSettings& wanted,
                             const search::Limits& limits) {
  const Settings& settings = project.settings();
  search::Task task;
  task.limits = limits;
  DEW_TRY(const target::Target where, target::find_target(settings.board));
  task.board = where.board;
  DEW_TRY(task.options.rounding, parse_rounding(settings.rounding));
  task.options.isa = compiler::isa_of(task.board.core);
  task.options.symbol = symbol_of(settings.name);
  task.classes = settings.classes;
  task.settings = wanted;
  if (!wanted.backbone.empty() && wanted.backbone != "random") {
    DEW_TRY(const auto backbone, student::find_backbone(wanted.backbone));
    task.backbone_alpha = backbone.alpha;
  }
  return task;
}

std::string limits_text(const search::Limits& limits) {
  std::vector<std::string> parts;
  if (limits.ram_bytes)
    parts.push_back(
        fmt::format("RAM {} B{}", with_commas(*limits.ram_bytes), limits.rows ? " with rows pushed" : ""));
  if (limits.flash_bytes) parts.push_back(fmt::format("flash {} B", with_commas(*limits.flash_bytes)));
  if (limits.instructions) parts.push_back(fmt::format("{} instructions", with_commas(*limits.instructions)));
  return join(parts);
}

}  // namespace

bool limited(const search::Limits& limits) {
  return limits.ram_bytes || limits.flash_bytes || limits.instructions;
}

Result<std::vector<search::NetCandidate>> search_nets(const Project& project,
                                                      const student::TrainSettings& wanted,
                                                      const search::Limits& limits, const LoadPictures& load,
                                                      const fs::path& folder, Watch& watch) {
  DEW_TRY(search::Task task, task_of(project, wanted, limits));
  task.load = load;
  task.folder = folder;
  watch.inform(fmt::format("looking for nets within {} on {}", limits_text(limits), task.board.name));
  DEW_TRY(auto candidates, search::fitting(task, watch));
  return search::halve(task, std::move(candidates), watch);
}

Result<target::Figures> measure_net(const Project& project, const fs::path& run_folder, target::Feed feed,
                                    Watch& watch) {
  DEW_TRY(const target::Target where, target::find_target(project.settings().board));
  ModelArgs which;
  which.model = run_folder / "model.tflite";
  which.symbol = project.settings().name;
  which.rounding = project.settings().rounding;
  which.core = where.board.core;
  DEW_TRY(const Model model, load_model(which));
  const target::Bytes blank(static_cast<size_t>(model.plan.input.bytes()));
  DEW_TRY(const auto run, target::run_on_board(model.plan, where.board, {&blank, 1}, watch, feed));
  return run.figures;
}

Json candidates_json(const std::vector<search::NetCandidate>& candidates) {
  Json list = Json::array();
  for (const search::NetCandidate& one : candidates)
    list.push_back({{"net", one.settings.net},
                    {"backbone", one.settings.backbone},
                    {"alpha", one.settings.alpha},
                    {"input", one.settings.input},
                    {"head", one.settings.head},
                    {"blocks", one.settings.blocks},
                    {"macs", one.macs},
                    {"ram_bytes", one.figures.ram_bytes},
                    {"flash_bytes", one.figures.flash_bytes},
                    {"instructions", counted(one.figures.instructions)},
                    {"epochs", one.epochs},
                    {"validation_accuracy", one.accuracy},
                    {"best_of_its_size", one.best_of_its_size}});
  return list;
}

Result<void> write_search_page(const Project& project, const NetSearch& search) {
  const Settings& settings = project.settings();
  report::Report page;
  page.title = settings.name + ": nets within " + limits_text(search.limits);
  page.question = settings.question;
  page.classes = settings.classes;
  page.ram_limit = search.limits.ram_bytes.value_or(0);
  page.flash_limit = search.limits.flash_bytes.value_or(0);
  for (const search::NetCandidate& one : search.candidates)
    page.candidates.push_back({search::describe(one.settings), one.settings.backbone, one.figures.ram_bytes,
                               one.figures.flash_bytes, one.figures.instructions, one.epochs, one.accuracy,
                               one.best_of_its_size});
  return write_file(search.report, report::to_html(page));
}

}  // namespace dew::verbs
