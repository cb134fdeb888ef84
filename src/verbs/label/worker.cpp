// Claims in small lots, a thread that renews their leases, answers that end them.
#include "verbs/label/worker.h"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "verbs/label/share.h"

namespace dew::verbs {
namespace {

constexpr std::chrono::milliseconds kInterruptCheck{100};  ///< while waiting
constexpr std::chrono::milliseconds kPoll{1000};           ///< between two looks at what others left

Claimable claimable(const teacher::Teacher& teacher, int votes) {
  Claimable what{teacher.name(), teacher.model(), {}};
  for (int vote = 1; vote <= votes; ++vote)
    what.prompt_hashes.push_back(vote_hash(teacher.prompt_hash(), vote));
  return what;
}

/// Renews the leases while the worker asks, on a connection of its own, so that a slow answer loses none.
class Renewal {
 public:
  static Result<std::unique_ptr<Renewal>> start(const fs::path& folder, const Claimable& what,
                                                const std::string& worker, std::chrono::milliseconds lease) {
    DEW_TRY(Claims claims, Claims::open(folder, what, worker, lease));
    std::unique_ptr<Renewal> renewal(new Renewal(std::move(claims), lease / 3));
    try {
      renewal->thread_ = std::thread([self = renewal.get()] { self->run(); });
    } catch (const std::system_error& error) {
      return work_error("no thread can be started to renew the leases: " + std::string(error.what()), {},
                        "allow this process more threads (ulimit -u, or the container's limit)");
    }
    return renewal;
  }
  Renewal(const Renewal&) = delete;
  Renewal& operator=(const Renewal&) = delete;
  ~Renewal() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

 private:
  Renewal(Claims claims, std::chrono::milliseconds pause) : claims_(std::move(claims)), pause_(pause) {}

  void run() {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, pause_, [this] { return over_; })) {
      lock.unlock();
      // What fails now may go well the next time; where it does not, the worker's own transactions tell.
      (void)claims_.renew();
      lock.lock();
    }
  }

  Claims claims_;
  std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

/// Passes on what the asking says while it waits, behind the sums of the whole run.
class RunWatch : public Watch {
 public:
  RunWatch(Watch& watch, const Bill& bill, const QuestionShare& share, const ProgressNote& note)
      : watch_(watch), bill_(bill), share_(share), note_(note) {}

  /// `done` of one ask() is not shown: a run may ask several times.
  void advance(int64_t done, std::string_view said) override {
    (void)done;
    const std::string sums = note_();
    watch_.advance(bill_.asked + share_.settled_elsewhere(),
                   said.empty() ? sums : fmt::format("{}; {}", sums, said));
  }
  void inform(const std::string& message) override { watch_.inform(message); }
  void warn(const std::string& message) override { watch_.warn(message); }
  [[nodiscard]] bool interrupted() const override { return watch_.interrupted(); }

 private:
  Watch& watch_;
  const Bill& bill_;
  const QuestionShare& share_;
  const ProgressNote& note_;
};

class Worker {
 public:
  Worker(const Project& project, teacher::Teacher& teacher, const WorkerOptions& options, const Bill& bill,
         const CountReply& count, const ProgressNote& note, Watch& watch, Claims& claims,
         QuestionShare& share)
      : project_(project),
        teacher_(teacher),
        options_(options),
        bill_(bill),
        count_(count),
        watch_(watch, bill, share, note),
        claims_(claims),
        share_(share) {}

  /// Asks until none of its questions is left.
  Result<void> run() {
    while (true) {
      DEW_CHECK(release_dead());
      DEW_CHECK(take());
      if (!queue_.empty()) DEW_CHECK(ask());
      DEW_TRY(const auto left, share_.left());
      if (left.open + left.elsewhere == 0 || limit_reached()) return {};
      if (left.elsewhere == 0 && options_.budget) DEW_CHECK(check_budget(left.open));
      DEW_CHECK(wait(left.elsewhere));
    }
  }
  [[nodiscard]] int64_t late() const { return late_; }

 private:
  /// One ask() of the teacher: as long as claims can be had.
  Result<void> ask() {
    Result<void> claiming;
    const auto next = [&]() -> std::optional<teacher::Question> {
      if (claiming && queue_.empty()) claiming = take();
      if (!claiming || queue_.empty()) return std::nullopt;
      const Claim claim = queue_.front();
      queue_.pop_front();
      const auto found = share_.sample(claim.sample);
      if (!found) {
        claiming = tl::unexpected(found.error());
        return std::nullopt;
      }
      const Sample& sample = **found;
      return teacher::Question{sample.id, sample.name, [this, &sample] { return project_.picture(sample); },
                               context_of(project_, sample, options_.context),
                               static_cast<int>(claim.prompt) + 1};
    };
    const auto give = [&](std::vector<teacher::Reply> replies) { return keep(std::move(replies)); };
    DEW_CHECK(teacher_.ask(next, give, watch_));
    DEW_CHECK(claiming);
    return claims_.strike();
  }

