// The verb `label`: its options, its call, its print.
#include <fmt/format.h>

#include <algorithm>

#include "cli/program.h"
#include "cli/tell.h"
#include "verbs/label/label.h"

namespace dew::cli {
namespace {

struct LabelCommand : verbs::LabelArgs {
  bool dry_run = false;
  bool bill = false;
  bool batches = false;
  std::string forget;  ///< a batch
};

CLI::Option* duration(CLI::App* sub, const std::string& name, std::chrono::milliseconds& into,
                      const std::string& help) {
  return sub->add_option_function<double>(
      name,
      [&into](double seconds) { into = std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000)); },
      help);
}

/// How a server is spoken to, and what may be spent.
void server_options(CLI::App* sub, teacher::TeacherOptions& options) {
  sub->add_option("--base-url", options.base_url,
                  "address of an OpenAI-compatible API, instead of api.openai.com");
  const auto number = [sub](const std::string& name, auto& into, int least, int most,
                            const std::string& help) {
    sub->add_option(name, into, help)->capture_default_str()->check(CLI::Range(least, most));
  };
  number("--concurrency", options.concurrency, 1, 256, "questions in flight; above 8 all are sent at once");
  number("--retries", options.retries, 0, 20,
         "tries after the first one fails; after a useless answer at most two, at temperature 0 one");
  number("--give-up", options.give_up, 1, 10'000,
         "consecutive failures after which the server counts as down");
  number("--batch-requests", options.batch_requests, 1, 50'000,
         "requests in one file for the Batch API, at most");
  duration(sub, "--timeout", options.timeout,
           "seconds for one answer; default: 60, at a slow server up to four times that")
      ->check(CLI::Range(0.1, 3600.0));
  sub->add_option("--budget", options.budget_usd,
                  "US dollars that may be spent; no question is sent that could exceed it")
      ->check(CLI::PositiveNumber);
  sub->add_option("--prices", options.prices, "a price file; default: prices.toml in the project");
  duration(sub, "--poll", options.poll, "seconds between two checks of a batch; default: 30")
      ->check(CLI::Range(0.01, 3600.0));
}

/// "  yes 12  no 30"; of many classes the least and the most.
std::string by_class(const label::LabelCounts& counts) {
  constexpr size_t kNamedClasses = 12;
  std::string text;
  if (counts.by_class.size() <= kNamedClasses) {
    for (const auto& [name, number] : counts.by_class)
      text += fmt::format("  {} {}", name, with_commas(number));
    return text;
  }
  const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [least, most] = std::minmax_element(counts.by_class.begin(), counts.by_class.end(), fewer);
  return fmt::format("  {} classes, from {} {} to {} {}", counts.by_class.size(), least->first,
                     with_commas(least->second), most->first, with_commas(most->second));
}

void tell_counts(const label::LabelCounts& counts, double threshold, Console& console) {
  std::string why;
  if (counts.tied > 0) why += fmt::format(", {} of them tied", with_commas(counts.tied));
  if (counts.below_threshold > 0)
    why += fmt::format(", {} below the threshold of {}", with_commas(counts.below_threshold), threshold);
  console.say("{} labelled:{}; {} unsure and set aside{}, {} without an answer", with_commas(counts.labelled),
              by_class(counts), with_commas(counts.unsure), why, with_commas(counts.unlabelled));
  if (counts.untold > 0)
    console.warn(
        fmt::format("{} of the labels have no confidence, so the threshold of {} does not apply to them: "
                    "--votes 3, a server that gives log-probabilities, or gold labels (dewdrop label --gold) "
                    "would give them one",
                    with_commas(counts.untold), threshold));
}

void tell_local(const verbs::LocalLabels& local, Console& console) {
  std::string agreement;
  if (local.agreement.of > 0)
    agreement =
        fmt::format("; they agree with the teacher in {} of cases", verbs::with_interval(local.agreement));
  console.say("training samples: {} asked about, {} labelled locally{}, {} left unlabelled as it is not sure",
              with_commas(local.asked), with_commas(local.labelled), agreement, with_commas(local.left));
}

