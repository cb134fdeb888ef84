// The verb `review`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
void add_review(Program& program) {
  auto args = std::make_shared<ReviewArgs>();
  CLI::App* sub =
      add_verb(program, "review", "Look at labels, the most suspicious first; your decisions stand.",
               "  dewdrop review                             # a key a decision\n"
               "  dewdrop review --list 20\n"
               "  dewdrop review --split test --limit 100\n"
               "  dewdrop review --import labels.csv        # street.jpg,yes\n"
               "  dewdrop review --score labels.csv         # how many wrong labels it finds\n"
               "Stop whenever you like: every decision is kept at once, and the next run goes on.\n",
               [args, &program](Console& console) {
                 args->project = program.project;
                 return bridge(console, verb_review(*args, console));
               });
  add_project_option(sub, program);
  CLI::Option* list = sub->add_option("--list", args->list, "print so many of the ranking; ask nothing");
  list->check(CLI::PositiveNumber);
  sub->add_option("--limit", args->limit, "samples to ask about at most")->check(CLI::PositiveNumber);
  sub->add_option("--split", args->split, "train, validation or test: these samples only")
      ->check(CLI::IsMember({"train", "validation", "test"}));
  sub->add_option("--again", args->again,
                  "decisions after which the rest is ranked anew, with what they taught; 0: never")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  sub->add_option(
      "--backbone", args->backbone,
      "whose features the classifier reads: bundled, random, an imported one's name, or a file; an int8 "
      "classifier (.tflite) serves as well");
  sub->add_option("--input", args->input, "pixels of its square input, a multiple of 32")
      ->capture_default_str()
      ->check(CLI::Range(32, 512));
  sub->add_option("--picture", args->picture,
                  "where the picture in question is written; default: .dewdrop/review.png in the project");
  sub->add_option("--by", args->by, "who decides; default: the name of the user");
  CLI::Option* import_file =
      sub->add_option("--import", args->import_file,
                      "labels by people: a CSV file of sample or file name and class, all or none of it");
  sub->add_option("--score", args->score,
                  "a file as for --import: how many of the labels that it contradicts the ranking finds")
      ->excludes(import_file)
      ->excludes(list);
  list->excludes(import_file);
}

}  // namespace dew::cli
