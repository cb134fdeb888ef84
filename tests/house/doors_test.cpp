// cmake/Doors.cmake: this repository keeps its rules, and a tree that breaks one fails with file and line.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "base/base.h"

namespace dew::testing {
namespace {

using ::testing::HasSubstr;

const fs::path kSource = DEWDROP_SOURCE_DIR;

/// Three rooms that keep every rule; a test breaks one.
std::map<std::string, std::string> good_house() {
  return {
      {"CMakeLists.txt", "set(DEWDROP_ROOMS low mid top)\n"},
      {"src/low/CMakeLists.txt", "dew_room(low SOURCES low.cpp DOORS low.h more.h)\n"},
      {"src/low/low.h", "#pragma once\n#include <string>\n\n#include \"low/more.h\"\n"},
      {"src/low/more.h", "#pragma once\n"},
      {"src/low/inside.h", "#pragma once\n"},
      {"src/low/low.cpp", "#include \"low/low.h\"\n#include \"low/inside.h\"\n"},
      {"src/mid/CMakeLists.txt",
       "dew_room(mid SOURCES part/part.cpp\n  DOORS part/part.h  # a folder's door\n  USES low)\n"},
      {"src/mid/part/part.h", "#pragma once\n#include \"low/more.h\"\n"},
      {"src/mid/part/plan.h", "#pragma once\n"},
      {"src/mid/part/part.cpp", "#include \"mid/part/part.h\"\n\n#include \"mid/part/plan.h\"\n"},
      {"src/top/CMakeLists.txt", "dew_room(top SOURCES top.cpp USES low mid LIBS ${SOME_LIBRARY})\n"},
      {"src/top/top.cpp", "#include \"low/low.h\"\n#include \"mid/part/part.h\"\n"},
      {"tests/low/low_test.cpp", "#include \"low/inside.h\"\n#include \"mid/part/part.h\"\n"},
      {"examples/small/main.cpp", "#include \"mid/part/part.h\"\n"},
      {"HACKING.md",
       "# The map\n\n"
       "| room | doors | uses |\n|---|---|---|\n"
       "| low | `low.h`, `more.h` |  |\n| mid | `part/part.h` | low |\n| top |  | low, mid |\n\n"
       "**low/** - below\n\n**mid/** - between\n\n**top/** - above\n"},
  };
}

ProcessResult check(const fs::path& root, const std::vector<std::string>& options = {}) {
  std::vector<std::string> argv{CMAKE_BINARY, "-DROOT=" + root.string()};
  argv.insert(argv.end(), options.begin(), options.end());
  argv.insert(argv.end(), {"-P", kSource / "cmake" / "Doors.cmake"});
  return run_process(argv, std::chrono::minutes(1), Watch()).value();
}

class Doors : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const auto& [name, text] : good_house()) write(name, text);
  }
  void write(const std::string& name, const std::string& text) const {
    ASSERT_TRUE(write_file(folder_.path() / name, text));
  }
  void add(const std::string& name, const std::string& line) const {
    write(name, good_house().at(name) + line + "\n");
  }
  void replace(const std::string& name, const std::string& from, const std::string& to) const {
    std::string text = good_house().at(name);
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos);
    write(name, text.replace(at, from.size(), to));
  }
  void expect_fault(const std::string& fault) const {
    const ProcessResult result = check(folder_.path());
    EXPECT_NE(result.status, 0);
    EXPECT_THAT(result.errors, HasSubstr(fault));
  }
  const TemporaryFolder folder_ = TemporaryFolder::create().value();
};

TEST(TheHouse, KeepsItsDoors) {
  const ProcessResult result = check(kSource);
  EXPECT_EQ(result.status, 0) << result.errors;
}

TEST_F(Doors, AGoodHousePasses) {
  const ProcessResult result = check(folder_.path());
  EXPECT_EQ(result.status, 0) << result.errors;
}

TEST_F(Doors, AnotherRoomsPrivateHeader) {
  add("src/top/top.cpp", "\n#include \"low/inside.h\"");
  expect_fault("src/top/top.cpp:4: inside.h is not a door of low; its doors are low.h, more.h\n");
}

TEST_F(Doors, ThePrivateHeaderOfAnotherRoomsFolder) {
  add("src/top/top.cpp", "#include <mid/part/plan.h>");
  expect_fault("src/top/top.cpp:3: part/plan.h is not a door of mid");
}

TEST_F(Doors, APathThatLeavesTheRoom) {
  add("src/top/top.cpp", "  #  include \"../low/inside.h\"");
  expect_fault("src/top/top.cpp:3: inside.h is not a door of low");
}

