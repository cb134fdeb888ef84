// The verb `cascade report`: a page from the log alone.
#include <algorithm>

#include "media/fragment.h"
#include "report/events_page.h"
#include "verbs/cascade/cascade.h"
#include "verbs/cascade/learning.h"
#include "verbs/common/open.h"

namespace dew::verbs {
namespace {

report::ShownEvent shown(const Event& event, const EventLog& log) {
  report::ShownEvent page;
  page.id = event.id;
  page.source = Fragment{event.source, std::nullopt, event.region}.str();
  page.event_class = event.event_class;
  page.at = event.at;
  page.state = event.state;
  page.start = event.start;
  page.end = event.end;
  page.score = event.score;
  for (const EventPicture& one : event.pictures) {
    auto picture = read_image(log.folder(event.id) / fs::path(one.file).filename());
    page.pictures.push_back({picture ? *std::move(picture) : Image{}, one.why, one.seconds, one.score});
  }
  return page;
}

}  // namespace

Result<CascadeReportOutcome> cascade_report(const CascadeReportArgs& args, Watch& watch) {
  DEW_TRY(const Project project, open_project(args.project, watch));
  DEW_TRY(const EventLog log, EventLog::open(project));
  report::EventsPage page;
  page.title = project.settings().name;
  page.question = project.settings().ask;
  page.made_at = utc_now();
  DEW_TRY(page.events, log.count());
  DEW_TRY(auto events, log.events_before(0, args.most));
  std::reverse(events.begin(), events.end());
  watch.begin("reading events", std::ssize(events));
  for (const Event& event : events) {
    if (watch.interrupted()) return interrupted_error();
    page.shown.push_back(shown(event, log));
    DEW_TRY(const auto questions, log.questions_about(event.id));
    for (const EventQuestion& one : questions) {
      const bool answered = one.state == "answered";
      DEW_TRY(const std::string asked, project.note(asked_note(one.prompt_hash)));
      page.shown.back().answers.push_back({one.model.empty() ? one.teacher : one.model, one.state, asked,
                                           answered ? one.answer : one.error, one.cost_usd});
    }
    watch.advance(std::ssize(page.shown));
  }
  watch.end();
  DEW_TRY(const auto spent, log.spent_since(""));
  page.questions = spent.calls;
  page.usd = spent.usd;
  CascadeReportOutcome outcome;
  outcome.events = page.events;
  outcome.shown = std::ssize(page.shown);
  outcome.report = args.page.empty() ? project.folder() / "events.html" : args.page;
  DEW_CHECK(write_file(outcome.report, report::to_html(page)));
  return outcome;
}

Json to_json(const CascadeReportOutcome& outcome) {
  return {{"events", outcome.events}, {"shown", outcome.shown}, {"report", outcome.report.string()}};
}

}  // namespace dew::verbs