void tell_plan(const verbs::LabelPlanOutcome& outcome, Console& console) {
  constexpr size_t kShown = 5;
  console.say(outcome.plan.teachers.front().prompt + "\n");
  for (size_t i = 0; i < std::min(kShown, outcome.samples.size()); ++i) console.say(outcome.samples[i]);
  if (outcome.samples.size() > kShown) console.say("... and {} more", outcome.samples.size() - kShown);
  for (const std::string& line : verbs::describe(outcome.plan)) console.say(line);
  console.say("nothing was sent (--dry-run)");
}

void tell_bills(const verbs::BillsOutcome& outcome, Console& console) {
  for (const Bill& bill : outcome.runs) {
    std::string estimated;
    if (bill.estimated_tokens_in > 0)
      estimated =
          fmt::format("  of which {} is estimated, on {} + {} tokens",
                      verbs::dollars(bill.cost_usd ? std::optional(bill.estimated_usd) : std::nullopt),
                      with_commas(bill.estimated_tokens_in), with_commas(bill.estimated_tokens_out));
    console.say("{:>4}  {}  {:<24} asked {:>7}  failed {:>4}  {}{}", bill.id, bill.at,
                printable(bill.teacher + " " + bill.model, 40), with_commas(bill.asked),
                with_commas(bill.failed), verbs::dollars(bill.cost_usd), estimated);
  }
  for (const verbs::TeacherSpending& one : outcome.teachers)
    console.say("{}: {} in {}, {} asked", printable(one.name, 60), verbs::dollars(one.cost_usd),
                plural(one.runs, "run", "runs"), with_commas(one.asked));
  if (outcome.runs.empty()) console.say("nothing was asked yet");
}

void tell_batches(const verbs::BatchesOutcome& outcome, Console& console) {
  for (const verbs::ListedBatch& one : outcome.batches)
    console.say("{:>4}  {}  {:<9}  {:>7} questions, {:>7} samples answered  {}  {}", one.batch.id,
                one.batch.at, one.batch.state, with_commas(one.questions), with_commas(one.answered),
                printable(one.batch.model, 40),
                one.batch.job.empty() ? std::string("no job yet") : printable(one.batch.job, 60));
  if (outcome.batches.empty()) console.say("no batch was sent yet");
  if (outcome.forgotten)
    console.say("batch {} is forgotten: the next run asks about its unanswered samples again",
                *outcome.forgotten);
}

int run_label(const LabelCommand& command, Console& console) {
  if (!command.forget.empty())
    return finish(console, verbs::forget_batch(command.project, command.forget, console), tell_batches);
  if (command.batches) return finish(console, verbs::batches(command.project, console), tell_batches);
  if (command.bill) return finish(console, verbs::bills(command.project, console), tell_bills);
  if (command.dry_run) return finish(console, verbs::plan_label(command, console), tell_plan);
  return finish(console, verbs::label(command, console), tell_label);
}

}  // namespace

void tell_label(const verbs::LabelOutcome& outcome, Console& console) {
  if (outcome.gold)
    for (const std::string& text : verbs::describe(*outcome.gold, outcome.settings)) console.say(text);
  if (outcome.counts && !outcome.gold) tell_counts(*outcome.counts, outcome.settings.threshold, console);
  if (outcome.local) tell_local(*outcome.local, console);
  const Bill& total = outcome.total;
  if (total.tokens_in > 0)
    console.say("spent {} on {} + {} tokens", verbs::dollars(total.cost_usd), with_commas(total.tokens_in),
                with_commas(total.tokens_out));
  if (outcome.late > 0)
    console.warn(
        fmt::format("{} after the lease had expired and another worker had the samples: "
                    "paid for but not kept",
                    plural(outcome.late, "answer arrived", "answers arrived")));
  for (const std::string& text : verbs::lines_about(outcome.failures, outcome.stopped)) console.warn(text);
}

