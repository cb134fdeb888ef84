// Jobs: what the verbs do in the server, started, watched and stopped; and files that come in.
#include <httplib.h>

#include "studio/begin_jobs.h"
#include "verbs/label/label.h"
#include "verbs/project/project.h"
#include "verbs/train/student_settings.h"

namespace dew::studio {
namespace {

using httplib::Request;

/// What `add` says of uploaded files, by the names that people know.
class AsSent : public Watch {
 public:
  AsSent(Watch& watch, const UploadedFiles& files) : watch_(watch), files_(files) {}
  void begin(std::string_view what, int64_t total) override { watch_.begin(what, total); }
  void advance(int64_t done, std::string_view note) override { watch_.advance(done, note); }
  void end() override { watch_.end(); }
  void inform(const std::string& message) override { watch_.inform(files_.as_sent(message)); }
  void warn(const std::string& message) override { watch_.warn(files_.as_sent(message)); }
  [[nodiscard]] bool interrupted() const override { return watch_.interrupted(); }

  [[nodiscard]] Error as_sent(Error error) const {
    for (std::string* text : {&error.what, &error.where, &error.next}) *text = files_.as_sent(*text);
    return error;
  }
  [[nodiscard]] Json as_sent(Json json) const {
    if (json.is_string()) return files_.as_sent(json.get<std::string>());
    if (json.is_structured())
      for (Json& part : json) part = as_sent(std::move(part));
    return json;
  }

 private:
  Watch& watch_;
  const UploadedFiles& files_;
};

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
    AsSent told(watch, *taken);
    auto added = worked(verbs::add(args, told));
    (void)place.browser.refresh();
    if (!added) return tl::unexpected(told.as_sent(std::move(added).error()));
    if (added->stopped) added->stopped = told.as_sent(*added->stopped);
    added->outcome = told.as_sent(added->outcome);
    return added;
  });
  if (!id) return refuse(409, "the studio is being stopped", {}, "start it again: dewdrop studio");
  return *place.jobs.find(*id);
}

Reply<Json> stop(Workplace& place, const Request& request, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  DEW_TRY(const int64_t id, id_in(request.matches[1]));
  if (!place.jobs.stop(id))
    return refuse(404, "there is no job " + std::to_string(id), {}, "load the page again");
  return *place.jobs.find(id);
}

/// The page shows it at once, and so do the others.
Reply<Json> change_prompt(Workplace& place, const Json& body) {
  DEW_CHECK(check_in_place(place));
  DEW_TRY(const Fields fields, Fields::of(body, {"question", "instructions"}));
  verbs::PromptChange change;
  if (body.contains("question")) {
    DEW_TRY(change.question, fields.text("question"));
  }
  if (body.contains("instructions")) {
    DEW_TRY(change.instructions, fields.text("instructions"));
  }
  DEW_CHECK(verbs::change_prompt(place.project, change));
  DEW_CHECK(place.browser.refresh());
  place.live.wake();
  return to_json(place.browser.summary());
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
  server.post("/api/prompt", 200,
              [&place](const Request&, const Json& body) { return change_prompt(place, body); });
  server.get_stream("/api/events", [&place](const Request&, httplib::Response& response) {
    place.live.stream(
        place.jobs, [&place] { return place.browser.version(); }, response);
  });
}

}  // namespace dew::studio
