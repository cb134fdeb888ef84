// base: the promises other rooms build on. Files are whole or absent, processes end, text is safe.
#include "base/base.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

namespace dew {
namespace {

using std::chrono::milliseconds;

TEST(Files, WriteThenReadGivesTheSameBytes) {
  const auto folder = TemporaryFolder::create();
  const fs::path path = folder->path() / "deep" / "file.bin";
  const std::string bytes("a\0b\xff", 4);
  ASSERT_TRUE(write_file(path, bytes));
  EXPECT_EQ(read_file(path), bytes);
  auto copy = *ReplacementFile::create(folder->path() / "copy");
  ASSERT_TRUE(copy.copy_from(path));
  ASSERT_TRUE(copy.place());
  EXPECT_EQ(read_file(folder->path() / "copy"), bytes);
}

TEST(Files, AMissingFileAFolderAndALargeFileAreErrorsThatNameThePath) {
  const auto folder = TemporaryFolder::create();
  const auto missing = read_file(folder->path() / "nothing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().where, (folder->path() / "nothing").string());
  EXPECT_FALSE(read_file(folder->path()));
  ASSERT_TRUE(write_file(folder->path() / "ten", "0123456789"));
  EXPECT_TRUE(read_file(folder->path() / "ten", 10));
  EXPECT_FALSE(read_file(folder->path() / "ten", 9));
}

// A file-size limit stands in for a full disk: write(2) fails half way just the same.
TEST(Files, AFullDiskLeavesTheOldFileAndNoHalfFile) {
  const auto folder = TemporaryFolder::create();
  const fs::path path = folder->path() / "file";
  ASSERT_TRUE(write_file(path, "old"));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{1000, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &tight);
  const auto written = write_file(path, std::string(5000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().fault, Fault::kWork);
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder->path()), fs::directory_iterator()), 1);
}

TEST(Files, AReplacementTakesThePlaceOnlyWhenItIsCommitted) {
  const auto folder = TemporaryFolder::create();
  const fs::path path = folder->path() / "deep" / "file";
  ASSERT_TRUE(write_file(path, "old"));
  {
    auto given_up = ReplacementFile::create(path);
    ASSERT_TRUE(given_up);
    std::fputs("half", given_up->file());
  }
  EXPECT_EQ(read_file(path), "old");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()), 1);

  auto whole = ReplacementFile::create(path);
  ASSERT_TRUE(whole);
  std::fputs("a first try that was longer", whole->file());
  ASSERT_TRUE(whole->clear());
  std::fputs("new", whole->file());
  ASSERT_TRUE(whole->sync());
  EXPECT_EQ(read_file(whole->path()), "new");
  EXPECT_EQ(read_file(path), "old");
  ASSERT_TRUE(whole->commit());
  EXPECT_EQ(read_file(path), "new");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0644));
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()), 1);
}

TEST(Files, ATemporaryFolderThatWasReleasedStays) {
  const auto folder = TemporaryFolder::create();
  fs::path path;
  {
    auto made = TemporaryFolder::create_in(folder->path(), ".new.");
    ASSERT_TRUE(made);
    path = made->path();
    EXPECT_EQ(path.parent_path(), folder->path());
    made->release();
  }
  EXPECT_TRUE(fs::is_directory(path));
  EXPECT_FALSE(TemporaryFolder::create_in(folder->path() / "none", "x"));
}

