// The log of a cascade, for a face that shows it: pages of events with what was asked about them, and their
// pictures.
#include "verbs/cascade/cascade.h"

namespace dew::verbs {

Result<LoggedEvents> logged_events(const fs::path& project, int64_t before, int64_t most) {
  DEW_TRY(const Project opened, Project::open(project));
  DEW_TRY(const EventLog log, EventLog::open(opened));
  LoggedEvents found;
  DEW_TRY(found.total, log.count());
  DEW_TRY(const auto spent, log.spent_since(""));
  found.questions = spent.calls;
  found.usd = spent.usd;
  DEW_TRY(auto events, log.events_before(before, most));
  for (Event& event : events) {
    DEW_TRY(auto questions, log.questions_about(event.id));
    found.events.push_back({std::move(event), std::move(questions)});
  }
  return found;
}

Result<std::optional<std::string>> event_picture(const fs::path& project, int64_t event, int64_t number) {
  constexpr int64_t kMostBytes = int64_t{64} << 20;
  DEW_TRY(const Project opened, Project::open(project));
  DEW_TRY(const EventLog log, EventLog::open(opened));
  DEW_TRY(const auto newest, log.events_after(event - 1, 1));
  const bool there = !newest.empty() && newest.front().id == event && number >= 0 &&
                     number < std::ssize(newest.front().pictures);
  if (!there) return std::optional<std::string>();
  // The name alone: what the database says leads nowhere else.
  const fs::path name = fs::path(newest.front().pictures[static_cast<size_t>(number)].file).filename();
  const fs::path file = log.folder(event) / name;
  std::error_code code;
  if (!fs::is_regular_file(file, code)) return std::optional<std::string>();
  DEW_TRY(std::string bytes, read_file(file, kMostBytes));
  return std::optional(std::move(bytes));
}

Json to_json(const LoggedEvents& log) {
  Json events = Json::array();
  for (const LoggedEvent& one : log.events) {
    Json answers = Json::array();
    for (const EventQuestion& question : one.questions) answers.push_back(answer_json(one.event, question));
    Json event = event_json(one.event);
    event["answers"] = std::move(answers);
    events.push_back(std::move(event));
  }
  return {
      {"total", log.total}, {"questions", log.questions}, {"usd", log.usd}, {"events", std::move(events)}};
}

}  // namespace dew::verbs
