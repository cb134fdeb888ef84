// Child processes: cross compilers and emulators, without a shell in between.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/watch.h"

namespace dew {

struct ProcessResult {
  int status = 0;      ///< exit status; 128 + signal where a signal ended it
  std::string output;  ///< stdout
  std::string errors;  ///< stderr
};

/// Runs argv[0] (looked up on PATH) to its end, its stdin closed. Error: not installed, `timeout` passed
/// (the child is killed), more than 64 MiB of output, or the watch was interrupted. A non-zero exit
/// status is not an error here: the caller knows what it means.
Result<ProcessResult> run_process(const std::vector<std::string>& argv, std::chrono::milliseconds timeout,
                                  const Watch& watch);

/// Where a program stands on PATH.
std::optional<std::string> find_program(const std::string& name);

}  // namespace dew
