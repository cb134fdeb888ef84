// A server on loopback that speaks OpenAI's Batch API: files go up, a job answers them, files come down.
#pragma once

#include <httplib.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace dew::testing {

/// Answers a job's lines the moment it is created; `polls_` looks at it later it says "completed".
class FakeBatches {
 public:
  FakeBatches() {
    server_.Post("/v1/chat/completions",
                 [this](const httplib::Request& request, httplib::Response& response) {
                   const std::lock_guard lock(mutex_);
                   if (!direct_) return missing(response, "no such URL");
                   ++direct_requests_;
                   const nlohmann::json reply = reply_to(nlohmann::json::parse(request.body));
                   response.status = reply.contains("error") ? 400 : 200;
                   response.set_content(reply.dump(), "application/json");
                 });
    server_.Post("/v1/files", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      if (request.get_file_value("purpose").content != "batch") return refuse(response, "purpose");
      ++uploads_;
      const std::string id = "file-" + std::to_string(++ids_);
      files_[id] = request.get_file_value("file").content;
      biggest_ = std::max(biggest_, lines(files_[id]).size());
      response.set_content(nlohmann::json{{"id", id}, {"object", "file"}}.dump(), "application/json");
    });
    server_.Post("/v1/batches", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const nlohmann::json asked = nlohmann::json::parse(request.body);
      if (fail_create_ > 0) {
        --fail_create_;
        response.status = 400;
        return;
      }
      const std::string input = asked["input_file_id"];
      if (files_.count(input) == 0) return missing(response, "No such File object: " + input);
      const std::string key = request.get_header_value("Idempotency-Key");
      keys_.push_back(key);
      secret_ = request.get_header_value("X-Api-Key");
      if (keeps_keys_ && by_key_.count(key) != 0)
        return response.set_content(jobs_.at(by_key_.at(key)).dump(), "application/json");
      const std::string id = add_job(asked);
      by_key_[key] = id;
      if (lose_creations_ > 0) {
        --lose_creations_;
        return break_off(response);
      }
      response.set_content(jobs_.at(id).dump(), "application/json");
    });
    server_.Get("/v1/batches", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      ++lists_;
      if (fail_lists_ > 0) {
        --fail_lists_;
        return break_off(response);
      }
      const size_t limit = request.has_param("limit") ? std::stoul(request.get_param_value("limit")) : 20;
      auto at = order_.rbegin();  // the newest first
      if (request.has_param("after"))
        at = std::find(order_.rbegin(), order_.rend(), request.get_param_value("after")) + 1;
      nlohmann::json page = nlohmann::json::array();
      for (; at != order_.rend() && page.size() < limit; ++at)
        if (jobs_.count(*at) != 0) page.push_back(jobs_.at(*at));
      response.set_content(nlohmann::json{{"data", page}, {"has_more", at != order_.rend()}}.dump(),
                           "application/json");
    });
    server_.Get(R"(/v1/batches/(\w+))", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      const std::string id = request.matches[1];
      if (jobs_.count(id) == 0) return missing(response, "No batch found with id '" + id + "'.");
      nlohmann::json& job = jobs_.at(id);
      if (++looks_[id] >= polls_ && job["status"] != "failed") job["status"] = "completed";
      response.set_content(job.dump(), "application/json");
    });
    server_.Get(R"(/v1/files/([\w-]+)/content)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  const std::lock_guard lock(mutex_);
                  const std::string id = request.matches[1];
                  if (files_.count(id) == 0) return missing(response, "No such File object: " + id);
                  response.set_content(files_.at(id), "application/jsonl");
                });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  FakeBatches(const FakeBatches&) = delete;
  FakeBatches& operator=(const FakeBatches&) = delete;
  ~FakeBatches() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1"; }

  std::set<std::string> fail_once_;  ///< custom ids whose first call ends in an error line
  std::set<std::string> lost_once_;  ///< ... that the first job says nothing of (it expired)
  bool direct_ = false;              ///< questions are answered outside of batches, too
  int direct_requests_ = 0;
  std::string refused_;  ///< a parameter that the model does not take; empty: it takes all
  int fail_create_ = 0;
  int lose_creations_ = 0;    ///< jobs that are created while the reply is lost
  int fail_lists_ = 0;        ///< lists of jobs whose reply is lost
  bool keeps_keys_ = false;   ///< an idempotency key that was seen gives the job it made
  size_t most_enqueued_ = 0;  ///< lines of all jobs that have not ended; 0: any number
  int polls_ = 2;
  std::map<std::string, int> looks_;  ///< by job
  size_t biggest_ = 0;
  int lists_ = 0;
  int uploads_ = 0;
  std::string secret_;  ///< the last X-Api-Key
  std::vector<std::string> keys_;
  std::map<std::string, int> asked_;  ///< by custom id, in jobs that ran
  std::map<std::string, nlohmann::json> jobs_;
  std::map<std::string, std::string> files_;

  /// Jobs of somebody else, newer than all there are.
  void add_strangers(int count) {
    const std::lock_guard lock(mutex_);
    for (int i = 0; i < count; ++i) {
      const std::string id = "batch_other" + std::to_string(++ids_);
      jobs_[id] = {{"id", id}, {"status", "completed"}, {"input_file_id", "file-other"}};
      order_.push_back(id);
    }
  }
  /// A job of somebody else that does not end and holds that many places of the queue.
  void add_job_of_another(size_t lines_held) {
    const std::lock_guard lock(mutex_);
    files_["file-other"] = std::string(lines_held, '\n');
    jobs_["batch_other"] = {{"id", "batch_other"}, {"status", "validating"}, {"input_file_id", "file-other"}};
    order_.emplace_back("batch_other");
  }
  /// Those that did not fail, and are not somebody else's.
  [[nodiscard]] size_t ran() const {
    size_t count = 0;
    for (const auto& [id, job] : jobs_)
      if (job["status"] != "failed" && job["input_file_id"] != "file-other") ++count;
    return count;
  }
  [[nodiscard]] size_t failed() const {
    return static_cast<size_t>(std::count_if(
        jobs_.begin(), jobs_.end(), [](const auto& one) { return one.second["status"] == "failed"; }));
  }

 private:
  static void refuse(httplib::Response& response, const char* why) {
    response.status = 400;
    response.set_content(nlohmann::json{{"error", {{"message", why}}}}.dump(), "application/json");
  }
  static std::vector<std::string> lines(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> result;
    for (std::string line; std::getline(in, line);) result.push_back(line);
    return result;
  }
  static void missing(httplib::Response& response, const std::string& words) {
    response.status = 404;
    response.set_content(
        nlohmann::json{{"error", {{"message", words}, {"type", "invalid_request_error"}}}}.dump(),
        "application/json");
  }
  /// The connection ends in the middle of the reply.
  static void break_off(httplib::Response& response) {
    response.set_content_provider(1000, "application/json", [](size_t, size_t, httplib::DataSink& sink) {
      sink.write("{\"id\"", 5);
      return false;
    });
  }
  [[nodiscard]] size_t enqueued() const {
    size_t count = 0;
    for (const auto& [id, job] : jobs_)
      if (job["status"] == "validating") count += lines(files_.at(job["input_file_id"])).size();
    return count;
  }
  std::string add_job(const nlohmann::json& asked) {
    const std::string id = "batch_" + std::to_string(++ids_);
    nlohmann::json job = {{"id", id},
                          {"status", "validating"},
                          {"input_file_id", asked["input_file_id"]},
                          {"metadata", asked.value("metadata", nlohmann::json())}};
    const std::string& input = files_.at(asked["input_file_id"]);
    if (most_enqueued_ > 0 && enqueued() + lines(input).size() > most_enqueued_) {
      job["status"] = "failed";
      job["errors"]["data"] = {
          {{"code", "token_limit_exceeded"},
           {"message",
            "Enqueued token limit reached for gpt-4o in organization org-x. Please try again once some "
            "in_progress batches have been completed."}}};
    } else {
      work(job, input);
    }
    jobs_[id] = job;
    order_.push_back(id);
    return id;
  }
  [[nodiscard]] nlohmann::json reply_to(const nlohmann::json& asked) const {
    if (!refused_.empty() && asked.contains(refused_))
      return {{"error",
               {{"message", "Unrecognized request argument supplied: " + refused_}, {"param", nullptr}}}};
    return {{"choices", {{{"message", {{"content", R"({"label":"yes","reason":"r"})"}}}}}},
            {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 10}}}};
  }
  void work(nlohmann::json& job, const std::string& input) {
    std::string output;
    std::string errors;
    for (const std::string& line : lines(input)) {
      const nlohmann::json call = nlohmann::json::parse(line);
      const std::string id = call["custom_id"];
      ++asked_[id];
      if (lost_once_.erase(id) > 0) continue;
      if (fail_once_.erase(id) > 0) {
        errors +=
            nlohmann::json{{"custom_id", id},
                           {"response", {{"status_code", 500}, {"body", {{"error", {{"message", "oops"}}}}}}}}
                .dump() +
            "\n";
        continue;
      }
      const nlohmann::json body = reply_to(call["body"]);
      const bool refused = body.contains("error");
      (refused ? errors : output) +=
          nlohmann::json{{"custom_id", id},
                         {"response", {{"status_code", refused ? 400 : 200}, {"body", body}}},
                         {"error", nullptr}}
              .dump() +
          "\n";
    }
    const std::string name = "file-" + std::to_string(++ids_);
    files_[name] = "not json\n{\"custom_id\":\"s-999999\"}\n" + output;
    job["output_file_id"] = name;
    if (errors.empty()) return;
    const std::string failed = "file-" + std::to_string(++ids_);
    files_[failed] = errors;
    job["error_file_id"] = failed;
  }

  httplib::Server server_;
  std::mutex mutex_;
  std::map<std::string, std::string> by_key_;  ///< jobs by idempotency key
  std::vector<std::string> order_;             ///< of creation
  int ids_ = 0;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace dew::testing
