// The verbs `new` and `add`: what is taken of what people have, and what is said about the rest.
#include "verbs/project/project.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "tests/media/archives.h"
#include "tests/verbs/adding.h"
#include "verbs/common/picture_files.h"
#include "verbs/review/review.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Adding : public AddingTest {
 protected:
  Adding() { make({"cat", "dog"}); }
  Result<AddOutcome> add(const std::vector<std::string>& names) { return verbs::add(args(names), watch_); }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const Sample& sample : samples()) found.push_back(sample.name);
    return found;
  }
  Result<ImportLabelsOutcome> import(const std::string& table, bool skip_unknown = false) {
    return import_labels({project(), file("labels.csv", table), "ada", skip_unknown}, watch_);
  }
};

TEST_F(Adding, APersonsLabelFindsItsPictureByFolder) {
  picture("A/IMG_0001.png", 1);
  picture("B/IMG_0001.png", 2);
  ASSERT_EQ(error_of(add({"A", "B"})), "fine");
  EXPECT_THAT(names(), ElementsAre("A/IMG_0001.png", "B/IMG_0001.png"));
  ASSERT_EQ(error_of(import("B/IMG_0001.png,dog\n")), "fine");
  EXPECT_THAT(labels(), ElementsAre("B/IMG_0001.png=dog"));
  EXPECT_THAT(error_of(import("IMG_0001.png,dog\n")),
              AllOf(HasSubstr("could be"), HasSubstr("A/IMG_0001.png' or '"), HasSubstr("B/IMG_0001.png'")));
  EXPECT_EQ(add({"A", "B"})->samples_added, 0);
}

TEST_F(Adding, FoldersAddedOneAfterTheOther) {
  picture("A/IMG_0001.png", 1);
  picture("B/IMG_0001.png", 2);
  ASSERT_EQ(error_of(add({"A"})), "fine");
  ASSERT_EQ(error_of(add({"B"})), "fine");
  EXPECT_THAT(names(), ElementsAre("IMG_0001.png", "B/IMG_0001.png"));
  ASSERT_EQ(error_of(import("B/IMG_0001.png,dog\nA/IMG_0001.png,cat\n")), "fine");
  EXPECT_THAT(labels(), ElementsAre("IMG_0001.png=cat", "B/IMG_0001.png=dog"));
}

TEST_F(Adding, ATableMayNameTheCopy) {
  picture("dup/a.png", 1);
  picture("dup/b.png", 2);
  picture("dup/copy.png", 1);
  ASSERT_EQ(error_of(add({"dup"})), "fine");
  ASSERT_EQ(error_of(import("a.png,cat\nb.png,dog\ncopy.png,cat\n")), "fine");
  EXPECT_THAT(labels(), ElementsAre("a.png=cat", "b.png=dog"));
  EXPECT_THAT(error_of(import("a.png,cat\ncopy.png,dog\n")), HasSubstr("labelled twice"));
}

TEST_F(Adding, UnknownLinesCanBeLeftOut) {
  picture("p/a.png", 1);
  ASSERT_EQ(error_of(add({"p"})), "fine");
  const std::string table = "x.png,cat\na.png,dog\ny.png,cat\n";
  EXPECT_THAT(error_of(import(table)), HasSubstr("2 lines do not name one sample"));
  EXPECT_TRUE(labels().empty());
  const auto taken = import(table, true);
  ASSERT_EQ(error_of(taken), "fine");
  EXPECT_EQ(taken->imported, 1);
  EXPECT_EQ(taken->unknown, 2);
  EXPECT_THAT(taken->first_unknown, ElementsAre("x.png", "y.png"));
  EXPECT_THAT(labels(), ElementsAre("a.png=dog"));
}

