#include "cascade/asked_event.h"

#include <fmt/format.h>

#include "cascade/asker.h"
#include "media/media.h"

namespace dew::cascade {

std::string event_name(const Event& event) {
  std::string name = fmt::format("{}#frame={}", event.source, event.first_frame);
  if (event.region)
    name += fmt::format("&xywh={},{},{},{}", event.region->x, event.region->y, event.region->width,
                        event.region->height);
  return name + "&class=" + event.event_class;
}

std::string caption(const Event& event, size_t picture) {
  std::string text = fmt::format("frame {} of {}", picture + 1, event.pictures.size());
  if (picture > 0)
    text += fmt::format(", {:.1f} s after the first",
                        event.pictures[picture].seconds - event.pictures.front().seconds);
  return text;
}

Result<teacher::Question> question_about(const Event& event, const fs::path& folder) {
  if (event.pictures.empty()) return work_error("the event has no pictures", event_name(event));
  const auto shown = [&](size_t i) -> std::function<Result<Image>()> {
    return [path = folder / event.pictures[i].file] { return read_image(path); };
  };
  teacher::Question question{event.id, event_name(event), shown(0)};
  question.caption = caption(event, 0);
  for (size_t i = 1; i < event.pictures.size(); ++i) question.more.push_back({caption(event, i), shown(i)});
  return question;
}

Result<EventWord> word_on(const EventLog& log, const Event& event) {
  EventWord word{event.event_class, {}, true, true};
  DEW_TRY(const auto questions, log.questions_about(event.id));
  for (const EventQuestion& one : questions) {
    if (one.state == "waiting" || one.state == "asking") word.last = false;
    if (one.state != "answered") continue;
    word.said = one.answer;
    word.by = one.model;
    word.tiny = false;
  }
  if (event.state == "open") word.last = false;
  return word;
}

}  // namespace dew::cascade