TEST(Files, ATemporaryFolderGoesWithItsOwner) {
  fs::path path;
  {
    const auto folder = TemporaryFolder::create();
    path = folder->path();
    ASSERT_TRUE(write_file(path / "x", "1"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Hash, Sha256OfTheStandardsExamples) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  const auto folder = TemporaryFolder::create();
  ASSERT_TRUE(write_file(folder->path() / "abc", "abc"));
  EXPECT_EQ(sha256_file(folder->path() / "abc"), sha256("abc"));
  EXPECT_FALSE(sha256_file(folder->path() / "none"));
}

TEST(Process, GivesOutputErrorsAndStatus) {
  const auto result =
      run_process({"sh", "-c", "echo out; echo err >&2; exit 3"}, milliseconds(5000), Watch());
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(result->status, 3);
}

TEST(Process, AMissingProgramPointsToTheDoctor) {
  const auto result = run_process({"no-such-program-anywhere"}, milliseconds(1000), Watch());
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().next.find("doctor"), std::string::npos);
  EXPECT_FALSE(find_program("no-such-program-anywhere"));
  EXPECT_TRUE(find_program("sh"));
}

TEST(Process, IsKilledAtItsDeadlineAndOnInterrupt) {
  const auto late = run_process({"sleep", "60"}, milliseconds(100), Watch());
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().what.find("did not end"), std::string::npos);
  class Impatient : public Watch {
   public:
    [[nodiscard]] bool interrupted() const override { return true; }
  };
  const auto stopped = run_process({"sleep", "60"}, milliseconds(60000), Impatient());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().what, "interrupted");
}

TEST(Text, Helpers) {
  EXPECT_EQ(join({"a", "b"}), "a, b");
  EXPECT_EQ(split_list(" a, b ,,c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(trim(" \n x "), "x");
  EXPECT_EQ(lower("YeS-1"), "yes-1");
  EXPECT_EQ(upper("YeS-1"), "YES-1");
  EXPECT_EQ(with_commas(138240), "138,240");
  EXPECT_EQ(with_commas(-1000), "-1,000");
  EXPECT_EQ(with_commas(7), "7");
}

TEST(Text, EditDistanceIsLevenshteins) {
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("flaw", "lawn"), 2U);
}

TEST(Text, ClosestFindsATypoAndNothingFarAway) {
  EXPECT_EQ(closest("lable", {"label", "train"}), "label");
  EXPECT_EQ(closest("trian", {"label", "train"}), "train");
  EXPECT_EQ(closest("banana", {"label", "train"}), "");
}

TEST(Text, PrintableStopsEscapeSequences) {
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("a\xC2\x9B"
                      "31m"),
            "a\\x9b31m")
      << "the one-character CSI";
  EXPECT_EQ(printable("d\xC3\xA9j\xC3\xA0"), "d\xC3\xA9j\xC3\xA0");
  EXPECT_EQ(printable("d\xC3\xA9", 2), "d...") << "never half a character";
}

TEST(Text, PrintableShowsWhatIsNotText) {
  EXPECT_EQ(printable("a\xff\x80z"), "a\\xff\\x80z") << "bytes that are not UTF-8";
  EXPECT_EQ(printable(std::string(300, '\x80'), 2), "\\x80\\x80...");
  EXPECT_EQ(printable("yes\xE2\x80\xAEon"), "yes\\u202eon") << "right-to-left override";
  EXPECT_EQ(printable("\xE2\x81\xA6x\xE2\x81\xA9"), "\\u2066x\\u2069") << "isolates";
  EXPECT_EQ(printable("\xD7\xA9\xD7\x9C\xF0\x9F\x98\x80"), "\xD7\xA9\xD7\x9C\xF0\x9F\x98\x80")
      << "letters that are written from right to left are no controls";
}

TEST(Text, AccentsAreComposed) {
  EXPECT_EQ(composed("da\xCC\x88mmern"), "d\xC3\xA4mmern");
  EXPECT_EQ(composed("plain"), "plain");
  EXPECT_EQ(composed("\xFF\xFE"), "\xFF\xFE") << "not UTF-8";
}

TEST(Text, AShellGetsOneWord) {
  EXPECT_EQ(shell_quoted("birds/2024-05"), "birds/2024-05");
  EXPECT_EQ(shell_quoted("my birds"), "'my birds'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted("-rf"), "'-rf'");
  EXPECT_EQ(shell_quoted(""), "''");
}

TEST(Text, Base64OfTheStandardsExamples) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

TEST(Text, Base64IsReadBack) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  for (size_t size = 0; size < all.size(); ++size)
    EXPECT_EQ(from_base64(base64(all.substr(0, size))), all.substr(0, size));
  for (const char* wrong : {"Zg", "Zg=", "Z===", "Zh==", "Z g=", "Zg==Zg==", "Zm9v\n"})
    EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace dew
