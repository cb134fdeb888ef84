// Runs: figures, what the nets confuse, a picture classified, packages to take along.
#include <httplib.h>

#include "studio/workplace.h"
#include "studio/zip.h"
#include "verbs/deploy/deploy.h"
#include "verbs/reports/reports.h"

namespace dew::studio {
namespace {

using httplib::Request;

constexpr int64_t kMostPicture = int64_t{64} << 20;  // bytes of one that is classified

Reply<Json> list(const Workplace& place, const Request& request) {
  DEW_CHECK(Query::of(request, {}));
  DEW_TRY(const auto runs, verbs::list_runs(place.project));
  Json all = Json::array();
  for (const verbs::RunSummary& run : runs) all.push_back(to_json(run));
  return Json{{"runs", std::move(all)}};
}

Reply<Json> confusion(const Workplace& place, const Request& request) {
  DEW_TRY(const verbs::RunSummary run, whole_run_in(place, request.matches[1]));
  DEW_TRY(const auto found, verbs::read_predictions(place.project, run));
  if (!found) return refuse(409, "this run has not been tested yet", run.folder, "test it");
  return verbs::confusion_json(*found);
}

Reply<Json> classify(Workplace& place, const Request& request, const ReadBody& read) {
  DEW_TRY(const verbs::RunSummary run, whole_run_in(place, request.matches[1]));
  if (run.state != "done")
    return refuse(409, "this run is not trained to its end", run.folder, "train first");
  std::string bytes;
  bool large = false;
  const bool whole = read([&](const char* data, size_t size) {
    large = static_cast<int64_t>(bytes.size() + size) > kMostPicture;
    if (!large) bytes.append(data, size);
    return !large;
  });
  if (large) return refuse(413, "the picture has more than 64 MiB", {}, "send a smaller one");
  if (!whole) return refuse(400, "the picture did not come to its end", {}, "send it again");
  const std::lock_guard lock(place.classifying);
  if (!place.classifier || place.classifier->run() != run.run) {
    DEW_TRY(auto opened, verbs::RunClassifier::open(place.project, run.run));
    place.classifier.emplace(std::move(opened));
  }
  const auto classified = place.classifier->classify(bytes);
  if (!classified)
    return tl::unexpected<Failure>(
        Failure(classified.error().exceeded == Limit::kNone ? 415 : 413, classified.error()));
  return to_json(*classified);
}

Reply<Bytes> package(const Workplace& place, const Request& request) {
  DEW_TRY(const Query query, Query::of(request, {"to"}));
  DEW_TRY(const verbs::RunSummary run, whole_run_in(place, request.matches[1]));
  if (run.state != "done")
    return refuse(409, "this run is not trained to its end", run.folder, "train first");
  DEW_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  verbs::DeployArgs args;
  args.model.project = place.project;
  args.model.run = std::to_string(run.run);
  args.to = {query.text("to")};
  args.out = folder.path() / "package";
  Watch unseen;
  DEW_TRY(const auto deployed, verbs::deploy(args, unseen));
  if (deployed.stopped) return tl::unexpected<Failure>(Failure(*deployed.stopped));
  DEW_TRY(std::string zipped, zip_folder(args.out));
  return Bytes{std::move(zipped),
               "application/zip",
               {},
               verbs::symbol_of(place.browser.summary().settings.name) + "-" + args.to[0] + ".zip"};
}

}  // namespace

void serve_runs(Server& server, Workplace& place) {
  server.get("/api/runs", [&place](const Request& request) { return list(place, request); });
  server.get(R"(/api/runs/(\d+))", [&place](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    DEW_TRY(const verbs::RunSummary run, run_in(place, request.matches[1]));
    Json detail = verbs::detail_json(run);
    detail["searched"] = verbs::has_report(place.project, run, "search");
    return detail;
  });
  server.get(R"(/api/runs/(\d+)/confusion)",
             [&place](const Request& request) { return confusion(place, request); });
  server.post_bytes(
      R"(/api/runs/(\d+)/classify)", 200,
      [&place](const Request& request, const ReadBody& read) { return classify(place, request, read); });
  server.get("/api/packages", [](const Request& request) -> Reply<Json> {
    DEW_CHECK(Query::of(request, {}));
    Json names = Json::array();
    for (const deploy::Format& format : deploy::formats()) names.push_back(format.name);
    return Json{{"targets", std::move(names)}};
  });
  server.get_bytes(R"(/api/runs/(\d+)/package)",
                   [&place](const Request& request) { return package(place, request); });
}

}  // namespace dew::studio
