#include "verbs/cascade/watching.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "media/fragment.h"
#include "media/frames.h"
#include "verbs/cascade/frame_feed.h"
#include "verbs/cascade/listening.h"
#include "verbs/cascade/thread_watch.h"

namespace dew::verbs {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenCounts{200};

/// A part of the frame, and what is known of it.
struct Part {
  std::optional<Rect> region;
  cascade::Watcher watcher;
  cascade::Motion motion;
  cascade::UnsureFrames unsure;
  FrameScores last;                 ///< stands while nothing moves
  std::optional<double> looked_at;  ///< seconds of the last look that counts for the drift
};

class Watched {
 public:
  Watched(size_t number, const WatchSource& source, const WatchPlan& plan, Inbox<Sight>& inbox,
          const std::atomic<bool>& stop)
      : plan_(plan),
        source_(source),
        inbox_(inbox),
        watch_(inbox, stop),
        scorer_(plan.model, plan.events, plan.tiles, plan.temperature) {
    counts_.source = number;
    for (const auto& region : source.regions)
      parts_.push_back({region,
                        cascade::Watcher(settings()),
                        cascade::Motion(),
                        cascade::UnsureFrames(plan.settings.rules),
                        {},
                        {}});
  }

  void run() {
    if (auto ended = follow(); !ended) counts_.broke_off = ended.error();
    end_events();
    counts_.ended = true;
    inbox_.put(counts_);
  }

 private:
  Result<void> follow() {
    FrameFeed feed(source_.source, source_.pushed, plan_.limits, watch_);
    Steady::time_point counted = Steady::now();
    while (true) {
      auto next = feed.next(silence());
      // When it is stopped, too: pictures may have been broken or dropped since the last frame.
      take_figures(feed.figures());
      DEW_TRY(const auto frame, std::move(next));
      if (!frame) {
        tell_if_cut();
        return {};
      }
      if (frame->lost) {
        end_events();
        continue;
      }
      ++counts_.frames;
      counts_.seconds = frame->seconds;
      for (size_t i = 0; i < parts_.size(); ++i) DEW_CHECK(see(i, *frame));
      if (Steady::now() - counted < kBetweenCounts) continue;
      counted = Steady::now();
      inbox_.put(counts_);
    }
  }

  /// After so long without a frame of a live source nothing speaks for an event any more; 0: never. Whose
  /// frames count for themselves says when it is over.
  [[nodiscard]] std::chrono::milliseconds silence() const {
    if (!live_ || source_.each_counts) return {};
    double longest = 0;
    for (const cascade::Rule& rule : plan_.settings.rules) {
      if (rule.quiet == 0) return {};
      longest = std::max(longest, rule.quiet);
    }
    return std::chrono::milliseconds(static_cast<int64_t>(1000 * longest));
  }

  void take_figures(const FrameFeed::Figures& figures) {
    live_ = figures.live;
    counts_.promised = figures.promised;
    counts_.dropped = figures.dropped;
    counts_.breaks = figures.breaks;
    counts_.broken = figures.broken;
  }

  void end_events() {
    for (size_t i = 0; i < parts_.size(); ++i) tell(i, parts_[i].watcher.finish());
  }

  [[nodiscard]] cascade::WatchSettings settings() const {
    cascade::WatchSettings of = plan_.settings;
    if (!source_.each_counts) return of;
    for (cascade::Rule& rule : of.rules) {
      rule.n = rule.m = 1;
      rule.rest = rule.quiet = 0;  // who pushes says when it is over
    }
    return of;
  }

  /// A header may count a few frames that are not shown; many are a file that was cut off or is damaged.
  void tell_if_cut() {
    constexpr double kMost = 0.9;
    if (live_ || static_cast<double>(counts_.frames) >= kMost * static_cast<double>(counts_.promised)) return;
    inbox_.put(SawWarning{fmt::format(
        "{}: by its header it has {} frames, {} could be read: it was cut off or "
        "is damaged, and events may be missing",
        printable_source(source_.source), with_commas(counts_.promised), with_commas(counts_.frames))});
  }

