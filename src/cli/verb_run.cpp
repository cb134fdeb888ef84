// dewdrop run: pictures, a split or raw tensors through the model, on the host or on a board.
#include <fmt/format.h>

#include "cli/inputs.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "target/target.h"
#include "verbs/common/model.h"

namespace dew {
namespace {

Result<void> check_args(const RunArgs& args) {
  const int kinds =
      (args.raw.empty() ? 0 : 1) + (args.pictures.empty() ? 0 : 1) + (args.split.empty() ? 0 : 1);
  if (kinds != 1)
    return usage_error("give pictures or folders, or --split test, or --raw in.bin --out out.bin", {},
                       "see: dewdrop run --help");
  if (!args.raw.empty() && args.out.empty())
    return usage_error("--raw needs --out", {}, "see: dewdrop run --help");
  if (args.rows && args.on == "host")
    return usage_error("--rows feeds a board; the host gets whole images", {},
                       "choose a board: --on qemu:mps2-an386");
  return {};
}

/// A model of the user's gets the project's classes where it is run on the project's samples.
Result<ModelArgs> which_model(const RunArgs& args) {
  ModelArgs which = args.model;
  if (args.on != "host") {
    DEW_TRY(const target::Board board, target::find_board(args.on));
    which.core = board.core;
  } else if (which.isa.empty()) {
    which.isa = compiler::isa_name(target::host_isa());
  }
  if (!args.split.empty() && !which.model.empty() && which.classes.empty()) {
    DEW_TRY(const Project project, Project::open(which.project));
    which.classes = project.settings().classes;
  }
  return which;
}

Result<target::BoardRun> run_on(const RunArgs& args, const compiler::Plan& plan,
                                const std::vector<Input>& inputs, Watch& watch) {
  std::vector<target::Bytes> tensors;
  tensors.reserve(inputs.size());
  for (const Input& input : inputs) tensors.push_back(input.bytes);
  target::BoardRun run;
  if (args.on == "host") {
    DEW_TRY(run.outputs, target::run_on_host(plan, tensors, watch));
    return run;
  }
  DEW_TRY(const target::Board board, target::find_board(args.on));
  return target::run_on_board(plan, board, tensors, watch,
                              args.rows ? target::Feed::kRows : target::Feed::kImage);
}

/// What the net says of one input.
struct Verdict {
  std::string name;  ///< of the class, or its number
  double score = 0;
  std::vector<double> scores;
  bool said = true;  ///< false: the class does not reach its threshold
  [[nodiscard]] Json decision() const { return said ? Json(name) : Json(nullptr); }
};

Verdict verdict(const Model& model, const target::Bytes& output) {
  Verdict said;
  said.scores = scores(output, model.plan.output);
  const auto top = static_cast<size_t>(largest(said.scores));
  said.score = said.scores[top];
  said.said = is_said(model, said.scores, static_cast<int>(top));
  said.name = model.graph.classes.empty() ? fmt::format("{}", top) : model.graph.classes[top];
  return said;
}

/// How many of the labelled inputs the net has right.
struct Tally {
  int64_t right = 0;
  int64_t labelled = 0;
  void count(const Input& input, const Verdict& said) {
    if (!input.truth) return;
    ++labelled;
    right += *input.truth == said.name ? 1 : 0;
  }
  [[nodiscard]] double accuracy() const { return static_cast<double>(right) / static_cast<double>(labelled); }
};

std::string told(const Verdict& said) {
  return said.said ? said.name : fmt::format("unknown ({}?)", said.name);
}

std::vector<std::string> line(const Input& input, const Verdict& said) {
  const bool wrong = input.truth && *input.truth != said.name;
  return {printable(input.name), told(said), fmt::format("{:.3f}", said.score), input.truth.value_or(""),
          wrong ? "differs" : ""};
}

void tell(const std::vector<Input>& inputs, const std::vector<Verdict>& said, const Tally& tally,
          int64_t instructions, Console& console) {
  if (inputs.size() == 1) {
    console.say(
        fmt::format("{}  {:.3f}{}", told(said[0]), said[0].score,
                    instructions > 0 ? fmt::format("  ({} instructions)", with_commas(instructions)) : ""));
    return;
  }
  std::vector<std::vector<std::string>> rows{{"input", "says", "score", "label", ""}};
  for (size_t i = 0; i < inputs.size(); ++i) rows.push_back(line(inputs[i], said[i]));
  console.say(table(rows));
  if (tally.labelled > 0)
    console.say(fmt::format("{} of {} labelled as the net says: {:.3f}", tally.right, tally.labelled,
                            tally.accuracy()));
  if (instructions > 0)
    console.say(fmt::format("{} instructions for the costliest inference", with_commas(instructions)));
}

}  // namespace

Result<Json> verb_run(const RunArgs& args, Console& console) {
  DEW_CHECK(check_args(args));
  DEW_TRY(const ModelArgs which, which_model(args));
  DEW_TRY(const Model model, load_model(which));
  DEW_TRY(const auto inputs, gather_inputs(args, model.plan.input, model.graph.classes, console));
  DEW_TRY(const auto run, run_on(args, model.plan, inputs, console));

  if (!args.out.empty()) {
    std::string raw;
    for (const target::Bytes& output : run.outputs) raw.append(output.begin(), output.end());
    DEW_CHECK(write_file(args.out, raw));
  }
  std::vector<Verdict> said;
  Tally tally;
  Json results = Json::array();
  for (size_t i = 0; i < inputs.size(); ++i) {
    said.push_back(verdict(model, run.outputs[i]));
    tally.count(inputs[i], said[i]);
    results.push_back({{"input", printable(inputs[i].name)},
                       {"class", said[i].name},
                       {"decision", said[i].decision()},
                       {"scores", said[i].scores},
                       {"label", inputs[i].truth ? Json(*inputs[i].truth) : Json(nullptr)}});
  }
  tell(inputs, said, tally, run.figures.instructions, console);
  return Json{{"class", said[0].name},
              {"scores", said[0].scores},
              {"decision", said[0].decision()},
              {"instructions", counted(run.figures.instructions)},
              {"on", args.on},
              {"inputs", inputs.size()},
              {"labelled", tally.labelled},
              {"right", tally.right},
              {"accuracy", tally.labelled > 0 ? Json(tally.accuracy()) : Json(nullptr)},
              {"results", results}};
}

}  // namespace dew
