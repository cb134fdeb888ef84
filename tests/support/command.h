// Runs the dewdrop binary as a user would, in a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::testing {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

class Command {
 public:
  Command() : folder_(std::move(*TemporaryFolder::create("dewdrop-test"))) {}

  [[nodiscard]] const fs::path& folder() const { return folder_.path(); }

  /// Variables of the child's environment, from now on.
  void set(const std::string& name, const std::string& value) { environment_[name] = value; }

  /// `dewdrop arguments...` in `folder() / inside`. A failure to start fails the test.
  Ran run(const std::vector<std::string>& arguments, const std::string& inside = ".") const {
    std::vector<std::string> argv = prefix(inside);
    argv.emplace_back(DEWDROP_BINARY);
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return start(argv);
  }

  /// A shell command there, with $DEWDROP for the binary.
  Ran shell(const std::string& script, const std::string& inside = ".") const {
    std::vector<std::string> argv = prefix(inside);
    argv.insert(argv.end(), {std::string("DEWDROP=") + DEWDROP_BINARY, "bash", "-c", script});
    return start(argv);
  }

 private:
  [[nodiscard]] std::vector<std::string> prefix(const std::string& inside) const {
    std::vector<std::string> argv{"env", "-C", (folder() / inside).string(), "-u", "OPENAI_API_KEY"};
    for (const auto& [name, value] : environment_) argv.push_back(name + "=" + value);
    return argv;
  }

  static Ran start(const std::vector<std::string>& argv) {
    const auto result = run_process(argv, std::chrono::minutes(20), Watch());
    if (!result) {
      ADD_FAILURE() << result.error().what;
      return {-1, "", ""};
    }
    return {result->status, result->output, result->errors};
  }

  TemporaryFolder folder_;
  std::map<std::string, std::string> environment_;
};

/// An error as the command line promises it: the status, one "dewdrop:" line, and a word that must be in it.
inline void expect_error(const Ran& ran, int status, const std::string& word) {
  EXPECT_EQ(ran.status, status) << ran.out << ran.err;
  EXPECT_NE(ran.err.find("dewdrop: "), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find(word), std::string::npos) << ran.err;
}

}  // namespace dew::testing
