// dewdrop test: the net against the test split; accuracies, board figures and report.html.
#include <fmt/format.h>

#include "cli/evaluate.h"
#include "cli/report_data.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "verbs/common/open.h"

namespace dew {
namespace {

/// Debian packages of the programs that the board needs and this machine lacks.
std::vector<std::string> missing_packages(const target::Board& board, const Watch& watch) {
  std::vector<std::string> packages;
  for (const target::Tool& tool : target::tools(watch))
    if (!tool.path && (tool.program == board.compiler || tool.program == board.emulator))
      packages.push_back(tool.package);
  return packages;
}

/// The board to run on, absent when the user wants none or its tools are missing and nobody insisted.
Result<std::optional<target::Board>> choose_board(const TestArgs& args, const Settings& settings,
                                                  Console& console) {
  if (args.no_board) return std::optional<target::Board>();
  DEW_TRY(target::Board board, target::find_board(args.board.empty() ? settings.board : args.board));
  if (args.board.empty())
    if (const auto missing = missing_packages(board, console); !missing.empty()) {
      console.warn(fmt::format("{} is left out, its tools are missing: apt install {}", board.name,
                               join(missing, " ")));
      return std::optional<target::Board>();
    }
  return std::optional(std::move(board));
}

Result<void> write_inputs(const fs::path& path, const Evaluation& evaluation) {
  std::string bytes;
  for (const target::Bytes& input : evaluation.inputs) bytes.append(input.begin(), input.end());
  return write_file(path, bytes);
}

Json to_json(const Accuracy& result) {
  return Json{
      {"accuracy", result.share()}, {"right", result.right}, {"interval95", {result.low, result.high}}};
}

double share(int64_t part, int64_t of) {
  return of > 0 ? static_cast<double>(part) / static_cast<double>(of) : 0.0;
}

/// Null for a model without thresholds.
Json to_json(const Decided& all, const Model& model) {
  if (model.plan.thresholds.empty()) return nullptr;
  return Json{{"said", all.said},
              {"coverage", share(all.said, all.samples)},
              {"right", all.right},
              {"accuracy", all.said > 0 ? Json(share(all.right, all.said)) : Json(nullptr)},
              {"thresholds", model.plan.thresholds}};
}

Json to_json(const Run& run, const Model& model, const Evaluation& evaluation, const std::string& target) {
  Json keys{{"run", run.id}, {"folder", run.folder}};
  const std::vector<std::string> names{"float", "int8_host", "int8_board"};
  for (size_t i = 0; i < names.size(); ++i)
    keys[names[i]] = i < evaluation.said.size() ? to_json(accuracy(evaluation, evaluation.said[i]))
                                                : Json{{"accuracy", nullptr}};
  keys["decided"] = to_json(decided(evaluation, evaluation.said[1], model), model);
  keys["bit_equal"] = evaluation.bit_equal ? Json(*evaluation.bit_equal) : Json(nullptr);
  keys["samples"] = accuracy(evaluation, evaluation.said[0]).samples;
  keys["bit_compared"] = evaluation.bit_equal ? Json(evaluation.samples.size()) : Json(nullptr);
  keys["board"] = evaluation.bit_equal ? Json(target) : Json(nullptr);
  keys.update(to_json(figures_of(model, target)));
  if (evaluation.figures) {
    keys["ram_bytes"] = evaluation.figures->ram_bytes;
    keys["stack_bytes"] = evaluation.figures->stack_bytes;
    keys["flash_bytes"] = evaluation.figures->flash_bytes;
    keys["instructions"] = counted(evaluation.figures->instructions);
  }
  return keys;
}

void tell(const Json& keys, const Evaluation& evaluation, Console& console) {
  std::vector<std::vector<std::string>> rows{{"on the test split", "accuracy", "95 % interval", "right"}};
  for (const Said& said : evaluation.said) {
    const Accuracy result = accuracy(evaluation, said);
    rows.push_back({said.where, fmt::format("{:.3f}", result.share()),
                    fmt::format("{:.3f}-{:.3f}", result.low, result.high),
                    fmt::format("{}/{}", result.right, result.samples)});
  }
  console.say(table(rows));
  if (const Json& all = keys["decided"]; !all.is_null())
    console.say(fmt::format(
        "with its thresholds the int8 net decides {:.1f} % of them, {} of {} right{}",
        100 * all["coverage"].get<double>(), all["right"].get<int64_t>(), all["said"].get<int64_t>(),
        all["accuracy"].is_null() ? "" : fmt::format(" ({:.3f})", all["accuracy"].get<double>())));
  const auto count = [&](const char* key, const char* unit) {
    return keys[key].is_null() ? std::string("not measured") : with_commas(keys[key].get<int64_t>()) + unit;
  };
  console.say("");
  console.say(table({{"the firmware", ""},
                     {"RAM (image, arena, stack)", count("ram_bytes", " B")},
                     {"flash (weights and code)", count("flash_bytes", " B")},
                     {"MACs an inference", count("macs", "")},
                     {"instructions an inference", count("instructions", "")}}));
  if (evaluation.bit_equal)
    console.say(*evaluation.bit_equal ? fmt::format("host and board agree to the bit on all {} test samples",
                                                    evaluation.samples.size())
                                      : "host and board DIFFER: please report this as a bug");
}

}  // namespace

Result<Json> verb_test(const TestArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  DEW_TRY(Run run, finished_run(project, args.run));
  DEW_TRY(const auto board, choose_board(args, project.settings(), console));
  ModelArgs which;
  which.project = args.project;
  which.model = project.folder() / run.folder / "model.tflite";
  which.symbol = project.settings().name;
  which.rounding = project.settings().rounding;
  which.classes = project.settings().classes;
  if (board) which.core = board->core;
  DEW_TRY(const Model model, load_model(which));
  DEW_TRY(const Evaluation evaluation, evaluate(project, run, model, board, console));

  if (!args.inputs_out.empty()) {
    DEW_CHECK(write_inputs(args.inputs_out, evaluation));
  }
  Json keys = to_json(run, model, evaluation, board ? board->name : project.settings().board);
  Json results = Json::parse(run.results_json);
  results["test"] = keys;
  run.results_json = results.dump();
  const fs::path folder = project.folder() / run.folder;
  DEW_TRY(const auto data, gather_report(project, run, model, evaluation, console));
  DEW_CHECK(write_file(folder / "report.html", report::to_html(data)));
  DEW_CHECK(write_file(folder / "metrics.json", results.dump(2) + "\n"));
  DEW_CHECK(project.update_run(run));
  tell(keys, evaluation, console);
  keys["report"] = fs::absolute(folder / "report.html").lexically_normal().string();
  console.say(fmt::format("report: {}", keys["report"].get<std::string>()));
  return keys;
}

}  // namespace dew
