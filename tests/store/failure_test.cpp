// The world against a project: another process, a full disk, a kill at any moment, a damaged database. Each
// time the error says which, and what was there before is still there.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "store/adding.h"
#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Failure : public InProject {
 protected:
  Answer answer() {
    Answer made;
    made.sample = project_.samples()->at(0).id;
    made.answer_class = "yes";
    return made;
  }
};

/// Another process that holds the write lock, until it is told to let go.
class Holder {
 public:
  explicit Holder(const fs::path& database, milliseconds hold = milliseconds(60'000)) {
    int ready[2];
    EXPECT_EQ(::pipe(ready), 0);
    child_ = ::fork();
    if (child_ == 0) {
      sqlite3* connection = nullptr;
      sqlite3_open(database.c_str(), &connection);
      const int code = sqlite3_exec(connection, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr);
      const char byte = code == SQLITE_OK ? 'y' : 'n';
      if (::write(ready[1], &byte, 1) != 1) ::_exit(1);
      std::this_thread::sleep_for(hold);
      ::_exit(0);  // the lock goes with the process
    }
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    ::close(ready[0]);
    ::close(ready[1]);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_;
};

TEST_F(Failure, AnotherProcessIsWaitedForThenNamed) {
  ASSERT_TRUE(add(picture_file("a.png")));
  {
    const Holder brief(database(), milliseconds(300));
    EXPECT_TRUE(project_.add_answers({answer()})) << "a short lock is waited for";
  }
  const Holder holder(database());
  const auto began = std::chrono::steady_clock::now();
  const auto added = project_.add_answers({answer()});
  const auto waited = std::chrono::steady_clock::now() - began;
  EXPECT_THAT(told(added), AllOf(HasSubstr("locked by another process"), HasSubstr(database().string()),
                                 HasSubstr("run the same command again")));
  EXPECT_GT(waited, milliseconds(2500));
  EXPECT_LT(waited, milliseconds(8000));
  EXPECT_EQ(project_.answers()->size(), 1U) << "reading goes on meanwhile";
  EXPECT_TRUE(Project::open(folder_)) << "and so does opening";
}

TEST_F(Failure, AFileSizeLimitStopsCopyAndTransactionWhole) {
  ASSERT_TRUE(add(picture_file("a.png")));
  const fs::path video = video_file("v.avi", 40);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  int refused = 0;
  for (rlim_t bytes = 5000; bytes < 40'000'000; bytes *= 2) {
    const rlimit tight{bytes, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
    const auto added = add(video, {1, 16, 12, false});
    setrlimit(RLIMIT_FSIZE, &before);
    if (added) break;
    ++refused;
    EXPECT_THAT(told(added), ::testing::AnyOf(HasSubstr("free some space"), HasSubstr("have room"),
                                              HasSubstr("File too large")));
    EXPECT_EQ(project_.samples()->size(), 1U);
    EXPECT_EQ(Project::open(folder_)->samples()->size(), 1U);
  }
  EXPECT_GT(refused, 3);
  EXPECT_EQ(project_.samples()->size(), 1U + 40 * 192);
}

/// A file system of one megabyte, or nothing where that is not allowed.
class SmallDisk {
 public:
  explicit SmallDisk(fs::path at) : at_(std::move(at)) {
    fs::create_directory(at_);
    mounted_ = ::mount("none", at_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  /// Leaves about `bytes` free.
  void fill(uintmax_t bytes) const {
    std::ofstream filler(at_ / "filler");
    while (fs::space(at_).available > bytes) filler << std::string(4096, 'x') << std::flush;
  }
  void empty() const { fs::remove(at_ / "filler"); }
  [[nodiscard]] bool protect() const {
    return ::mount("none", at_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=1m") == 0;
  }

 private:
  fs::path at_;
  bool mounted_ = false;
};

TEST_F(Failure, AFullDiskIsToldAndNothingIsHalfWritten) {
  const fs::path mount_point = temporary_.path() / "disk";
  const SmallDisk disk(mount_point);
  if (!disk.mounted()) GTEST_SKIP() << "NOT TESTED: mounting a small tmpfs is not allowed here";
  const fs::path folder = mount_point / "person";
  {
    auto project = Project::create(folder, person());
    ASSERT_TRUE(project) << told(project);
    ASSERT_TRUE(project->add(picture_file("a.png"), "a.png", {}, watch_));
    const fs::path video = video_file("v.avi", 40);
    for (const uintmax_t free : {0, 16'384, 65'536, 262'144}) {
      disk.fill(free);
      const auto added = project->add(video, "v.avi", {1, 16, 12, false}, watch_);
      EXPECT_THAT(told(added), HasSubstr("free some space")) << free;
      EXPECT_EQ(project->samples().value().size(), 1U);
      EXPECT_EQ(Project::open(folder)->samples()->size(), 1U) << "opens on a full disk";
      disk.empty();
    }
    disk.fill(0);
    Answer answer;
    answer.sample = project->samples()->at(0).id;
    answer.answer_class = "yes";
    answer.raw = std::string(2'000'000, 'x');
    EXPECT_THAT(told(project->add_answers({answer})), HasSubstr("free some space"));
    EXPECT_EQ(project->answers()->size(), 0U);
    disk.empty();
    answer.raw = "yes";
    EXPECT_TRUE(project->add_answers({answer})) << "and goes on when there is room";
    EXPECT_TRUE(project->add(video, "v.avi", {10, 1, 1, false}, watch_));
  }
  disk.fill(0);
  const auto fresh = Project::create(mount_point / "another", person());
  EXPECT_THAT(told(fresh), HasSubstr("free some space"));
  EXPECT_FALSE(fs::exists(mount_point / "another"));
}

TEST_F(Failure, WhereNobodyMayWriteAProjectCanBeRead) {
  const fs::path mount_point = temporary_.path() / "disk";
  const SmallDisk disk(mount_point);
  if (!disk.mounted()) GTEST_SKIP() << "NOT TESTED: mounting a small tmpfs is not allowed here";
  const fs::path folder = mount_point / "100% person?";
  {
    auto project = Project::create(folder, person());
    ASSERT_TRUE(project) << told(project);
    ASSERT_TRUE(project->add(picture_file("a.png"), "a.png", {}, watch_));
    ASSERT_TRUE(project->settle_splits(watch_));
  }
  ASSERT_TRUE(disk.protect());
  auto project = Project::open(folder);
  ASSERT_TRUE(project) << told(project);
  EXPECT_EQ(project->samples()->size(), 1U);
  EXPECT_TRUE(project->settle_splits(watch_));
  Answer answer;
  answer.sample = project->samples()->at(0).id;
  answer.answer_class = "yes";
  EXPECT_THAT(told(project->add_answers({answer})), HasSubstr("no permission to write"));
}

/// Adds in a child that ends itself, or is ended, by SIGKILL. True: it was killed.
template <typename Die>
bool add_and_die(const fs::path& folder, const fs::path& video, Die die, Watch& watch) {
  const pid_t child = ::fork();
  if (child == 0) {
    auto project = Project::open(folder);
    const bool fine = project && project->add(video, "v.avi", {1, 16, 12, false}, watch);
    ::_exit(fine ? 0 : 1);
  }
  die(child);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST_F(Failure, AKillAtAnyMomentLeavesAllOrNothing) {
  constexpr size_t kAll = size_t{40} * 192;
  const fs::path video = video_file("v.avi", 40);
  // The child alone takes this long.
  const auto began = std::chrono::steady_clock::now();
  const fs::path rehearsal = temporary_.path() / "rehearsal";
  ASSERT_TRUE(Project::create(rehearsal, person()));
  ASSERT_FALSE(add_and_die(
      rehearsal, video, [](pid_t) {}, watch_));
  const auto whole =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began);
  constexpr int kRounds = 8;
  int killed = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto kill_later = [&](pid_t child) {
      std::this_thread::sleep_for(whole * round / kRounds);
      ::kill(child, SIGKILL);
    };
    const fs::path folder = temporary_.path() / std::to_string(round);
    ASSERT_TRUE(Project::create(folder, person()));
    killed += add_and_die(folder, video, kill_later, watch_) ? 1 : 0;
    auto project = Project::open(folder);
    ASSERT_TRUE(project) << told(project);
    const size_t there = project->samples()->size();
    EXPECT_TRUE(there == 0 || there == kAll) << there;
    EXPECT_EQ(project->sources()->size(), there == 0 ? 0U : 1U);
    const auto again = project->add(video, "v.avi", {1, 16, 12, false}, watch_);
    ASSERT_TRUE(again) << told(again);
    EXPECT_EQ(project->samples()->size(), kAll);
    EXPECT_EQ(project->picture(project->samples()->back())->width, 4);
  }
  EXPECT_GT(killed, kRounds / 4) << "the kills came too late to show anything";
}

TEST_F(Failure, AKillAmongManyFilesLeavesEachOfThemAllOrNothing) {
  constexpr int kFiles = 700;
  std::vector<fs::path> files;
  for (int i = 0; i < kFiles; ++i)
    files.push_back(picture_file("p" + std::to_string(i) + ".png", static_cast<unsigned>(i)));
  const auto add_all = [&](const fs::path& folder) {
    auto project = Project::open(folder);
    Adding adding(*project, {});
    for (const fs::path& one : files)
      if (!adding.offer(one, one.filename().string(), {}, watch_)) return false;
    return adding.finish().has_value() && project->settle_splits(watch_).has_value();
  };
  size_t most = 0;
  for (const int delay : {20, 60, 120, 200, 300, 450}) {
    const fs::path folder = temporary_.path() / std::to_string(delay);
    ASSERT_TRUE(Project::create(folder, person()));
    const pid_t child = ::fork();
    if (child == 0) ::_exit(add_all(folder) ? 0 : 1);
    std::this_thread::sleep_for(milliseconds(delay));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    auto project = Project::open(folder);
    ASSERT_TRUE(project) << told(project);
    const auto sources = *project->sources();
    EXPECT_EQ(project->samples()->size(), sources.size());
    for (const Source& source : sources) EXPECT_EQ(*sha256_file(source.path), source.sha256);
    most = std::max(most, sources.size());
    ASSERT_TRUE(add_all(folder));
    EXPECT_EQ(Project::open(folder)->samples()->size(), static_cast<size_t>(kFiles));
  }
  EXPECT_GT(most, 0U) << "the kills came too early to show anything";
}

TEST_F(Failure, ADamagedDatabaseIsToldAsSuch) {
  ASSERT_TRUE(add(video_file("v.avi", 40), {1, 4, 3, false}));
  { const Project gone = std::move(project_); }  // closes it, so that the file is all there is
  const std::string whole = *read_file(database());
  const auto open_with = [&](const std::string& bytes) {
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(database().string() + suffix);
    EXPECT_TRUE(write_file(database(), bytes));
    const auto project = Project::open(folder_);
    if (!project) return told(project);
    const auto samples = project->samples();
    return told(samples);
  };
  EXPECT_EQ(open_with(whole), "fine");
  EXPECT_THAT(open_with(""), HasSubstr("damaged or not Dewdrop's"));
  EXPECT_THAT(open_with(std::string(8192, 'x')),
              AllOf(HasSubstr("not an SQLite file"), HasSubstr(".recover")));
  std::string holes = whole;
  for (size_t page = 4096; page < holes.size(); page += 4096)
    holes.replace(page, 64, std::string(64, '\x7f'));
  EXPECT_THAT(open_with(holes), AllOf(HasSubstr("database is damaged"), HasSubstr(database().string())));
  EXPECT_THAT(open_with(whole.substr(0, 6000)), HasSubstr("damaged"));
  EXPECT_EQ(open_with(whole), "fine");
  ASSERT_EQ(run_sql(database(), "PRAGMA user_version = 99"), SQLITE_OK);
  EXPECT_THAT(told(Project::open(folder_)), HasSubstr("newer Dewdrop"));
  ASSERT_EQ(run_sql(database(), "PRAGMA user_version = 1; PRAGMA application_id = 7"), SQLITE_OK);
  EXPECT_THAT(told(Project::open(folder_)), HasSubstr("not Dewdrop's"));
}

}  // namespace
}  // namespace dew
