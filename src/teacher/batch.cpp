// The batch teacher: rounds of upload, job and download, until every question has an answer or has used up
// its tries.
#include "teacher/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include "teacher/asking.h"
#include "teacher/batch_api.h"
#include "teacher/batch_lot.h"
#include "teacher/batch_queue.h"
#include "teacher/openai_reply.h"

namespace dew::teacher {
namespace {

constexpr size_t kLineLimit = size_t{4} << 20;
constexpr size_t kTogether = 256;  ///< replies that are given at once

/// Questions that go up in one file and are worked on by one job.
struct Lot {
  Batch batch;
  std::vector<Ask> asks;
  int64_t tokens = 0;   ///< of the prompts, by our count; 0: unknown, it is of an earlier run
  double promised = 0;  ///< of the budget
  bool fresh = false;   ///< uploaded by this run
};

class Batching {
 public:
  /// `promised`: of the budget, by this ask() and earlier ones; `settled`: whether it was found out what the
  /// model takes.
  Batching(ChatState& state, const BatchBook& book, const BatchLimits& limits, double& promised,
           bool& settled, const Teacher::Give& give, Watch& watch)
      : state_(state),
        book_(book),
        limits_(limits),
        promised_(promised),
        settled_(settled),
        give_(give),
        watch_(watch),
        api_(state, watch),
        queue_(state.options.poll) {}

  Result<void> run(const Teacher::Next& next) {
    while (auto question = next()) {
      const Ask ask{question->sample, question->vote};
      waiting_.emplace(ask, *std::move(question));
    }
    auto worked = all_rounds();
    if (!worked && watch_.interrupted() && !running_.empty())
      worked = work_error("interrupted; the batch " + running_.front().batch.job + " goes on at the server",
                          state_.server.url,
                          "run the same command again, within days if you like: it fetches the answers");
    if (worked) fail_waiting();
    tell_spent();
    DEW_CHECK(give_all());
    return worked;
  }

 private:
  using Waiting = std::map<Ask, Question>;

  void fail_waiting() {
    for (const auto& [ask, question] : waiting_) {
      const auto why = trouble_.find(ask);
      replies_.push_back(
          {ask.first, question.name,
           work_error(why == trouble_.end() ? "the batch gave no answer" : why->second, question.name,
                      "run the same command again: only what is missing is asked"),
           told(ask)});
    }
  }

  /// What tries have cost that gave no answer, on questions that the run did not get to the end of.
  void tell_spent() {
    for (const auto& [ask, spent] : spent_)
      replies_.push_back({ask.first, {}, work_error("no answer yet"), spent, {}, true});
    spent_.clear();
  }

  /// What a question has cost; from then on that is told.
  Cost told(const Ask& ask) {
    const auto at = spent_.find(ask);
    if (at == spent_.end()) return {};
    const Cost spent = at->second;
    spent_.erase(at);
    return spent;
  }

  /// First the lots of earlier runs, then what they do not answer.
  Result<void> all_rounds() {
    DEW_TRY(const auto known, book_.open());
    for (const Batch& batch : known)
      if (mine(batch)) take_up(batch);
    DEW_CHECK(work_off());
    if (!waiting_.empty() && !std::exchange(settled_, true)) DEW_CHECK(ask_one_now());
    for (int round = 0; !waiting_.empty() && round <= state_.options.retries; ++round) {
      for (const auto& [ask, question] : waiting_) unsent_.insert(ask);
      DEW_CHECK(work_off());
    }
    return {};
  }

