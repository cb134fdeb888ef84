// The verb `export`: its options, its call, its print.
#include "cli/program.h"
#include "verbs/export/export.h"

namespace dew::cli {
namespace {

void tell(const verbs::ExportOutcome& outcome, Console& console) {
  const exchange::Written& written = outcome.written;
  console.say("{} pictures, {} labels ({} by people) -> {}", with_commas(written.pictures),
              with_commas(written.labelled), with_commas(written.people), printable(outcome.folder.string()));
  if (written.unlabelled_left_out > 0)
    console.say("{} pictures without a label are left out: this format cannot hold them",
                with_commas(written.unlabelled_left_out));
  for (const std::string& note : written.notes) console.say(note);
}

/// The examples, and what each format gives.
std::string footer() {
  std::string text =
      "  dewdrop export birds-yolo --to yolo\n"
      "  dewdrop export gold --to csv --labels people --split test\n"
      "What --to gives:\n";
  for (const exchange::FormatInfo& format : exchange::formats_out())
    text += "  " + format.key + ": " + format.what + "\n";
  return text + "Each has a data card, README.md.\n";
}

}  // namespace

void add_export(Program& program) {
  auto args = std::make_shared<verbs::ExportArgs>();
  CLI::App* sub = add_verb(
      program, "export", "Write pictures, labels and answers for other tools.", footer(),
      [args](Console& console) { return finish(console, verbs::export_samples(*args, console), tell); });
  add_project_option(sub, args->project);
  sub->add_option("out", args->out, "folder to write; it must not exist, or be empty")->required();
  sub->add_option("--to", args->to, "the format; see below")->required();
  sub->add_option("--labels", args->labels, "current (default), people, teachers, policy:NAME, or a teacher");
  sub->add_option("--split", args->split, "train, validation or test: these samples only");
  sub->add_flag("--skip-missing", args->skip_missing,
                "leave out pictures whose files are gone or have changed; else nothing is exported then");
}

}  // namespace dew::cli
