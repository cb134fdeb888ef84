#include "verbs/deploy/deploy.h"

#include <fmt/format.h>

#include <map>

#include "verbs/common/event_classes.h"

namespace dew::verbs {
namespace {

/// One format goes where the user says, several into a folder each below it.
fs::path folder_for(const DeployArgs& args, const std::string& symbol, const std::string& format) {
  if (args.out.empty()) return args.out_parent / (symbol + "-" + format);
  return args.to.size() == 1 ? args.out : args.out / format;
}

/// What the C is for: what is named, else the project's board, else nothing in particular.
Result<std::optional<target::Target>> target_of(const DeployArgs& args) {
  std::string name = args.target;
  if (name.empty() && args.model.model.empty()) {
    DEW_TRY(const Project project, project_of(args.model));
    name = project.settings().board;
  }
  if (name.empty()) return std::optional<target::Target>();
  DEW_TRY(auto found, target::find_target(name));
  return std::optional(std::move(found));
}

Result<std::vector<deploy::Format>> formats_of(const DeployArgs& args) {
  std::vector<deploy::Format> formats;
  for (const std::string& name : args.to) {
    DEW_TRY(const deploy::Format format, deploy::find_format(name));
    formats.push_back(format);
  }
  if (formats.empty()) return usage_error("nothing to deploy to", {}, "choose " + deploy::format_names());
  return formats;
}

/// For the package's README; empty for a model that is not a project's.
std::string accuracy_of(const Model& model) {
  if (!model.net) return {};
  if (!model.net->test_accuracy)
    return fmt::format("not measured on the test split (run {}; dewdrop test does it)", model.net->run);
  std::string text = fmt::format("{:.3f} (run {})", *model.net->test_accuracy, model.net->run);
  if (!model.net->measured_against.empty()) text += "; " + model.net->measured_against;
  return text;
}

/// What is an event by the project's [cascade]; empty where its classes do not tell.
deploy::Events events_of(const DeployArgs& args, const Model& model) {
  deploy::Events events;
  if (!model.net) return events;
  const auto project = Project::open(args.model.project);
  if (!project) return events;
  const auto classes = event_classes(project->settings(), model.graph.classes);
  if (!classes) return events;
  events.temperature = project->settings().softness;
  for (const EventClass& one : *classes) events.classes.push_back({one.output, one.rule});
  return events;
}

std::string question_of(const DeployArgs& args, const Model& model) {
  if (!model.net) return {};
  const auto project = Project::open(args.model.project);
  return project ? project->settings().question : std::string();
}

Result<deploy::Files> made(const DeployArgs& args, const deploy::Format& format, const Model& model) {
  DEW_TRY(const std::string tflite, read_file(model.file));
  return format.make({model.graph, model.plan, tflite, accuracy_of(model), events_of(args, model),
                      question_of(args, model)});
}

using FilesByPath = std::map<fs::path, std::string>;

Result<FilesByPath> packages(const DeployArgs& args, const std::vector<deploy::Format>& formats,
                             const Model& model) {
  FilesByPath files;
  for (const deploy::Format& format : formats) {
    DEW_TRY(const deploy::Files all, made(args, format, model));
    const fs::path folder = folder_for(args, model.plan.symbol, format.name);
    for (const auto& [name, text] : all) files[folder / name] = text;
  }
  return files;
}

}  // namespace

Result<DeployOutcome> deploy(const DeployArgs& args, Watch& watch) {
  DEW_TRY(const auto formats, formats_of(args));
  ModelArgs which = args.model;
  DEW_TRY(const auto where, target_of(args));
  if (where) which.core = where->board.core;
  DEW_TRY(const Model model, load_model(which));
  DEW_TRY(const FilesByPath files, packages(args, formats, model));
  tell_net(model, watch);
  DeployOutcome outcome;
  outcome.net = model.net;
  outcome.figures = figures_of(model, join(args.to));
  outcome.figures.where = where;
  for (const auto& [path, text] : files) {
    if (const auto written = write_file(path, text); !written) {
      if (outcome.files.empty()) return tl::unexpected(written.error());
      outcome.stopped = written.error();
      return outcome;
    }
    outcome.files.push_back(path);
  }
  return outcome;
}

Result<Packed> pack(const ModelArgs& model, const std::string& format) {
  DeployArgs args;
  args.model = model;
  DEW_TRY(const deploy::Format wanted, deploy::find_format(format));
  DEW_TRY(const Model loaded, load_model(model));
  DEW_TRY(deploy::Files files, made(args, wanted, loaded));
  return Packed{loaded.net, std::move(files)};
}

Json to_json(const DeployOutcome& outcome) {
  Json keys = to_json(outcome.figures);
  keys.update(net_keys(outcome.net));
  Json files = Json::array();
  for (const fs::path& file : outcome.files) files.push_back(file.string());
  keys["files"] = files;
  return keys;
}

}  // namespace dew::verbs
