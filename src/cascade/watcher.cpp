#include "cascade/watcher.h"

#include <algorithm>

namespace dew::cascade {

/// An event that goes on.
struct Watcher::Open {
  int64_t number = 0;
  int64_t first_frame = 0;
  int64_t last_frame = 0;
  double start = 0;
  double end = 0;
  double score = 0;
  bool settled = false;
  KeyPictures keys;
};

struct Watcher::Watched {
  size_t rule = 0;
  Trigger trigger;
  std::optional<Open> event;
};

Watcher::Watcher(WatchSettings settings) : settings_(std::move(settings)), look_back_(settings_.keys) {
  for (size_t i = 0; i < settings_.rules.size(); ++i)
    watched_.push_back({i, Trigger(settings_.rules[i]), std::nullopt});
}
Watcher::Watcher(Watcher&&) noexcept = default;
Watcher& Watcher::operator=(Watcher&&) noexcept = default;
Watcher::~Watcher() = default;

Happening Watcher::happening(const Watched& watched, Happening::Kind kind) const {
  const Open& event = *watched.event;
  Happening told;
  told.kind = kind;
  told.rule = watched.rule;
  told.number = event.number;
  told.first_frame = event.first_frame;
  told.last_frame = event.last_frame;
  told.start = event.start;
  told.end = event.end;
  told.score = event.score;
  if (!event.settled) told.pictures = event.keys.choose();
  return told;
}

void Watcher::follow(Watched& watched, const Seen& seen, uint8_t score, std::vector<Happening>& out) {
  constexpr double kSteps = 255;
  const Change change = watched.trigger.push(score, now_);
  if (change == Change::kBegins)
    watched.event =
        Open{events_++, seen.frame, seen.frame, now_,
             now_,      0,          false,      KeyPictures(settings_.keys, look_back_.before(now_))};
  if (!watched.event) return;
  Open& event = *watched.event;
  event.last_frame = seen.frame;
  event.end = now_;
  event.score = std::max(event.score, score / kSteps);
  const auto look = watched.rule < seen.looks.size() ? seen.looks[watched.rule] : std::nullopt;
  if (!event.settled) event.keys.add(seen.picture, seen.frame, now_, score / kSteps, look);
  if (change == Change::kBegins) out.push_back(happening(watched, Happening::Kind::kBegins));
  if (change == Change::kEnds) {
    out.push_back(happening(watched, Happening::Kind::kEnds));
    watched.event.reset();
  } else if (!event.settled && now_ - event.start >= settings_.settled) {
    out.push_back(happening(watched, Happening::Kind::kSettled));
    event.settled = true;
  }
}

std::vector<Happening> Watcher::see(const Seen& seen) {
  now_ = std::max(now_, seen.seconds);
  std::vector<Happening> out;
  for (Watched& watched : watched_) follow(watched, seen, seen.scores[watched.rule], out);
  look_back_.add(seen.picture, seen.frame, now_);
  return out;
}

std::vector<Happening> Watcher::finish() {
  std::vector<Happening> out;
  for (Watched& watched : watched_) {
    watched.trigger = Trigger(settings_.rules[watched.rule]);
    if (!watched.event) continue;
    out.push_back(happening(watched, Happening::Kind::kEnds));
    watched.event.reset();
  }
  return out;
}

}  // namespace dew::cascade
