// The cascade's events: what the net saw, what was asked about it and said, and the pictures that were kept.
#include <httplib.h>

#include "studio/workplace.h"
#include "verbs/cascade/cascade.h"

namespace dew::studio {
namespace {

using httplib::Request;

constexpr int64_t kMostEvents = 200;    // of one answer
constexpr int64_t kMostPictures = 500;  // of an event

Reply<Json> list(const Workplace& place, const Request& request) {
  DEW_TRY(const Query query, Query::of(request, {"before", "count"}));
  DEW_TRY(const int64_t before, query.integer("before", 0, 0, int64_t{1} << 40));
  DEW_TRY(const int64_t count, query.integer("count", 50, 1, kMostEvents));
  DEW_TRY(const auto log, verbs::logged_events(place.project, before, count));
  return to_json(log);
}

Reply<Bytes> picture(const Workplace& place, const Request& request) {
  DEW_TRY(const int64_t event, id_in(request.matches[1]));
  DEW_TRY(const Query query, Query::of(request, {"number"}));
  DEW_TRY(const int64_t number, query.integer("number", 0, 0, kMostPictures));
  DEW_TRY(auto jpeg, verbs::event_picture(place.project, event, number));
  if (!jpeg)
    return refuse(404, "this picture of the event is not there any more", std::to_string(event),
                  "load the page again");
  std::string etag = "\"" + sha256(*jpeg).substr(0, 32) + "\"";
  return Bytes{*std::move(jpeg), "image/jpeg", std::move(etag), {}};
}

}  // namespace

void serve_cascade(Server& server, Workplace& place) {
  server.get("/api/cascade/events", [&place](const Request& request) { return list(place, request); });
  server.get_bytes(R"(/api/cascade/events/(\d+)/picture)",
                   [&place](const Request& request) { return picture(place, request); });
}

}  // namespace dew::studio
