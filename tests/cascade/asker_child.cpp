// asker_child PROJECT TEACHER: asks about all events of the project, and ends.
#include <iostream>

#include "cascade/asker.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto fail = [](const dew::Error& error) {
    std::cerr << error.where << ": " << error.what << "\n";
    return 1;
  };
  const auto project = dew::Project::open(argv[1]);
  if (!project) return fail(project.error());
  dew::cascade::AskSettings settings;
  settings.teachers = {argv[2]};
  settings.prompt = {"What is it?", {}, "unsure", {}};
  auto asker = dew::cascade::Asker::open(*project, std::move(settings));
  if (!asker) return fail(asker.error());
  if (const auto submitted = asker->submit_missed(0); !submitted) return fail(submitted.error());
  dew::Watch watch;
  const auto worked = asker->work(dew::Clock::time_point::max(), watch);
  return worked ? 0 : fail(worked.error());
}
