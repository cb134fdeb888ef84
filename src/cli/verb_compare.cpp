// The verb `compare`: its options, its call, its print.
#include <fmt/format.h>

#include "base/table.h"
#include "cli/program.h"
#include "verbs/compare/compare.h"

namespace dew::cli {
namespace {

std::string verdict_text(const compare::Verdict& one) {
  return !one.chance ? "cannot be told" : one.different ? "different" : "may be chance";
}

void tell(const verbs::CompareOutcome& outcome, Console& console) {
  console.say(outcome.answer);
  std::vector<std::vector<std::string>> rows{{"question", "verdict", "all together"}};
  for (const compare::Verdict& one : outcome.findings.verdicts)
    rows.push_back(
        {one.question, verdict_text(one), one.together ? fmt::format("p {:.3f}", *one.together) : ""});
  console.say("");
  console.say(text_table(rows));
  for (const std::string& sentence : outcome.findings.cannot) console.say(sentence);
  console.say("page: {}", outcome.page.string());
}

}  // namespace

void add_compare(Program& program) {
  auto args = std::make_shared<verbs::CompareArgs>();
  CLI::App* sub = add_verb(
      program, "compare", "Train nets on two label sets and tell how they see differently.",
      "  dewdrop compare --a gpt-4o --b people\n"
      "  dewdrop compare --a gpt-4o+10% --b gpt-4o      # would it pay to review a tenth by hand?\n"
      "  dewdrop compare --a teacher:openai:gpt-4o#1a2b --b teacher:openai:gpt-4o#9f00   # two prompts\n"
      "  dewdrop compare --a gpt-4o --folds 2 --shifted night/\n"
      "Run it again after Ctrl-C: no net is trained twice.\n",
      [args](Console& console) {
        make_absolute(args->shifted);
        return finish(console, verbs::compare(*args, console), tell);
      });
  add_project_option(sub, args->project);
  sub->add_option("--a", args->a,
                  "a label set: policy, people, or a teacher; +10%: a tenth reviewed by people")
      ->capture_default_str();
  sub->add_option("--b", args->b, "the other one")->capture_default_str();
  sub->add_option("--seeds", args->seeds, "nets for each label set")
      ->capture_default_str()
      ->check(CLI::Range(1, 50));
  sub->add_option("--folds", args->folds,
                  "test every picture once, by nets of the others; default: the project's test split")
      ->check(CLI::Range(2, 10));
  sub->add_option("--jobs", args->jobs, "nets that are trained at a time; default: one for each processor")
      ->check(CLI::Range(1, 256));
  sub->add_option("--shifted", args->shifted,
                  "a folder of labelled pictures of another kind, to test on, too");
  sub->add_flag("!--no-drift", args->drift, "do not test on corrupted pictures");
  sub->add_option("--drift-pictures", args->drift_pictures, "how many are corrupted at most")
      ->capture_default_str()
      ->check(CLI::Range(10, 1'000'000));
  sub->add_flag("!--no-curve", args->curve, "do not train on parts of the labels");
  sub->add_option("--usd-a-label", args->usd_a_label, "what a label by a person costs")
      ->check(CLI::NonNegativeNumber);
  sub->add_option("-o,--out", args->page, "the page; default: compare.html in the project");
  for (const char* key : {"student.net", "student.alpha", "student.input", "student.head", "student.blocks",
                          "student.epochs", "student.balance", "student.backbone"})
    add_setting(sub, args->changes, key);
}

}  // namespace dew::cli
