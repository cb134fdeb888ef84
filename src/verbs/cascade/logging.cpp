#include "verbs/cascade/logging.h"

#include <fmt/format.h>

#include "media/frames.h"

namespace dew::verbs {
namespace {

constexpr int kJpegQuality = 90;

Result<void> append_line(const fs::path& path, const std::string& line) {
  const FilePtr file(std::fopen(path.c_str(), "ab"));
  if (!file) return system_failure("cannot write the events", path, errno);
  if (std::fwrite(line.data(), 1, line.size(), file.get()) != line.size() || std::fflush(file.get()) != 0)
    return system_failure("cannot write the events", path, errno);
  return {};
}

void take_over(Event& event, const cascade::Happening& happening) {
  event.last_frame = happening.last_frame;
  event.end = happening.end;
  event.score = happening.score;
  if (happening.kind == cascade::Happening::Kind::kEnds) event.state = "ended";
}

}  // namespace

EventKeeper::EventKeeper(EventLog& log, const CascadeArgs& args, const std::vector<WatchSource>& sources,
                         const std::vector<EventClass>& events, CascadeOutcome& outcome)
    : log_(log), args_(args), sources_(sources), events_(events), outcome_(outcome) {}

Event EventKeeper::event_of(const SawHappening& saw) const {
  const cascade::Happening& happening = saw.happening;
  Event event;
  event.source = printable_source(sources_[saw.source].source);
  event.region = sources_[saw.source].regions[saw.region];
  event.event_class = events_[happening.rule].rule.event_class;
  event.first_frame = happening.first_frame;
  event.last_frame = happening.last_frame;
  event.start = happening.start;
  event.end = happening.end;
  event.score = happening.score;
  if (saw.live) event.at = utc_now();
  return event;
}

Result<Event> EventKeeper::begin(const SawHappening& saw) {
  DEW_TRY(const int64_t before, log_.count());
  DEW_TRY(Event event, log_.begin(event_of(saw)));
  DEW_TRY(const int64_t after, log_.count());
  if (before == after && known_.insert(event.id).second) ++outcome_.known;
  ++outcome_.events;
  ++outcome_.by_class[event.event_class];
  ++outcome_.sources[saw.source].events;
  // One that is known from an earlier run goes on once more; what is logged of it stands meanwhile.
  if (before == after) event.state = event_of(saw).state;
  if (before < after) DEW_CHECK(write_pictures(event, saw.happening.pictures));
  if (before < after) DEW_CHECK(log_.update(event));
  DEW_CHECK(say_event(event));
  return event;
}

Result<void> EventKeeper::write_pictures(Event& event, const std::vector<cascade::Candidate>& pictures) {
  std::vector<EventPicture> written;
  std::vector<fs::path> files;
  for (const cascade::Candidate& one : pictures) {
    const std::string name = fmt::format("{}{}.jpg", one.frame, one.cropped ? "-crop" : "");
    files.push_back(log_.folder(event.id) / name);
    DEW_TRY(ReplacementFile file, ReplacementFile::create(files.back()));
    DEW_CHECK(file.write(encode_jpeg(one.picture, kJpegQuality)));
    DEW_CHECK(file.place());
    written.push_back(
        {name, one.frame, one.seconds, one.score, one.cropped ? one.why + ", cropped" : one.why});
  }
  DEW_CHECK(sync_files(files));
  event.pictures = std::move(written);
  return {};
}

Result<void> EventKeeper::say_event(const Event& event) {
  Json line = event_json(event);
  line["known"] = known_.contains(event.id);
  if (mqtt_ != nullptr) mqtt_->event(event, log_.folder(event.id));
  return say(line);
}

Result<void> EventKeeper::say_answer(const SawAnswer& saw) {
  const Json line = answer_json(saw.event, saw.question);
  if (mqtt_ != nullptr) mqtt_->answer(saw.event, line);
  return say(line);
}

Result<void> EventKeeper::say(const Json& object) {
  if (args_.lines.empty() && webhook_ == nullptr && mqtt_ == nullptr) return {};
  const std::string line = object.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (webhook_ != nullptr) webhook_->send(line);
  if (mqtt_ != nullptr) mqtt_->line(line);
  if (args_.lines.empty()) return {};
  if (args_.lines != "-") return append_line(args_.lines, line + "\n");
  if (args_.say_line) args_.say_line(line);
  return {};
}

Result<std::optional<Event>> EventKeeper::keep(const SawHappening& saw) {
  using Kind = cascade::Happening::Kind;
  const Key key{{saw.source, saw.region}, saw.happening.number};
  if (saw.happening.kind == Kind::kBegins) {
    DEW_TRY(Event event, begin(saw));
    open_.emplace(key, std::move(event));
    return std::nullopt;
  }
  Event& event = open_.at(key);
  const bool settled = !saw.happening.pictures.empty();
  take_over(event, saw.happening);
  if (settled) DEW_CHECK(write_pictures(event, saw.happening.pictures));
  DEW_CHECK(log_.update(event));
  if (settled) outcome_.pictures += std::ssize(event.pictures);
  if (event.state == "ended")
    DEW_CHECK(say_event(event));
  else if (mqtt_ != nullptr)
    mqtt_->picture(event, log_.folder(event.id));
  std::optional<Event> told;
  if (settled) told = event;
  if (saw.happening.kind == Kind::kEnds) open_.erase(key);
  return told;
}

}  // namespace dew::verbs