TEST_F(Doors, ARoomThatIsNotInUses) {
  replace("src/top/CMakeLists.txt", "USES low mid", "USES mid");
  expect_fault("src/top/top.cpp:1: top does not list low in its USES\n");
}

TEST_F(Doors, AnArrowAgainstTheOrder) {
  replace("CMakeLists.txt", "low mid top", "mid low top");
  expect_fault("src/mid/CMakeLists.txt:3: mid uses low, which does not come before it in DEWDROP_ROOMS\n");
}

TEST_F(Doors, ACycle) {
  replace("src/low/CMakeLists.txt", ")", " USES mid)");
  add("src/low/low.cpp", "#include \"mid/part/part.h\"");
  expect_fault("src/low/CMakeLists.txt:1: low uses mid, which does not come before it in DEWDROP_ROOMS\n");
}

TEST_F(Doors, AnArrowThatIsNotNeeded) {
  write("src/top/top.cpp", "#include \"mid/part/part.h\"\n");
  expect_fault("src/top/CMakeLists.txt:1: top lists low in its USES, but includes nothing from it\n");
}

TEST_F(Doors, APrivateHeaderThroughADoor) {
  add("src/low/low.h", "#include \"low/inside.h\"");
  expect_fault("src/low/low.h:5: a door of low includes its private header inside.h\n");
}

TEST_F(Doors, ADoorThatIsNotThere) {
  replace("src/mid/CMakeLists.txt", "part/part.h ", "part/part.h part/gone.h ");
  expect_fault("src/mid/CMakeLists.txt:2: the door part/gone.h does not exist\n");
}

TEST_F(Doors, AFolderThatIsNotARoom) {
  write("src/shed/shed.h", "#pragma once\n");
  expect_fault("src/shed is not in DEWDROP_ROOMS");
}

TEST_F(Doors, AStageUsesAnotherOnesDoorsOnly) {
  write("src/mid/other/other.cpp", "#include \"mid/part/part.h\"\n#include \"mid/common/shared.h\"\n");
  write("src/mid/common/shared.h", "#pragma once\n");
  EXPECT_EQ(check(folder_.path()).status, 0);
  write("src/mid/other/other.cpp", "#include \"mid/part/plan.h\"\n");
  expect_fault("src/mid/other/other.cpp:1: part/plan.h is private to another stage of mid");
}

TEST_F(Doors, TestsOfAnotherRoomAndExamplesGoThroughDoors) {
  add("tests/low/low_test.cpp", "#include \"mid/part/plan.h\"");
  expect_fault("tests/low/low_test.cpp:3: part/plan.h is not a door of mid");
  add("examples/small/main.cpp", "#include \"low/inside.h\"");
  expect_fault("examples/small/main.cpp:2: inside.h is not a door of low");
}

TEST_F(Doors, AMapThatIsOutOfDate) {
  replace("src/low/CMakeLists.txt", "low.h more.h", "low.h more.h inside.h");
  expect_fault("HACKING.md:3: this table does not match the rooms");
  EXPECT_EQ(check(folder_.path(), {"-DWRITE=ON"}).status, 0);
  EXPECT_THAT(read_file(folder_.path() / "HACKING.md").value(),
              HasSubstr("| low | `low.h`, `more.h`, `inside.h` |  |\n| mid |"));
  EXPECT_EQ(check(folder_.path()).status, 0);
}

TEST_F(Doors, AMapWithoutATableOrARoom) {
  replace("HACKING.md", "| low | `low.h`, `more.h` |  |\n", "");
  expect_fault("HACKING.md:3: this table does not match the rooms");
  replace("HACKING.md", "| room |", "| rooms |");
  expect_fault("HACKING.md:1: this table does not match the rooms");
  replace("HACKING.md", "**mid/**", "mid");
  expect_fault("the map describes the rooms low;top; in CMakeLists.txt they are low;mid;top");
}

/// What a verb does belongs to src/verbs: the command line stays small enough to read at a sitting.
TEST(CommandLine, StaysSmall) {
  constexpr std::ptrdiff_t kMostLines = 2400;  // seventeen verbs, 70 lines each, and what they share
  std::ptrdiff_t lines = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "src" / "cli")) {
    const fs::path ending = entry.path().extension();
    if (ending != ".h" && ending != ".cpp") continue;
    const std::string text = read_file(entry.path()).value();
    lines += std::count(text.begin(), text.end(), '\n');
  }
  EXPECT_GT(lines, 0);
  EXPECT_LE(lines, kMostLines);
}

}  // namespace
}  // namespace dew::testing
