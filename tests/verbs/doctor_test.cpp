// `doctor` in process: what it finds on a PATH that this test makes.
#include "verbs/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace dew::verbs {
namespace {

using ::testing::Contains;
using ::testing::Not;

/// Sets a variable of the environment, and puts it back.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(Doctor, TellsWhatIsThereAndWhatWouldBringTheRest) {
  const auto folder = TemporaryFolder::create();
  ASSERT_TRUE(folder);
  const fs::path program = folder->path() / "qemu-system-arm";
  ASSERT_TRUE(write_file(program, "#!/bin/sh\necho QEMU emulator version 9.9\n"));
  fs::permissions(program, fs::perms::owner_all);
  const Variable path("PATH", (folder->path().string() + ":/usr/bin/nowhere:/bin").c_str());
  Watch watch;
  const auto found = doctor(watch);
  ASSERT_TRUE(found);
  for (const target::Tool& tool : found->tools) {
    if (tool.program != "qemu-system-arm") continue;
    ASSERT_TRUE(tool.path);
    EXPECT_EQ(*tool.path, program.string());
    EXPECT_NE(tool.version.find("9.9"), std::string::npos) << tool.version;
  }
  EXPECT_THAT(missing_packages(*found), Not(Contains("qemu-system-arm")));
  EXPECT_EQ(to_json(*found)["tools"].size(), found->tools.size());
}

TEST(Doctor, NamesThePackageOfEachMissingProgram) {
  const auto folder = TemporaryFolder::create();
  ASSERT_TRUE(folder);
  const Variable path("PATH", folder->path().c_str());
  Watch watch;
  const auto found = doctor(watch);
  ASSERT_TRUE(found);
  EXPECT_THAT(missing_packages(*found), Contains("gcc-arm-none-eabi"));
  EXPECT_THAT(missing_packages(*found), Contains("qemu-system-arm"));
}

TEST(Doctor, SaysWhetherTheKeyIsSetAndNeverTheKey) {
  Watch watch;
  {
    const Variable key("OPENAI_API_KEY", "sk-very-secret");
    const auto found = doctor(watch);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->openai_api_key);
    EXPECT_EQ(to_json(*found).dump().find("very-secret"), std::string::npos);
  }
  const Variable none("OPENAI_API_KEY", nullptr);
  const auto found = doctor(watch);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->openai_api_key);
}

}  // namespace
}  // namespace dew::verbs
