// The verb `test`: its options, its call, its print.
#include <fmt/format.h>

#include "base/table.h"
#include "cli/program.h"
#include "cli/tell.h"
#include "verbs/measure/measure.h"

namespace dew::cli {
namespace {

void tell_accuracies(const verbs::TestOutcome& tested, Console& console) {
  std::vector<std::vector<std::string>> rows{{"on the test split", "accuracy", "95 % interval", "right"}};
  const auto add = [&rows](const std::string& where, const Share& share) {
    rows.push_back({where, fmt::format("{:.3f}", share.value()),
                    fmt::format("{:.3f}-{:.3f}", share.low, share.high),
                    fmt::format("{}/{}", share.hits, share.of)});
  };
  add("float", tested.float_accuracy);
  add("int8 on the host", tested.host_accuracy);
  if (tested.board_accuracy) add("int8 on " + tested.board, *tested.board_accuracy);
  console.say(text_table(rows));
  console.say(verbs::to_text(tested.against));
  if (const auto& all = tested.decided) {
    const double coverage = share_of(all->decided, all->samples).value();
    console.say("with its {} the int8 net decides {:.1f} % of the samples: {} of {} right{}",
                all->gated ? "thresholds and gate" : "thresholds", 100 * coverage, all->right, all->decided,
                all->decided > 0 ? fmt::format(" ({:.3f})", share_of(all->right, all->decided).value()) : "");
    if (all->strange > 0)
      console.say("the gate took {} for strangers, {} of which would have been right", all->strange,
                  all->strange_right);
  }
}

void tell_figures(const verbs::ModelFigures& figures, Console& console) {
  const auto measured = [&](int64_t target::Figures::*figure, const char* unit) {
    const int64_t value = figures.measured ? (*figures.measured).*figure : 0;
    return value == 0 ? std::string("not measured") : with_commas(value) + unit;
  };
  console.say("");
  console.say(
      text_table({{"the firmware", ""},
                  {"RAM (image, arena, stack)", measured(&target::Figures::ram_bytes, " B")},
                  {"  with rows pushed",
                   figures.rows_ram_bytes ? with_commas(*figures.rows_ram_bytes) + " B" : "not measured"},
                  {"flash (weights and code)", measured(&target::Figures::flash_bytes, " B")},
                  {"MACs per inference", with_commas(figures.macs)},
                  {"instructions per inference", measured(&target::Figures::instructions, "")}}));
  if (const std::string device = verbs::device_text(figures); !device.empty()) console.say(device);
}

}  // namespace

void tell_tested(const verbs::TestOutcome& tested, Console& console) {
  tell_accuracies(tested, console);
  tell_figures(tested.figures, console);
  if (tested.bit_equal)
    console.say(*tested.bit_equal
                    ? fmt::format("host and board agree to the bit on all {} test samples", tested.samples)
                    : "host and board DIFFER: please report this as a bug");
  console.say("report: {}", tested.report.string());
}

void add_test(Program& program) {
  auto args = std::make_shared<verbs::TestArgs>();
  CLI::App* sub =
      add_verb(program, "test",
               "Measure the net on the test split: in float, in int8 on this host, in int8 on a board.",
               "  dewdrop test\n"
               "  dewdrop test --on qemu:mps2-an386 --json\n"
               "  dewdrop test --labels people         # measure against people's labels only\n",
               [args](Console& console) {
                 auto tested = verbs::test(*args, console);
                 if (tested) tested->report = whole_path(tested->report);
                 return finish(console, tested, tell_tested);
               });
  add_project_option(sub, args->project);
  sub->add_option("--run", args->run, "the training run, by number or folder; default: the newest");
  sub->add_option("--labels", args->labels,
                  "which labels count as right: current (default), people, or others as for dewdrop train");
  CLI::Option* on = sub->add_option("--on", args->board, "board, chip or core; default: dewdrop.toml");
  sub->add_flag("--no-board", args->no_board, "float and host only")->excludes(on);
  sub->add_option("--write-inputs", args->inputs_out,
                  "write the test split's input tensors to this file, for run --raw or another engine");
}

}  // namespace dew::cli