  Result<void> see(size_t number, const FedFrame& frame) {
    const auto& region = parts_[number].region;
    if (!region) return see_part(number, frame.picture, frame);
    DEW_TRY(const Image part, watched_part(frame.picture, region));
    return see_part(number, part, frame);
  }

  Result<void> see_part(size_t number, const Image& picture, const FedFrame& frame) {
    Part& part = parts_[number];
    const bool moves = !plan_.motion || part.motion.moves(picture);
    if (moves || part.last.scores.empty()) {
      DEW_TRY(part.last, scorer_.score(picture));
      counts_.unknown += part.last.known ? 0 : 1;
      if (plan_.learn_a_day > 0 && part.unsure.take(picture, frame.seconds, part.last.scores))
        inbox_.put(SawUnsure{counts_.source, number, frame.number, live_, picture});
    } else {
      ++counts_.skipped;
    }
    if (!part.looked_at || frame.seconds - *part.looked_at >= kBetweenLooks) {
      part.looked_at = frame.seconds;
      add_look(counts_.looks, part.last, plan_.events);
    }
    tell(number, part.watcher.see({picture, frame.number, frame.seconds, part.last.scores, part.last.looks}));
    return {};
  }

  void tell(size_t region, std::vector<cascade::Happening> happenings) {
    for (cascade::Happening& one : happenings)
      inbox_.put(SawHappening{counts_.source, region, live_, std::move(one)});
  }

  const WatchPlan& plan_;
  const WatchSource& source_;
  Inbox<Sight>& inbox_;
  ThreadWatch watch_;
  Scorer scorer_;
  std::vector<Part> parts_;
  SawFrames counts_;
  bool live_ = false;
};

/// "env:YARD#xywh=..." with what the variable YARD holds in its place, so that no list of processes shows a
/// password.
Result<std::string> from_environment(const std::string& source) {
  constexpr std::string_view kPrefix = "env:";
  if (!source.starts_with(kPrefix)) return source;
  const size_t end = std::min(source.find('#'), source.size());
  const std::string name = source.substr(kPrefix.size(), end - kPrefix.size());
  const char* const held = std::getenv(name.c_str());
  if (held == nullptr || *held == 0)
    return usage_error("the environment has no variable of this name", printable(source), "export it first");
  return held + source.substr(end);
}

}  // namespace

Result<std::vector<WatchSource>> watch_sources(const std::vector<std::string>& texts) {
  std::vector<WatchSource> found;
  for (const std::string& named : texts) {
    DEW_TRY(const std::string text, from_environment(named));
    Fragment fragment{text, std::nullopt, std::nullopt};
    if (text.find("#xywh=") != std::string::npos || text.find("#frame=") != std::string::npos) {
      DEW_TRY(fragment, Fragment::parse(text));
    }
    if (fragment.frame)
      return usage_error("a single frame cannot be watched", printable(text), "leave out #frame=");
    auto known = std::find_if(found.begin(), found.end(),
                              [&](const WatchSource& one) { return one.source == fragment.source; });
    if (known == found.end()) known = found.insert(found.end(), {fragment.source, {}});
    if (std::find(known->regions.begin(), known->regions.end(), fragment.region) != known->regions.end())
      return usage_error("the same source is named twice", printable_source(text), "name it once");
    known->regions.push_back(fragment.region);
  }
  return found;
}

Result<Image> watched_part(const Image& frame, const std::optional<Rect>& region) {
  if (!region) return frame;
  if (int64_t{region->x} + region->width > frame.width || int64_t{region->y} + region->height > frame.height)
    return usage_error("the watched part lies outside the frame of " + std::to_string(frame.width) + " x " +
                           std::to_string(frame.height) + " pixels",
                       "#xywh=", "give x, y, width and height in pixels inside it");
  return crop(frame, *region);
}

Watching::Watching(size_t number, WatchSource source, const WatchPlan& plan, Inbox<Sight>& inbox)
    : thread_([this, number, source = std::move(source), &plan, &inbox] {
        if (plan.sound) return listen(number, source, plan, inbox, stop_);
        Watched(number, source, plan, inbox, stop_).run();
      }) {}

Watching::~Watching() {
  stop_ = true;
  thread_.join();
}

}  // namespace dew::verbs
