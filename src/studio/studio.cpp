#include "studio/studio.h"

#include <fmt/format.h>

#include <chrono>

#include "studio/server.h"
#include "verbs/project/project.h"

namespace dew::studio {
namespace {

constexpr int kUsualPort = 8484;

Result<std::unique_ptr<Server>> open_server(const StudioArgs& args, Page page) {
  if (args.port != 0) return Server::open(args.address, args.port, std::move(page));
  if (auto usual = Server::open(args.address, kUsualPort, page)) return usual;
  return Server::open(args.address, 0, std::move(page));
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
  std::unique_ptr<Server> server;
};

Studio::Studio(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Studio::~Studio() {
  inside_->server->stop();
}

Result<std::unique_ptr<Studio>> Studio::open(const StudioArgs& args, Watch& watch) {
  if (!is_loopback(args.address) && !args.insecure)
    return usage_error("others could reach this address, and read what is sent: the studio has no TLS yet",
                       printable(args.address),
                       "leave out --listen; or, in a network you trust, add --insecure");
  DEW_TRY(const Project project, Project::open(args.project));
  const fs::path folder = args.page.empty() ? page_folder() : args.page;
  DEW_TRY(Page page, Page::load(folder));
  if (page.empty()) watch.warn(page_is_missing(folder));
  auto inside = std::make_unique<Inside>();
  DEW_TRY(inside->server, open_server(args, std::move(page)));
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
  if (!is_loopback(args.address))
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
