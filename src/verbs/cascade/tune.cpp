// The verb `cascade tune`: which thresholds find the events of recordings whose truth is known.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.h"
#include "media/fragment.h"
#include "media/frames.h"
#include "store/settings_edit.h"
#include "student/thresholds.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/scorer.h"
#include "verbs/cascade/truth.h"
#include "verbs/cascade/tune_page.h"
#include "verbs/cascade/watch_setup.h"
#include "verbs/cascade/watching.h"
#include "verbs/common/class_key.h"
#include "verbs/common/open.h"

namespace dew::verbs {
namespace {

using cascade::Judgement;
using cascade::Recording;

/// The scores of every frame, by event class; all of one source and region.
Result<std::vector<Recording>> score_all(const WatchSource& source, const std::optional<Rect>& region,
                                         Scorer& scorer, const std::vector<EventClass>& events,
                                         const MediaLimits& limits, Watch& watch) {
  std::vector<Recording> recordings(events.size());
  DEW_TRY(FrameSource frames, FrameSource::open(source.source, limits, watch));
  if (frames.live())
    return usage_error("a live source cannot be tuned on", printable_source(source.source),
                       "record it, and say in a table when something was there");
  watch.begin("scoring " + fs::path(source.source).filename().string(), frames.promised_frames());
  while (true) {
    DEW_TRY(const bool more, frames.advance(watch));
    if (!more) break;
    DEW_TRY(const Image image, frames.image());
    DEW_TRY(const Image part, watched_part(image, region));
    DEW_TRY(const FrameScores scores, scorer.score(part));
    for (size_t i = 0; i < events.size(); ++i) {
      recordings[i].seconds.push_back(frames.seconds());
      recordings[i].scores.push_back(scores.scores[i]);
    }
    watch.advance(frames.number() + 1);
  }
  watch.end();
  return recordings;
}

/// A table of another recording is a mistake that figures would hide.
Result<void> check_within(const Recording& recording, const fs::path& table) {
  const double end = recording.seconds.empty() ? 0 : recording.seconds.back();
  for (const cascade::TrueEvent& one : recording.truth)
    if (one.start > end)
      return usage_error(
          fmt::format("an event starts at {:.1f} s, and the recording ends at {:.1f} s", one.start, end),
          table.string(), "is it the table of another recording?");
  return {};
}

/// Recordings of one class, cut so that no part is judged by what was chosen on it: by recording where there
/// are several, else its first and its second half.
std::vector<std::vector<Recording>> folds_of(const std::vector<Recording>& recordings) {
  if (recordings.size() > 1) {
    std::vector<std::vector<Recording>> folds(std::min<size_t>(recordings.size(), 5));
    for (size_t i = 0; i < recordings.size(); ++i) folds[i % folds.size()].push_back(recordings[i]);
    return folds;
  }
  const Recording& whole = recordings.front();
  // In the middle of the gap that is nearest to the middle, so that no event is cut.
  const double middle = whole.seconds.empty() ? 0 : whole.seconds.back() / 2;
  double cut = middle;
  double nearest = INFINITY;
  for (size_t i = 0; i + 1 < whole.truth.size(); ++i) {
    const double gap = (whole.truth[i].end + whole.truth[i + 1].start) / 2;
    if (std::abs(gap - middle) < nearest) cut = gap;
    nearest = std::min(nearest, std::abs(gap - middle));
  }
  std::vector<std::vector<Recording>> folds(2);
  for (size_t half = 0; half < 2; ++half) {
    Recording part;
    part.name = whole.name;
    for (size_t i = 0; i < whole.seconds.size(); ++i) {
      if ((whole.seconds[i] >= cut) != (half == 1)) continue;
      part.seconds.push_back(whole.seconds[i]);
      part.scores.push_back(whole.scores[i]);
    }
    for (const cascade::TrueEvent& one : whole.truth)
      if ((one.start >= cut) == (half == 1)) part.truth.push_back(one);
    folds[half].push_back(std::move(part));
  }
  return folds;
}

/// Each fold is judged by the rule that the others choose.
Judgement judge_apart(const std::vector<Recording>& recordings, const cascade::Rule& like, double recall) {
  const auto folds = folds_of(recordings);
  Judgement sum;
  for (size_t held = 0; held < folds.size(); ++held) {
    std::vector<Recording> others;
    for (size_t i = 0; i < folds.size(); ++i)
      if (i != held) others.insert(others.end(), folds[i].begin(), folds[i].end());
    sum += judge(folds[held], cascade::best_rule(others, like, recall).rule);
  }
  return sum;
}

TunedClass figures_of(const cascade::Rule& rule, const Judgement& chosen, const Judgement& apart,
                      const Settings& settings, double usd_a_call) {
  TunedClass tuned;
  tuned.rule = rule;
  tuned.chosen = chosen;
  tuned.apart = apart;
  tuned.recall_low = student::lowest_likely_share(apart.found, apart.truth);
  const auto frames = static_cast<double>(apart.frames);
  tuned.sent_share = frames == 0 ? 0 : static_cast<double>(apart.told * settings.pictures) / frames;
  constexpr double kDay = 86'400;
  tuned.events_a_day = apart.seconds <= 0 ? 0 : static_cast<double>(apart.told) * kDay / apart.seconds;
  tuned.usd_a_day = tuned.events_a_day * usd_a_call;
  return tuned;
}

tl::unexpected<Error> no_event_of(const std::string& name) {
  return usage_error("there is no event of '" + printable(name, 40) + "' in these recordings", {},
                     "record some, or leave the class out of --when");
}

/// Spans of classes that the net does not know may be misspelt.
void tell_strange_classes(const fs::path& table, const Truth& truth, const std::vector<std::string>& known,
                          Watch& watch) {
  for (const auto& [name, spans] : truth.others) {
    const auto is_it = [&name = name](const std::string& one) { return class_key(one) == class_key(name); };
    if (std::any_of(known.begin(), known.end(), is_it)) continue;
    const std::string near = closest(name, known);
    watch.warn(fmt::format("{}: {} of '{}', which the net does not know, {} as nothing{}",
                           printable(table.filename().string()), plural(spans, "span", "spans"),
                           printable(name, 40), spans == 1 ? "counts" : "count",
                           near.empty() ? "" : "; did you mean '" + near + "'?"));
  }
}

/// When something was there in each recording, and the table that says so; before hours of them are scored.
Result<std::vector<std::pair<fs::path, Truth>>> read_truths(const std::vector<WatchSource>& sources,
                                                            const TuneArgs& args,
                                                            const std::vector<std::string>& events,
                                                            const std::vector<std::string>& known,
                                                            Watch& watch) {
  std::vector<std::pair<fs::path, Truth>> truths;
  std::map<std::string, size_t> count;
  for (const WatchSource& source : sources) {
    DEW_TRY(fs::path table, truth_file(source.source, args.truth));
    DEW_TRY(Truth truth, read_truth(table, events));
    tell_strange_classes(table, truth, known, watch);
    for (const auto& [name, spans] : truth.events) count[name] += spans.size();
    truths.emplace_back(std::move(table), std::move(truth));
  }
  for (const std::string& name : events)
    if (count[name] == 0) return no_event_of(name);
  return truths;
}

std::string list_text(const std::vector<TunedClass>& classes, double cascade::Rule::*value) {
  std::vector<std::string> texts;
  for (const TunedClass& one : classes) texts.push_back(fmt::format("{:.2f}", one.rule.*value));
  return texts.size() == 1 ? texts[0] : "[" + join(texts) + "]";
}

Result<void> write_settings(const fs::path& project, const std::vector<TunedClass>& classes) {
  // n, m and rest stand once for all classes: those of the class with the most true events.
  const auto& leader = std::max_element(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
                         return a.chosen.truth < b.chosen.truth;
                       })->rule;
  std::vector<std::string> names;
  for (const TunedClass& one : classes) names.push_back(nlohmann::json(one.rule.event_class).dump());
  return change_settings(project, {{"cascade.when", "[" + join(names) + "]"},
                                   {"cascade.on", list_text(classes, &cascade::Rule::on)},
                                   {"cascade.off", list_text(classes, &cascade::Rule::off)},
                                   {"cascade.n", std::to_string(leader.n)},
                                   {"cascade.m", std::to_string(leader.m)},
                                   {"cascade.rest", fmt::format("{}", leader.rest)}});
}

Result<void> write_page(const TuneOutcome& outcome, const TuneArgs& args, const Settings& settings) {
  report::TunePage page;
  page.title = settings.name;
  if (outcome.net) page.net = fmt::format("run {}", outcome.net->run);
  page.made_at = utc_now();
  page.wanted_recall = args.recall;
  for (size_t i = 0; i < outcome.classes.size(); ++i)
    page.classes.push_back(
        tuned_class(outcome.classes[i], outcome.recordings[i], args.usd_a_call, settings.pictures));
  return write_file(outcome.report, report::to_html(page));
}

}  // namespace