  Result<void> take() {
    size_t most = options_.at_once;
    if (options_.limit) most = std::min(most, static_cast<size_t>(*options_.limit - claimed_));
    if (most == 0) return {};
    DEW_TRY(const auto claims, share_.take(most));
    claimed_ += static_cast<int64_t>(claims.size());
    queue_.insert(queue_.end(), claims.begin(), claims.end());
    return {};
  }

  Result<void> keep(std::vector<teacher::Reply> replies) {
    std::vector<Answer> answers;
    for (teacher::Reply& reply : replies) {
      count_(reply);
      if (reply.answer) answers.push_back(*std::move(reply.answer));
    }
    watch_.advance(0, {});
    DEW_TRY(const int64_t late, claims_.keep(answers, bill_));
    late_ += late;
    return {};
  }

  [[nodiscard]] bool limit_reached() const { return options_.limit && claimed_ >= *options_.limit; }

  Result<void> release_dead() {
    DEW_TRY(const int64_t released, claims_.release_dead());
    if (released > 0)
      watch_.warn(
          fmt::format("an earlier label was killed while it held {} asked now; "
                      "what it had in flight may be paid for without being in the bill",
                      plural(released, "question, which is", "questions, which are")));
    return {};
  }

  /// Error: nobody is asking anything, samples are left, and the budget does not cover another question.
  Result<void> check_budget(int64_t open) {
    DEW_TRY(const double spent, claims_.spent(*options_.budget));
    if (spent + options_.budget->each_usd <= options_.budget->usd) return {};
    return work_error(
        fmt::format("the budget of ${:.2f} is spent except for ${:.4f}, by all workers together; {} "
                    "samples are left",
                    options_.budget->usd, std::max(0.0, options_.budget->usd - spent), with_commas(open)),
        {}, "what was answered is kept; run the same command again with a higher --budget");
  }

  Result<void> wait(int64_t elsewhere) {
    if (elsewhere > 0)
      watch_.advance(0, fmt::format("waiting for {} that another label asks",
                                    plural(elsewhere, "question", "questions")));
    for (std::chrono::milliseconds waited{0}; waited < kPoll; waited += kInterruptCheck) {
      if (watch_.interrupted()) return interrupted_error();
      std::this_thread::sleep_for(kInterruptCheck);
    }
    return {};
  }

  const Project& project_;
  teacher::Teacher& teacher_;
  const WorkerOptions& options_;
  const Bill& bill_;
  const CountReply& count_;
  RunWatch watch_;
  Claims& claims_;
  QuestionShare& share_;
  std::deque<Claim> queue_;  ///< claimed, not yet asked
  int64_t claimed_ = 0;
  int64_t late_ = 0;
};

}  // namespace

Result<int64_t> run_worker(Project& project, teacher::Teacher& teacher, const WorkerOptions& options,
                           const Bill& bill, const CountReply& count, const ProgressNote& note,
                           Watch& watch) {
  const std::string name = Claims::new_worker_name();
  const Claimable what = claimable(teacher, options.votes);
  DEW_TRY(const auto renewal, Renewal::start(project.folder(), what, name, options.lease));
  DEW_TRY(Claims claims, Claims::open(project.folder(), what, name, options.lease));
  std::unique_ptr<QuestionShare> share;
  if (options.list != nullptr) {
    share = share_of_list(claims, *options.list);
  } else {
    DEW_TRY(share, share_of_project(claims, project, options.left_out, options.budget));
  }
  Worker worker(project, teacher, options, bill, count, note, watch, claims, *share);
  const auto worked = worker.run();
  const auto back = claims.give_back();
  if (!worked) return tl::unexpected(worked.error());
  if (!back) return tl::unexpected(back.error());
  return worker.late();
}

SharedBudget shared_budget(double usd, const teacher::Cost& forecast, size_t questions,
                           std::vector<std::string> prompt_hashes) {
  constexpr double kMore = 1.25;
  const double each = forecast.usd.value_or(0) / static_cast<double>(std::max<size_t>(questions, 1));
  return {usd, each * kMore, std::move(prompt_hashes)};
}

}  // namespace dew::verbs
