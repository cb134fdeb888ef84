// The verb `cascade`: its options, its calls, its print.
#include "verbs/cascade/cascade.h"

#include <fmt/format.h>

#include "cli/program.h"

namespace dew::cli {
namespace {

std::string speed(const verbs::CascadeOutcome& outcome) {
  double seconds = 0;
  for (const verbs::WatchedSource& one : outcome.sources) seconds += one.seconds;
  if (outcome.wall_seconds <= 0 || seconds <= 0) return {};
  return fmt::format(", {:.1f} times real time", seconds / outcome.wall_seconds);
}

void tell(const verbs::CascadeOutcome& outcome, Console& console) {
  int64_t frames = 0;
  int64_t skipped = 0;
  int64_t dropped = 0;
  for (const verbs::WatchedSource& one : outcome.sources) {
    frames += one.frames;
    skipped += one.skipped;
    dropped += one.dropped;
    if (one.broken > 0) console.say("{}: {} pictures were broken", one.source, with_commas(one.broken));
  }
  console.say(
      "{} watched{}{}{}", plural(frames, "frame", "frames"), speed(outcome),
      skipped > 0 ? fmt::format("; nothing moved in {} of them", with_commas(skipped)) : "",
      dropped > 0 ? fmt::format("; {} came faster than the net took them", with_commas(dropped)) : "");
  std::string by_class;
  for (const auto& [name, count] : outcome.by_class)
    by_class +=
        fmt::format("{}{} {}", by_class.empty() ? ": " : ", ", printable(name, 40), with_commas(count));
  console.say("{}{}{}; {} kept in .dewdrop/events", plural(outcome.events, "event", "events"), by_class,
              outcome.known > 0
                  ? fmt::format(" ({} of them were in the log before)", with_commas(outcome.known))
                  : "",
              plural(outcome.pictures, "picture", "pictures"));
  if (outcome.asked)
    console.say("{} answered, {} waiting{}, {} failed, {} uncertain; ${:.4f} today",
                plural(outcome.asked->answered, "question", "questions"), outcome.asked->waiting,
                outcome.asked->why.empty() ? "" : " (" + outcome.asked->why + ")", outcome.asked->failed,
                outcome.asked->uncertain, outcome.asked->usd_in_day);
  if (const auto& webhook = outcome.webhook)
    console.say("{} taken by the webhook, {} refused, {} dropped, {} not delivered",
                plural(webhook->sent, "line", "lines"), webhook->refused, webhook->dropped, webhook->waiting);
  if (outcome.learned > 0)
    console.say("{} became the project's, with their pictures; in {} the large model says another class",
                plural(outcome.learned, "answer", "answers"), with_commas(outcome.disagreed));
  if (outcome.unsure > 0)
    console.say("{} that the net was unsure about became samples", plural(outcome.unsure, "frame", "frames"));
  if (outcome.cut > 0)
    console.say("{} of an earlier run had no end: it was stopped first",
                plural(outcome.cut, "event", "events"));
}

void add_event_settings(CLI::App* sub, SettingChanges& changes, std::initializer_list<const char*> keys) {
  for (const char* key : keys) add_setting(sub, changes, key);
}

void tell_tuned(const verbs::TuneOutcome& outcome, Console& console) {
  console.say(verbs::tune_table(outcome));
  for (const verbs::TunedClass& one : outcome.classes)
    console.say("{}: {:.2f} % of the frames sent, some {:.0f} events a day{}",
                printable(one.rule.event_class, 40), 100 * one.sent_share, one.events_a_day,
                one.usd_a_day > 0 ? fmt::format(", ${:.2f} a day", one.usd_a_day) : "");
  console.say(outcome.written.empty() ? std::string("--write puts this into dewdrop.toml")
                                      : "written: " + outcome.written.string());
  console.say("the curve, and the scores over time: {}", outcome.report.string());
}

/// `chosen`: what is done instead of watching.
void add_tune(CLI::App* cascade, Program& program, const std::shared_ptr<Work>& chosen) {
  auto args = std::make_shared<verbs::TuneArgs>();
  CLI::App* sub = cascade->add_subcommand(
      "tune",
      "Choose thresholds by recordings whose events are known; tell what they find and what they cost.");
  sub->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
  sub->footer(
      "Examples:\n"
      "  dewdrop cascade tune yard.mp4                    # yard.truth.csv beside it: start_s,end_s,class\n"
      "  dewdrop cascade tune monday.mp4 tuesday.mp4 --recall 0.98 --usd-a-call 0.002 --write\n");
  sub->callback([args, chosen] {
    *chosen = [args](Console& console) {
      args->recordings = verbs::whole_sources(args->recordings, whole_path("."));
      return finish(console, verbs::tune_cascade(*args, console), tell_tuned);
    };
  });
  add_project_option(sub, args->model.project);
  sub->add_option("recordings", args->recordings, "videos; #xywh=x,y,width,height takes a part");
  sub->add_option("--truth", args->truth, "the table of the only recording; default: beside each");
  sub->add_option("--recall", args->recall, "of events, that is wanted")
      ->capture_default_str()
      ->check(CLI::Range(0.01, 1.0));
  sub->add_option("--usd-a-call", args->usd_a_call, "what one question costs, for the forecast")
      ->check(CLI::NonNegativeNumber);
  sub->add_option("-o,--out", args->page, "the page with the curve; default: tune.html in the project");
  sub->add_flag("--write", args->write, "put what was chosen into dewdrop.toml");
  add_event_settings(sub, args->changes,
                     {"cascade.when", "cascade.temperature", "cascade.tiles", "cascade.pictures"});
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's net");
  add_model_options(sub, args->model);
}

void add_events_report(CLI::App* cascade, Program& program, const std::shared_ptr<Work>& chosen) {
  auto args = std::make_shared<verbs::CascadeReportArgs>();
  CLI::App* sub = cascade->add_subcommand("report", "Write a page with the events, from the log alone.");
  sub->add_flag("--json", program.json, "one JSON object on stdout, all else on stderr");
  sub->callback([args, chosen] {
    *chosen = [args](Console& console) {
      return finish(console, verbs::cascade_report(*args, console),
                    [](const verbs::CascadeReportOutcome& outcome, Console& to) {
                      to.say("{} of {} on the page: {}", with_commas(outcome.shown),
                             plural(outcome.events, "event", "events"), outcome.report.string());
                    });
    };
  });
  add_project_option(sub, args->project);
  sub->add_option("-o,--out", args->page, "the page; default: events.html in the project");
  sub->add_option("--most", args->most, "events on the page, the newest")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
}

}  // namespace

void add_cascade(Program& program) {
  auto args = std::make_shared<verbs::CascadeArgs>();
  auto chosen = std::make_shared<Work>();
  CLI::App* sub = add_verb(
      program, "cascade",
      "Watch videos and cameras with the net; log events, and ask a large model about them.",
      "  dewdrop cascade yard.mp4 --when yes\n"
      "  dewdrop cascade camera:0 rtsp://10.0.0.5/stream --lines events.jsonl\n"
      "  dewdrop cascade mqtt://hub/cams/+ --mqtt mqtt://hub/dewdrop\n"
      "  dewdrop cascade vtest.avi#xywh=0,0,192,192 vtest.avi#xywh=192,0,192,192   # parts of one picture\n"
      "  dewdrop cascade yard.mp4 --on 0.8 --off 0.5 --n 3 --m 5 --tiles 3x2 --motion on\n",
      [args, chosen, &program](Console& console) {
        if (*chosen) return (*chosen)(console);
        args->sources = verbs::whole_sources(args->sources, whole_path("."));
        args->say_line = [&console](const std::string& line) { console.stream(line); };
        if (args->lines == "-" && program.json)
          return console.finish(Error{Fault::kUsage, "the lines and the JSON object would both go to stdout",
                                      "--lines -", "write the lines to a file, or leave out --json"});
        if (args->lines == "-") console.keep_stdout();
        return finish(console, verbs::cascade(*args, console), tell);
      });
  add_project_option(sub, args->model.project);
  sub->add_option(
      "sources", args->sources,
      "videos, streams (rtsp, http, udp ...), cameras (camera:0), JPEGs by MQTT (mqtt://host/cams/+), "
      "Frigate (frigate://host) and folders that fill; #xywh=x,y,width,height watches a part");
  sub->add_option("--listen", args->listen, "take JPEGs that are posted to /frames/<camera> of this address");
  sub->add_flag("--from-start", args->folders_from_start,
                "of folders also the pictures that lie there already");
  add_event_settings(sub, args->changes,
                     {"cascade.when", "cascade.on", "cascade.off", "cascade.n", "cascade.m", "cascade.rest",
                      "cascade.quiet", "cascade.temperature", "cascade.tiles", "cascade.motion",
                      "cascade.pictures", "cascade.before", "cascade.crop", "cascade.learn"});
  sub->add_option(
         "--teacher", args->teachers,
         "who is asked about events; several, near ones first: the next is asked where one is unsure")
      ->allow_extra_args(false)
      ->take_all();
  add_event_settings(
      sub, args->changes,
      {"cascade.ask", "cascade.schema", "cascade.calls_an_hour", "cascade.calls_a_day", "cascade.usd_a_day"});
  sub->add_flag(
      "--ask-again", args->ask_again,
      "ask again what failed, or was being asked when the program was killed and may be paid for twice");
  sub->add_option(
         "--webhook", args->webhook,
         "post those lines to this address; default: DEWDROP_WEBHOOK, which no list of processes shows. "
         "DEWDROP_WEBHOOK_SECRET signs them")
      ->envname("DEWDROP_WEBHOOK");
  sub->add_option("--mqtt", args->mqtt,
                  "publish events to mqtt://[user@]host[:port]/prefix, for Home Assistant, too");
  sub->add_option("--lines", args->lines,
                  "write a JSON line whenever an event begins or ends to this file; -: to stdout");
  sub->add_option("--sound", args->sound,
                  "listen instead: a keyword model (.tflite, or microWakeWord's .json) on WAV files, videos, "
                  "streams, microphone:");
  sub->add_option("--model", args->model.model, "a .tflite file; default: the project's net");
  add_model_options(sub, args->model);
  add_tune(sub, program, chosen);
  add_events_report(sub, program, chosen);
}

}  // namespace dew::cli
