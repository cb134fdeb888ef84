// Jobs: what the verbs do in the server, started, watched and stopped; and files that come in.
#include <httplib.h>

#include "studio/workplace.h"
#include "verbs/label/label.h"
#include "verbs/measure/measure.h"
#include "verbs/project/project.h"
#include "verbs/train/student_settings.h"
#include "verbs/train/train.h"

namespace dew::studio {
namespace {

using httplib::Request;

/// A verb's outcome as a job's.
template <typename Outcome>
Result<Worked> worked(const Result<Outcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  return Worked{to_json(*outcome), outcome->stopped};
}

Reply<Json> begin(Workplace& place, const std::string& verb, Lane lane, Jobs::Work work) {
  const auto id = place.jobs.start(verb, lane, true, [&place, work = std::move(work)](Watch& watch) {
    auto done = work(watch);
    // What it changed shows before it says that it is done. Should that fail, the next look at the project
    // tells.
    (void)place.browser.refresh();
    return done;
  });
  if (!id)
    return refuse(409, "a job of this kind is at work already: " + verb, {}, "wait for it, or stop it first");
  return *place.jobs.find(*id);
}

Reply<Json> begin_label(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "teacher", "limit", "budget_usd", "dry_run"}));
  verbs::LabelArgs args;
  args.project = place.project;
  DEW_TRY(const std::string teacher, fields.text_or("teacher", ""));
  if (!teacher.empty()) args.teachers = {teacher};
  DEW_TRY(args.limit, fields.count("limit"));
  DEW_TRY(args.options.budget_usd, fields.amount("budget_usd"));
  DEW_TRY(const bool dry, fields.flag("dry_run"));
  return begin(place, "label", Lane::kAsk, [args, dry](Watch& watch) {
    return dry ? worked(verbs::plan_label(args, watch)) : worked(verbs::label(args, watch));
  });
}

Reply<Json> begin_train(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {"verb", "settings"}));
  verbs::TrainArgs args;
  args.project = place.project;
  const Json settings = body.value("settings", Json::object());
  DEW_TRY(args.changes, verbs::student_changes(place.browser.summary().settings,
                                               settings.is_null() ? Json::object() : settings));
  return begin(place, "train", Lane::kCompute,
               [args](Watch& watch) { return worked(verbs::train(args, watch)); });
}

Reply<Json> begin_test(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"verb", "run", "board"}));
  verbs::TestArgs args;
  args.project = place.project;
  DEW_TRY(const auto run, fields.count("run"));
  if (run) args.run = std::to_string(*run);
  DEW_TRY(const bool board, fields.flag("board"));
  args.no_board = !board;
  return begin(place, "test", Lane::kCompute,
               [args](Watch& watch) { return worked(verbs::test(args, watch)); });
}

Reply<Json> begin_job(Workplace& place, const Json& body) {
  if (!body.is_object()) return refuse(400, "the body is no JSON object");
  const auto verb = body.find("verb");
  if (verb == body.end() || !verb->is_string()) return refuse(400, "'verb' must be a text");
  if (*verb == "label") return begin_label(place, body);
  if (*verb == "train") return begin_train(place, body);
  if (*verb == "test") return begin_test(place, body);
  return refuse(400, "there is no job '" + printable(verb->get<std::string>(), 40) + "'", {},
                "jobs are label, train and test");
}

/// One job takes all files that came until it begins.
Reply<Json> upload(Workplace& place, const Request& request, const ReadBody& read) {
  DEW_TRY(const Query query, Query::of(request, {"name"}));
  DEW_TRY(const bool first, place.uploads.receive(query.text("name"), read));
  if (!first)
    if (const auto waiting = place.jobs.waiting("add")) return *waiting;
  const auto id = place.jobs.start("add", Lane::kAdd, false, [&place](Watch& watch) -> Result<Worked> {
    const auto taken = place.uploads.take();
    if (taken == nullptr) return Worked{Json::object(), {}};
    verbs::AddArgs args;
    args.project = place.project;
    args.files = taken->files;
    auto added = worked(verbs::add(args, watch));
    (void)place.browser.refresh();
    return added;
  });
  if (!id) return refuse(409, "the studio is being stopped");
  return *place.jobs.find(*id);
}

Reply<Json> stop(Workplace& place, const Request& request, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  DEW_TRY(const int64_t id, id_in(request.matches[1]));
  if (!place.jobs.stop(id))
    return refuse(404, "there is no job " + std::to_string(id), {}, "load the page again");
  return *place.jobs.find(id);
}

}  // namespace

void serve_jobs(Server& server, Workplace& place) {
  server.get("/api/jobs", [&place](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    return place.jobs.all();
  });
  server.post("/api/jobs", 202,
              [&place](const Request&, const Json& body) { return begin_job(place, body); });
  server.post(R"(/api/jobs/(\d+)/stop)", 200,
              [&place](const Request& request, const Json& body) { return stop(place, request, body); });
  server.post_bytes("/api/upload", 202, [&place](const Request& request, const ReadBody& read) {
    return upload(place, request, read);
  });
  server.get("/api/settings", [&place](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    return Json{{"student", verbs::student_settings(place.browser.summary().settings)}};
  });
  server.get_stream("/api/events", [&place](const Request&, httplib::Response& response) {
    place.live.stream(
        place.jobs, [&place] { return place.browser.version(); }, response);
  });
}

}  // namespace dew::studio
