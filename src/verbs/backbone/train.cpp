// Makes a backbone from pictures and a larger net that looks at them.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "verbs/backbone/backbone.h"
#include "verbs/backbone/lessons.h"

namespace dew::verbs {
namespace {

constexpr int kMostEpochs = 10000;
constexpr int kMostViews = 64;

Result<void> check(const TrainBackboneArgs& args) {
  if (args.stages.empty()) return usage_error("there is no stage", "--stages", "give one, for example 64x45");
  for (const student::PretrainStage& stage : args.stages)
    if (stage.epochs < 1 || stage.epochs > kMostEpochs)
      return usage_error(fmt::format("a stage of {} epochs is not possible", stage.epochs), "--stages",
                         fmt::format("give 1 to {} epochs", kMostEpochs));
  if (args.views < 1 || args.views > kMostViews)
    return usage_error(fmt::format("{} views of a picture are not possible", args.views), "--views",
                       fmt::format("give 1 to {}", kMostViews));
  return {};
}

/// What parse_stages() reads.
std::string stages_text(const std::vector<student::PretrainStage>& stages) {
  std::vector<std::string> parts;
  for (const student::PretrainStage& stage : stages)
    parts.push_back(fmt::format("{}x{}", stage.input, stage.epochs));
  return join(parts, ",");
}

Result<std::string> origin_of(const TrainBackboneArgs& args, int64_t pictures) {
  DEW_TRY(const std::string teacher, sha256_file(args.teacher));
  std::string origin =
      fmt::format("Distilled from {} (SHA-256 {}) over {} pictures, {} views of each, stages {}; no labels.",
                  args.teacher.filename().string(), teacher, pictures, args.views, stages_text(args.stages));
  if (args.settings.from.empty()) return origin;
  DEW_TRY(const std::string begun, sha256_file(args.settings.from));
  return origin + fmt::format(" Begun from a backbone of SHA-256 {}.", begun);
}

}  // namespace

Result<std::vector<student::PretrainStage>> parse_stages(const std::string& text) {
  std::vector<student::PretrainStage> stages;
  for (const std::string& part : split_list(text)) {
    student::PretrainStage stage;
    char end = 0;
    if (std::sscanf(part.c_str(), "%dx%d%c", &stage.input, &stage.epochs, &end) != 2)
      return usage_error("'" + printable(part, 40) + "' is not a stage", "--stages",
                         "give pixels x epochs, for example 64x45,96x14");
    stages.push_back(stage);
  }
  return stages;
}

Result<TrainBackboneOutcome> train_backbone(const TrainBackboneArgs& args, Watch& watch) {
  DEW_CHECK(check(args));
  LessonArgs wanted;
  wanted.pictures = args.pictures;
  wanted.teacher = args.teacher;
  wanted.views = args.views;
  wanted.folder = args.work / "lessons";
  for (const student::PretrainStage& stage : args.stages) wanted.size = std::max(wanted.size, stage.input);
  DEW_TRY(const auto lessons, make_lessons(wanted, watch));

  TrainBackboneOutcome outcome;
  outcome.pictures = std::ssize(lessons.targets) / lessons.head.features / lessons.views;
  outcome.backbone = args.name.empty() ? args.out.stem().string() : args.name;
  outcome.file = args.out;
  DEW_TRY(outcome.origin, origin_of(args, outcome.pictures));
  student::PretrainSettings settings = args.settings;
  settings.stages = args.stages;
  settings.name = outcome.backbone;
  settings.origin = outcome.origin;
  const fs::path folder = args.work / "training";
  DEW_CHECK(student::pretrain(lessons, settings, folder, watch));
  DEW_TRY(const std::string bytes, read_file(folder / "backbone.dewb"));
  DEW_CHECK(write_file(args.out, bytes));
  outcome.bytes = std::ssize(bytes);
  outcome.sha256 = sha256(bytes);
  return outcome;
}

Json to_json(const TrainBackboneOutcome& outcome) {
  return Json{{"backbone", outcome.backbone}, {"file", outcome.file.string()}, {"bytes", outcome.bytes},
              {"sha256", outcome.sha256},     {"pictures", outcome.pictures},  {"origin", outcome.origin}};
}

}  // namespace dew::verbs
