#include "studio/live.h"

#include <fmt/format.h>
#include <httplib.h>

#include <chrono>
#include <memory>
#include <thread>

#include "studio/reply.h"

namespace dew::studio {
namespace {

constexpr std::chrono::milliseconds kBetween{100};  // events of one page, at least
constexpr int kQuiet = 15;                          // seconds, then a comment keeps the connection open

std::string event(const char* name, const Json& data) {
  return fmt::format("event: {}\ndata: {}\n\n", name,
                     data.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

void Live::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++changes_;
  }
  woken_.notify_all();
}

void Live::set_trouble(const std::optional<Error>& why) {
  const Json told =
      why ? Json{{"what", why->what}, {"where", why->where}, {"next", why->next}} : Json(nullptr);
  std::string text = told.dump(-1, ' ', false, Json::error_handler_t::replace);
  {
    const std::lock_guard lock(mutex_);
    if (text == trouble_) return;
    trouble_ = std::move(text);
    ++changes_;
  }
  woken_.notify_all();
}

void Live::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  woken_.notify_all();
}

void Live::stream(const Jobs& jobs, Version version, httplib::Response& response) {
  if (++pages_ > kMostPages) {
    --pages_;
    return answer(response,
                  refuse(429, "too many pages of this studio are open", {}, "close some of them").value());
  }
  response.set_header("Cache-Control", "no-store");
  auto page = std::make_shared<Page>();
  response.set_chunked_content_provider(
      "text/event-stream",
      [this, page, &jobs, version = std::move(version)](size_t, httplib::DataSink& sink) {
        return feed(*page, jobs, version, sink);
      },
      [this](bool) { --pages_; });
}

bool Live::feed(Page& page, const Jobs& jobs, const Version& version, httplib::DataSink& sink) {
  int64_t seen = 0;
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return false;
    seen = changes_;
    if (page.trouble != trouble_) text = "event: trouble\ndata: " + trouble_ + "\n\n";
    page.trouble = trouble_;
  }
  if (const int64_t now = version(); now != page.version) {
    page.version = now;
    text += event("project", Json{{"version", now}});
  }
  const auto [changed, moment] = jobs.since(page.moment);
  page.moment = moment;
  for (const Json& job : changed) text += event("job", job);
  if (text.empty() && page.quiet >= kQuiet) text = ": still here\n\n";
  if (!text.empty()) {
    page.quiet = 0;
    if (!sink.write(text.data(), text.size())) return false;
    std::this_thread::sleep_for(kBetween);
  }
  std::unique_lock lock(mutex_);
  if (!woken_.wait_for(lock, std::chrono::seconds(1), [&] { return stopped_ || changes_ != seen; }))
    ++page.quiet;
  lock.unlock();
  return sink.is_writable();  // false once the page has gone
}

}  // namespace dew::studio