TEST_F(Adding, EveryFileOfAFolderIsAccountedFor) {
  picture("p/a.png", 1);
  picture("p/named_wrongly.dat", 2);
  file("p/notes.txt", "hello");
  file("p/text.jpg", "hello");
  file("p/empty.png", "");
  file("p/half.png", encode_png(noise(32, 24, 3)).substr(0, 900));
  picture("elsewhere/b.png", 4);
  fs::create_directory_symlink(folder() / "elsewhere", folder() / "p" / "link");
  fs::create_symlink(folder() / "nowhere", folder() / "p" / "broken.png");
  ASSERT_EQ(::mkfifo((folder() / "p" / "pipe.png").c_str(), 0600), 0);
  for (const char* theirs : {".thumbnails/t.png", "@eaDir/t.png", ".git/t.png", "__MACOSX/t.png",
                             ".dewdrop/t.png", "._a.png", ".DS_Store"})
    picture(std::string("p/") + theirs, 5);
  const auto added = add({"p"});
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 2);
  const LeftOuts& out = added->left_out;
  EXPECT_EQ(out.count(LeftOut::kNotMedia), 2) << "the text, the pipe";
  EXPECT_EQ(out.count(LeftOut::kOther), 1) << "the notes";
  EXPECT_EQ(out.count(LeftOut::kEmpty), 1);
  EXPECT_EQ(out.count(LeftOut::kUndecodable), 1);
  EXPECT_EQ(out.count(LeftOut::kLinkedFolder), 1);
  EXPECT_EQ(out.count(LeftOut::kMissing), 1);
  EXPECT_EQ(out.count(LeftOut::kPassedOver), 7);
  EXPECT_EQ(added->skipped, 6);
  const Json json = to_json(*added);
  EXPECT_EQ(json["left_out"]["linked_folder"]["count"], 1);
  EXPECT_EQ(json["left_out"]["linked_folder"]["first"][0], (folder() / "p" / "link").string());
  EXPECT_THAT(json["left_out"]["linked_folder"]["next"].get<std::string>(), HasSubstr("by their own paths"));
  EXPECT_THAT(lines_about(out).at(0), HasSubstr("broken.png"));
}

/// A folder of frames that another tool took from a video, half a second apart.
TEST_F(Adding, FramesOfAVideoHaveNoNeighboursAcrossSplits) {
  if (!fs::exists(kVtest)) GTEST_SKIP() << "NOT TESTED: " << kVtest << " is not here";
  std::vector<int64_t> numbers;
  for (int64_t frame = 0; frame < 795; frame += 5) numbers.push_back(frame);
  const auto keep = [&](int64_t number, const Image& frame) {
    return write_file(folder() / "frames" / fmt::format("vtest.avi-frame{}.jpg", number), encode_jpeg(frame));
  };
  ASSERT_TRUE(read_frames(kVtest, numbers, keep, watch_));
  const auto outcome = add({"frames"});
  ASSERT_TRUE(outcome) << error_of(outcome);
  EXPECT_TRUE(some_hold(watch_.informed, "1 series of 159 pictures"));
  EXPECT_EQ(outcome->grouped.series, 1);
  EXPECT_EQ(outcome->grouped.series_pictures, std::ssize(numbers));
  EXPECT_EQ(to_json(*outcome)["grouped"]["series"], 1);
  std::map<int64_t, Split> splits;
  const auto samples = *Project::open(project())->samples();
  for (const Sample& sample : samples) splits[std::stoll(sample.name.substr(15))] = sample.split;
  int changes = 0;
  for (size_t i = 1; i < numbers.size(); ++i) changes += splits[numbers[i]] != splits[numbers[i - 1]] ? 1 : 0;
  EXPECT_EQ(changes, 2);
  const auto tests =
      std::count_if(splits.begin(), splits.end(), [](const auto& one) { return one.second == Split::kTest; });
  EXPECT_NEAR(static_cast<double>(tests), 0.3 * static_cast<double>(numbers.size()), 10);
}

TEST_F(Adding, AFolderThatMayNotBeReadIsNamed) {
  if (::geteuid() == 0) GTEST_SKIP() << "NOT TESTED: root may read everything";
  picture("p/a.png", 1);
  picture("p/closed/b.png", 2);
  ::chmod((folder() / "p/closed").c_str(), 0);
  const auto added = add({"p"});
  ::chmod((folder() / "p/closed").c_str(), 0700);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->left_out.count(LeftOut::kUnreadableFolder), 1);
}

