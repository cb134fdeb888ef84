// workplace: what the handlers of one studio share.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "base/base.h"
#include "studio/jobs.h"
#include "studio/live.h"
#include "studio/review_desk.h"
#include "studio/server.h"
#include "studio/uploads.h"
#include "verbs/browse/browse.h"
#include "verbs/runs/runs.h"

namespace dew::studio {

struct Workplace {
  Workplace(verbs::SampleBrowser opened, fs::path folder, std::string who)
      : browser(std::move(opened)), project(std::move(folder)), by(std::move(who)), uploads(project) {}

  verbs::SampleBrowser browser;
  fs::path project;
  std::string by;  ///< whose labels are given here
  Live live;
  Uploads uploads;
  ReviewDesk review;
  std::mutex classifying;
  std::optional<verbs::RunClassifier> classifier;  ///< of the run that was asked last
  Jobs jobs{[this] { live.wake(); }};              ///< last: its end waits for work that uses the others
};

// One a part of the page.
void serve_data(Server& server, Workplace& place);
void serve_jobs(Server& server, Workplace& place);
void serve_review(Server& server, Workplace& place);
void serve_runs(Server& server, Workplace& place);

}  // namespace dew::studio
