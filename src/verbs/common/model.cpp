#include "verbs/common/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <cstring>

#include "verbs/common/device_figures.h"

namespace dew::verbs {
namespace {

constexpr int64_t kModelLimit = int64_t{256} << 20;

/// Class names: one a line in `<model>.labels.txt` beside the model, as published models have them.
std::vector<std::string> classes_beside(const fs::path& model) {
  fs::path beside = model;
  const auto text = read_file(beside.replace_extension(".labels.txt"), 1 << 20);
  return text ? split_list(*text, '\n') : std::vector<std::string>{};
}

/// None where there is no such file. Error: another number of lines than classes, or a line that is no score.
Result<std::vector<double>> thresholds_beside(const fs::path& model, int64_t classes) {
  const fs::path file = thresholds_file(model);
  std::error_code none;
  if (!fs::exists(file, none)) return std::vector<double>();
  DEW_TRY(const std::string text, read_file(file, 1 << 20));
  std::vector<double> thresholds;
  for (const std::string& line : split_list(text, '\n')) {
    char* end = nullptr;
    const double value = std::strtod(line.c_str(), &end);
    if (end == line.c_str() || *end != '\0' || !(value >= 0 && value <= 1))
      return usage_error("the threshold '" + printable(line, 40) + "' is no score", file.string(),
                         "a threshold is a number from 0 to 1; without the file the model has none");
    thresholds.push_back(value);
  }
  if (static_cast<int64_t>(thresholds.size()) != classes)
    return usage_error(fmt::format("{} thresholds for {} classes", thresholds.size(), classes), file.string(),
                       "write one a line for each class, or delete the file");
  return thresholds;
}

/// None where there is no such file. Error: it is damaged.
Result<std::optional<graph::Gate>> gate_beside(const fs::path& model) {
  const fs::path file = gate_file(model);
  std::error_code none;
  if (!fs::exists(file, none)) return std::optional<graph::Gate>();
  DEW_TRY(const std::string text, read_file(file, kModelLimit));
  DEW_TRY(graph::Gate gate, graph::read_gate(text, file.string()));
  return std::optional(std::move(gate));
}

struct Origin {
  fs::path file;
  std::string symbol;
  std::vector<std::string> classes;
  std::string rounding = "dew";
  std::optional<NetOfRun> net = {};
};

/// The finished run whose folder holds the model; absent where it is not a project's own.
std::optional<std::pair<Project, Run>> run_around(const fs::path& model) {
  std::error_code none;
  const fs::path whole = fs::absolute(model, none).lexically_normal();
  const fs::path runs = whole.parent_path().parent_path();
  if (none || whole.filename() != "model.tflite" || runs.filename() != "runs") return std::nullopt;
  auto project = Project::open(runs.parent_path());
  if (!project) return std::nullopt;
  auto run = finished_run(*project, whole.parent_path().filename().string());
  if (!run) return std::nullopt;
  return std::pair(*std::move(project), *std::move(run));
}

Result<Origin> origin_of(const Project& project, const Run& run, bool chosen) {
  const Settings& settings = project.settings();
  DEW_TRY(auto net, net_of_run(project, run, chosen));
  return Origin{project.folder() / run.folder / "model.tflite", symbol_of(settings.name), settings.classes,
                settings.rounding, std::move(net)};
}

Result<Origin> find_origin(const ModelArgs& args) {
  if (args.model.empty()) {
    DEW_TRY(const Project project, project_of(args));
    DEW_TRY(const Run run, finished_run(project, args.run));
    return origin_of(project, run, !args.run.empty());
  }
  if (!args.run.empty())
    return usage_error("--run names a net of the project, and a model file is named as well",
                       args.model.string(), "leave one of them out");
  Origin own{args.model, symbol_of(args.model.stem().string()), classes_beside(args.model)};
  if (const auto around = run_around(args.model)) {
    DEW_TRY(Origin of_run, origin_of(around->first, around->second, true));
    if (!own.classes.empty()) of_run.classes = std::move(own.classes);
    of_run.file = args.model;
    return of_run;
  }
  return own;
}

}  // namespace

std::string symbol_of(const std::string& name) {
  std::string symbol;
  for (const char c : name) symbol += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return symbol.empty() ? "model" : lower(symbol);
}

Result<Project> project_of(const ModelArgs& args) {
  auto project = Project::open(args.project);
  if (project) return project;
  Error error = project.error();
  if (!error.next.empty()) error.next += "; or name a model of your own, any int8 .tflite file (see --help)";
  return tl::unexpected(std::move(error));
}

Result<compiler::Schedule> parse_schedule(const std::string& text) {
  if (text == "rows") return compiler::Schedule::kRows;
  if (text == "layers") return compiler::Schedule::kLayers;
  return usage_error("unknown schedule '" + printable(text) + "'", {}, "choose rows or layers");
}

Result<graph::Rounding> parse_rounding(const std::string& text) {
  if (text == "dew") return graph::Rounding::kDew;
  if (text == "tflite") return graph::Rounding::kTflite;
  return usage_error("unknown rounding '" + printable(text) + "'", {}, "choose dew or tflite");
}

Result<Model> load_model(const ModelArgs& args) {
  DEW_TRY(const Origin origin, find_origin(args));
  Model model;
  model.file = origin.file;
  model.net = origin.net;
  DEW_TRY(const std::string bytes, read_file(origin.file, kModelLimit));
  DEW_TRY(model.graph, graph::read_tflite(bytes, origin.file.string()));
  model.graph.classes = args.classes.empty() ? origin.classes : args.classes;
  const int64_t outputs = model.graph.tensors[static_cast<size_t>(model.graph.outputs[0])].elements();
  if (static_cast<int64_t>(model.graph.classes.size()) != outputs) {
    if (!args.classes.empty())
      return usage_error(fmt::format("{} {} named, the model has {} outputs", args.classes.size(),
                                     args.classes.size() == 1 ? "class is" : "classes are", outputs),
                         origin.file.string(), "name one class an output, or none");
    model.graph.classes.clear();
  }
  model.options.symbol = args.symbol.empty() ? origin.symbol : symbol_of(args.symbol);
  DEW_TRY(model.options.rounding, parse_rounding(args.rounding.empty() ? origin.rounding : args.rounding));
  if (!args.isa.empty()) {
    DEW_TRY(model.options.isa, compiler::find_isa(args.isa));
  } else if (!args.core.empty()) {
    model.options.isa = compiler::isa_of(args.core);
  }
  if (!args.schedule.empty()) {
    DEW_TRY(model.options.schedule, parse_schedule(args.schedule));
  }
  DEW_TRY(model.options.gate, gate_beside(origin.file));
  DEW_TRY(model.plan, compiler::compile(model.graph, model.options));
  DEW_TRY(model.plan.thresholds, thresholds_beside(origin.file, outputs));
  return model;
}

fs::path thresholds_file(const fs::path& model) {
  fs::path beside = model;
  return beside.replace_extension(".thresholds.txt");
}

fs::path gate_file(const fs::path& model) {
  fs::path beside = model;
  return beside.replace_extension(".gate.txt");
}

bool is_known(const std::vector<uint8_t>& bytes, const compiler::Plan& plan) {
  return !plan.gate || bytes.back() != 0;
}

bool is_said(const Model& model, const std::vector<double>& values, int top) {
  const auto& thresholds = model.plan.thresholds;
  const auto at = static_cast<size_t>(top);
  return at >= thresholds.size() || values[at] >= thresholds[at] - 1e-9;
}

void tell_net(const Model& model, Watch& watch) {
  if (model.net) watch.inform(to_text(*model.net));
}

ModelFigures figures_of(const Model& model, const std::string& target) {
  ModelFigures figures;
  figures.macs = model.plan.macs;
  figures.weights_bytes = model.plan.weights_bytes;
  figures.arena_bytes = model.plan.arena_bytes;
  figures.schedule = model.options.schedule == compiler::Schedule::kRows ? "rows" : "layers";
  figures.rounding = model.options.rounding == graph::Rounding::kDew ? "dew" : "tflite";
  figures.target = target;
  figures.kernels = compiler::isa_name(model.options.isa);
  return figures;
}

std::optional<int64_t> rows_ram_bytes(const Model& model, const target::Board& board, Watch& watch) {
  const target::Bytes blank(static_cast<size_t>(model.plan.input.bytes()));
  const auto run = target::run_on_board(model.plan, board, {&blank, 1}, watch, target::Feed::kRows);
  return run ? std::optional(run->figures.ram_bytes) : std::nullopt;
}

Json to_json(const ModelFigures& figures) {
  const auto measured = [&figures](int64_t target::Figures::*figure) {
    return figures.measured ? Json((*figures.measured).*figure) : Json(nullptr);
  };
  return Json{{"macs", figures.macs},
              {"weights_bytes", figures.weights_bytes},
              {"arena_bytes", figures.arena_bytes},
              {"ram_bytes", measured(&target::Figures::ram_bytes)},
              {"rows_ram_bytes", figures.rows_ram_bytes ? Json(*figures.rows_ram_bytes) : Json(nullptr)},
              {"stack_bytes", measured(&target::Figures::stack_bytes)},
              {"flash_bytes", measured(&target::Figures::flash_bytes)},
              {"instructions", figures.measured ? counted(figures.measured->instructions) : Json(nullptr)},
              {"schedule", figures.schedule},
              {"rounding", figures.rounding},
              {"target", figures.target},
              {"device", device_json(figures)},
              {"kernels", figures.kernels}};
}

std::vector<double> scores(const std::vector<uint8_t>& bytes, const compiler::Plan& plan) {
  std::vector<double> values;
  for (const compiler::OutputPart& part : plan.parts) {
    const graph::Tensor& output = part.tensor;
    const bool floats = output.type == graph::DType::kFloat32;
    const double scale = floats ? 1.0 : output.quantisation.scale[0];
    const int64_t zero = floats ? 0 : output.quantisation.zero_point[0];
    const auto begin = static_cast<size_t>(part.at);
    for (size_t i = 0; i < static_cast<size_t>(output.elements()); ++i) {
      if (floats) {
        float value = 0;
        std::memcpy(&value, bytes.data() + begin + i * sizeof value, sizeof value);
        values.push_back(value);
        continue;
      }
      const uint8_t byte = bytes[begin + i];
      const int64_t q = output.type == graph::DType::kInt8 ? static_cast<int8_t>(byte) : byte;
      values.push_back(scale * static_cast<double>(q - zero));
    }
    if (plan.gate) break;  // whose answer is no score
  }
  return values;
}

int largest(const std::vector<double>& values) {
  return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

}  // namespace dew::verbs