TEST_F(Adding, AListIsTreatedAsAFolderIs) {
  picture("a.png", 1);
  picture("c.png", 2);
  file("bad.png", "hello");
  const auto added = add({"a.png", "bad.png", "gone.png", "c.png"});
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 2);
  EXPECT_EQ(added->skipped, 2);
  EXPECT_TRUE(some_hold(watch_.warned, "bad.png"));
  EXPECT_TRUE(some_hold(watch_.warned, "gone.png"));
  EXPECT_TRUE(some_hold(watch_.begun, "adding files"));
  EXPECT_THAT(error_of(add({"bad.png"})), HasSubstr("it is text"));
  EXPECT_THAT(error_of(add({"gone.png"})), HasSubstr("no such file"));
  EXPECT_THAT(error_of(add({"bad.png", "gone.png"})), HasSubstr("no file could be read"));
}

TEST_F(Adding, AFileThatCannotBeWrittenEndsTheWork) {
  for (int i = 0; i < 5; ++i) file("p/" + std::to_string(i) + ".png", encode_png(noise(200, 100, i)));
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{30'000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  const auto added = add({"p"});
  ::setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().fault, Fault::kWork);
  EXPECT_THAT(error_of(added), AnyOf(HasSubstr("File too large"), HasSubstr("the disk is full")));
  EXPECT_TRUE(watch_.warned.empty()) << "no picture is to blame";
  EXPECT_EQ(add({"p"})->samples_added, 5);
}

TEST_F(Adding, AnArchiveInAFolderIsCountedAndNamedAsOne) {
  picture("p/a.png", 1);
  write_archive(folder() / "p/more.zip", "zip", {{"b.png", "x"}});
  const auto added = add({"p"});
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->skipped, 1);
  EXPECT_EQ(added->left_out.count(LeftOut::kInnerArchive), 1);
  EXPECT_THAT(lines_about(added->left_out).at(0), HasSubstr("give each by itself"));
}

TEST_F(Adding, SeeThroughPartsArePutOnWhiteAndThatIsSaidOnce) {
  file("d/a.avif", read_file(kCases / "alpha.avif").value());
  picture("d/b.png", 1);
  const auto said = [&] {
    return std::count_if(watch_.informed.begin(), watch_.informed.end(),
                         [](const auto& line) { return line.find("put on white") != std::string::npos; });
  };
  const auto added = add({"d"});
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(to_json(*added)["transparent"], 1);
  EXPECT_EQ(said(), 1);
  EXPECT_EQ(add({"d"})->transparent, 0) << "it was there before";
  EXPECT_EQ(said(), 1);
}

TEST_F(Adding, NamesAreEscapedBeforeATerminal) {
  picture("p/a.png", 1);
  picture("p/x\x1b[31m\ny.png", 2);
  const auto added = add({"p"});
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->left_out.count(LeftOut::kName), 1);
  for (const std::string& text : watch_.warned) EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(lines_about(added->left_out).at(0), HasSubstr("\\x1b[31m\\x0ay.png"));
}

TEST_F(Adding, PicturesAtAFolderLeavesOutTheRestAloud) {
  picture("p/a.png", 1);
  picture("p/__MACOSX/._a.png", 2);
  file("p/notes.txt", "hello");
  const auto found = pictures_at(folder() / "p", watch_);
  ASSERT_EQ(error_of(found), "fine");
  EXPECT_THAT(*found, ElementsAre(folder() / "p/a.png"));
  EXPECT_TRUE(some_hold(watch_.warned, "__MACOSX"));
  EXPECT_TRUE(some_hold(watch_.warned, "notes.txt"));
}

