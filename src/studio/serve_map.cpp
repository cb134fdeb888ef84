// The map: made by a job, kept beside the project, made again where samples came or went.
#include <httplib.h>

#include "studio/workplace.h"

namespace dew::studio {
namespace {

using httplib::Request;

auto of_present(const Workplace& place) {
  return [&place](const verbs::SampleMap& map) { return map.is_of(place.browser, {place.project, {}}); };
}

Reply<Json> show(Workplace& place, const Request& request) {
  DEW_TRY(const Query query, Query::of(request, {"class", "split", "origin", "source", "text", "order"}));
  DEW_TRY(const auto filter, filter_in(query));
  DEW_TRY(const auto columns, place.browser.columns(filter));
  const auto map = place.map.get();
  Json json = verbs::map_json(columns, *place.browser.settings(), map.get());
  json["state"] = state_of(place, "map", map.get(), of_present(place));
  return json;
}

Reply<Json> make(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  return make_once(place, place.map, "map", of_present(place), [&place](Watch& watch) {
    return verbs::SampleMap::make({place.project, {}}, watch);
  });
}

}  // namespace

void serve_map(Server& server, Workplace& place) {
  server.get("/api/map", [&place](const Request& request) { return show(place, request); });
  server.post("/api/map", 202, [&place](const Request&, const Json& body) { return make(place, body); });
}

}  // namespace dew::studio
