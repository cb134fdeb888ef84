#include "verbs/cascade/cascading.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "media/frames.h"

namespace dew::verbs {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

Cascading::Cascading(const CascadeArgs& args, Project& project, EventLog& log, const WatchPlan& plan,
                     std::vector<WatchSource>& sources, CascadeOutcome& outcome, Watch& watch)
    : args_(args),
      plan_(plan),
      sources_(sources),
      outcome_(outcome),
      watch_(watch),
      keeper_(log, args, sources, plan.events, outcome),
      unsure_(project, plan.learn_a_day),
      drift_(project.folder(), plan.model, plan.events, plan.temperature) {}

Result<void> Cascading::ask(const Project& project, const Settings& settings) {
  DEW_TRY(questions_,
          Questions::open(project, settings, args_,
                          {[this](const std::string& warning) { inbox_.put(SawWarning{warning}); },
                           [this](const Event& event, const EventQuestion& question) {
                             inbox_.put(SawAnswer{event, question});
                           }}));
  return {};
}

Result<void> Cascading::post() {
  if (args_.webhook.empty()) return {};
  DEW_TRY(webhook_, Webhook::open(args_.webhook,
                                  [this](const std::string& warning) { inbox_.put(SawWarning{warning}); }));
  keeper_.post_to(webhook_.get());
  return {};
}

Result<void> Cascading::publish(const Project& project) {
  if (args_.mqtt.empty()) return {};
  DEW_TRY(mqtt_, MqttOut::open(args_.mqtt, project, plan_.events, [this](const std::string& warning) {
            inbox_.put_at_once(SawWarning{warning});
          }));
  keeper_.publish_to(mqtt_.get());
  return {};
}

Result<void> Cascading::take_in(const std::vector<WatchSource>& pushed) {
  if (pushed.empty() && args_.listen.empty()) return {};
  DEW_TRY(pushing_, Pushing::open(args_, pushed, plan_.limits, inbox_));
  return {};
}

Result<void> Cascading::run() {
  const Steady::time_point began = Steady::now();
  start();
  watch_.begin("watching", 0);
  auto ended = follow();
  if (ended) ended = follow_answers();
  end_asking();
  end_posting();
  end_publishing();
  inbox_.close();
  pushing_.reset();
  threads_.clear();
  questions_.reset();
  webhook_.reset();
  mqtt_.reset();
  watch_.end();
  compare_scores();
  outcome_.unsure = unsure_.kept();
  if (auto settled = unsure_.finish(watch_); ended && !settled) ended = settled;
  outcome_.wall_seconds = std::chrono::duration<double>(Steady::now() - began).count();
  return ended;
}

void Cascading::start() {
  for (size_t i = 0; i < sources_.size(); ++i) start_one(i);
}

void Cascading::start_one(size_t number) {
  counts_.emplace_back();
  outcome_.sources.emplace_back();
  outcome_.sources.back().source = printable_source(sources_[number].source);
  if (mqtt_) mqtt_->camera(outcome_.sources.back().source);
  threads_.push_back(std::make_unique<Watching>(number, sources_[number], plan_, inbox_));
}

void Cascading::end_pushing() {
  if (!pushing_) return;
  for (const intake::IntakeFigures& one : pushing_->figures())
    outcome_.pushed.push_back({one.source, one.reconnected, one.refused});
  pushing_.reset();
}

Result<void> Cascading::follow() {
  constexpr std::chrono::milliseconds kLook{50};
  size_t running = sources_.size() + (pushing_ ? 1 : 0);  // that one lasts until it is stopped
  bool stopping = false;
  while (running > 0) {
    if (watch_.interrupted() && !stopping) {
      stopping = true;
      running -= pushing_ ? 1 : 0;
      end_pushing();
      for (const auto& thread : threads_) thread->stop();
    }
    if (auto sight = inbox_.take(kLook)) DEW_CHECK(take(std::move(*sight), running, stopping));
  }
  return stopping ? interrupted_error() : Result<void>();
}

Result<void> Cascading::follow_answers() {
  constexpr std::chrono::milliseconds kLook{50};
  if (!questions_) return {};
  watch_.end();
  watch_.begin("asking", 0);
  size_t none = 0;
  Steady::time_point moved = Steady::now();
  while (Steady::now() - moved < args_.patience) {
    if (watch_.interrupted()) return interrupted_error();
    DEW_TRY(const cascade::AskFigures figures, questions_->figures());
    if (figures.waiting == 0) break;
    if (figures.why.empty()) moved = Steady::now();  // a question is under way: it has a deadline of its own
    watch_.advance(figures.answered,
                   fmt::format("{} answered, {} waiting", figures.answered, figures.waiting));
    if (auto sight = inbox_.take(kLook)) DEW_CHECK(take(std::move(*sight), none, false));
  }
  return {};  // what was told until now is taken by end_asking()
}

void Cascading::end_asking() {
  if (!questions_) return;
  if (watch_.interrupted())
    watch_.inform("an answer that is on its way is waited for, 10 s at most; Ctrl-C again ends at once");
  std::thread stopping([this] { questions_->stop(); });
  while (questions_->runs()) take_what_waits(std::chrono::milliseconds(50));
  stopping.join();
  take_what_waits(std::chrono::milliseconds(0));
  if (const auto asked = questions_->figures()) outcome_.asked = *asked;
}

void Cascading::take_what_waits(std::chrono::milliseconds wait) {
  while (auto sight = inbox_.take(wait)) {
    size_t none = 0;
    (void)take(std::move(*sight), none, false);
  }
}

void Cascading::end_posting() {
  if (!webhook_) return;
  const Steady::time_point until = Steady::now() + args_.patience;
  while (webhook_->figures().waiting > 0 && Steady::now() < until && !watch_.interrupted()) {
    webhook_->drain(std::chrono::milliseconds(50));
    while (auto sight = inbox_.take(std::chrono::milliseconds(0)))
      if (auto* warning = std::get_if<SawWarning>(&*sight)) watch_.warn(warning->text);
  }
  outcome_.webhook = webhook_->figures();
}

void Cascading::end_publishing() {
  if (!mqtt_) return;
  tell_asked();
  constexpr std::chrono::milliseconds kLastWords{2000};  // after an interrupt, too: live sources end by it
  const Steady::time_point until = Steady::now() + std::min(args_.patience, kLastWords);
  while (mqtt_->figures().waiting > 0 && Steady::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const intake::MqttFigures told = mqtt_->figures();
  outcome_.mqtt = {told.sent, told.dropped, told.waiting, told.reconnected};
}

void Cascading::tell_asked() {
  if (!mqtt_ || !questions_) return;
  if (const auto asked = questions_->figures()) mqtt_->asked(*asked);
}

Result<void> Cascading::take(Sight sight, size_t& running, bool stopping) {
  if (auto* warning = std::get_if<SawWarning>(&sight)) watch_.warn(warning->text);
  if (auto* answer = std::get_if<SawAnswer>(&sight)) {
    if (answer->question.state == "answered") prompt_hashes_.insert(answer->question.prompt_hash);
    tell_asked();
    return keeper_.say_answer(*answer);
  }
  if (auto* counts = std::get_if<SawFrames>(&sight)) {
    running -= counts->ended ? 1 : 0;
    count(*counts, stopping);
  }
  if (auto* camera = std::get_if<SawCamera>(&sight); camera != nullptr && !stopping) {
    sources_.push_back(std::move(camera->source));
    start_one(sources_.size() - 1);
    ++running;
  }
  if (const auto* unsure = std::get_if<SawUnsure>(&sight))
    return unsure_.keep(*unsure, sources_[unsure->source].source, watch_);
  auto* happening = std::get_if<SawHappening>(&sight);
  if (happening == nullptr) return {};
  DEW_TRY(const auto settled, keeper_.keep(*happening));
  if (settled && questions_) return questions_->submit(settled->id);
  return {};
}

void Cascading::count(const SawFrames& counts, bool stopping) {
  counts_[counts.source] = counts;
  WatchedSource& source = outcome_.sources[counts.source];
  source.frames = counts.frames;
  source.skipped = counts.skipped;
  source.unknown = counts.unknown;
  source.dropped = counts.dropped;
  source.breaks = counts.breaks;
  source.broken = counts.broken;
  source.seconds = counts.seconds;
  source.looks = counts.looks;
  if (!source.drift) tell_drift(source, false);
  if (counts.broke_off && !stopping) {
    source.broke_off = counts.broke_off;
    watch_.warn(fmt::format("{}: {}{}", source.source, counts.broke_off->what,
                            counts.broke_off->next.empty() ? "" : "; " + counts.broke_off->next));
  }
  int64_t frames = 0;
  for (const SawFrames& one : counts_) frames += one.frames;
  watch_.advance(frames, fmt::format("{}, {}", plural(frames, "frame", "frames"),
                                     plural(outcome_.events, "event", "events")));
}

void Cascading::tell_drift(WatchedSource& source, bool wait) {
  const bool told = source.drift.has_value();
  source.drift = drift_.look_at(source.looks, wait);
  if (source.drift && !told)
    watch_.warn(
        fmt::format("{}: {}; it shows other things than the pictures that the net was taught with. Add some "
                    "of its pictures, label them and train again",
                    source.source, drift_text(*source.drift)));
}

void Cascading::compare_scores() {
  for (WatchedSource& source : outcome_.sources) tell_drift(source, !watch_.interrupted());
}

}  // namespace dew::verbs
