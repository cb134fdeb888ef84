#include "studio/studio.h"

#include <fmt/format.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <atomic>
#include <chrono>
#include <thread>

#include "base/loopback.h"
#include "studio/session.h"
#include "studio/workplace.h"

namespace dew::studio {
namespace {

constexpr int kUsualPort = 8484;
constexpr std::chrono::seconds kGiveBackEvery{5};

/// Pictures are decoded in many threads; glibc keeps for each what it has freed, to the most it ever needed.
void give_memory_back() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

Result<std::unique_ptr<Server>> open_server(const StudioArgs& args, Page page, Watch& watch) {
  std::optional<verbs::LocalIdentity> own;
  if (!is_loopback(args.address) && !args.insecure) {
    const std::string listen = is_everywhere(args.address) ? "" : args.address;
    DEW_TRY(own, verbs::local_identity(listen, args.authority, watch));
    watch.inform(
        "browsers warn once, unless they trust this machine's authority (dewdrop run --on phone hands it "
        "over); its "
        "fingerprint is " +
        own->authority.fingerprint());
  }
  const verbs::LocalIdentity* const shown = own ? &*own : nullptr;
  DEW_TRY(const std::string session, kept_session(args.project / ".dewdrop"));
  if (args.port != 0) return Server::open(args.address, args.port, std::move(page), session, shown);
  if (auto usual = Server::open(args.address, kUsualPort, page, session, shown)) return usual;
  return Server::open(args.address, 0, std::move(page), session, shown);
}

/// The browser outlives this program. Without a desktop there is none to open: the address was told.
Result<void> open_browser(const Studio& studio) {
  DEW_TRY(const std::string url, studio.opening_url());
  const std::string detached = "setsid -f xdg-open \"$0\" >/dev/null 2>&1 </dev/null";
  (void)run_process({"sh", "-c", detached, url}, std::chrono::seconds(10), Watch());
  return {};
}

}  // namespace

struct Studio::Inside {
  Inside(verbs::SampleBrowser browser, const fs::path& project, const std::string& by)
      : place(std::move(browser), project, by) {}

  /// Once a second: what the command line, or another machine, has changed.
  void look() {
    constexpr int kPatience = 3;  // looks that may fail: a database that is locked, a file being written
    Watch unseen;
    auto given_back = system_clock().now();
    for (int failed = 0; !ending;) {
      const auto changed = place.browser.refresh();
      failed = changed ? 0 : failed + 1;
      if (changed && *changed) place.live.wake();
      if (changed) place.live.set_trouble(std::nullopt);
      if (failed >= kPatience) place.live.set_trouble(Failure(changed.error()).error);
      if (system_clock().now() - given_back > kGiveBackEvery) {
        give_memory_back();
        given_back = system_clock().now();
      }
      const auto until = system_clock().now() + std::chrono::seconds(1);
      while (!ending && system_clock().now() < until)
        pause(system_clock(), std::chrono::milliseconds(50), unseen);
    }
  }

  Workplace place;
  std::unique_ptr<Server> server;
  std::atomic<bool> ending = false;
  std::thread looking;
};

Studio::Studio(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Studio::~Studio() {
  inside_->ending = true;
  inside_->looking.join();
  inside_->place.live.stop();
  inside_->server->stop();
}

Result<std::unique_ptr<Studio>> Studio::open(const StudioArgs& args, Watch& watch) {
  if (args.address.empty())
    return usage_error("this is no address to listen on", "--listen",
                       "leave it out: only this machine is let in");
  // Jobs are done wherever the server stands by then.
  std::error_code gone;
  const fs::path whole = fs::absolute(args.project, gone).lexically_normal();
  DEW_TRY(auto browser, verbs::SampleBrowser::open(gone ? args.project : whole));
  const fs::path project = browser.summary().folder;
  const fs::path folder = args.page.empty() ? page_folder() : args.page;
  DEW_TRY(Page page, Page::load(folder));
  if (page.empty()) watch.warn(page_is_missing(folder));
  auto inside = std::make_unique<Inside>(std::move(browser), project, args.by);
  DEW_TRY(inside->server, open_server(args, std::move(page), watch));
  for (const auto serve : {serve_cascade, serve_data, serve_groups, serve_jobs, serve_map, serve_phone,
                           serve_reports, serve_review, serve_runs})
    serve(*inside->server, inside->place);
  inside->looking = std::thread(&Inside::look, inside.get());
  inside->server->start();
  return std::unique_ptr<Studio>(new Studio(std::move(inside)));
}

std::string Studio::url() const {
  return inside_->server->guard().url();
}

Result<std::string> Studio::opening_url() const {
  return inside_->server->guard().opening_url();
}

Result<StudioOutcome> serve(const StudioArgs& args, Watch& watch) {
  const auto began = system_clock().now();
  DEW_TRY(const auto studio, Studio::open(args, watch));
  StudioOutcome outcome;
  outcome.address = studio->url().substr(0, studio->url().find('?'));
  watch.inform("the studio is at " + studio->url());
  if (!is_loopback(args.address) && args.insecure)
    watch.warn("everybody in this network who sees what is sent can read it, and the token: there is no TLS");
  watch.inform("Ctrl-C stops it");
  if (args.open_browser) DEW_CHECK(open_browser(*studio));
  while (pause(system_clock(), std::chrono::hours(1), watch)) {
  }
  outcome.seconds = std::chrono::duration<double>(system_clock().now() - began).count();
  return outcome;
}

verbs::Json to_json(const StudioOutcome& outcome) {
  return verbs::Json{{"address", outcome.address}, {"seconds", outcome.seconds}};
}

}  // namespace dew::studio
