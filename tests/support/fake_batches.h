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

/// Answers a job's lines the moment it is created; `polls` looks later it says "completed".
class FakeBatches {
 public:
  FakeBatches() {
    server_.Post("/v1/files", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      if (request.get_file_value("purpose").content != "batch") return refuse(response, "purpose");
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
      const std::string id = "batch_" + std::to_string(++ids_);
      nlohmann::json job = {{"id", id}, {"status", "validating"}, {"input_file_id", asked["input_file_id"]}};
      work(job, files_.at(asked["input_file_id"]));
      jobs_[id] = job;
      response.set_content(job.dump(), "application/json");
    });
    server_.Get("/v1/batches", [this](const httplib::Request&, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      nlohmann::json all = nlohmann::json::array();
      for (const auto& [id, job] : jobs_) all.push_back(job);
      response.set_content(nlohmann::json{{"data", all}}.dump(), "application/json");
    });
    server_.Get(R"(/v1/batches/(\w+))", [this](const httplib::Request& request, httplib::Response& response) {
      const std::lock_guard lock(mutex_);
      nlohmann::json& job = jobs_.at(request.matches[1]);
      if (++looks_ >= polls_) job["status"] = "completed";
      response.set_content(job.dump(), "application/json");
    });
    server_.Get(R"(/v1/files/([\w-]+)/content)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  const std::lock_guard lock(mutex_);
                  response.set_content(files_.at(request.matches[1]), "application/jsonl");
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
  int fail_create_ = 0;
  int polls_ = 2;
  int looks_ = 0;
  size_t biggest_ = 0;
  std::map<std::string, int> asked_;  ///< by custom id
  std::map<std::string, nlohmann::json> jobs_;

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
      const nlohmann::json body = {
          {"choices", {{{"message", {{"content", R"({"label":"yes","reason":"r"})"}}}}}},
          {"usage", {{"prompt_tokens", 100}, {"completion_tokens", 10}}}};
      output +=
          nlohmann::json{
              {"custom_id", id}, {"response", {{"status_code", 200}, {"body", body}}}, {"error", nullptr}}
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
  std::map<std::string, std::string> files_;
  int ids_ = 0;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace dew::testing