  /// One question goes the direct way, at the full price: what the model does not take is known before the
  /// others are written down, instead of after a job of a day. Where there is no direct way they go as they
  /// are.
  Result<void> ask_one_now() {
    const auto first = waiting_.begin();
    const Ask ask = first->first;
    std::optional<Question> question = first->second;
    const TeacherOptions options = state_.options;
    const auto price = state_.price;
    const double spent_before = state_.spent_usd;
    state_.options.concurrency = 1;
    state_.options.retries = std::min(options.retries, 1);
    state_.options.busy_limit = std::chrono::minutes(1);
    if (options.budget_usd) state_.options.budget_usd = *options.budget_usd - promised_ + spent_before;
    if (price && price->batch_share > 0) {
      state_.price->input /= price->batch_share;
      state_.price->output /= price->batch_share;
    }
    const auto asked = ask_all(
        state_, [&] { return std::exchange(question, std::nullopt); },
        [&](std::vector<Reply> replies) -> Result<void> {
          for (Reply& reply : replies) {
            if (reply.answer) waiting_.erase(ask);
            if (!reply.answer) reply.unfinished = true;
            replies_.push_back(std::move(reply));
          }
          return give_all();
        },
        watch_);
    state_.options = options;
    state_.price = price;
    promised_ += state_.spent_usd - spent_before;
    if (watch_.interrupted()) return interrupted_error();
    if (!asked)
      watch_.inform(
          "what the model takes was not found out beforehand: the one question that was asked directly got "
          "\"" +
          asked.error().what + "\"");
    return {};
  }

  [[nodiscard]] bool mine(const Batch& batch) const {
    const std::string& state = batch.state;
    return (state == "uploaded" || state == "created" || state == "lost") &&
           batch.model == state_.question.model && batch.prompt_hash == state_.prompt_hash;
  }

  void take_up(const Batch& batch) {
    Lot lot{batch, {}, 0, 0, false};
    const std::set<int64_t> samples(batch.samples.begin(), batch.samples.end());
    for (const auto& [ask, question] : waiting_)
      if (samples.count(ask.first) != 0) lot.asks.push_back(ask);
    if (lot.asks.empty()) return;  // answered, or not asked by this run
    if (batch.state == "uploaded")
      ready_.push_back(std::move(lot));
    else
      running_.push_back(std::move(lot));
  }

  /// Sends all that is unsent and waits until every job has ended. What was sent is collected, whatever stops
  /// the rest.
  Result<void> work_off() {
    Result<void> filled;
    while (true) {
      if (filled) filled = fill();
      if (running_.empty() && (!filled || (ready_.empty() && unsent_.empty()))) return filled;
      const size_t before = running_.size();
      DEW_CHECK(look_at_all());
      DEW_CHECK(give_all());
      if (queue_.hopeless()) return stuck_queue();
      const bool ended = running_.size() < before;  // so that the next may start at once
      if (ended || (running_.empty() && now() >= queue_.closed_until())) continue;
      tell_progress();
      DEW_CHECK(api_.pause(state_.options.poll));
    }
  }

  [[nodiscard]] Clock::time_point now() const { return state_.transport->now(); }

  void tell_progress() {
    if (running_.empty())
      watch_.advance(done_, "waiting: the server's queue is full (" + complaint_ + ")");
    else
      watch_.advance(done_, fmt::format("batch {}: {}{}", running_.front().batch.job, status_,
                                        running_.size() > 1 ? fmt::format(", {} more", running_.size() - 1)
                                                            : std::string()));
  }

  // ---- sending

  /// Starts jobs as long as the server's queue has room.
  Result<void> fill() {
    while (queue_.open(running_.size(), now()) && (!ready_.empty() || !unsent_.empty())) {
      if (ready_.empty()) DEW_CHECK(upload_next());
      if (ready_.empty()) continue;
      Lot lot = std::move(ready_.front());
      ready_.pop_front();
      DEW_CHECK(start(std::move(lot)));
    }
    return {};
  }

