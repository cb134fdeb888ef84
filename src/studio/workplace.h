// workplace: what the handlers of one studio share.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/base.h"
#include "studio/board_pages.h"
#include "studio/jobs.h"
#include "studio/live.h"
#include "studio/made_once.h"
#include "studio/reply.h"
#include "studio/review_desk.h"
#include "studio/server.h"
#include "studio/uploads.h"
#include "verbs/browse/browse.h"
#include "verbs/browse/groups.h"
#include "verbs/browse/map.h"
#include "verbs/runs/runs.h"

namespace dew::studio {

struct Workplace {
  Workplace(verbs::SampleBrowser opened, fs::path folder, std::string who)
      : browser(std::move(opened)),
        project(std::move(folder)),
        by(std::move(who)),
        uploads(project),
        map(project),
        groups(project) {}

  verbs::SampleBrowser browser;
  fs::path project;
  std::string by;  ///< whose labels are given here
  Live live;
  Uploads uploads;
  ReviewDesk review;
  BoardPages boards;
  MadeOnce<verbs::SampleMap> map;
  MadeOnce<verbs::NearGroups> groups;
  std::mutex classifying;
  std::optional<verbs::RunClassifier> classifier;  ///< of the run that was asked last
  Jobs jobs{[this] { live.wake(); }};              ///< last: its end waits for work that uses the others
};

/// Before a decision is stored. Error (409): the project's folder was moved or removed; what is written to
/// its database then is found by nobody.
inline Reply<void> check_in_place(const Workplace& place) {
  std::error_code none;
  if (fs::exists(place.project / "dewdrop.toml", none)) return {};
  return refuse(409, "the project is not in its folder any more", printable(place.project.string()),
                "put it back; or end the studio, and start it where the project is now");
}

/// The run of a path, "/api/runs/3/...". Error (404): there is none.
inline Reply<verbs::RunSummary> run_in(const Workplace& place, const std::string& number) {
  DEW_TRY(const int64_t id, id_in(number));
  DEW_TRY(auto found, verbs::find_run(place.project, id));
  if (!found) return refuse(404, "the project has no run " + std::to_string(id), {}, "load the page again");
  return *std::move(found);
}

/// The same where its files are needed. Error (409): its folder is gone.
inline Reply<verbs::RunSummary> whole_run_in(const Workplace& place, const std::string& number) {
  DEW_TRY(auto run, run_in(place, number));
  if (!run.gone) return run;
  return refuse(409, "the folder of this run is gone", run.folder, "put it back, or train again");
}

/// The samples that a query asks for by its keys "class", "split", "origin", "source", "text" and "order",
/// which it must know.
Reply<verbs::SampleFilter> filter_in(const Query& query);

/// Begins a job that needs no arguments, or gives the one of this verb that waits or runs already.
Reply<Json> begin_or_join(Workplace& place, const std::string& verb, Jobs::Work work);

/// Of what the job `verb` makes of all samples: "none", "making", "ready", or "outdated": it would be made of
/// something else now. `present`: whether it would not.
template <typename Made, typename Present>
std::string state_of(const Workplace& place, const std::string& verb, const Made* made,
                     const Present& present) {
  if (place.jobs.busy(verb)) return "making";
  if (made == nullptr) return "none";
  return present(*made) ? "ready" : "outdated";
}

/// {"state", "job"}: begins the job `verb` that makes it, unless it is there and of the present.
template <typename Made, typename Present, typename Make>
Reply<Json> make_once(Workplace& place, MadeOnce<Made>& once, const std::string& verb, const Present& present,
                      const Make& make) {
  if (state_of(place, verb, once.get().get(), present) == "ready")
    return Json{{"state", "ready"}, {"job", nullptr}};
  DEW_TRY(Json job, begin_or_join(place, verb, [&once, make](Watch& watch) -> Result<Worked> {
            DEW_TRY(Made made, make(watch));
            const Json outcome = to_json(made);
            once.set(std::move(made));
            return Worked{outcome, {}};
          }));
  return Json{{"state", "making"}, {"job", std::move(job)}};
}

// One a part of the page.
void serve_cascade(Server& server, Workplace& place);
void serve_data(Server& server, Workplace& place);
void serve_groups(Server& server, Workplace& place);
void serve_jobs(Server& server, Workplace& place);
void serve_map(Server& server, Workplace& place);
void serve_phone(Server& server, Workplace& place);
void serve_reports(Server& server, Workplace& place);
void serve_review(Server& server, Workplace& place);
void serve_runs(Server& server, Workplace& place);

}  // namespace dew::studio