TEST(New, AFoldersNameBecomesTheProjects) {
  const TemporaryFolder temporary = *TemporaryFolder::create();
  Watch watch;
  const auto name_of = [&](const std::string& folder) {
    NewArgs args{temporary.path() / folder, {}};
    args.settings.question = "?";
    args.settings.classes = {"a", "b"};
    const auto made = create_project(args, watch);
    return made ? made->settings.name : error_of(made);
  };
  EXPECT_EQ(name_of("my birds v1.2"), "my-birds-v1-2");
  EXPECT_EQ(name_of("Z\u00e4hler"), "Zahler");
  EXPECT_EQ(name_of("Za\u0308hler 2"), "Zahler-2");
  EXPECT_EQ(name_of("\u9ce5"), "project");
  EXPECT_EQ(name_of("bird_2-x"), "bird_2-x");
  EXPECT_EQ(name_of(std::string(100, 'a')), std::string(64, 'a'));
}

TEST_F(AddingTest, WhereNewStopsWhileItAddsAddGoesOn) {
  for (unsigned i = 0; i < 3; ++i) picture(fmt::format("pics/{}.png", i), i);
  NewArgs fresh{project(), {}};
  fresh.settings.question = "A cat?";
  fresh.settings.classes = {"cat", "dog"};
  fresh.data = {folder() / "pics"};
  watch_.questions = 0;
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  ASSERT_TRUE(made->stopped);
  EXPECT_EQ(
      made->stopped->next,
      fmt::format(
          "run dewdrop -C {} add {}, with the other options of this command: it continues where it stopped",
          project().string(), (folder() / "pics").string()));
  watch_.questions = std::numeric_limits<int64_t>::max();
  EXPECT_NE(error_of(create_project(fresh, watch_)), "fine") << "the project is there";
  EXPECT_EQ(verbs::add(args({"pics"}), watch_)->samples_added, 3);
}

TEST(New, ABoardThatNothingKnowsIsRefusedAtOnce) {
  const auto folder = TemporaryFolder::create();
  NewArgs args;
  args.folder = folder->path() / "p";
  args.settings.question = "Which?";
  args.settings.classes = {"a", "b"};
  args.settings.board = "esp32s33";
  Watch watch;
  EXPECT_THAT(error_of(create_project(args, watch)), HasSubstr("did you mean esp32 or esp32s3?"));
  EXPECT_FALSE(fs::exists(args.folder));
  args.settings.board = "XIAO ESP32S3 Sense";
  EXPECT_EQ(error_of(create_project(args, watch)), "fine");
}

TEST_F(Adding, AProjectInAnotherOneIsTold) {
  picture("project/holiday/a.png", 1);
  NewArgs inner{project() / "deep" / "inner", {}};
  inner.settings.question = "?";
  inner.settings.classes = {"a", "b"};
  for (const char* others : {"", "deep/..", ".dewdrop/media", "runs/0001"}) {
    inner.data = {project() / others};
    fs::create_directories(inner.data[0]);
    EXPECT_THAT(error_of(create_project(inner, watch_)),
                HasSubstr("would add the files of the project around the new one"))
        << others;
  }
  EXPECT_FALSE(fs::exists(inner.folder));
  EXPECT_FALSE(some_hold(watch_.warned, "lies in the project"));
  inner.data = {project() / "holiday"};
  ASSERT_EQ(error_of(create_project(inner, watch_)), "fine");
  EXPECT_TRUE(some_hold(watch_.warned, "inner lies in the project " + project().string()));
}

// Real files from phones, where they are.
TEST_F(Adding, AnIPhonesFolderGivesThreeSamples) {
  const fs::path phone = fs::path(DEWDROP_SOURCE_DIR) / ".." / "shared" / "cases" / "media" / "iphone_folder";
  if (!fs::exists(phone)) GTEST_SKIP() << "NOT TESTED: the shared cases are absent";
  AddArgs args;
  args.project = project();
  args.files = {phone};
  const auto added = verbs::add(args, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->samples_added, 2);
  EXPECT_EQ(added->already_there, 1) << "the two photos are the same, byte for byte";
  EXPECT_EQ(added->skipped, 0);
}

}  // namespace
}  // namespace dew::verbs