  /// The next unsent questions, as far as they fit into one file, become a lot.
  Result<void> upload_next() {
    DEW_TRY(const auto folder, TemporaryFolder::create());
    const fs::path file = folder.path() / "batch.jsonl";
    Lot lot{
        {0, "openai", state_.question.model, state_.prompt_hash, "uploaded", {}, {}, {}, {}}, {}, 0, 0, true};
    DEW_TRY(const bool affordable, write_questions(file, lot));
    if (!lot.asks.empty()) {
      for (const Ask& ask : lot.asks) lot.batch.samples.push_back(ask.first);
      DEW_TRY(lot.batch.input_file, api_.upload(file));
      DEW_TRY(lot.batch, book_.keep(lot.batch));
      for (const Ask& ask : lot.asks) unsent_.erase(ask);
      promised_ += lot.promised;
      ready_.push_back(std::move(lot));
    }
    if (affordable) return {};
    while (!ready_.empty()) {
      Lot last = std::move(ready_.front());
      ready_.pop_front();
      DEW_CHECK(start(std::move(last)));
    }
    return work_error(
        fmt::format("the budget of ${:.2f} does not cover all questions", *state_.options.budget_usd), {},
        "the questions sent so far are kept; run the same command again with a new --budget");
  }

  /// Until the file is full. False where the budget ended first.
  Result<bool> write_questions(const fs::path& file, Lot& lot) {
    std::ofstream out(file, std::ios::binary);
    size_t bytes = 0;
    for (auto at = unsent_.begin(); at != unsent_.end() && lot.asks.size() < limits_.requests;) {
      if (watch_.interrupted()) return interrupted_error();
      const Question& question = waiting_.at(*at);
      auto pictures = pictures_of(question, state_.question);
      if (!pictures) {
        replies_.push_back({question.sample, question.name, tl::unexpected(std::move(pictures).error())});
        waiting_.erase(*at);
        at = unsent_.erase(at);
        continue;
      }
      const Cost expected = expected_cost(state_, *pictures);
      const double most = state_.price ? state_.price->of(expected.tokens_in * 115 / 100,
                                                          longest_reply_tokens(state_.dialect))
                                       : 0;
      const auto& budget = state_.options.budget_usd;
      if (budget && promised_ + lot.promised + most > *budget) return finished(out, file, false);
      const std::string line =
          lot_line(*at, chat_body(state_.question, state_.dialect, *pictures, question.vote));
      if (!lot.asks.empty() && bytes + line.size() > limits_.bytes) break;
      out << line;
      bytes += line.size();
      lot.promised += most;
      lot.tokens += expected.tokens_in;
      lot.asks.push_back(*at);
      ++at;
    }
    return finished(out, file, true);
  }

  static Result<bool> finished(std::ofstream& out, const fs::path& file, bool value) {
    out.close();
    if (!out)
      return work_error("cannot write the batch's file", file.string(), "check that the disk has room");
    return value;
  }

  Result<void> start(Lot lot) {
    const BatchOrder order{lot.batch.input_file, lot_name(lot.batch), lot.batch.job};
    std::optional<BatchJob> job;
    if (!lot.fresh) {
      DEW_TRY(job, api_.find(order));
      // What this run does not ask, or may not spend, is not to be paid for.
      const bool as_wanted = lot.asks.size() == lot.batch.samples.size() && !state_.options.budget_usd;
      if (!job && !as_wanted) return cut_again(lot);
    }
    if (!job) {
      DEW_TRY(job, api_.start(order));
    }
    if (!job) {
      watch_.warn("the server no longer has the file of a batch that had not started: it is uploaded again");
      return cut_again(lot);
    }
    if (job->queue_full) return refused(std::move(lot), *job, running_.size());
    lot.batch.job = job->id;
    lot.batch.state = "created";
    DEW_TRY(lot.batch, book_.keep(lot.batch));
    running_.push_back(std::move(lot));
    return {};
  }

  /// The server's queue was full, so the job never ran: it waits for those that run, or goes up in smaller
  /// lots.
  Result<void> refused(Lot lot, const BatchJob& job, size_t others) {
    complaint_ = job.complaint;
    lot.batch.state = "uploaded";
    lot.batch.job = job.id;
    DEW_TRY(lot.batch, book_.keep(lot.batch));
    if (others > 0) {
      queue_.refused_beside(others);
      ready_.push_front(std::move(lot));
      return {};
    }
    limits_.requests =
        std::min(limits_.requests, queue_.refused_alone(lot.asks.size(), lot.tokens, job.most_tokens, now()));
    ready_.push_front(std::move(lot));
    std::deque<Lot> all;
    all.swap(ready_);
    for (Lot& one : all)
      if (one.asks.size() <= limits_.requests)
        ready_.push_back(std::move(one));
      else
        DEW_CHECK(cut_again(one));
    return {};
  }

