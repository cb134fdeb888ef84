// Groups of near-duplicates: found by a job, kept beside the project.
#include <httplib.h>

#include <charconv>

#include "studio/workplace.h"

namespace dew::studio {
namespace {

using httplib::Request;

/// "12,17,40"; empty: none.
Reply<std::vector<int64_t>> ids_in(const Query& query, const std::string& key) {
  const std::string text = query.text(key);
  std::vector<int64_t> ids;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end;) {
    int64_t id = 0;
    const auto [rest, code] = std::from_chars(at, end, id);
    const bool goes_on = rest != end && *rest == ',' && rest + 1 != end;
    if (code != std::errc() || (rest != end && !goes_on) || ids.size() == verbs::kGroupsShown)
      return refuse(400, "'" + key + "' must be numbers with commas between them", printable(text, 40),
                    "give " + std::to_string(verbs::kGroupsShown) + " at most");
    ids.push_back(id);
    at = goes_on ? rest + 1 : end;
  }
  return ids;
}

auto of_present(const Workplace& place) {
  return [&place](const verbs::NearGroups& groups) { return groups.is_of(place.browser); };
}

Reply<Json> show(Workplace& place, const Request& request) {
  DEW_TRY(const Query query,
          Query::of(request, {"class", "split", "origin", "source", "text", "order", "firsts"}));
  DEW_TRY(const auto filter, filter_in(query));
  DEW_TRY(const auto firsts, ids_in(query, "firsts"));
  const auto groups = place.groups.get();
  DEW_TRY(Json json, verbs::groups_json(place.browser, groups.get(), filter, firsts));
  json["state"] = state_of(place, "group", groups.get(), of_present(place));
  return json;
}

Reply<Json> make(Workplace& place, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  return make_once(place, place.groups, "group", of_present(place),
                   [&place](Watch& watch) { return verbs::NearGroups::make(place.project, watch); });
}

}  // namespace

void serve_groups(Server& server, Workplace& place) {
  server.get("/api/groups", [&place](const Request& request) { return show(place, request); });
  server.post("/api/groups", 202, [&place](const Request&, const Json& body) { return make(place, body); });
}

}  // namespace dew::studio
