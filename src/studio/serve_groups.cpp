// Groups of near-duplicates: found by a job, kept as long as the studio runs.
#include "studio/serve_groups.h"

#include <httplib.h>

#include <charconv>

#include "verbs/browse/groups.h"

namespace dew::studio {
namespace {

using httplib::Request;
using Kept = Latest<verbs::NearGroups>;

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

Reply<Json> show(const Workplace& place, const Kept& kept, const Request& request) {
  DEW_TRY(const Query query,
          Query::of(request, {"class", "split", "origin", "source", "text", "order", "firsts"}));
  DEW_TRY(const auto filter, filter_in(query));
  DEW_TRY(const auto firsts, ids_in(query, "firsts"));
  const auto groups = kept.get();
  DEW_TRY(Json json, verbs::groups_json(place.browser, groups.get(), filter, firsts));
  json["state"] = state_of(place, "group", groups.get());
  return json;
}

Reply<Json> make(Workplace& place, const std::shared_ptr<Kept>& kept, const Json& body) {
  DEW_CHECK(Fields::of(body, {}));
  const auto groups = kept->get();
  if (state_of(place, "group", groups.get()) == "ready") return Json{{"state", "ready"}, {"job", nullptr}};
  DEW_TRY(Json job, begin_or_join(place, "group", [&place, kept](Watch& watch) -> Result<Worked> {
            DEW_TRY(auto made, verbs::NearGroups::make(place.project, watch));
            const Json outcome = to_json(made);
            kept->set(std::move(made));
            return Worked{outcome, {}};
          }));
  return Json{{"state", "making"}, {"job", std::move(job)}};
}

}  // namespace

void serve_groups(Server& server, Workplace& place) {
  const auto kept = std::make_shared<Kept>();
  server.get("/api/groups", [&place, kept](const Request& request) { return show(place, *kept, request); });
  server.post("/api/groups", 202,
              [&place, kept](const Request&, const Json& body) { return make(place, kept, body); });
}

}  // namespace dew::studio
