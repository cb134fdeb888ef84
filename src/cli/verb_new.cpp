// dewdrop new: a project folder with its question.
#include <fmt/format.h>

#include "cli/open.h"
#include "cli/verbs.h"

namespace dew {

Result<Json> verb_new(const NewArgs& args, Console& console) {
  Settings settings = args.settings;
  if (settings.name.empty()) settings.name = fs::absolute(args.folder).lexically_normal().filename().string();
  warn_of_password(settings, console);
  DEW_TRY(const Project project, Project::create(args.folder, settings));
  console.say(fmt::format("{} asks: {}  ({}{})", args.folder.string(), settings.question,
                          join(settings.classes, " / "),
                          settings.unsure.empty() ? "" : ", or " + settings.unsure));
  console.say(fmt::format("next: cd {} && dewdrop add <pictures or a video>", args.folder.string()));
  return Json{{"project", fs::absolute(args.folder).string()},
              {"name", settings.name},
              {"question", settings.question},
              {"classes", settings.classes},
              {"unsure", settings.unsure}};
}

}  // namespace dew