  /// The lot's questions go up again in others. It never ran.
  Result<void> cut_again(Lot& lot) {
    for (const Ask& ask : lot.asks)
      if (waiting_.count(ask) != 0) unsent_.insert(ask);
    promised_ -= lot.promised;
    lot.batch.state = "refused";
    DEW_TRY(lot.batch, book_.keep(lot.batch));
    return {};
  }

  [[nodiscard]] Result<void> stuck_queue() const {
    return work_error("the server accepts no batch: its queue stays full (" + complaint_ + ")",
                      state_.server.url,
                      "run the same command again when other jobs of the account have ended: it continues "
                      "where it stopped");
  }

  // ---- collecting

  Result<void> look_at_all() {
    std::vector<Lot> lots;
    lots.swap(running_);
    for (size_t i = 0; i < lots.size(); ++i) {
      const auto looked = look_at(lots[i], running_.size() + lots.size() - i - 1);
      if (looked) continue;
      running_.insert(running_.end(), std::make_move_iterator(lots.begin() + static_cast<ptrdiff_t>(i)),
                      std::make_move_iterator(lots.end()));
      return looked;
    }
    return {};
  }

  /// Asks about one job, while `others` are running, and takes its answers if it has ended. It goes back to
  /// running_ if it has not.
  Result<void> look_at(Lot& lot, size_t others) {
    DEW_TRY(const auto job, api_.look(lot.batch.job));
    if (!job) return lost(lot, "the batch " + lot.batch.job + " is no longer at the server");
    status_ = job->status;
    if (!job->ended()) {
      if (job->status != "validating") queue_.moved();
      running_.push_back(std::move(lot));
      return {};
    }
    if (job->queue_full) return refused(std::move(lot), *job, others);
    queue_.moved();
    return collect(lot, *job);
  }

  /// Answers that this run did not ask for stay at the server for the run that does.
  Result<void> collect(Lot& lot, const BatchJob& job) {
    unwanted_ = 0;
    for (const std::string& file : {job.output_file, job.error_file}) {
      if (file.empty()) continue;
      DEW_TRY(const bool there, take_answers(file, lot));
      if (!there) return lost(lot, "the answers of batch " + job.id + " are no longer at the server");
    }
    if (job.status == "failed") {
      const std::string why =
          "the server refused the batch" + (job.complaint.empty() ? "" : ": " + job.complaint);
      for (const Ask& ask : lot.asks) trouble_[ask] = why;
    }
    DEW_CHECK(give_all());
    lot.batch.state = unwanted_ > 0 ? "created" : job.status == "completed" ? "done" : "failed";
    DEW_TRY(lot.batch, book_.keep(lot.batch));
    return {};
  }

  /// The job may have run and been paid for, and the key of another account does not see it either. So its
  /// questions are not asked again at once, but by the next run, which looks for the job once more.
  Result<void> lost(Lot& lot, const std::string& what) {
    const bool again = lot.batch.state == "lost";
    lot.batch.state = again ? "forgotten" : "lost";
    DEW_TRY(lot.batch, book_.keep(lot.batch));
    if (again) {
      watch_.warn(what + ": its questions are asked again");
      return {};
    }
    for (const Ask& ask : lot.asks) {
      const auto at = waiting_.find(ask);
      if (at == waiting_.end()) continue;
      replies_.push_back({ask.first, at->second.name,
                          work_error(what, at->second.name,
                                     "if another key or base URL was in use then, set it again; else run the "
                                     "same command again, and these pictures are asked about once more")});
      waiting_.erase(at);
    }
    return give_all();
  }

