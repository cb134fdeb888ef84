// `doctor` in process: what it finds on a PATH that this test makes.
#include "verbs/doctor/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "store/store.h"
#include "tests/verbs/recorded_watch.h"

namespace dew::verbs {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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
  const auto found = doctor({}, watch);
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
  const auto found = doctor({}, watch);
  ASSERT_TRUE(found);
  EXPECT_THAT(missing_packages(*found), Contains("gcc-arm-none-eabi"));
  EXPECT_THAT(missing_packages(*found), Contains("qemu-system-arm"));
}

TEST(Doctor, SaysWhetherTheKeyIsSetAndNeverTheKey) {
  Watch watch;
  {
    const Variable key("OPENAI_API_KEY", "sk-very-secret");
    const auto found = doctor({}, watch);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->openai_api_key);
    EXPECT_EQ(to_json(*found).dump().find("very-secret"), std::string::npos);
  }
  const Variable none("OPENAI_API_KEY", nullptr);
  const auto found = doctor({}, watch);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->openai_api_key);
}

/// Any time, by its day.
class FixedClock : public Clock {
 public:
  explicit FixedClock(std::chrono::sys_days day) : day_(day) {}
  [[nodiscard]] time_point now() const override { return {}; }
  [[nodiscard]] utc_point utc() const override { return day_; }
  void sleep_until(time_point) override {}

 private:
  std::chrono::sys_days day_;
};

class DoctorTeachers : public ::testing::Test {
 protected:
  Result<DoctorOutcome> on(std::chrono::year_month_day day) {
    Settings settings;
    settings.name = "p";
    settings.question = "Is it?";
    settings.classes = {"yes", "no"};
    settings.teacher.all = {"openai:m-1", "batch:m-2", "replay:answers.jsonl"};
    const fs::path folder = folder_->path() / "p";
    if (!fs::exists(folder)) {
      EXPECT_TRUE(Project::create(folder, settings));
      EXPECT_TRUE(write_file(folder / "prices.toml",
                             "true_on = 2026-11-01\n[model.\"m-1\"]\ninput = 1\noutput = 2\npatches = 1\n"
                             "shutdown = 2027-01-14\n[model.\"m-2\"]\ninput = 1\noutput = 2\npatches = 1\n"));
    }
    FixedClock clock{std::chrono::sys_days(day)};
    return doctor({folder, &clock}, watch_);
  }
  Result<TemporaryFolder> folder_ = TemporaryFolder::create();
  dew::testing::RecordedWatch watch_;
};

using namespace std::chrono_literals;

TEST_F(DoctorTeachers, WarnsOfOneThatIsServedForLessThan90Days) {
  const auto found = on(2026y / 11 / 27);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->teachers.size(), 2U) << "recorded answers do not end";
  EXPECT_EQ(found->teachers[0].ends_on, "2027-01-14");
  EXPECT_EQ(found->teachers[0].days_left, 48);
  EXPECT_EQ(found->teachers[1].ends_on, "");
  ASSERT_EQ(watch_.warned.size(), 1U);
  EXPECT_THAT(watch_.warned[0], HasSubstr("m-1 is no longer served from 2027-01-14, in 48 days"));
  EXPECT_THAT(watch_.warned[0], HasSubstr("label --gold"));
  EXPECT_EQ(to_json(*found)["teachers"][0]["days_left"], 48);
  EXPECT_TRUE(to_json(*found)["teachers"][1]["ends_on"].is_null());
}

TEST_F(DoctorTeachers, SaysNothingWhileThereIsTimeAndSaysWhenItIsOver) {
  ASSERT_TRUE(on(2026y / 10 / 15));
  EXPECT_THAT(watch_.warned, IsEmpty()) << "91 days";
  ASSERT_TRUE(on(2027y / 1 / 14));
  EXPECT_THAT(watch_.warned, Each(HasSubstr("is no longer served since 2027-01-14")));
}

TEST_F(DoctorTeachers, WarnsOfPricesOlderThanHalfAYear) {
  const auto newest = on(2026y / 10 / 15);
  ASSERT_TRUE(newest);
  EXPECT_GE(newest->prices_true_on, "2026-11-01");
  ASSERT_TRUE(on(2027y / 7 / 1));
  EXPECT_TRUE(dew::testing::some_hold(watch_.warned, "more than half a year old"));
}

}  // namespace
}  // namespace dew::verbs
