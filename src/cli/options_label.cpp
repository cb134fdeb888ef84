// The verb `label`: its options, its call, its print.
#include <fmt/format.h>

#include "cli/program.h"
#include "cli/verbs.h"

namespace dew::cli {
namespace {

/// What of a question dewdrop.toml has under [label].
void label_settings(CLI::App* sub, const std::shared_ptr<LabelArgs>& args) {
  add_setting<int>(sub, args, "--votes", &Settings::votes,
                   "answers of each teacher to the same question; their agreement gives labels a confidence")
      ->check(CLI::Range(1, 99));
  add_setting<double>(sub, args, "--temperature", &Settings::temperature,
                      "of the model's choice of words; 0: the likeliest. Default: 0, with votes 0.7")
      ->check(CLI::Range(0.0, 2.0));
  add_setting<int64_t>(sub, args, "--seed", &Settings::vote_seed,
                       "of the model's dice, where the server has one");
  add_setting<std::string>(sub, args, "--detail", &Settings::detail,
                           "of the picture for the model: low, high or auto")
      ->check(CLI::IsMember({"low", "high", "auto"}));
  add_setting<std::string>(sub, args, "--instructions", &Settings::instructions,
                           "in words, beside the question");
  add_setting<int>(sub, args, "--examples", &Settings::examples,
                   "pictures that people labelled, shown before each question")
      ->check(CLI::Range(0, 50));
  add_setting<std::string>(sub, args, "--context", &Settings::context,
                           "shown beside a tile: none, frame, or around (it and its neighbours)")
      ->check(CLI::IsMember({"none", "frame", "around"}));
  add_setting<int>(sub, args, "--jpeg-size", &Settings::jpeg_size,
                   "the longer side of a sent picture at most, pixels")
      ->check(CLI::Range(16, 8192));
  add_setting<int>(sub, args, "--jpeg-quality", &Settings::jpeg_quality, "1 to 100")
      ->check(CLI::Range(1, 100));
  add_setting<std::string>(
      sub, args, "--spread", &Settings::spread,
      "one of several near-identical frames is asked, the others take its label: on, off, auto")
      ->check(CLI::IsMember({"on", "off", "auto"}));
  add_setting<int>(sub, args, "--spread-bits", &Settings::spread_bits,
                   "of 64 that may differ between such frames' hashes")
      ->check(CLI::Range(0, 32));
  add_setting<double>(sub, args, "--spread-seconds", &Settings::spread_seconds, "between such frames at most")
      ->check(CLI::NonNegativeNumber);
}

/// How a server is spoken to, and what may be spent.
void server_options(CLI::App* sub, const std::shared_ptr<LabelArgs>& args) {
  TeacherOptions& options = args->options;
  const auto duration = [sub](const std::string& name, std::chrono::milliseconds& into, double least,
                              const std::string& help) {
    sub->add_option_function<double>(
           name,
           [&into](double seconds) {
             into = std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
           },
           help)
        ->check(CLI::Range(least, 3600.0));
  };
  sub->add_option("--base-url", options.base_url,
                  "of an API that speaks OpenAI's, instead of api.openai.com");
  sub->add_option("--concurrency", options.concurrency, "questions in flight")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  sub->add_option("--retries", options.retries, "after a failed try")
      ->capture_default_str()
      ->check(CLI::Range(0, 20));
  sub->add_option("--give-up", options.give_up, "failures in a row after which the server counts as down")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  duration("--timeout", options.timeout, 0.1, "seconds for one answer; default: 60");
  sub->add_option("--budget", options.budget_usd, "US dollars: no question starts that could cost more")
      ->check(CLI::PositiveNumber);
  sub->add_option("--prices", options.prices, "a price file; default: prices.toml in the project");
  sub->add_option("--batch-requests", options.batch_requests, "in one file for the Batch API, at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 50'000));
  duration("--poll", options.poll, 0.01, "seconds between two looks at a batch; default: 30");
}

}  // namespace

void add_label(Program& program) {
  auto args = std::make_shared<LabelArgs>();
  CLI::App* sub = add_verb(
      program, "label", "Ask a large model about every sample that has no answer yet.",
      "  OPENAI_API_KEY=... dewdrop label --teacher openai:gpt-4o\n"
      "  dewdrop label --teacher http://127.0.0.1:8080/v1#llava     # llama.cpp, Ollama, vLLM ...\n"
      "  dewdrop label --teacher replay:answers.jsonl\n"
      "  dewdrop label --teacher openai:gpt-4o --sample 20 --dry-run    # what it asks and costs; sends "
      "nothing\n"
      "  dewdrop label --teacher openai:gpt-4o --detail low --budget 2.00\n"
      "  dewdrop label --teacher openai:gpt-4o --votes 3                # three answers each\n"
      "  dewdrop label --teacher openai:gpt-4o --teacher openai:gpt-4o-mini\n"
      "  dewdrop label --gold --instructions \"Rings are no discs.\"         # is this prompt better?\n"
      "  dewdrop label --worker                                         # one of several, on any "
      "machines\n"
      "  dewdrop label --bill                                           # what was spent so far\n"
      "Run again after failures or Ctrl-C: only what is missing is asked.\n"
      "[label] in dewdrop.toml keeps options for good; the command line goes before.\n",
      [args, &program](Console& console) {
        args->project = program.project;
        return bridge(console, verb_label(*args, console));
      });
  add_project_option(sub, program);
  sub->add_option("--teacher", args->teachers,
                  "openai:MODEL, batch:MODEL, azure:DEPLOYMENT, http://HOST:PORT/v1#MODEL, replay:FILE or "
                  "student:RUN; several times for several")
      ->allow_extra_args(false)
      ->take_all();
  label_settings(sub, args);
  server_options(sub, args);
  sub->add_option("--limit", args->limit, "samples at most")->check(CLI::PositiveNumber);
  sub->add_option("--sample", args->sample, "so many samples, drawn at random")->check(CLI::PositiveNumber);
  sub->add_flag("--worker", args->worker,
                "share the asking with other workers, here or on other machines (docs/many-machines.md)");
  sub->add_option_function<double>(
         "--lease",
         [args](double value) {
           args->lease = std::chrono::milliseconds(static_cast<int64_t>(value * 1000));
         },
         "seconds after which others take what a silent worker has; default: 60")
      ->check(CLI::Range(1.0, 86'400.0));
  sub->add_flag("--dry-run", args->dry_run, "show prompt, samples and cost; send nothing");
  sub->add_flag("--gold", args->gold,
                "ask about the samples that people labelled, and score this prompt and all earlier ones");
  sub->add_flag("--bill", args->bill_only, "show what was spent so far, by teacher and by run");
}

}  // namespace dew::cli
