// The review: its session is the desk's, its ranking a job.
#include <httplib.h>

#include "studio/workplace.h"

namespace dew::studio {
namespace {

using httplib::Request;

Reply<Json> open(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  const auto id = place.jobs.start("rank", Lane::kCompute, true, [&place](Watch& watch) {
    return place.review.open(place.project, place.by, place.browser, watch);
  });
  if (!id) return refuse(409, "the labels are being ranked already", {}, "wait for that, or stop it");
  return *place.jobs.find(*id);
}

Reply<Json> decide(Workplace& place, const Json& body) {
  DEW_CHECK(check_in_place(place));
  DEW_TRY(const Fields fields, Fields::of(body, {"class", "sample"}));
  DEW_TRY(const std::string answer_class, fields.text("class"));
  DEW_TRY(const int64_t sample, fields.integer("sample"));
  return place.review.decide(answer_class, sample, place.jobs.busy("rank"));
}

Reply<Json> skip(Workplace& place, const Json& body) {
  DEW_TRY(const Fields fields, Fields::of(body, {"sample"}));
  DEW_TRY(const int64_t sample, fields.integer("sample"));
  return place.review.skip(sample, place.jobs.busy("rank"));
}

Reply<Json> undo(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  return place.review.undo(place.jobs.busy("rank"));
}

}  // namespace

void serve_review(Server& server, Workplace& place) {
  server.post("/api/review/open", 202,
              [&place](const Request&, const Json& body) { return open(place, body); });
  server.get("/api/review", [&place](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    return place.review.state(place.jobs.busy("rank"));
  });
  server.post("/api/review/decide", 200,
              [&place](const Request&, const Json& body) { return decide(place, body); });
  server.post("/api/review/skip", 200,
              [&place](const Request&, const Json& body) { return skip(place, body); });
  server.post("/api/review/undo", 200,
              [&place](const Request&, const Json& body) { return undo(place, body); });
}

}  // namespace dew::studio
