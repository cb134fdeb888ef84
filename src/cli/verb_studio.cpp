// The verb `studio`: its options, its call.
#include "cli/program.h"
#include "studio/studio.h"

namespace dew::cli {

void add_studio(Program& program) {
  auto args = std::make_shared<studio::StudioArgs>();
  CLI::App* sub = add_verb(
      program, "studio", "See and correct the project in a browser, and run its stages there.",
      "  dewdrop studio\n"
      "  dewdrop studio -C person --port 9000 --no-open\n",
      [args](Console& console) {
        args->by = verbs::user_name();
        return finish(console, studio::serve(*args, console), [](const studio::StudioOutcome&, Console&) {});
      });
  add_project_option(sub, args->project);
  sub->add_option("--port", args->port, "default: 8484, or another where that is taken")
      ->check(CLI::Range(1, 65'535));
  sub->add_option("--listen", args->address,
                  "an address of this machine that others reach, by https; 0.0.0.0: all")
      ->capture_default_str();
  sub->add_flag("--insecure", args->insecure, "with --listen: http, which others in the network can read");
  sub->add_flag_callback(
      "--no-open", [args] { args->open_browser = false; }, "do not open a browser");
}

}  // namespace dew::cli
