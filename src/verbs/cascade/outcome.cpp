// The JSON objects of `cascade`.
#include <fmt/format.h>

#include "base/table.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/drift.h"

namespace dew::verbs {

namespace {

Json webhook_json(const std::optional<WebhookFigures>& webhook) {
  if (!webhook) return nullptr;
  return {{"sent", webhook->sent},
          {"refused", webhook->refused},
          {"dropped", webhook->dropped},
          {"waiting", webhook->waiting}};
}

Json drift_json(const std::optional<Drift>& drift) {
  if (!drift) return nullptr;
  return {{"what", drift->what}, {"share", drift->share}, {"low", drift->low}, {"usual", drift->usual}};
}

Json mqtt_json(const std::optional<MqttOutFigures>& mqtt) {
  if (!mqtt) return nullptr;
  return {{"sent", mqtt->sent},
          {"dropped", mqtt->dropped},
          {"waiting", mqtt->waiting},
          {"reconnected", mqtt->reconnected}};
}

Json asked_json(const std::optional<cascade::AskFigures>& asked) {
  if (!asked) return nullptr;
  return {{"answered", asked->answered},
          {"waiting", asked->waiting},
          {"failed", asked->failed},
          {"uncertain", asked->uncertain},
          {"calls_in_hour", asked->calls_in_hour},
          {"calls_in_day", asked->calls_in_day},
          {"usd_in_day", asked->usd_in_day},
          {"why", text_or_null(asked->why)}};
}

}  // namespace

Json event_json(const Event& event) {
  Json pictures = Json::array();
  for (const EventPicture& one : event.pictures)
    pictures.push_back({{"file", one.file},
                        {"frame", one.frame},
                        {"seconds", one.seconds},
                        {"score", one.score},
                        {"why", one.why}});
  const auto region = [&]() -> Json {
    if (!event.region) return nullptr;
    return {event.region->x, event.region->y, event.region->width, event.region->height};
  };
  return {{"event", event.id},
          {"source", printable(event.source, 4096)},
          {"region", region()},
          {"class", event.event_class},
          {"state", event.state},
          {"at", text_or_null(event.at)},
          {"first_frame", event.first_frame},
          {"last_frame", event.last_frame},
          {"start", event.start},
          {"end", event.end},
          {"score", event.score},
          {"pictures", pictures}};
}

Json answer_json(const Event& event, const EventQuestion& question) {
  return {{"event", event.id},
          {"class", event.event_class},
          {"state", question.state},
          {"by", question.model.empty() ? question.teacher : question.model},
          {"answer", text_or_null(question.answer)},
          {"error", text_or_null(question.error)},
          {"cost_usd", money(question.cost_usd)}};
}

Json to_json(const CascadeOutcome& outcome) {
  Json sources = Json::array();
  double seconds = 0;
  int64_t frames = 0;
  for (const WatchedSource& one : outcome.sources) {
    seconds += one.seconds;
    frames += one.frames;
    sources.push_back({{"source", one.source},
                       {"frames", one.frames},
                       {"skipped", one.skipped},
                       {"unknown", one.unknown},
                       {"dropped", one.dropped},
                       {"breaks", one.breaks},
                       {"broken", one.broken},
                       {"seconds", one.seconds},
                       {"events", one.events},
                       {"scores", to_json(one.looks)},
                       {"drift", drift_json(one.drift)},
                       {"broke_off", one.broke_off ? Json(one.broke_off->what) : Json(nullptr)}});
  }
  Json pushed = Json::array();
  for (const PushedSource& one : outcome.pushed)
    pushed.push_back({{"source", one.source}, {"reconnected", one.reconnected}, {"refused", one.refused}});
  Json keys{{"events", outcome.events},
            {"known", outcome.known},
            {"by_class", outcome.by_class},
            {"pictures", outcome.pictures},
            {"frames", frames},
            {"seconds", seconds},
            {"wall_seconds", outcome.wall_seconds},
            {"cut", outcome.cut},
            {"asked", asked_json(outcome.asked)},
            {"webhook", webhook_json(outcome.webhook)},
            {"mqtt", mqtt_json(outcome.mqtt)},
            {"learned", outcome.learned},
            {"disagreed", outcome.disagreed},
            {"unsure", outcome.unsure},
            {"sources", sources},
            {"pushed", pushed}};
  keys.update(net_keys(outcome.net));
  return keys;
}

namespace {

Json judgement_json(const cascade::Judgement& one) {
  return {{"truth", one.truth},
          {"found", one.found},
          {"recall", one.recall()},
          {"told", one.told},
          {"false", one.false_ones},
          {"repeated", one.repeated},
          {"false_an_hour", one.false_an_hour()},
          {"median_delay", one.median_delay()},
          {"frames", one.frames},
          {"seconds", one.seconds}};
}

}  // namespace

Json to_json(const TuneOutcome& outcome) {
  Json classes = Json::array();
  for (const TunedClass& one : outcome.classes)
    classes.push_back({{"class", one.rule.event_class},
                       {"on", one.rule.on},
                       {"off", one.rule.off},
                       {"n", one.rule.n},
                       {"m", one.rule.m},
                       {"rest", one.rule.rest},
                       {"chosen", judgement_json(one.chosen)},
                       {"apart", judgement_json(one.apart)},
                       {"recall_low", one.recall_low},
                       {"sent_share", one.sent_share},
                       {"events_a_day", one.events_a_day},
                       {"usd_a_day", one.usd_a_day}});
  Json keys{{"classes", classes},
            {"written", text_or_null(outcome.written.string())},
            {"report", outcome.report.string()}};
  keys.update(net_keys(outcome.net));
  return keys;
}

std::string tune_table(const TuneOutcome& outcome) {
  std::vector<std::vector<std::string>> rows{{"class", "on", "off", "n of m", "rest", "", "events", "found",
                                              "recall", "at least", "false", "an hour", "repeated", "delay"}};
  for (const TunedClass& one : outcome.classes) {
    const auto row = [&](const std::string& on_what, const cascade::Judgement& judged, bool first) {
      const cascade::Rule& rule = one.rule;
      const bool apart = !first;
      rows.push_back(
          {first ? printable(rule.event_class, 40) : "", first ? fmt::format("{:.2f}", rule.on) : "",
           first ? fmt::format("{:.2f}", rule.off) : "", first ? fmt::format("{} of {}", rule.n, rule.m) : "",
           first ? fmt::format("{} s", rule.rest) : "", on_what, with_commas(judged.truth),
           with_commas(judged.found), fmt::format("{:.3f}", judged.recall()),
           apart ? fmt::format("{:.3f}", one.recall_low) : "", with_commas(judged.false_ones),
           fmt::format("{:.1f}", judged.false_an_hour()), with_commas(judged.repeated),
           fmt::format("{:.2f} s", judged.median_delay())});
    };
    row("chosen on", one.chosen, true);
    row("held back", one.apart, false);
  }
  return text_table(rows);
}

}  // namespace dew::verbs
