// asking: one call of Teacher::ask() of a chat-completions teacher: the loop that sends, waits, judges and
// tries again.
#pragma once

#include <memory>
#include <optional>
#include <random>
#include <string>

#include "teacher/openai_request.h"
#include "teacher/spec.h"
#include "teacher/teacher.h"
#include "teacher/transport.h"

namespace dew::teacher {

/// What a teacher keeps from one ask() to the next.
struct Standing {
  Server server;
  ChatQuestion question;
  std::string prompt_hash;
  TeacherOptions options;
  std::unique_ptr<Transport> transport;
  Dialect dialect;                 ///< what the server is known not to understand is left out
  bool proven = false;             ///< an answer came in this dialect
  int descents = 0;                ///< samples that were refused in every dialect, down to the plainest
  std::optional<Price> price;      ///< none is known
  double tokens_a_request = 1000;  ///< a running mean, for the server's limit on tokens
  std::minstd_rand dice{std::random_device{}()};
};

/// What one try will cost, about.
Cost expected_cost(const Standing& standing, const ChatPictures& pictures);

/// The same for a picture of that size before it is scaled for sending; what lies around it counts only where
/// the question shows it.
Cost forecast_cost(const Standing& standing, Teacher::Size picture, Teacher::Size context);

/// What is sent beside the pictures, for people.
std::string full_prompt(const Standing& standing);

Result<void> ask_all(Standing& standing, const Teacher::Next& next, const Teacher::Give& give, Watch& watch);

}  // namespace dew::teacher
