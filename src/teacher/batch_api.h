// batch_api: the requests of OpenAI's Batch API (https://platform.openai.com/docs/api-reference/batch), each
// tried again until the server has answered it. A job is paid for, so it is never created on a guess: where a
// reply is lost, the server's list of jobs says whether there is one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "teacher/chat_teacher.h"

namespace dew::teacher {

/// A job as the server describes it.
struct BatchJob {
  std::string id;
  std::string status;       ///< "validating", "in_progress", "completed" ...
  std::string output_file;  ///< empty: there is none
  std::string error_file;
  std::string complaint;               ///< why it failed, in the server's words
  bool queue_full = false;             ///< it failed because too many tokens are enqueued; it never ran
  std::optional<int64_t> most_tokens;  ///< that may be enqueued, where the server says so

  /// Nothing more will come of it.
  [[nodiscard]] bool ended() const;
};

/// What a job is created from.
struct BatchOrder {
  std::string input_file;
  std::string name;     ///< see lot_name(); kept with the job as metadata
  std::string refused;  ///< the job that was refused before; empty: none
};

class BatchApi {
 public:
  BatchApi(ChatState& state, Watch& watch);

  /// The server's name for the file.
  Result<std::string> upload(const fs::path& file);
  /// The order's job, if it has one: the server's whole list is searched. Jobs that failed have run nothing
  /// and cost nothing, so they do not count.
  Result<std::optional<BatchJob>> find(const BatchOrder& order);
  /// Creates one job for an order that has none, however many replies are lost. Absent: the input file is
  /// gone from the server.
  Result<std::optional<BatchJob>> start(const BatchOrder& order);
  /// Absent: the server has no such job.
  Result<std::optional<BatchJob>> look(const std::string& id);
  /// Into `into`. False: the server has no such file.
  Result<bool> download(const std::string& file, const fs::path& into);
  /// Waits, with an eye on the watch. Error: interrupted.
  Result<void> pause(Milliseconds length);

 private:
  [[nodiscard]] HttpRequest request_to(const std::string& path) const;
  Result<HttpReply> once(const HttpRequest& request);
  Result<HttpReply> send(const HttpRequest& request, const std::string& what);
  Result<void> back_off(int failed, const HttpReply& reply);
  Result<std::optional<BatchJob>> gone(const std::string& what);
  [[nodiscard]] Result<BatchJob> read_job(const HttpReply& reply, const std::string& what) const;
  [[nodiscard]] tl::unexpected<Error> refusal(const HttpReply& reply, const std::string& what) const;

  ChatState& state_;
  Watch& watch_;
  std::string base_;
  uint64_t tickets_ = 0;
};

}  // namespace dew::teacher
