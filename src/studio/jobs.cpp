#include "studio/jobs.h"

#include <algorithm>
#include <atomic>
#include <exception>

#include "base/time_left.h"

namespace dew::studio {
namespace {

using verbs::Json;
using Seconds = std::chrono::duration<double>;

constexpr size_t kMostEnded = 100;     // jobs that are remembered
constexpr size_t kMostMessages = 200;  // of a job, and
constexpr size_t kMostHistory = 2000;  // steps: the oldest are dropped

Json error_json(const Error& error) {
  return Json{{"what", error.what}, {"where", error.where}, {"next", error.next}};
}

}  // namespace

struct Jobs::Job {
  int64_t id = 0;
  std::string verb;
  Work work;
  std::string state = "waiting";
  std::string stage;
  int64_t done = 0;
  int64_t total = 0;
  std::string note;
  std::deque<std::pair<const char*, std::string>> messages;
  std::deque<Json> history;
  Json outcome = nullptr;
  std::optional<Error> error;
  int64_t moment = 0;  ///< of its last change
  Clock::time_point began;
  Clock::time_point stage_began;
  TimeLeft left;  ///< of this stage
  std::optional<Clock::time_point> ended;
  std::atomic<bool> stopping = false;

  [[nodiscard]] bool active() const { return state == "waiting" || state == "running"; }
  [[nodiscard]] Json seconds_left(Clock::time_point now) const {
    if (state != "running" || total <= 0) return nullptr;
    const auto seconds = left.seconds(total, Seconds(now - stage_began).count());
    return seconds ? Json(*seconds) : Json(nullptr);
  }
  [[nodiscard]] Json json() const {
    const auto now = ended.value_or(system_clock().now());
    Json said = Json::array();
    for (const auto& [kind, text] : messages) said.push_back({{"kind", kind}, {"text", text}});
    return Json{{"id", id},
                {"verb", verb},
                {"state", state},
                {"stage", stage},
                {"done", done},
                {"total", total},
                {"note", note},
                {"seconds", state == "waiting" ? 0.0 : Seconds(now - began).count()},
                {"seconds_left", seconds_left(now)},
                {"messages", std::move(said)},
                {"outcome", outcome},
                {"error", error ? error_json(*error) : Json(nullptr)},
                {"history", history}};
  }
};

/// What a verb tells, put into its job.
class Jobs::Seen : public Watch {
 public:
  Seen(Jobs& jobs, Job& job) : jobs_(jobs), job_(job) {}
  void begin(std::string_view what, int64_t total) override {
    change([&] {
      job_.stage = what;
      job_.total = total;
      job_.done = 0;
      job_.note.clear();
      job_.stage_began = system_clock().now();
      job_.left.begin(0);
    });
  }
  void advance(int64_t done, std::string_view note) override {
    change([&] {
      const bool told = job_.verb == "train" && !note.empty() && (job_.note != note || job_.done != done);
      job_.done = done;
      job_.note = note;
      job_.left.advance(done, Seconds(system_clock().now() - job_.stage_began).count());
      if (!told) return;
      job_.history.push_back({{"stage", job_.stage}, {"done", done}, {"note", job_.note}});
      if (job_.history.size() > kMostHistory) job_.history.pop_front();
    });
  }
  void inform(const std::string& message) override { say("inform", message); }
  void warn(const std::string& message) override { say("warn", message); }
  [[nodiscard]] bool interrupted() const override { return job_.stopping; }

 private:
  void say(const char* kind, const std::string& text) {
    change([&] {
      job_.messages.emplace_back(kind, text);
      if (job_.messages.size() > kMostMessages) job_.messages.pop_front();
    });
  }
  template <typename Change>
  void change(const Change& make) {
    {
      const std::lock_guard lock(jobs_.mutex_);
      make();
      jobs_.touch(job_);
    }
    jobs_.changed_();
  }

  Jobs& jobs_;
  Job& job_;
};

Jobs::~Jobs() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    for (auto& [id, job] : jobs_) job->stopping = true;
  }
  wake_.notify_all();
  for (auto& [lane, queue] : lanes_) queue.thread.join();
}