Result<TuneOutcome> tune_cascade(const TuneArgs& args, Watch& watch) {
  if (args.recordings.empty())
    return usage_error("no recording to tune on", {}, "name a video with a table of what is in it");
  if (args.recordings.size() > 1 && !args.truth.empty())
    return usage_error("one table cannot be that of several recordings", "--truth",
                       "put yard.truth.csv beside each yard.mp4");
  DEW_TRY(const auto sources, watch_sources(args.recordings));
  DEW_TRY(Project project, open_project(args.model.project, watch));
  DEW_TRY(const Settings settings, cascade_settings(project, args.changes));
  DEW_TRY(const Model model, net_that_watches(args.model, settings));
  DEW_TRY(const auto events, event_classes(settings, model.graph.classes));
  DEW_TRY(const TileGrid grid, parse_tiles(settings.tiles));
  tell_net(model, watch);
  std::vector<std::string> names;
  for (const EventClass& one : events) names.push_back(one.rule.event_class);

  DEW_TRY(const auto truths, read_truths(sources, args, names, model.graph.classes, watch));
  std::vector<std::vector<Recording>> by_class(events.size());
  Scorer scorer(model, events, grid, settings.softness);
  for (size_t number = 0; number < sources.size(); ++number)
    for (const auto& region : sources[number].regions) {
      const WatchSource& source = sources[number];
      const auto& [table, truth] = truths[number];
      DEW_TRY(auto scored, score_all(source, region, scorer, events, watch_limits(settings), watch));
      for (size_t i = 0; i < events.size(); ++i) {
        scored[i].name = Fragment{source.source, std::nullopt, region}.str();
        scored[i].truth = truth.events.at(names[i]);
        DEW_CHECK(check_within(scored[i], table));
        by_class[i].push_back(std::move(scored[i]));
      }
    }

  TuneOutcome outcome;
  outcome.net = model.net;
  for (size_t i = 0; i < events.size(); ++i) {
    const auto candidates = cascade::judge_candidates(by_class[i], events[i].rule);
    const auto judged = cascade::best_of(candidates, args.recall);
    if (judged.judgement.truth == 0) return no_event_of(names[i]);
    outcome.classes.push_back(figures_of(judged.rule, judged.judgement,
                                         judge_apart(by_class[i], events[i].rule, args.recall), settings,
                                         args.usd_a_call));
    outcome.classes.back().frontier = cascade::frontier_of(candidates);
  }
  outcome.recordings = std::move(by_class);
  outcome.report = args.page.empty() ? project.folder() / "tune.html" : args.page;
  DEW_CHECK(write_page(outcome, args, settings));
  if (args.write) {
    DEW_CHECK(write_settings(project.folder(), outcome.classes));
    outcome.written = project.folder() / "dewdrop.toml";
  }
  return outcome;
}

}  // namespace dew::verbs
