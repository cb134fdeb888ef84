// The batch teacher: rounds of upload, job and download, until every question has an answer or has used up
// its tries.
#include "teacher/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "base/backoff.h"
#include "teacher/openai_reply.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr Milliseconds kLook{50};
constexpr Milliseconds kTransfer{600'000};  ///< for a file to go up or come down
constexpr size_t kLineLimit = size_t{4} << 20;
constexpr size_t kTogether = 256;  ///< replies that are given at once

std::string text_of(const Json& json, const char* key) {
  if (!json.is_object() || !json.contains(key) || !json[key].is_string()) return {};
  return json[key].get<std::string>();
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Whether a name that the server gave can go into a URL.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() < 200 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
}

/// Which question a line is about: the sample and the vote.
using Ask = std::pair<int64_t, int>;

/// "s-12"; of its third vote "s-12-3".
std::string custom_id(const Ask& ask) {
  return ask.second == 1 ? fmt::format("s-{}", ask.first) : fmt::format("s-{}-{}", ask.first, ask.second);
}

std::optional<Ask> ask_of(std::string_view id) {
  if (!id.starts_with("s-")) return std::nullopt;
  const char* end = id.data() + id.size();
  Ask ask{0, 1};
  const auto [stop, wrong] = std::from_chars(id.data() + 2, end, ask.first);
  if (wrong != std::errc()) return std::nullopt;
  if (stop == end) return ask;
  const auto [last, odd] = std::from_chars(stop + 1, end, ask.second);
  return *stop == '-' && odd == std::errc() && last == end ? std::optional(ask) : std::nullopt;
}

class Batching {
 public:
  Batching(ChatState& state, const BatchBook& book, const BatchLimits& limits, const Teacher::Give& give,
           Watch& watch)
      : state_(state), book_(book), limits_(limits), give_(give), watch_(watch) {
    base_ = state.server.url.substr(0, state.server.url.rfind("/chat/completions"));
  }

  Result<void> run(const Teacher::Next& next) {
    while (auto question = next()) {
      const Ask ask{question->sample, question->vote};
      waiting_.emplace(ask, *std::move(question));
    }
    DEW_TRY(const auto known, book_.open());
    for (const Batch& batch : known)
      if (mine(batch)) DEW_CHECK(work_off(batch));
    for (int round = 0; !waiting_.empty() && round <= state_.options.retries; ++round) {
      std::vector<Batch> jobs;
      const auto submitted = submit(jobs);
      // What was uploaded is still collected, whatever stopped the rest.
      for (const Batch& batch : jobs) DEW_CHECK(work_off(batch));
      DEW_CHECK(submitted);
    }
    for (auto& [ask, question] : waiting_) {
      const auto why = trouble_.find(ask);
      replies_.push_back(
          {ask.first, question.name,
           work_error(why == trouble_.end() ? "the batch gave no answer" : why->second, question.name,
                      "run the same command again: only what is missing is asked")});
    }
    return give_all();
  }

 private:
  using Waiting = std::map<Ask, Question>;

  [[nodiscard]] bool mine(const Batch& batch) const {
    return (batch.state == "uploaded" || batch.state == "created") && batch.model == state_.question.model &&
           batch.prompt_hash == state_.prompt_hash;
  }

  // ---- uploading

  /// Uploads all waiting questions, in files within the limits, and starts a job for each file.
  Result<void> submit(std::vector<Batch>& jobs) {
    auto at = waiting_.begin();
    while (at != waiting_.end()) {
      DEW_TRY(const auto folder, TemporaryFolder::create());
      const fs::path file = folder.path() / "batch.jsonl";
      Batch batch{0, "openai", state_.question.model, state_.prompt_hash, "uploaded", {}, {}, {}, {}};
      DEW_TRY(const bool affordable, write_questions(file, at, batch.samples));
      if (!batch.samples.empty()) {
        DEW_TRY(batch.input_file, upload(file));
        DEW_TRY(batch, book_.keep(batch));
        DEW_TRY(batch, create(batch));
        jobs.push_back(batch);
      }
      if (!affordable)
        return work_error(
            fmt::format("the budget of ${:.2f} does not cover all questions", *state_.options.budget_usd), {},
            "the questions sent so far are kept; run the same command again with a new --budget");
    }
    return {};
  }

  /// Questions from `at` on, until the file is full. False where the budget ended first.
  Result<bool> write_questions(const fs::path& file, Waiting::iterator& at, std::vector<int64_t>& samples) {
    std::ofstream out(file, std::ios::binary);
    size_t bytes = 0;
    while (at != waiting_.end() && samples.size() < limits_.requests) {
      if (watch_.interrupted()) return interrupted_error();
      const Question& question = at->second;
      auto pictures = pictures_of(question, state_.question);
      if (!pictures) {
        replies_.push_back({question.sample, question.name, tl::unexpected(std::move(pictures).error())});
        at = waiting_.erase(at);
        continue;
      }
      const Cost expected = expected_cost(state_, *pictures);
      const double most = state_.price ? state_.price->of(expected.tokens_in * 115 / 100,
                                                          longest_reply_tokens(state_.dialect))
                                       : 0;
      const auto& budget = state_.options.budget_usd;
      if (budget && promised_ + most > *budget) return finished(out, file, false);
      const std::string line = fmt::format(
          R"({{"custom_id":"{}","method":"POST","url":"/v1/chat/completions","body":{}}})"
          "\n",
          custom_id(at->first), chat_body(state_.question, state_.dialect, *pictures, question.vote));
      if (!samples.empty() && bytes + line.size() > limits_.bytes) break;
      out << line;
      bytes += line.size();
      promised_ += most;
      samples.push_back(question.sample);
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

  Result<std::string> upload(const fs::path& file) {
    HttpRequest request = request_to("/files");
    request.upload = file;
    request.timeout = kTransfer;
    DEW_TRY(const Json reply, call(request, "the batch's file cannot be uploaded"));
    return named(reply, "id");
  }

  Result<Batch> create(Batch batch) {
    HttpRequest request = request_to("/batches");
    request.body = dump({{"input_file_id", batch.input_file},
                         {"endpoint", "/v1/chat/completions"},
                         {"completion_window", "24h"}});
    DEW_TRY(const Json reply, call(request, "the batch cannot be started"));
    DEW_TRY(batch.job, named(reply, "id"));
    batch.state = "created";
    return book_.keep(batch);
  }

  // ---- downloading

  /// Waits for the job and takes its answers. A file that was uploaded when something ended the run may have
  /// a job already: the server is asked before one is started, so that nothing is paid for twice.
  Result<void> work_off(Batch batch) {
    if (batch.job.empty()) {
      DEW_TRY(batch.job, find_job(batch.input_file));
      if (batch.job.empty()) {
        DEW_TRY(batch, create(batch));
      } else {
        batch.state = "created";
        DEW_TRY(batch, book_.keep(batch));
      }
    }
    DEW_TRY(const Json job, wait_for(batch));
    for (const char* file : {"output_file_id", "error_file_id"}) {
      const std::string name = text_of(job, file);
      if (is_name(name)) DEW_CHECK(take_answers(name));
    }
    if (text_of(job, "status") == "failed") {
      std::string why = "the server refused the batch";
      if (job.contains("errors") && job["errors"].is_object()) why += ": " + printable(dump(job["errors"]));
      for (const int64_t sample : batch.samples)
        for (auto at = waiting_.lower_bound({sample, 0}); at != waiting_.end() && at->first.first == sample;
             ++at)
          trouble_[at->first] = why;
    }
    DEW_CHECK(give_all());
    batch.state = text_of(job, "status") == "completed" ? "done" : "failed";
    DEW_TRY(batch, book_.keep(batch));
    return {};
  }

  Result<std::string> find_job(const std::string& input_file) {
    HttpRequest request = request_to("/batches?limit=100");
    request.get = true;
    request.reply_limit = size_t{8} << 20;
    DEW_TRY(const Json reply, call(request, "the server's batches cannot be listed"));
    if (reply.contains("data") && reply["data"].is_array())
      for (const Json& job : reply["data"])
        if (text_of(job, "input_file_id") == input_file && is_name(text_of(job, "id")))
          return text_of(job, "id");
    return std::string();
  }

  /// Polls until the job has ended, successfully or not.
  Result<Json> wait_for(const Batch& batch) {
    if (!is_name(batch.job))
      return work_error("the server's name for the batch is not valid", printable(batch.job));
    while (true) {
      HttpRequest request = request_to("/batches/" + batch.job);
      request.get = true;
      DEW_TRY(Json job, call(request, "the batch cannot be looked at"));
      const std::string status = text_of(job, "status");
      for (const char* end : {"completed", "failed", "expired", "cancelled"})
        if (status == end) return job;
      watch_.advance(done_, fmt::format("batch {}: {}", batch.job, printable(status, 30)));
      if (const auto paused = pause(state_.options.poll); !paused)
        return work_error("interrupted; the batch " + batch.job + " goes on at the server", state_.server.url,
                          "run the same command again, within days if you like: it fetches the answers");
    }
  }

  Result<void> take_answers(const std::string& file_name) {
    DEW_TRY(const auto folder, TemporaryFolder::create());
    const fs::path file = folder.path() / "answers.jsonl";
    HttpRequest request = request_to("/files/" + file_name + "/content");
    request.get = true;
    request.download = file;
    request.timeout = kTransfer;
    request.reply_limit = size_t{1} << 30;
    DEW_TRY(const HttpReply reply, send(request, "the answers cannot be fetched"));
    if (reply.status != 200) return refusal(reply, "the answers cannot be fetched");
    std::ifstream in(file, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      if (line.size() > kLineLimit) continue;
      take_line(line);
      if (replies_.size() >= kTogether) DEW_CHECK(give_all());
    }
    return {};
  }

  /// {"custom_id": "s-12", "response": {"status_code": 200, "body": {...}}, "error": null}
  void take_line(const std::string& line) {
    const Json json = Json::parse(line, nullptr, false);
    const auto ask = ask_of(text_of(json, "custom_id"));
    if (!ask) return;
    const auto at = waiting_.find(*ask);
    if (at == waiting_.end()) return;
    HttpReply reply;
    const Json response = json.value("response", Json());
    reply.status = response.is_object() && response.contains("status_code") &&
                           response["status_code"].is_number_integer()
                       ? response["status_code"].get<int>()
                       : 500;
    reply.body = response.is_object() && response.contains("body")
                     ? dump(response["body"])
                     : dump({{"error", json.value("error", Json())}});
    ReplyOutcome outcome = judge(reply, state_.question.choices, state_.dialect, state_.server);
    const Cost used = read_usage(reply.body);
    Cost& spent = spent_[*ask];
    spent.tokens_in += used.tokens_in;
    spent.tokens_out += used.tokens_out;
    if (state_.price) spent.usd = state_.price->of(spent.tokens_in, spent.tokens_out);
    if (outcome.kind == ReplyKind::kAnswer) {
      const Answer answer =
          answer_of(state_, ask->first, ask->second, std::move(outcome.answer), std::move(reply.body), spent);
      replies_.push_back({ask->first, std::move(at->second.name), answer, spent});
      waiting_.erase(at);
      return;
    }
    if (outcome.kind == ReplyKind::kAdapt) state_.dialect = common(state_.dialect, outcome.dialect);
    trouble_[*ask] =
        outcome.kind == ReplyKind::kAdapt ? "the server does not accept the request" : outcome.error.what;
    if (outcome.kind != ReplyKind::kFailed) return;  // the next round asks again
    replies_.push_back({ask->first, at->second.name, work_error(trouble_[*ask], at->second.name), spent});
    waiting_.erase(at);
  }

  Result<void> give_all() {
    if (replies_.empty()) return {};
    done_ += static_cast<int64_t>(replies_.size());
    std::vector<Reply> replies;
    replies.swap(replies_);
    return give_(std::move(replies));
  }

  // ---- requests

  [[nodiscard]] HttpRequest request_to(const std::string& path) const {
    HttpRequest request;
    request.url = base_ + path;
    request.headers = headers_of(state_.server);
    request.timeout = state_.options.timeout;
    request.direct = state_.server.direct;
    return request;
  }

  /// One request, tried again while the server fails or is busy.
  Result<HttpReply> send(const HttpRequest& request, const std::string& what) {
    for (int failed = 0;;) {
      DEW_CHECK(state_.transport->start(++tickets_, request));
      std::vector<HttpReply> replies;
      while (replies.empty()) {
        if (watch_.interrupted()) {
          state_.transport->drop_all();
          return interrupted_error();
        }
        DEW_TRY(replies, state_.transport->wait(state_.transport->now() + kLook));
      }
      HttpReply& reply = replies.front();
      const bool again = reply.delivery != Delivery::kReply || reply.status == 429 || reply.status >= 500;
      if (!again) return std::move(reply);
      if (++failed > state_.options.retries) return refusal(reply, what);
      const auto now = std::chrono::system_clock::to_time_t(state_.options.clock->utc());
      const auto wait = pause_after(Backoff{state_.options.first_pause}, failed, state_.options.chance(),
                                    parse_retry_after(reply.retry_after, now));
      DEW_CHECK(pause(wait));
    }
  }

  Result<Json> call(const HttpRequest& request, const std::string& what) {
    DEW_TRY(const HttpReply reply, send(request, what));
    if (reply.status != 200) return refusal(reply, what);
    Json json = Json::parse(reply.body, nullptr, false);
    if (!json.is_object()) return work_error(what + ": the reply is not JSON", state_.server.url);
    return json;
  }

  tl::unexpected<Error> refusal(const HttpReply& reply, const std::string& what) const {
    ReplyOutcome outcome = judge(reply, state_.question.choices, {}, state_.server);
    Error error = std::move(outcome.error);
    error.what =
        what + ": " + (error.what.empty() ? fmt::format("the server said {}", reply.status) : error.what);
    error.where = state_.server.url;
    if (error.next.empty()) error.next = "run the same command again: it continues where it stopped";
    return tl::unexpected(std::move(error));
  }

  Result<std::string> named(const Json& reply, const char* key) const {
    const std::string name = text_of(reply, key);
    if (!is_name(name))
      return work_error("the server's reply has no \"" + std::string(key) + "\"", state_.server.url);
    return name;
  }

  Result<void> pause(Milliseconds length) {
    const Clock::time_point until = state_.transport->now() + length;
    while (state_.transport->now() < until) {
      if (watch_.interrupted()) return interrupted_error();
      DEW_TRY(const auto none, state_.transport->wait(std::min(until, state_.transport->now() + kLook)));
      (void)none;
    }
    return {};
  }

  ChatState& state_;
  const BatchBook& book_;
  const BatchLimits& limits_;
  const Teacher::Give& give_;
  Watch& watch_;
  std::string base_;
  Waiting waiting_;
  std::map<Ask, std::string> trouble_;  ///< why there is no answer yet
  std::map<Ask, Cost> spent_;
  std::vector<Reply> replies_;
  double promised_ = 0;  ///< of the budget
  uint64_t tickets_ = 0;
  int64_t done_ = 0;
};

class BatchTeacher : public ChatTeacher {
 public:
  BatchTeacher(ChatState state, BatchBook book, BatchLimits limits)
      : ChatTeacher(std::move(state)), book_(std::move(book)), limits_(limits) {}

  Result<void> ask(const Next& next, const Give& give, Watch& watch) override {
    return Batching(state_, book_, limits_, give, watch).run(next);
  }

 private:
  BatchBook book_;
  BatchLimits limits_;
};

}  // namespace

std::unique_ptr<Teacher> make_batch_teacher(ChatState state, BatchBook book, BatchLimits limits) {
  return std::make_unique<BatchTeacher>(std::move(state), std::move(book), limits);
}

}  // namespace dew::teacher
