// The project, its samples, their pictures and labels.
#include <httplib.h>

#include "studio/workplace.h"

namespace dew::studio {
namespace {

using httplib::Request;

constexpr int64_t kMostListed = 500;
constexpr size_t kMostLabelled = 20'000;  // of one step

tl::unexpected<Failure> no_sample(int64_t id) {
  return refuse(404, "the project has no sample " + std::to_string(id), {}, "load the page again");
}

Reply<Json> list(const Workplace& place, const Request& request) {
  DEW_TRY(const Query query,
          Query::of(request, {"offset", "count", "class", "split", "origin", "source", "text", "order"}));
  DEW_TRY(const int64_t offset, query.integer("offset", 0, 0, int64_t{1} << 40));
  DEW_TRY(const int64_t count, query.integer("count", 200, 0, kMostListed));
  DEW_TRY(const auto filter, filter_in(query));
  DEW_TRY(const auto page, place.browser.page(filter, offset, count));
  return to_json(page);
}

Reply<Json> show(const Workplace& place, const Request& request) {
  DEW_TRY(const int64_t id, id_in(request.matches[1]));
  DEW_TRY(const auto found, place.browser.detail(id));
  if (!found) return no_sample(id);
  return to_json(*found);
}

Reply<Bytes> picture(const Workplace& place, const Request& request) {
  DEW_TRY(const int64_t id, id_in(request.matches[1]));
  DEW_TRY(const Query query, Query::of(request, {"side"}));
  DEW_TRY(const int64_t side, query.integer("side", 160, 32, 1024));
  DEW_TRY(const auto jpeg, place.browser.picture(id, static_cast<int>(side)));
  if (jpeg == nullptr) return no_sample(id);
  return Bytes{*jpeg, "image/jpeg", "\"" + sha256(*jpeg).substr(0, 32) + "\"", {}};
}

Reply<Json> label(Workplace& place, const Json& body) {
  DEW_CHECK(check_in_place(place));
  DEW_TRY(const Fields fields, Fields::of(body, {"samples", "class"}));
  DEW_TRY(const auto samples, fields.ids("samples", kMostLabelled));
  DEW_TRY(const std::string answer_class, fields.text("class"));
  DEW_TRY(const auto step, place.browser.set_labels(samples, answer_class, place.by));
  place.live.wake();
  return to_json(step);
}

Reply<Json> undo(Workplace& place, const Json& body) {
  DEW_CHECK(check_in_place(place));
  DEW_CHECK(Fields::of(body, {}));
  DEW_TRY(const auto undone, place.browser.undo());
  place.live.wake();
  return to_json(undone);
}

}  // namespace

void serve_data(Server& server, Workplace& place) {
  server.get("/api/project", [&place](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    return to_json(place.browser.summary());
  });
  server.get("/api/samples", [&place](const Request& request) { return list(place, request); });
  server.get(R"(/api/samples/(\d+))", [&place](const Request& request) { return show(place, request); });
  server.get_bytes(R"(/api/samples/(\d+)/picture)",
                   [&place](const Request& request) { return picture(place, request); });
  server.post("/api/labels", 200, [&place](const Request&, const Json& body) { return label(place, body); });
  server.post("/api/labels/undo", 200,
              [&place](const Request&, const Json& body) { return undo(place, body); });
}

}  // namespace dew::studio