void add_label(Program& program) {
  auto args = std::make_shared<LabelCommand>();
  CLI::App* sub = add_verb(
      program, "label", "Ask a large model about every sample that has no answer yet.",
      "  OPENAI_API_KEY=... dewdrop label --teacher openai:gpt-6-luna\n"
      "  dewdrop label --teacher http://127.0.0.1:8080/v1#llava     # llama.cpp, Ollama, vLLM ...\n"
      "  dewdrop label --teacher replay:answers.jsonl\n"
      "  dewdrop label --teacher openai:gpt-6-luna --sample 20 --dry-run # prompt and cost; sends nothing\n"
      "  dewdrop label --teacher openai:gpt-6-luna --detail low --budget 2.00\n"
      "  dewdrop label --teacher openai:gpt-6-luna --votes 3             # three answers each\n"
      "  dewdrop label --teacher openai:gpt-6-luna --teacher openai:gpt-6-sol\n"
      "  dewdrop label --gold --instructions \"Rings are not discs.\"         # is this prompt better?\n"
      "  dewdrop label --teacher openai:gpt-6-luna --share 0.3          # ask a third, label the rest "
      "locally\n"
      "  dewdrop label --worker                                         # one of several workers\n"
      "  dewdrop label --bill                                           # what was spent so far\n"
      "  dewdrop label --batches                                        # jobs of batch: teachers\n"
      "Ctrl-C awaits what is in flight, for 30 s at most; a second one ends at once. Run it again after "
      "failures or\n"
      "Ctrl-C: it asks only about what is missing.\n"
      "[label] in dewdrop.toml keeps these options; the command line takes precedence.\n",
      [args](Console& console) { return run_label(*args, console); });
  add_project_option(sub, args->project);
  sub->add_option("--teacher", args->teachers,
                  "openai:MODEL, batch:MODEL, azure:DEPLOYMENT, http://HOST:PORT/v1#MODEL, replay:FILE or "
                  "student:RUN; give it several times for several teachers")
      ->allow_extra_args(false)
      ->take_all();
  for (const char* key :
       {"label.votes", "label.temperature", "label.seed", "label.detail", "label.instructions",
        "label.examples", "label.context", "label.jpeg_size", "label.jpeg_quality", "label.max_tokens",
        "label.reasoning", "label.spread", "label.spread_bits", "label.spread_seconds"})
    add_setting(sub, args->changes, key);
  server_options(sub, args->options);
  sub->add_option("--limit", args->limit, "samples to ask about, at most")->check(CLI::PositiveNumber);
  sub->add_option("--sample", args->sample, "ask about this many samples, drawn at random")
      ->check(CLI::PositiveNumber);
  sub->add_option(
         "--share", args->share,
         "ask about this share of the samples, those that teach most, and label the rest locally where "
         "that is sure enough")
      ->check(CLI::Range(0.001, 1.0));
  sub->add_option("--enough", args->enough,
                  "... about as many as it takes until local labels agree with the teacher this often; with "
                  "--share: the agreement they must have (default: 0.95)")
      ->check(CLI::Range(0.5, 0.9999));
  sub->add_flag("--worker", args->worker,
                "share the asking with other workers, here or on other machines (docs/many-machines.md)");
  duration(sub, "--lease", args->lease,
           "seconds of silence after which other workers take over its samples; default: 60")
      ->check(CLI::Range(1.0, 86'400.0));
  sub->add_flag("--dry-run", args->dry_run, "show prompt, samples and cost; send nothing");
  sub->add_flag("--gold", args->gold,
                "ask about the samples that people labelled, and score this prompt and all earlier ones");
  sub->add_flag("--bill", args->bill, "show what was spent so far, by teacher and by run");
  sub->add_flag("--batches", args->batches,
                "show the jobs of the Batch API: number, day, state, samples, job");
  sub->add_option("--forget", args->forget,
                  "a batch, by its number or job: what it has not answered is asked again by the next run");
}

}  // namespace dew::cli
