#include "verbs/common/open.h"

namespace dew::verbs {

void warn_of_password(const Settings& settings, Watch& watch) {
  if (store_has_password(settings))
    watch.warn(
        "dewdrop.toml holds the database's password, where everybody who gets the file can read it: take it "
        "out "
        "of `store` and give it in PGPASSWORD or ~/.pgpass");
}

Result<Project> open_project(const fs::path& folder, Watch& watch) {
  DEW_TRY(Project project, Project::open(folder));
  warn_of_password(project.settings(), watch);
  return project;
}

}  // namespace dew::verbs
