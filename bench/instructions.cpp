// The table of docs/benchmarks.md: what one inference costs on every core. scripts/bench writes it there.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>

#include "bench/reference.h"

namespace dew::bench {
namespace {

struct Args {
  fs::path model;        ///< a .tflite; empty: the reference net
  fs::path write_model;  ///< if set, the reference net is only written here, as .tflite
  fs::path into;         ///< a page; what is between its marks is replaced
  std::string rounding = "dew";
  std::string core;    ///< only this one; empty: all
  bool large = false;  ///< with large_factors
  bool steps = false;  ///< the instructions of each step instead of the table
  bool kinds = false;  ///< the instructions of each kind of layer instead of the table
};

constexpr std::string_view kBegin = "<!-- scripts/bench writes from here -->\n";
constexpr std::string_view kEnd = "<!-- to here -->\n";

std::string millions(int64_t count) {
  return fmt::format("{:.2f}", static_cast<double>(count) / 1e6);
}

std::string heading(const graph::Graph& graph, int64_t macs) {
  const auto& input = graph.tensors[static_cast<size_t>(graph.inputs[0])].shape;
  return fmt::format("`{}`: {}x{}x{}, {} outputs, {:.2f} M MACs\n\n", printable(graph.name), input[1],
                     input[2], input[3], graph.tensors[static_cast<size_t>(graph.outputs[0])].elements(),
                     static_cast<double>(macs) / 1e6);
}

std::string row(const Costs& rows, const Costs& layers) {
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", rows.core, rows.kernels,
                     millions(rows.instructions), with_commas(rows.arena_bytes), with_commas(rows.ram_bytes),
                     with_commas(rows.rows_ram_bytes), with_commas(rows.flash_bytes),
                     with_commas(layers.ram_bytes));
}

compiler::Options options_of(const Args& args) {
  compiler::Options options;
  if (args.rounding == "tflite") options.rounding = graph::Rounding::kTflite;
  return options;
}

bool chosen(const target::Board& board, const Args& args) {
  return args.core.empty() || board.core == args.core;
}

/// Cores whose tools are missing are left out, with a message.
Result<std::string> core_table(const graph::Graph& graph, const Args& args, Watch& watch) {
  DEW_TRY(const auto plan, compiler::compile(graph, {}));
  std::string text = heading(graph, plan.macs);
  text +=
      "| core | kernels | M instructions | arena, B | RAM, B | RAM, rows pushed, B | flash, B | RAM, layer "
      "by "
      "layer, B |\n|---|---|--:|--:|--:|--:|--:|--:|\n";
  compiler::Options by_rows = options_of(args);
  compiler::Options by_layers = options_of(args);
  by_layers.schedule = compiler::Schedule::kLayers;
  for (const target::Board& board : counting_boards()) {
    if (!chosen(board, args)) continue;
    fmt::print(stderr, "{}\n", board.name);
    const auto rows = measure(graph, board, by_rows, Feeds::kImageAndRows, watch);
    const auto layers = measure(graph, board, by_layers, Feeds::kImage, watch);
    if (!rows || !layers) {
      const Error& error = rows ? layers.error() : rows.error();
      fmt::print(stderr, "  left out: {}; {}\n", error.what, error.next);
      continue;
    }
    text += row(*rows, *layers);
  }
  return text;
}

/// The program on one core, and what each of its steps takes there.
struct Counted {
  compiler::Plan plan;
  int64_t instructions = 0;
  std::vector<int64_t> steps;  ///< as in plan.program
};

Result<Counted> count_steps(const graph::Graph& graph, const target::Board& board, const Args& args,
                            Watch& watch) {
  compiler::Options options = options_of(args);
  options.isa = compiler::isa_of(board.core);
  Counted counted;
  DEW_TRY(counted.plan, compiler::compile(graph, options));
  const target::Bytes input = reference_input(counted.plan.input);
  DEW_TRY(const auto run,
          target::run_on_board(counted.plan, board, std::vector<target::Bytes>{input}, watch));
  counted.instructions = run.figures.instructions;
  DEW_TRY(counted.steps,
          target::count_step_instructions(counted.plan, board, input, counted.instructions, watch));
  return counted;
}

double a_mac(int64_t instructions, int64_t macs) {
  return macs > 0 ? static_cast<double>(instructions) / static_cast<double>(macs) : 0;
}

/// One line per step: its instructions, those per multiply-accumulate, its kernel and its name.
Result<std::string> step_table(const graph::Graph& graph, const Args& args, Watch& watch) {
  std::string text;
  for (const target::Board& board : counting_boards()) {
    if (!chosen(board, args)) continue;
    DEW_TRY(const Counted counted, count_steps(graph, board, args, watch));
    text += fmt::format("{}: {} instructions\n", board.core, with_commas(counted.instructions));
    for (size_t i = 0; i < counted.steps.size(); ++i) {
      const compiler::Step& step = counted.plan.program[i];
      text += fmt::format("{:>12} {:>8.2f}  {:<22} {}\n", counted.steps[i],
                          a_mac(counted.steps[i], step.macs), step.kernel, printable(step.name));
    }
  }
  return text;
}

/// The first layer reads windows of few channels: it is a kind of its own.
std::string kind_of(const compiler::Plan& plan, size_t number) {
  const auto multiplies = [](const compiler::Step& step) { return step.macs > 0; };
  const auto first = std::find_if(plan.program.begin(), plan.program.end(), multiplies);
  if (plan.program.begin() + static_cast<std::ptrdiff_t>(number) == first) return "the first";
  const std::string& name = plan.program[number].name;
  const std::string operation = name.substr(0, name.find(' '));
  return operation == "Conv2D" || operation == "DepthwiseConv2D" ? operation : "all else";
}

/// What kinds of layers take, a line per core and kind.
Result<std::string> kind_table(const graph::Graph& graph, const Args& args, Watch& watch) {
  std::string text = "| core | layers | M MACs | M instructions | a MAC |\n|---|---|--:|--:|--:|\n";
  for (const target::Board& board : counting_boards()) {
    if (!chosen(board, args)) continue;
    DEW_TRY(const Counted counted, count_steps(graph, board, args, watch));
    std::map<std::string, std::pair<int64_t, int64_t>> kinds;
    for (size_t i = 0; i < counted.steps.size(); ++i) {
      auto& [instructions, macs] = kinds[kind_of(counted.plan, i)];
      instructions += counted.steps[i];
      macs += counted.plan.program[i].macs;
    }
    for (const auto& [kind, took] : kinds)
      text += fmt::format("| {} | {} | {} | {} | {:.2f} |\n", board.core, kind, millions(took.second),
                          millions(took.first), a_mac(took.first, took.second));
  }
  return text;
}

Result<void> put_into(const fs::path& page, const std::string& text) {
  DEW_TRY(std::string all, read_file(page));
  const size_t begin = all.find(kBegin);
  const size_t end = all.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos || end < begin)
    return work_error("has no marks between which the table could go", page.string());
  all.replace(begin + kBegin.size(), end - begin - kBegin.size(), text);
  return write_file(page, all);
}

