#include "teacher/batch_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <set>

#include "base/backoff.h"
#include "teacher/openai_reply.h"

namespace dew::teacher {
namespace {

using Json = nlohmann::json;

constexpr Milliseconds kLook{50};
constexpr Milliseconds kTransfer{600'000};  ///< for a file to go up or come down
constexpr const char* kLotKey = "dewdrop_lot";

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

std::string name_of(const Json& json, const char* key) {
  std::string name = text_of(json, key);
  return is_name(name) ? name : std::string();
}

bool is_success(const HttpReply& reply) {
  return reply.delivery == Delivery::kReply && reply.status >= 200 && reply.status < 300;
}

/// The server or the connection failed: whether the request had an effect is unknown.
bool is_unsettled(const HttpReply& reply) {
  return reply.delivery != Delivery::kReply || reply.status == 408 || reply.status == 409 ||
         reply.status == 425 || reply.status == 429 || reply.status >= 500;
}

/// OpenAI's code, and its words: "Enqueued token limit reached for MODEL in organization ORG. Limit: 90,000
/// enqueued tokens."
bool says_queue_full(std::string_view body) {
  const std::string words = lower(body);
  return words.find("token_limit_exceeded") != std::string::npos ||
         words.find("enqueued token limit") != std::string::npos;
}

/// "90,000" of "Limit: 90,000 enqueued tokens".
std::optional<int64_t> limit_in(std::string_view body) {
  constexpr std::string_view kBefore = "limit: ";
  constexpr int64_t kMost = 1'000'000'000'000;
  const std::string words = lower(body);
  const size_t at = words.find(kBefore);
  if (at == std::string::npos) return std::nullopt;
  int64_t limit = 0;
  for (size_t i = at + kBefore.size(); i < words.size() && limit < kMost; ++i) {
    if (words[i] == ',') continue;
    if (std::isdigit(static_cast<unsigned char>(words[i])) == 0) break;
    limit = limit * 10 + (words[i] - '0');
  }
  return limit > 0 ? std::optional(limit) : std::nullopt;
}

/// "errors": {"data": [{"code": ..., "message": ...}, ...]}: each message once.
std::string complaint_of(const Json& errors) {
  constexpr size_t kMost = 3;
  std::vector<std::string> messages;
  if (errors.is_object() && errors.contains("data") && errors["data"].is_array())
    for (const Json& one : errors["data"]) {
      std::string message = text_of(one, "message");
      if (message.empty()) message = text_of(one, "code");
      const bool known = std::find(messages.begin(), messages.end(), message) != messages.end();
      if (!message.empty() && !known && messages.size() < kMost) messages.push_back(std::move(message));
    }
  if (!messages.empty()) return printable(join(messages, "; "));
  return errors.is_null() ? std::string() : printable(dump(errors));
}

BatchJob job_of(const Json& json) {
  BatchJob job;
  job.id = name_of(json, "id");
  job.status = printable(text_of(json, "status"), 30);
  job.output_file = name_of(json, "output_file_id");
  job.error_file = name_of(json, "error_file_id");
  const Json errors = json.value("errors", Json());
  job.complaint = complaint_of(errors);
  if (job.status == "failed" && says_queue_full(dump(errors))) {
    job.queue_full = true;
    job.most_tokens = limit_in(dump(errors));
  }
  return job;
}

}  // namespace

bool BatchJob::ended() const {
  constexpr std::array<std::string_view, 4> kEnds = {"completed", "failed", "expired", "cancelled"};
  return std::find(kEnds.begin(), kEnds.end(), status) != kEnds.end();
}

BatchApi::BatchApi(ChatState& state, Watch& watch)
    : state_(state),
      watch_(watch),
      base_(state.server.url.substr(0, state.server.url.rfind("/chat/completions"))) {}

Result<std::string> BatchApi::upload(const fs::path& file) {
  const std::string what = "the batch's file cannot be uploaded";
  HttpRequest request = request_to("/files");
  request.upload = file;
  request.timeout = kTransfer;
  DEW_TRY(const HttpReply reply, send(request, what));
  if (!is_success(reply)) return refusal(reply, what);
  std::string name = name_of(Json::parse(reply.body, nullptr, false), "id");
  if (name.empty()) return work_error(what + ": the reply does not name it", state_.server.url);
  return name;
}

Result<std::optional<BatchJob>> BatchApi::start(const BatchOrder& order) {
  const std::string what = "the batch cannot be started";
  HttpRequest request = request_to("/batches");
  request.headers.push_back("Idempotency-Key: dewdrop-" + order.name +
                            (order.refused.empty() ? "" : "-" + order.refused));
  request.body = dump({{"input_file_id", order.input_file},
                       {"endpoint", "/v1/chat/completions"},
                       {"completion_window", "24h"},
                       {"metadata", {{kLotKey, order.name}}}});
  for (int failed = 0;;) {
    DEW_TRY(const HttpReply reply, once(request));
    if (is_success(reply)) {
      if (auto job = read_job(reply, what)) return std::optional(*std::move(job));
    } else if (says_queue_full(reply.body)) {
      return std::optional(
          BatchJob{order.refused, "failed", {}, {}, printable(reply.body), true, limit_in(reply.body)});
    } else if (reply.delivery == Delivery::kReply && reply.status == 404) {
      return gone(what);
    } else if (!is_unsettled(reply)) {
      return refusal(reply, what);
    }
    DEW_CHECK(back_off(++failed, reply));
    DEW_TRY(auto created, find(order));
    if (created) return created;
    if (failed > state_.options.retries) return refusal(reply, what);
  }
}

Result<std::optional<BatchJob>> BatchApi::look(const std::string& id) {
  const std::string what = "the batch cannot be looked at";
  if (!is_name(id)) return work_error("the server's name for the batch is not valid", printable(id));
  HttpRequest request = request_to("/batches/" + id);
  request.get = true;
  DEW_TRY(const HttpReply reply, send(request, what));
  if (reply.status == 404) return gone(what);
  if (!is_success(reply)) return refusal(reply, what);
  DEW_TRY(auto job, read_job(reply, what));
  return std::optional(std::move(job));
}

Result<bool> BatchApi::download(const std::string& file, const fs::path& into) {
  const std::string what = "the answers cannot be fetched";
  HttpRequest request = request_to("/files/" + file + "/content");
  request.get = true;
  request.download = into;
  request.timeout = kTransfer;
  request.reply_limit = size_t{1} << 30;
  DEW_TRY(const HttpReply reply, send(request, what));
  if (reply.status == 404) return false;
  if (!is_success(reply)) return refusal(reply, what);
  return true;
}

Result<std::optional<BatchJob>> BatchApi::find(const BatchOrder& order) {
  const std::string what = "the server's batches cannot be listed";
  std::set<std::string> pages;
  for (std::string after; pages.insert(after).second;) {
    HttpRequest request = request_to("/batches?limit=100" + (after.empty() ? "" : "&after=" + after));
    request.get = true;
    request.reply_limit = size_t{8} << 20;
    DEW_TRY(const HttpReply reply, send(request, what));
    if (!is_success(reply)) return refusal(reply, what);
    const Json page = Json::parse(reply.body, nullptr, false);
    if (!page.is_object() || !page.contains("data") || !page["data"].is_array())
      return work_error(what + ": the reply is not a list", state_.server.url);
    for (const Json& json : page["data"]) {
      if (!json.is_object()) continue;
      BatchJob job = job_of(json);
      const bool ours = text_of(json.value("metadata", Json()), kLotKey) == order.name ||
                        text_of(json, "input_file_id") == order.input_file;
      if (ours && !job.id.empty() && job.status != "failed") return std::optional(std::move(job));
      if (!job.id.empty()) after = std::move(job.id);
    }
    if (!page.value("has_more", Json(false)).is_boolean() || !page.value("has_more", false)) break;
  }
  return std::optional<BatchJob>();
}

/// After a 404: absent where the server has a Batch API, so that only the one thing is missing.
Result<std::optional<BatchJob>> BatchApi::gone(const std::string& what) {
  HttpRequest request = request_to("/batches?limit=1");
  request.get = true;
  DEW_TRY(const HttpReply reply, send(request, what));
  if (is_success(reply)) return std::optional<BatchJob>();
  if (reply.status != 404) return refusal(reply, what);
  return work_error(what + ": the server has no Batch API at this URL (404)", state_.server.url,
                    "check the base URL, or name the model as openai:MODEL instead of batch:MODEL");
}

Result<void> BatchApi::pause(Milliseconds length) {
  const Clock::time_point until = state_.transport->now() + length;
  while (state_.transport->now() < until) {
    if (watch_.interrupted()) return interrupted_error();
    DEW_TRY(const auto none, state_.transport->wait(std::min(until, state_.transport->now() + kLook)));
    (void)none;
  }
  return {};
}

HttpRequest BatchApi::request_to(const std::string& path) const {
  HttpRequest request;
  request.url = base_ + path;
  request.headers = headers_of(state_.server);
  request.timeout = state_.options.timeout;
  request.direct = state_.server.direct;
  return request;
}

Result<HttpReply> BatchApi::once(const HttpRequest& request) {
  DEW_CHECK(state_.transport->start(++tickets_, request));
  std::vector<HttpReply> replies;
  while (replies.empty()) {
    if (watch_.interrupted()) {
      state_.transport->drop_all();
      return interrupted_error();
    }
    DEW_TRY(replies, state_.transport->wait(state_.transport->now() + kLook));
  }
  hide_secrets(state_.server, replies.front().body);
  return std::move(replies.front());
}

/// One request without an effect that costs money, tried again while the server fails or is busy.
Result<HttpReply> BatchApi::send(const HttpRequest& request, const std::string& what) {
  for (int failed = 0;;) {
    DEW_TRY(HttpReply reply, once(request));
    if (!is_unsettled(reply)) return reply;
    if (++failed > state_.options.retries) return refusal(reply, what);
    DEW_CHECK(back_off(failed, reply));
  }
}

Result<void> BatchApi::back_off(int failed, const HttpReply& reply) {
  const auto now = std::chrono::system_clock::to_time_t(state_.options.clock->utc());
  return pause(pause_after(Backoff{state_.options.first_pause}, failed, state_.options.chance(),
                           parse_retry_after(reply.retry_after, now)));
}

Result<BatchJob> BatchApi::read_job(const HttpReply& reply, const std::string& what) const {
  const Json json = Json::parse(reply.body, nullptr, false);
  if (json.is_object()) {
    BatchJob job = job_of(json);
    if (!job.id.empty()) return job;
  }
  return work_error(what + ": the reply does not describe a job", state_.server.url);
}

tl::unexpected<Error> BatchApi::refusal(const HttpReply& reply, const std::string& what) const {
  Error error = judge(reply, state_.question.form(), {}, state_.server).error;
  error.what =
      what + ": " + (error.what.empty() ? fmt::format("the server said {}", reply.status) : error.what);
  error.where = state_.server.url;
  if (error.next.empty()) error.next = "run the same command again: it continues where it stopped";
  return tl::unexpected(std::move(error));
}

}  // namespace dew::teacher
