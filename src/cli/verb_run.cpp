// dewdrop run: one picture, or raw tensors, through the model on the host or on a board.
#include <fmt/format.h>

#include "cli/model.h"
#include "cli/pictures.h"
#include "cli/verbs.h"
#include "target/target.h"

namespace dew {
namespace {

constexpr int64_t kRawLimit = int64_t{1} << 30;

/// The input tensors: one from a picture, or as many as the raw file holds.
Result<std::vector<target::Bytes>> inputs_for(const RunArgs& args, const graph::Tensor& tensor) {
  if (args.raw.empty()) {
    DEW_TRY(const Image image, read_image(args.picture));
    DEW_TRY(auto bytes, to_tensor(image, tensor));
    return std::vector<target::Bytes>{std::move(bytes)};
  }
  DEW_TRY(const std::string raw, read_file(args.raw, kRawLimit));
  const auto size = static_cast<size_t>(tensor.bytes());
  if (raw.empty() || raw.size() % size != 0)
    return work_error(
        fmt::format("holds {} bytes, no whole number of input tensors of {} bytes", raw.size(), size),
        args.raw.string(), "write the tensors one after the other, nothing between");
  std::vector<target::Bytes> inputs;
  for (size_t at = 0; at < raw.size(); at += size)
    inputs.emplace_back(raw.begin() + static_cast<int64_t>(at),
                        raw.begin() + static_cast<int64_t>(at + size));
  return inputs;
}

Result<target::BoardRun> run_on(const std::string& where, const compiler::Plan& plan,
                                const std::vector<target::Bytes>& inputs, Watch& watch) {
  if (where == "host") {
    DEW_TRY(auto outputs, target::run_on_host(plan, inputs, watch));
    return target::BoardRun{std::move(outputs), {}};
  }
  DEW_TRY(const target::Board board, target::find_board(where));
  return target::run_on_board(plan, board, inputs, watch);
}

}  // namespace

Result<Json> verb_run(const RunArgs& args, Console& console) {
  if (args.raw.empty() == args.picture.empty())
    return usage_error("give one picture, or --raw in.bin --out out.bin", {}, "see: dewdrop run --help");
  if (args.raw.empty() != args.out.empty())
    return usage_error("--raw and --out belong together", {}, "see: dewdrop run --help");
  ModelArgs which = args.model;
  if (args.on != "host") {
    DEW_TRY(const target::Board board, target::find_board(args.on));
    which.core = board.core;
  }
  DEW_TRY(const Model model, load_model(which));
  DEW_TRY(const auto inputs, inputs_for(args, model.plan.input));
  DEW_TRY(const auto result, run_on(args.on, model.plan, inputs, console));

  if (!args.out.empty()) {
    std::string raw;
    for (const target::Bytes& output : result.outputs) raw.append(output.begin(), output.end());
    DEW_CHECK(write_file(args.out, raw));
  }
  const auto values = scores(result.outputs[0], model.plan.output);
  const int top = largest(values);
  const std::string name =
      model.graph.classes.empty() ? fmt::format("{}", top) : model.graph.classes[static_cast<size_t>(top)];
  const int64_t instructions = result.figures.instructions;
  console.say(
      fmt::format("{}  {:.3f}{}", name, values[static_cast<size_t>(top)],
                  instructions > 0 ? fmt::format("  ({} instructions)", with_commas(instructions)) : ""));
  return Json{{"class", name},
              {"scores", values},
              {"instructions", counted(instructions)},
              {"on", args.on},
              {"inputs", inputs.size()}};
}

}  // namespace dew
