// Errors as values. An Error says what happened, where, and what to do next; its Fault is the exit code.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace dew {

/// Who has to act. The values are the exit codes of the command line.
enum class Fault {
  kWork = 1,   ///< the work failed: a missing file, a server that is down, a full disk
  kUsage = 2,  ///< the command or a file the user wrote was wrong
};

/// Which limit that the caller set was exceeded: the caller may know how to raise it.
enum class Limit { kNone, kPixels, kBytes, kFrames };

/// One failure, told to a person. Never holds a secret.
struct Error {
  Fault fault = Fault::kWork;
  std::string what;   ///< what happened, one sentence without a full stop
  std::string where;  ///< file, sample, line or URL it happened at; may be empty
  std::string next;   ///< what the user can do about it; may be empty
  Limit exceeded = Limit::kNone;
};

template <typename T>
using Result = tl::expected<T, Error>;

/// The work failed: `return work_error("cannot read the video", path, "check that ...");`
[[nodiscard]] inline tl::unexpected<Error> work_error(std::string what, std::string where = {},
                                                      std::string next = {}) {
  return tl::unexpected<Error>(Error{Fault::kWork, std::move(what), std::move(where), std::move(next)});
}

/// The user's command or file was wrong.
[[nodiscard]] inline tl::unexpected<Error> usage_error(std::string what, std::string where = {},
                                                       std::string next = {}) {
  return tl::unexpected<Error>(Error{Fault::kUsage, std::move(what), std::move(where), std::move(next)});
}

/// Something is larger than a limit.
[[nodiscard]] inline tl::unexpected<Error> limit_error(Limit limit, std::string what, std::string where = {},
                                                       std::string next = {}) {
  return tl::unexpected<Error>(
      Error{Fault::kWork, std::move(what), std::move(where), std::move(next), limit});
}

/// The user pressed Ctrl-C. Every verb can be run again and continues where it stopped.
[[nodiscard]] inline tl::unexpected<Error> interrupted_error() {
  return work_error("interrupted", {}, "run the same command again: it continues where it stopped");
}

}  // namespace dew

#define DEW_CONCAT_(a, b) a##b
#define DEW_CONCAT(a, b) DEW_CONCAT_(a, b)

/// `DEW_TRY(const auto bytes, read_file(path));` declares bytes, or returns the error to the caller.
#define DEW_TRY(declaration, expression)                                         \
  auto DEW_CONCAT(dew_result_, __LINE__) = (expression);                         \
  if (!DEW_CONCAT(dew_result_, __LINE__))                                        \
    return tl::unexpected(std::move(DEW_CONCAT(dew_result_, __LINE__)).error()); \
  declaration = *std::move(DEW_CONCAT(dew_result_, __LINE__)) /* NOLINT(bugprone-macro-parentheses) */

/// `DEW_CHECK(write_file(path, bytes));` goes on, or returns the error to the caller.
#define DEW_CHECK(expression)                                \
  do {                                                       \
    if (auto dew_checked = (expression); !dew_checked)       \
      return tl::unexpected(std::move(dew_checked).error()); \
  } while (false)