void Jobs::touch(Job& job) {
  job.moment = ++moment_;
}

bool Jobs::busy_now(const std::string& verb) const {
  return std::any_of(jobs_.begin(), jobs_.end(),
                     [&verb](const auto& one) { return one.second->verb == verb && one.second->active(); });
}

bool Jobs::busy(const std::string& verb) const {
  const std::lock_guard lock(mutex_);
  return busy_now(verb);
}

void Jobs::forget_old() {
  for (auto at = jobs_.begin(); at != jobs_.end() && jobs_.size() > kMostEnded;)
    at = at->second->active() ? std::next(at) : jobs_.erase(at);
}

std::optional<int64_t> Jobs::start(const std::string& verb, Lane lane, bool alone, Work work) {
  int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || (alone && busy_now(verb))) return std::nullopt;
    forget_old();
    auto job = std::make_shared<Job>();
    id = job->id = ++last_id_;
    job->verb = verb;
    job->work = std::move(work);
    touch(*job);
    jobs_[id] = job;
    Queue& queue = lanes_[lane];
    queue.waiting.push_back(std::move(job));
    if (!queue.thread.joinable()) queue.thread = std::thread([this, lane] { run(lane); });
  }
  wake_.notify_all();
  changed_();
  return id;
}

bool Jobs::stop(int64_t id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return false;
    Job& job = *found->second;
    if (!job.active()) return true;
    job.stopping = true;
    if (job.state == "waiting") job.state = "stopped";
    touch(job);
  }
  changed_();
  return true;
}

std::optional<Json> Jobs::find(int64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? std::nullopt : std::optional(found->second->json());
}

std::optional<Json> Jobs::active(const std::string& verb) const {
  const std::lock_guard lock(mutex_);
  for (auto at = jobs_.rbegin(); at != jobs_.rend(); ++at)
    if (at->second->verb == verb && at->second->active()) return at->second->json();
  return std::nullopt;
}

std::optional<Json> Jobs::waiting(const std::string& verb) const {
  const std::lock_guard lock(mutex_);
  for (auto at = jobs_.rbegin(); at != jobs_.rend(); ++at)
    if (at->second->verb == verb && at->second->state == "waiting") return at->second->json();
  return std::nullopt;
}

Json Jobs::all() const {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const auto& [id, job] : jobs_) list.push_back(job->json());
  return Json{{"jobs", std::move(list)}};
}

std::pair<std::vector<Json>, int64_t> Jobs::since(int64_t moment) const {
  const std::lock_guard lock(mutex_);
  std::vector<Json> changed;
  for (const auto& [id, job] : jobs_)
    if (job->moment > moment) changed.push_back(job->json());
  return {std::move(changed), moment_};
}

void Jobs::run(Lane lane) {
  while (true) {
    std::shared_ptr<Job> job;
    Work work;
    {
      std::unique_lock lock(mutex_);
      std::deque<std::shared_ptr<Job>>& waiting = lanes_[lane].waiting;
      wake_.wait(lock, [&] { return ending_ || !waiting.empty(); });
      if (ending_) return;
      job = std::move(waiting.front());
      waiting.pop_front();
      work = std::move(job->work);  // what it holds, uploaded files say, goes with this turn
      if (job->state != "waiting") continue;
      job->state = "running";
      job->began = job->stage_began = system_clock().now();
      touch(*job);
    }
    changed_();
    Seen seen(*this, *job);
    Result<Worked> worked = work_error("unexpected failure", {}, "please report this as a bug");
    try {
      worked = work(seen);
    } catch (const std::exception& exception) {
      // No room throws in use: what comes here is a mistake of ours, or memory has run out.
      worked.error().where = printable(exception.what());
    }
    {
      const std::lock_guard lock(mutex_);
      if (worked) {
        job->outcome = std::move(worked->outcome);
        job->error = std::move(worked->stopped);
      } else {
        job->error = std::move(worked.error());
      }
      job->state = !job->error ? "done" : job->stopping ? "stopped" : "failed";
      job->ended = system_clock().now();
      touch(*job);
    }
    changed_();
  }
}

}  // namespace dew::studio
