// The verb `run`: its options, its call, its print.
#include <fmt/format.h>

#include "base/table.h"
#include "cli/program.h"
#include "verbs/measure/measure.h"
#include "verbs/phone/phone.h"

namespace dew::cli {
namespace {

std::string decision(const verbs::RunResult& result) {
  return result.decided ? result.top : fmt::format("unknown ({}?)", result.top);
}

void tell(const verbs::RunOutcome& ran, Console& console) {
  const verbs::RunResult& first = ran.results.front();
  const std::string instructions = with_commas(ran.instructions);
  if (ran.results.size() == 1) {
    console.say("{}  {:.3f}{}", decision(first), first.score,
                ran.instructions > 0 ? fmt::format("  ({} instructions)", instructions) : "");
    return;
  }
  std::vector<std::vector<std::string>> rows{{"input", "answer", "score", "label", ""}};
  for (const verbs::RunResult& one : ran.results)
    rows.push_back({printable(one.input), decision(one), fmt::format("{:.3f}", one.score),
                    one.label.value_or(""), one.label && *one.label != one.top ? "differs" : ""});
  console.say(text_table(rows));
  if (ran.skipped > 0) console.say("{} pictures could not be read and were skipped", ran.skipped);
  if (ran.labelled > 0)
    console.say("{} of {} labelled inputs right: {:.3f}", ran.right, ran.labelled,
                static_cast<double>(ran.right) / static_cast<double>(ran.labelled));
  if (ran.instructions > 0) console.say("{} instructions for the most expensive inference", instructions);
}

/// Phones come until Ctrl-C.
int run_on_phone(const verbs::PhoneArgs& asked, Console& console) {
  verbs::PhoneArgs args = asked;
  args.open = [&console](const verbs::PhoneDoor& door) {
    console.say("{}", door.code);
    console.say("{}: {}", door.trust.empty() ? "on this machine" : "on a phone in the same network",
                door.home);
    if (!door.trust.empty())
      console.say("to install it, or without a warning: {}\n  fingerprint {}", door.trust, door.fingerprint);
    console.say("Ctrl-C ends it");
  };
  return finish(console, verbs::serve_phone(args, console), [](const verbs::PhoneOutcome& done, Console& to) {
    to.say("{} came back; {} refused", plural(done.pictures, "picture", "pictures"), done.refused);
  });
}

}  // namespace

void add_run(Program& program) {
  auto phone = std::make_shared<verbs::PhoneArgs>();
  auto args = std::make_shared<verbs::RunArgs>();
  CLI::App* sub =
      add_verb(program, "run", "Run pictures, a split or raw tensors on the host or a board.",
               "  dewdrop run picture.jpg\n"
               "  dewdrop run --on qemu:mps2-an386 picture.jpg folder/\n"
               "  dewdrop run --split test --on cortex-m55 --json\n"
               "  dewdrop run --on phone\n"
               "  dewdrop run --model model.tflite --on host --rounding tflite --raw in.bin --out out.bin\n",
               [args, phone](Console& console) {
                 if (args->on == "phone") {
                   phone->model = args->model;
                   return run_on_phone(*phone, console);
                 }
                 std::error_code gone;
                 args->start = fs::current_path(gone);
                 return finish(console, verbs::run(*args, console), tell);
               });
  add_project_option(sub, args->model.project);
  sub->add_option("pictures", args->pictures, "image files, or folders of them");
  sub->add_option("--split", args->split,
                  "train, validation or test: the project's samples, compared with their labels");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's net");
  sub->add_option("--on", args->on, "host, phone, or a board such as nano-33-ble-sense or qemu:mps2-an386")
      ->capture_default_str();
  sub->add_option("--raw", args->raw, "the model's own input tensors, byte for byte, one after the other");
  sub->add_option("--out", args->out, "where the output tensors go, one after the other");
  sub->add_flag("--rows", args->rows, "push rows into the board's firmware, as a camera would");
  sub->add_option("--listen", phone->listen,
                  "--on phone: this address of the machine's; default: all of them");
  sub->add_option("--port", phone->port, "--on phone: the page's; the next one helps phones to trust it")
      ->check(CLI::Range(1, 65'534))
      ->capture_default_str();
  add_model_options(sub, args->model);
}

}  // namespace dew::cli
