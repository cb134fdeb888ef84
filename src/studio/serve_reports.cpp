// Pages that verbs wrote, shown inside the studio's; the last comparison's figures; the boards that a net can
// be measured for.
#include <httplib.h>

#include "studio/workplace.h"
#include "verbs/boards/boards.h"
#include "verbs/compare/compare.h"
#include "verbs/reports/reports.h"

namespace dew::studio {
namespace {

using httplib::Request;

/// A report is whole in itself. It is a file that others may have changed: nothing in it runs, and it reaches
/// nobody.
constexpr const char* kReportPolicy =
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action "
    "'none'; frame-ancestors 'self'";

Reply<Bytes> shown(std::optional<std::string> html, const std::string& what, const std::string& next) {
  if (!html) return refuse(404, what, {}, next);
  std::string etag = "\"" + sha256(*html).substr(0, 32) + "\"";
  return Bytes{*std::move(html), "text/html; charset=utf-8", std::move(etag), {}, kReportPolicy};
}

Reply<Json> list(const Workplace& place) {
  Json there = Json::object();
  for (const char* const name : verbs::kReports) there[name] = verbs::has_report(place.project, name);
  return there;
}

Reply<Bytes> of_project(const Workplace& place, const Request& request) {
  DEW_CHECK(Query::of(request, {}));
  DEW_TRY(auto html, verbs::read_report(place.project, request.matches[1]));
  return shown(std::move(html), "this page was not made yet", "start its job first");
}

Reply<Bytes> of_run(const Workplace& place, const Request& request) {
  DEW_CHECK(Query::of(request, {}));
  DEW_TRY(const verbs::RunSummary run, run_in(place, request.matches[1]));
  const std::string name = request.matches[2];
  DEW_TRY(auto html, verbs::read_report(place.project, run, name));
  return name == "search" ? shown(std::move(html), "this run searched for no net", "train with a limit")
                          : shown(std::move(html), "this run has not been tested yet", "test it");
}

Reply<Bytes> of_board(const Workplace& place, const Request& request) {
  DEW_TRY(const Query query, Query::of(request, {"board"}));
  DEW_TRY(const int64_t run, id_in(request.matches[1]));
  return shown(place.boards.find(run, query.text("board")), "the net was not measured for this board",
               "measure it");
}

Reply<Json> comparison(const Workplace& place) {
  DEW_TRY(auto figures, verbs::read_comparison(place.project));
  DEW_TRY(const auto sets, verbs::label_sets(place.project));
  return Json{{"label_sets", sets}, {"last", figures ? *std::move(figures) : Json(nullptr)}};
}

Reply<Json> boards() {
  DEW_TRY(const auto all, verbs::boards({}));
  return to_json(all);
}

/// A handler that takes no query.
auto plain(Reply<Json> (*handle)(const Workplace&), const Workplace& place) {
  return [handle, &place](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    return handle(place);
  };
}

template <size_t kSize>
std::string one_of(const std::array<const char*, kSize>& names) {
  return "(" + join({names.begin(), names.end()}, "|") + ")";
}

}  // namespace

void serve_reports(Server& server, Workplace& place) {
  server.get("/api/reports", plain(list, place));
  server.get("/api/comparison", plain(comparison, place));
  server.get("/api/boards", plain([](const Workplace&) { return boards(); }, place));
  server.get_bytes("/api/reports/" + one_of(verbs::kReports),
                   [&place](const Request& request) { return of_project(place, request); });
  server.get_bytes(R"(/api/runs/(\d+)/)" + one_of(verbs::kRunReports),
                   [&place](const Request& request) { return of_run(place, request); });
  server.get_bytes(R"(/api/runs/(\d+)/board)",
                   [&place](const Request& request) { return of_board(place, request); });
}

}  // namespace dew::studio
