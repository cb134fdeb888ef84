#include "verbs/cascade/webhook.h"

#include <fmt/format.h>

#include <cstdlib>

#include "base/curl.h"
#include "base/hmac.h"
#include "base/http.h"

namespace dew::verbs {
namespace {

size_t swallow(char*, size_t one, size_t count, void*) {
  return one * count;
}

/// Without the path: what stands there is often a secret.
std::string host_of(const std::string& url) {
  const std::string shown = shown_url(url);
  const size_t host = shown.find("://") + 3;
  return shown.substr(0, std::min(shown.find_first_of("/?#", host), shown.size()));
}

/// What became of a try.
struct Delivery {
  bool taken = false;
  bool again = true;
  std::string why;
};

Delivery post(CURL* easy, const std::string& url, const std::string& secret, const std::string& line,
              const Watch& watch) {
  CurlLimits limits;
  limits.connect = std::chrono::seconds(5);
  limits.whole = std::chrono::seconds(15);
  curl_easy_reset(easy);
  set_up(easy, url, limits, &watch);
  CurlHeaders headers(curl_slist_append(nullptr, "Content-Type: application/json"));
  if (!secret.empty()) {
    const std::string signature = "X-Dewdrop-Signature: sha256=" + hmac_sha256(secret, line);
    headers.reset(curl_slist_append(headers.release(), signature.c_str()));
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, line.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(line.size()));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &swallow);
  if (const CURLcode code = curl_easy_perform(easy); code != CURLE_OK)
    return {false, true, curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300) return {true, false, {}};
  const bool again = status >= 500 || status == 408 || status == 429;
  return {false, again, fmt::format("status {}", status)};
}

/// Ends a request that is under way when the program ends.
class StopWatch : public Watch {
 public:
  StopWatch(const bool& stop, std::mutex& mutex) : stop_(stop), mutex_(mutex) {}
  [[nodiscard]] bool interrupted() const override {
    const std::lock_guard lock(mutex_);
    return stop_;
  }

 private:
  const bool& stop_;
  std::mutex& mutex_;
};

}  // namespace

Result<std::unique_ptr<Webhook>> Webhook::open(const std::string& url,
                                               std::function<void(const std::string&)> warn,
                                               Backoff backoff) {
  const std::string start = lower(url.substr(0, 8));
  if (!start.starts_with("http://") && !start.starts_with("https://"))
    return usage_error("a webhook is an http or https address", {}, "begin it with https://");
  DEW_CHECK(start_curl());
  return std::unique_ptr<Webhook>(new Webhook(url, std::move(warn), backoff));
}

Webhook::Webhook(std::string url, std::function<void(const std::string&)> warn, Backoff backoff)
    : url_(std::move(url)), warn_(std::move(warn)), backoff_(backoff) {
  if (const char* secret = std::getenv("DEWDROP_WEBHOOK_SECRET"); secret != nullptr) secret_ = secret;
  thread_ = std::thread([this] { run(); });
}

Webhook::~Webhook() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Webhook::send(std::string line) {
  {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= kMostWaiting) {
      lines_.erase(lines_.begin() + 1);  // the first is under way
      ++figures_.dropped;
    }
    lines_.push_back(std::move(line));
  }
  changed_.notify_all();
}

void Webhook::drain(std::chrono::milliseconds most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, most, [this] { return lines_.empty(); });
}

WebhookFigures Webhook::figures() const {
  const std::lock_guard lock(mutex_);
  WebhookFigures now = figures_;
  now.waiting = std::ssize(lines_);
  return now;
}

void Webhook::pause(std::chrono::milliseconds length) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, length, [this] { return stop_; });
}

void Webhook::run() {
  const auto easy = open_easy();
  if (!easy) return warn_(easy.error().what);
  const StopWatch watch(stop_, mutex_);
  const Chance chance = random_chance();
  int failed = 0;
  while (true) {
    std::string line;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stop_ || !lines_.empty(); });
      if (stop_) return;
      line = lines_.front();
    }
    const Delivery delivery = post(easy->get(), url_, secret_, line, watch);
    if (!delivery.taken && !watch.interrupted() && (failed == 0 || !delivery.again))
      warn_(fmt::format("the webhook at {} does not take events: {}{}", host_of(url_), delivery.why,
                        delivery.again ? "; they wait and are sent again" : ": that one is given up"));
    if (!delivery.taken && delivery.again) {
      pause(pause_after(backoff_, ++failed, chance()));
      continue;
    }
    failed = 0;
    {
      const std::lock_guard lock(mutex_);
      ++(delivery.taken ? figures_.sent : figures_.refused);
      lines_.pop_front();
    }
    changed_.notify_all();
  }
}

}  // namespace dew::verbs
