// The program: its verbs, what they share, and what happens to a command that cannot be parsed.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <sstream>

#include "cli/program.h"

namespace dew::cli {

CLI::App* add_verb(Program& program, const std::string& name, const std::string& help,
                   const std::string& examples, Work work) {
  CLI::App* sub = program.app.add_subcommand(name, help);
  sub->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
  sub->footer("Examples:\n" + examples);
  sub->callback([&program, work = std::move(work)] { program.work = work; });
  return sub;
}

void add_project_option(CLI::App* sub, fs::path& project) {
  project = ".";
  sub->add_option("-C,--project", project, "folder of the project")->default_str(".");
}

void add_model_options(CLI::App* sub, verbs::ModelArgs& args) {
  sub->add_option("--run", args.run, "the project's training run, by number or folder; default: the newest");
  sub->add_option("--rounding", args.rounding,
                  "dew (default) or tflite (to the bit as TensorFlow Lite Micro)");
  sub->add_option("--schedule", args.schedule, "rows or layers");
  sub->add_option("--isa", args.isa, "kernels: generic, arm-dsp, helium or lanes; default: the core's own");
  sub->add_option("--classes", args.classes, "names of the outputs, comma separated")
      ->delimiter(',')
      ->transform(trim);
  sub->add_option("--symbol", args.symbol, "name in the C code: dew_<symbol>_run()");
}

namespace {

/// CLI11 says nothing about a mistyped verb but that one is required: say which was meant.
Result<void> check_verb(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || argv[1][0] == '-') return {};
  std::vector<std::string> names;
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(sub->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return {};
  const std::string near = closest(argv[1], names);
  return usage_error("there is no verb '" + printable(argv[1]) + "'", {},
                     near.empty() ? "dewdrop --help lists them" : "did you mean: dewdrop " + near);
}

/// Fills program.work. Gives the exit code where that is all there is to do (--help, a wrong option).
std::optional<int> parse(Program& program, int argc, const char* const* argv) {
  try {
    program.app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& asked) {  // --help or --version
    std::ostringstream text;
    const int code = program.app.exit(asked, text, text);
    return std::max(code, print_all(text.str()));
  } catch (const CLI::ParseError& error) {
    const auto chosen = program.app.get_subcommands();
    const std::string verb = chosen.empty() ? "" : " " + chosen[0]->get_name();
    std::vector<std::string> known{"--help"};
    for (const CLI::Option* option : chosen.empty() ? std::vector<CLI::Option*>() : chosen[0]->get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    const std::string meant = verbs::meant_option({argv + 1, argv + argc}, known);
    const std::string next = meant.empty() ? "see: " : "did you mean " + meant + "? See: ";
    return Console(program.json)
        .finish(usage_error(error.what(), {}, next + "dewdrop" + verb + " --help").value());
  }
}

/// The exit code is 0 (done), 1 (the work failed) or 2 (the command was wrong).
int run(int argc, const char* const* given) {
  const std::vector<std::string> words = verbs::verb_first({given + 1, given + argc});
  std::vector<const char*> argv{given[0]};
  for (const std::string& word : words) argv.push_back(word.c_str());
  listen_for_interrupts();
  Program program;
  program.app.set_version_flag("--version", DEWDROP_VERSION);
  program.app.require_subcommand(1);
  program.app.footer("Each verb has --help with examples, and --json. Start with: dewdrop demo");
  for (const auto add :
       {add_new, add_add, add_label, add_review, add_backbone, add_train, add_test, add_compile, add_run,
        add_deploy, add_export, add_cascade, add_compare, add_boards, add_studio, add_doctor, add_demo})
    add(program);
  if (argc < 2) return std::max(static_cast<int>(Fault::kUsage), print_all(program.app.help()));
  if (const auto known = check_verb(program.app, argc, argv.data()); !known)
    return Console(false).finish(known.error());
  if (const auto code = parse(program, argc, argv.data())) return *code;
  const CLI::Option* project = program.app.get_subcommands().front()->get_option_no_throw("--project");
  const bool named = project != nullptr && !project->empty();
  Console console(program.json, named ? "-C " + shell_quoted(project->as<std::string>()) + " " : "");
  try {
    return program.work(console);
  } catch (const std::exception& exception) {
    // No room throws in use: what comes here is a mistake of ours, or memory has run out.
    return console.finish(work_error("unexpected failure: " + printable(exception.what()), {},
                                     "nothing that was already saved is lost; please report this as a bug")
                              .value());
  }
}

}  // namespace
}  // namespace dew::cli

int main(int argc, char** argv) {
  return dew::cli::run(argc, argv);
}
