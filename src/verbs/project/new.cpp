// The verb `new`: a project folder with its question.
#include "verbs/common/open.h"
#include "verbs/project/project.h"

namespace dew::verbs {

Result<NewOutcome> create_project(const NewArgs& args, Watch& watch) {
  NewOutcome made{{}, args.folder.lexically_normal(), args.settings};
  if (made.settings.name.empty()) made.settings.name = made.folder.filename().string();
  warn_of_password(made.settings, watch);
  DEW_CHECK(Project::create(args.folder, made.settings));
  return made;
}

Json to_json(const NewOutcome& outcome) {
  return Json{{"project", outcome.folder.string()},
              {"name", outcome.settings.name},
              {"question", outcome.settings.question},
              {"classes", outcome.settings.classes},
              {"unsure", outcome.settings.unsure}};
}

}  // namespace dew::verbs