  /// False: the server has no such file.
  Result<bool> take_answers(const std::string& file_name, const Lot& lot) {
    DEW_TRY(const auto folder, TemporaryFolder::create());
    const fs::path file = folder.path() / "answers.jsonl";
    DEW_TRY(const bool there, api_.download(file_name, file));
    if (!there) return false;
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      if (line.size() > kLineLimit) continue;
      hide_secrets(state_.server, line);
      if (auto reply = read_lot_line(line))
        take_reply(reply->ask, std::move(reply->reply), lot.batch.samples);
      if (replies_.size() >= kTogether) DEW_CHECK(give_all());
    }
    return true;
  }

  void take_reply(const Ask& ask, HttpReply reply, const std::vector<int64_t>& asked) {
    const auto at = waiting_.find(ask);
    if (at == waiting_.end()) {
      if (std::find(asked.begin(), asked.end(), ask.first) != asked.end()) ++unwanted_;
      return;
    }
    ReplyOutcome outcome = judge(reply, state_.question.form(), state_.dialect, state_.server);
    const Cost used = read_usage(reply.body);
    Cost& spent = spent_[ask];
    spent.tokens_in += used.tokens_in;
    spent.tokens_out += used.tokens_out;
    if (state_.price) spent.usd = state_.price->of(spent.tokens_in, spent.tokens_out);
    if (outcome.kind == ReplyKind::kAnswer) {
      const Answer answer =
          answer_of(state_, ask.first, ask.second, std::move(outcome.answer), std::move(reply.body), spent);
      replies_.push_back({ask.first, std::move(at->second.name), answer, told(ask)});
      waiting_.erase(at);
      return;
    }
    if (outcome.kind == ReplyKind::kAdapt) state_.dialect = common(state_.dialect, outcome.dialect);
    trouble_[ask] =
        outcome.kind == ReplyKind::kAdapt ? "the server does not accept the request" : outcome.error.what;
    if (outcome.kind != ReplyKind::kFailed) return;  // the next round asks again
    replies_.push_back({ask.first, at->second.name, work_error(trouble_[ask], at->second.name), told(ask)});
    waiting_.erase(at);
  }

  Result<void> give_all() {
    if (replies_.empty()) return {};
    done_ +=
        std::count_if(replies_.begin(), replies_.end(), [](const Reply& one) { return !one.unfinished; });
    std::vector<Reply> replies;
    replies.swap(replies_);
    return give_(std::move(replies));
  }

  ChatState& state_;
  const BatchBook& book_;
  BatchLimits limits_;
  double& promised_;
  bool& settled_;
  const Teacher::Give& give_;
  Watch& watch_;
  BatchApi api_;
  BatchQueue queue_;
  Waiting waiting_;                     ///< without an answer yet
  std::set<Ask> unsent_;                ///< those that are in no lot
  std::deque<Lot> ready_;               ///< uploaded, without a job
  std::vector<Lot> running_;            ///< with a job
  std::map<Ask, std::string> trouble_;  ///< why there is no answer yet
  std::map<Ask, Cost> spent_;           ///< and not told yet
  std::vector<Reply> replies_;
  std::string status_;     ///< of the job looked at last
  std::string complaint_;  ///< of the server's queue
  int64_t done_ = 0;
  int64_t unwanted_ = 0;  ///< answers of the job that is being collected
};

class BatchTeacher : public ChatTeacher {
 public:
  BatchTeacher(ChatState state, BatchBook book, BatchLimits limits)
      : ChatTeacher(std::move(state)), book_(std::move(book)), limits_(limits) {}

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    return Batching(state_, book_, limits_, promised_, settled_, give, watch).run(next);
  }

 private:
  BatchBook book_;
  BatchLimits limits_;
  double promised_ = 0;
  bool settled_ = false;
};

}  // namespace

std::unique_ptr<Teacher> make_batch_teacher(ChatState state, BatchBook book, BatchLimits limits) {
  return std::make_unique<BatchTeacher>(std::move(state), std::move(book), limits);
}

}  // namespace dew::teacher
