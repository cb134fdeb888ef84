// One worker: claims in small lots, a thread that renews their leases, answers that end them.
#include "verbs/label/worker.h"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "verbs/label/questions.h"

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
    return std::unique_ptr<Renewal>(new Renewal(std::move(claims), lease / 3));
  }
  Renewal(const Renewal&) = delete;
  Renewal& operator=(const Renewal&) = delete;
  ~Renewal() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  Renewal(Claims claims, std::chrono::milliseconds pause) : claims_(std::move(claims)), pause_(pause) {
    thread_ = std::thread([this] { run(); });
  }

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

class Worker {
 public:
  Worker(Project& project, teacher::Teacher& teacher, const WorkerOptions& options, const Bill& bill,
         const CountReply& count, Watch& watch, Claims claims)
      : project_(project),
        teacher_(teacher),
        options_(options),
        bill_(bill),
        count_(count),
        watch_(watch),
        what_(claimable(teacher, options.votes)),
        claims_(std::move(claims)) {}

  /// Asks until the list is empty.
  Result<void> run() {
    DEW_CHECK(claims_.list(options_.left_out));
    while (true) {
      DEW_CHECK(ask());
      DEW_TRY(const auto left, claims_.left());
      if (left.open + left.elsewhere == 0 || limit_reached()) return {};
      if (left.elsewhere == 0 && options_.budget) DEW_CHECK(check_budget(left.open));
      DEW_CHECK(wait(left.elsewhere));
    }
  }
  Result<void> give_back() { return claims_.give_back(); }
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
      const Sample& sample = samples_.at(claim.sample);
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
    DEW_TRY(const auto claims, claims_.take(most, options_.budget));
    claimed_ += static_cast<int64_t>(claims.size());
    for (const Claim& claim : claims) {
      if (samples_.count(claim.sample) == 0) DEW_CHECK(read_samples());
      if (samples_.count(claim.sample) == 0)
        return work_error(
            fmt::format("the list of questions names sample {}, which is not there", claim.sample),
            project_.folder().string(), "the database is damaged: restore a copy of it");
      queue_.push_back(claim);
    }
    return {};
  }

  /// All of them: they are few bytes each, and another machine may have added some since the last time.
  Result<void> read_samples() {
    DEW_TRY(auto samples, project_.samples());
    for (Sample& sample : samples) samples_.emplace(sample.id, std::move(sample));
    return {};
  }

  Result<void> keep(std::vector<teacher::Reply> replies) {
    std::vector<Answer> answers;
    for (teacher::Reply& reply : replies) {
      count_(reply);
      if (reply.answer) answers.push_back(*std::move(reply.answer));
    }
    watch_.advance(bill_.asked, fmt::format("{} answers", with_commas(bill_.asked - bill_.failed)));
    DEW_TRY(const int64_t late, claims_.keep(answers, bill_));
    late_ += late;
    return {};
  }

  [[nodiscard]] bool limit_reached() const { return options_.limit && claimed_ >= *options_.limit; }

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
      watch_.advance(bill_.asked, fmt::format("waiting for {} that other workers are asking about",
                                              with_commas(elsewhere)));
    for (std::chrono::milliseconds waited{0}; waited < kPoll; waited += kInterruptCheck) {
      if (watch_.interrupted()) return interrupted_error();
      std::this_thread::sleep_for(kInterruptCheck);
    }
    return {};
  }

  Project& project_;
  teacher::Teacher& teacher_;
  const WorkerOptions& options_;
  const Bill& bill_;
  const CountReply& count_;
  Watch& watch_;
  Claimable what_;
  Claims claims_;
  std::map<int64_t, Sample> samples_;
  std::deque<Claim> queue_;  ///< claimed, not yet asked
  int64_t claimed_ = 0;
  int64_t late_ = 0;
};

}  // namespace

Result<int64_t> run_worker(Project& project, teacher::Teacher& teacher, const WorkerOptions& options,
                           const Bill& bill, const CountReply& count, Watch& watch) {
  const std::string name = Claims::new_worker_name();
  const Claimable what = claimable(teacher, options.votes);
  DEW_TRY(const auto renewal, Renewal::start(project.folder(), what, name, options.lease));
  DEW_TRY(Claims claims, Claims::open(project.folder(), what, name, options.lease));
  Worker worker(project, teacher, options, bill, count, watch, std::move(claims));
  const auto worked = worker.run();
  const auto back = worker.give_back();
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

Result<void> check_no_workers(const Project& project, const teacher::Teacher& teacher, int votes) {
  DEW_TRY(const Claims claims, Claims::open(project.folder(), claimable(teacher, votes), {}, {}));
  DEW_TRY(const auto left, claims.left());
  if (left.elsewhere == 0) return {};
  return usage_error("workers are asking this teacher about " + with_commas(left.elsewhere) + " samples now",
                     {}, "join them: run the same command with --worker; or wait until they are done");
}

}  // namespace dew::verbs
