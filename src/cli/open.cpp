// Every verb's first step, with what should be said about a project whatever is done with it.
#include "cli/open.h"

namespace dew {

void warn_of_password(const Settings& settings, Console& console) {
  if (password_in_store(settings))
    console.warn(
        "the database's password stands in dewdrop.toml, where everybody who gets the file reads it: "
        "take it out of `store`, and give it in PGPASSWORD or in ~/.pgpass");
}

Result<Project> open_project(const fs::path& folder, Console& console) {
  DEW_TRY(Project project, Project::open(folder));
  warn_of_password(project.settings(), console);
  return project;
}

}  // namespace dew