Result<graph::Graph> chosen_net(const Args& args) {
  if (args.model.empty()) return reference_net();
  DEW_TRY(const std::string bytes, read_file(args.model));
  return graph::read_tflite(bytes, args.model.filename().string());
}

Result<void> work(const Args& args) {
  DEW_TRY(graph::Graph graph, chosen_net(args));
  if (args.large) graph = large_factors(std::move(graph));
  if (!args.write_model.empty()) {
    DEW_TRY(const std::string bytes, graph::write_tflite(graph));
    return write_file(args.write_model, bytes);
  }
  Watch watch;
  DEW_TRY(const std::string text, args.steps   ? step_table(graph, args, watch)
                                  : args.kinds ? kind_table(graph, args, watch)
                                               : core_table(graph, args, watch));
  if (!args.into.empty()) return put_into(args.into, text);
  fmt::print("{}", text);
  return {};
}

}  // namespace
}  // namespace dew::bench

int main(int argc, char** argv) {
  CLI::App app{"Prints what an inference costs on every core, as a Markdown table.", "instructions"};
  dew::bench::Args args;
  app.add_option("model", args.model, "a .tflite (default: MobileNetV2 0.35 at 96x96 with random weights)");
  app.add_option("--write-model", args.write_model, "write the default model as .tflite instead");
  app.add_option("--rounding", args.rounding, "dew or tflite")->check(CLI::IsMember({"dew", "tflite"}));
  app.add_option("--core", args.core, "only this core (cortex-m4)");
  app.add_flag("--large-factors", args.large, "give some depthwise channels factors above one half");
  app.add_flag("--steps", args.steps, "print the instructions of each step, and per multiply-accumulate");
  app.add_flag("--kinds", args.kinds, "print the instructions of each kind of layer");
  app.add_option("--into", args.into, "write the table between the marks of this page");
  CLI11_PARSE(app, argc, argv);
  const auto done = dew::bench::work(args);
  if (done) return 0;
  fmt::print(stderr, "{}{}{}\n", done.error().where, done.error().where.empty() ? "" : ": ",
             done.error().what);
  return 1;
}
