// The map: made by a job, kept as long as the studio runs, made again where samples came or went.
#include <httplib.h>

#include "studio/workplace.h"

namespace dew::studio {
namespace {

using httplib::Request;

Reply<Json> show(const Workplace& place, const Request& request) {
  DEW_TRY(const Query query, Query::of(request, {"class", "split", "origin", "source", "text", "order"}));
  DEW_TRY(const auto filter, filter_in(query));
  DEW_TRY(const auto columns, place.browser.columns(filter));
  const auto map = place.map.get();
  Json json = verbs::map_json(columns, place.browser.summary().settings, map.get());
  json["state"] = state_of(place, "map", map.get());
  return json;
}

Reply<Json> make(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  const auto map = place.map.get();
  if (state_of(place, "map", map.get()) == "ready") return Json{{"state", "ready"}, {"job", nullptr}};
  DEW_TRY(Json job, begin_or_join(place, "map", [&place](Watch& watch) -> Result<Worked> {
            DEW_TRY(auto made, verbs::SampleMap::make({place.project, {}}, watch));
            const Json outcome = to_json(made);
            place.map.set(std::move(made));
            return Worked{outcome, {}};
          }));
  return Json{{"state", "making"}, {"job", std::move(job)}};
}

}  // namespace

void serve_map(Server& server, Workplace& place) {
  server.get("/api/map", [&place](const Request& request) { return show(place, request); });
  server.post("/api/map", 202, [&place](const Request&, const Json& body) { return make(place, body); });
}

}  // namespace dew::studio
