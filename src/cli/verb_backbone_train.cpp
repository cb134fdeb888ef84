// dewdrop backbone train: makes a backbone from pictures and a larger net that looks at them.
#include "cli/bridge.h"
#include <fmt/format.h>

#include <cstdio>

#include "cli/lessons.h"
#include "cli/verbs.h"

namespace dew {
namespace {

/// "64x45,96x14": 45 epochs at 64 pixels, then 14 at 96.
Result<std::vector<student::PretrainStage>> parse_stages(const std::string& text) {
  std::vector<student::PretrainStage> stages;
  for (size_t at = 0; at <= text.size();) {
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string part = text.substr(at, comma - at);
    student::PretrainStage stage;
    char end = 0;
    if (std::sscanf(part.c_str(), "%dx%d%c", &stage.input, &stage.epochs, &end) != 2 || stage.epochs < 1 ||
        stage.epochs > 10000)
      return usage_error("'" + printable(part, 40) + "' is no stage", "--stages",
                         "give pixels x epochs, for example 64x45,96x14");
    stages.push_back(stage);
    at = comma + 1;
  }
  return stages;
}

}  // namespace

Result<Json> verb_backbone_train(const BackboneTrainArgs& args, Console& console) {
  student::PretrainSettings settings = args.settings;
  DEW_TRY(settings.stages, parse_stages(args.stages));
  settings.name = args.name.empty() ? args.out.stem().string() : args.name;
  LessonArgs wanted;
  wanted.pictures = args.pictures;
  wanted.teacher = args.teacher;
  wanted.views = args.views;
  wanted.folder = args.work / "lessons";
  for (const student::PretrainStage& stage : settings.stages)
    wanted.size = std::max(wanted.size, stage.input);
  DEW_TRY(const auto lessons, make_lessons(wanted, console));
  const auto pictures = static_cast<int64_t>(lessons.targets.size()) / lessons.head.features / lessons.views;
  DEW_TRY(const std::string teacher, sha256_file(args.teacher));
  settings.origin =
      fmt::format("Distilled from {} (SHA-256 {}) over {} pictures, {} views of each, stages {}; no labels.",
                  args.teacher.filename().string(), teacher, pictures, args.views, args.stages);
  if (!settings.from.empty()) {
    DEW_TRY(const std::string begun, sha256_file(settings.from));
    settings.origin += fmt::format(" Begun from a backbone of SHA-256 {}.", begun);
  }
  const fs::path folder = args.work / "training";
  DEW_CHECK(student::pretrain(lessons, settings, folder, console));
  DEW_TRY(const std::string bytes, read_file(folder / "backbone.dewb"));
  DEW_CHECK(write_file(args.out, bytes));
  console.say(fmt::format("{} -> {} ({} bytes)", settings.origin, args.out.string(),
                          with_commas(static_cast<int64_t>(bytes.size()))));
  return Json{{"backbone", settings.name}, {"file", args.out.string()}, {"bytes", bytes.size()},
              {"sha256", sha256(bytes)},   {"pictures", pictures},      {"origin", settings.origin}};
}

}  // namespace dew
