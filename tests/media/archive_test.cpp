// Archives from anywhere: what comes out of them, and what does not.
#include "media/archive.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <map>

#include "media/entry_name.h"
#include "media/utf8_thread.h"
#include "tests/media/archives.h"
#include "tests/media/samples.h"

namespace dew {
namespace {

using namespace dew::testing;
using media::clean_entry_name;
using media::NameBytes;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

/// Without waiting for the disk.
void put(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

using Files = std::map<std::string, std::string>;
using Outcome = Result<tl::expected<Unpacked, RefusedArchive>>;

class Archives : public ::testing::Test {
 protected:
  TemporaryFolder temporary_ = *TemporaryFolder::create();
  fs::path folder_ = temporary_.path();
  fs::path into_ = folder_ / "into";
  ArchiveLimits limits_{.keep_free = 0};
  Watch watch_;

  void SetUp() override { fs::create_directory(into_); }

  Outcome unpack_it(const fs::path& archive) { return unpack(archive, into_, limits_, watch_); }

  /// All files that came out of it.
  static Files files_of(const Unpacked& unpacked) {
    Files files;
    for (const auto& entry : fs::recursive_directory_iterator(unpacked.root))
      if (!entry.is_directory())
        files[entry.path().lexically_relative(unpacked.root).string()] = *read_file(entry.path());
    return files;
  }

  Files files_in(const fs::path& archive) {
    const Outcome outcome = unpack_it(archive);
    EXPECT_TRUE(outcome && *outcome) << why(outcome);
    if (!outcome || !*outcome) return {};
    Files files = files_of(**outcome);
    EXPECT_EQ((*outcome)->files, std::ssize(files));
    return files;
  }

  static std::string why(const Outcome& outcome) {
    if (!outcome) return "stopped: " + told(Result<void>(tl::unexpected(outcome.error())));
    return *outcome ? "fine" : told(Result<void>(tl::unexpected(outcome->error().error)));
  }

  /// The refusal of an archive that left nothing behind.
  std::optional<ArchiveRefusal> refusal_of(const fs::path& archive, const std::string& words) {
    const Outcome outcome = unpack_it(archive);
    EXPECT_THAT(why(outcome), AllOf(HasSubstr(words), HasSubstr(archive.filename().string())));
    EXPECT_TRUE(fs::is_empty(into_));
    if (!outcome || *outcome) return std::nullopt;
    EXPECT_FALSE(outcome->error().error.next.empty());
    return outcome->error().why;
  }

  std::map<LeftOutEntry, std::vector<std::string>> left_out_of(const fs::path& archive) {
    const Outcome outcome = unpack_it(archive);
    std::map<LeftOutEntry, std::vector<std::string>> names;
    if (!outcome || !*outcome) {
      ADD_FAILURE() << why(outcome);
      return names;
    }
    for (const auto& [reason, entries] : (*outcome)->left_out) {
      names[reason] = entries.first;
      EXPECT_EQ(entries.count, std::ssize(entries.first));
    }
    return names;
  }
};

const std::vector<Entry> kPictures{{"a.jpg", "first"}, {"cats/", "", AE_IFDIR}, {"cats/b.jpg", "second"}};
const Files kPictureFiles{{"a.jpg", "first"}, {"cats/b.jpg", "second"}};

std::string noise_bytes(size_t count) {
  std::mt19937 random(7);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

TEST_F(Archives, EachFormatUnpacks) {
  struct Way {
    std::string format, filter, options;
  };
  for (const Way& way :
       {Way{"zip", "", "zip:compression=store"}, Way{"zip", "", "zip:compression=deflate"},
        Way{"zip", "", "zip:zip64"}, Way{"pax", "", ""}, Way{"ustar", "", ""}, Way{"v7tar", "", ""},
        Way{"gnutar", "", ""}, Way{"pax", "gzip", ""}, Way{"pax", "bzip2", ""}, Way{"pax", "xz", ""},
        Way{"pax", "zstd", ""}, Way{"v7tar", "gzip", ""}, Way{"7zip", "", ""}}) {
    SCOPED_TRACE(way.format + " " + way.filter + " " + way.options);
    const fs::path archive = folder_ / "no-ending";
    write_archive(archive, way.format, kPictures, way.filter, way.options);
    EXPECT_TRUE(is_archive(archive));
    EXPECT_EQ(files_in(archive), kPictureFiles);
    EXPECT_TRUE(left_out_of(archive).empty());
  }
}

TEST_F(Archives, MediaAndTextAreNoArchives) {
  const fs::path file = folder_ / "file.zip";
  for (const std::string& bytes :
       {std::string("\xFF\xD8\xFF\xE0"),
        std::string("\0\0\0\x18"
                    "ftypheic",
                    12),
        std::string("PK"), std::string(1024, '\0'), std::string(1024, 'x'),
        std::string("\x1F\x8B\x08 not really"), std::string("name;class\na.jpg;cat\n"), std::string()}) {
    put(file, bytes);
    EXPECT_FALSE(is_archive(file)) << printable(bytes);
  }
  EXPECT_FALSE(is_archive(folder_));
  EXPECT_FALSE(is_archive(folder_ / "missing.zip"));
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases))
    EXPECT_FALSE(is_archive(entry)) << entry;
}

TEST_F(Archives, AFileCompressedAloneIsNoArchive) {
  const fs::path file = folder_ / "labels.csv.gz";
  write_archive(file, "raw", {{"labels.csv", "name;class\n" + noise_bytes(2000)}}, "gzip");
  EXPECT_FALSE(is_archive(file));
}

TEST_F(Archives, ATarWhoseFirstNameLooksLikeAPictureIsOne) {
  const fs::path archive = folder_ / "a.tar";
  write_archive(archive, "ustar", {{"GIF89a.jpg", "first"}});
  EXPECT_TRUE(is_archive(archive));
  EXPECT_EQ(files_in(archive), (Files{{"GIF89a.jpg", "first"}}));
}

TEST_F(Archives, LongNamesAndUmlautsStay) {
  const std::string deep = std::string(150, 'd') + "/" + std::string(150, 'e') + "/Grüße aus Köln – 猫.jpg";
  for (const std::string format : {"zip", "pax", "gnutar", "7zip"}) {
    SCOPED_TRACE(format);
    {
      const media::Utf8Thread as_on_a_desktop;
      write_archive(folder_ / "a", format, {{deep, "first"}});
    }
    EXPECT_EQ(files_in(folder_ / "a"), (Files{{deep, "first"}}));
  }
}

TEST_F(Archives, NamesInOtherCharsetsBecomeUtf8) {
  write_archive(folder_ / "a.zip", "zip", {{"K\x94ln.jpg", "first"}});
  EXPECT_EQ(files_in(folder_ / "a.zip"), (Files{{"Köln.jpg", "first"}}));
  write_archive(folder_ / "a.tar", "ustar", {{"K\xF6ln.jpg", "first"}});
  EXPECT_EQ(files_in(folder_ / "a.tar"), (Files{{"K%F6ln.jpg", "first"}}));
}

TEST_F(Archives, NoNameLeadsOutside) {
  const std::vector<Entry> entries{{"../../up.jpg", "1"},
                                   {"/abs/olute.jpg", "2"},
                                   {"C:\\win\\dows.jpg", "3"},
                                   {"a/../../b.jpg", "4"},
                                   {"new\nline\x1B[31m.jpg", "5"}};
  const Files expected{{"up.jpg", "1"},
                       {"abs/olute.jpg", "2"},
                       {"win/dows.jpg", "3"},
                       {"b.jpg", "4"},
                       {"new%0Aline%1B[31m.jpg", "5"}};
  for (const std::string format : {"zip", "pax", "ustar"}) {
    SCOPED_TRACE(format);
    write_archive(folder_ / "a", format, entries);
    EXPECT_EQ(files_in(folder_ / "a"), expected);
  }
}

TEST(EntryNames, AreCleaned) {
  const auto clean = [](std::string_view raw) { return clean_entry_name(raw, NameBytes::kUnknown); };
  EXPECT_EQ(clean("./a//b.jpg"), "a/b.jpg");
  EXPECT_EQ(clean("a/./../b.jpg"), "b.jpg");
  EXPECT_EQ(clean("c:/b.jpg"), "b.jpg");
  EXPECT_EQ(clean("c:b.jpg"), "c:b.jpg");
  EXPECT_EQ(clean("\\\\server\\share\\b.jpg"), "server/share/b.jpg");
  EXPECT_EQ(clean(std::string_view("a\0b", 3)), "a%00b");
  EXPECT_EQ(clean("..."), "...");
  EXPECT_EQ(clean(".."), std::nullopt);
  EXPECT_EQ(clean("/"), std::nullopt);
  EXPECT_EQ(clean(""), std::nullopt);
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "d/";
  EXPECT_EQ(clean(deep), std::nullopt);
}

TEST(EntryNames, ThatAreTooLongKeepTheirEndingAndStayApart) {
  std::string stem;
  for (int i = 0; i < 100; ++i) stem += "猫";
  const auto one = clean_entry_name(stem + "1.jpg", NameBytes::kUnknown);
  const auto other = clean_entry_name(stem + "2.jpg", NameBytes::kUnknown);
  ASSERT_TRUE(one && other);
  EXPECT_LE(one->size(), 255);
  EXPECT_TRUE(one->ends_with(".jpg"));
  EXPECT_TRUE(one->starts_with("猫猫猫"));
  EXPECT_NE(*one, *other);
  EXPECT_EQ(clean_entry_name(*one, NameBytes::kUnknown), *one);
}

TEST_F(Archives, LinksDevicesAndOtherProgramsFilesAreLeftOut) {
  const fs::path archive = folder_ / "a.tar";
  write_archive(archive, "pax",
                {{"a.jpg", "first"},
                 {"soft.jpg", "", AE_IFLNK, "/etc/passwd"},
                 {"hard.jpg", "", AE_IFREG, "a.jpg", true},
                 {"null", "", AE_IFCHR},
                 {"pipe", "", AE_IFIFO},
                 {"__MACOSX/._a.jpg", "fork"},
                 {"x/.DS_Store", "store"},
                 {"..", "nothing"}});
  EXPECT_EQ(files_in(archive), (Files{{"a.jpg", "first"}}));
  EXPECT_THAT(left_out_of(archive),
              ElementsAre(Pair(LeftOutEntry::kPassedOver, ElementsAre("__MACOSX/._a.jpg", "x/.DS_Store")),
                          Pair(LeftOutEntry::kLink, ElementsAre("soft.jpg", "hard.jpg")),
                          Pair(LeftOutEntry::kDevice, ElementsAre("null", "pipe")),
                          Pair(LeftOutEntry::kName, ElementsAre(".."))));
}

TEST_F(Archives, NothingIsWrittenThroughALink) {
  for (const std::string format : {"pax", "zip"}) {
    write_archive(folder_ / "a", format,
                  {{"out", "", AE_IFLNK, folder_.string()}, {"out/escaped.jpg", "first"}});
    EXPECT_EQ(files_in(folder_ / "a"), (Files{{"out/escaped.jpg", "first"}}));
    EXPECT_FALSE(fs::exists(folder_ / "escaped.jpg"));
  }
}

TEST_F(Archives, TheLastOfOneNameStands) {
  for (const std::string format : {"pax", "zip"}) {
    const fs::path archive = folder_ / "a";
    write_archive(archive, format, {{"a.jpg", "long first"}, {"b.jpg", "b"}, {"./a.jpg", "last"}});
    EXPECT_EQ(files_in(archive), (Files{{"a.jpg", "last"}, {"b.jpg", "b"}}));
    EXPECT_THAT(left_out_of(archive), ElementsAre(Pair(LeftOutEntry::kReplaced, ElementsAre("./a.jpg"))));
  }
}

TEST_F(Archives, AFileAndAFolderOfOneNameDoNotMeet) {
  const fs::path archive = folder_ / "a.tar";
  write_archive(archive, "pax", {{"a", "file"}, {"a/b.jpg", "below"}, {"c/d.jpg", "below"}, {"c", "file"}});
  EXPECT_EQ(files_in(archive), (Files{{"a", "file"}, {"c/d.jpg", "below"}}));
  EXPECT_THAT(left_out_of(archive), ElementsAre(Pair(LeftOutEntry::kNameTaken, ElementsAre("a/b.jpg", "c"))));
}

TEST_F(Archives, ArchivesInsideAreLeftOut) {
  write_archive(folder_ / "inner.tar.gz", "pax", kPictures, "gzip");
  write_archive(folder_ / "inner.zip", "zip", kPictures);
  const fs::path archive = folder_ / "a.zip";
  write_archive(archive, "zip",
                {{"more.tgz", *read_file(folder_ / "inner.tar.gz")},
                 {"more.jpg", *read_file(folder_ / "inner.zip")},
                 {"labels.csv", "a;b"}});
  EXPECT_EQ(files_in(archive), (Files{{"labels.csv", "a;b"}}));
  EXPECT_THAT(left_out_of(archive),
              ElementsAre(Pair(LeftOutEntry::kArchive, ElementsAre("more.tgz", "more.jpg"))));
}

TEST_F(Archives, FilesHaveTheTimeOfTheArchive) {
  const fs::path archive = folder_ / "a.zip";
  write_archive(archive, "zip", kPictures);
  const auto then = fs::last_write_time(archive) - std::chrono::hours(1000);
  fs::last_write_time(archive, then);
  const Outcome outcome = unpack_it(archive);
  ASSERT_TRUE(outcome && *outcome) << why(outcome);
  EXPECT_EQ(fs::last_write_time((*outcome)->root / "a.jpg"), then);
  EXPECT_EQ((*outcome)->bytes, 11);
}

TEST_F(Archives, EncryptedOnesSayHowToGoOn) {
  for (const std::string way : {"traditional", "aes256"}) {
    write_archive(folder_ / "a.zip", "zip", kPictures, "", "zip:encryption=" + way, "secret");
    EXPECT_TRUE(is_archive(folder_ / "a.zip"));
    EXPECT_EQ(refusal_of(folder_ / "a.zip", "is encrypted"), ArchiveRefusal::kEncrypted);
  }
}

TEST_F(Archives, CutOffAnywhereNothingIsTaken) {
  const std::string noise = noise_bytes(3000);
  struct Way {
    std::string format, filter;
  };
  for (const Way& way : {Way{"zip", ""}, Way{"pax", ""}, Way{"ustar", "gzip"}, Way{"ustar", "bzip2"},
                         Way{"ustar", "xz"}, Way{"ustar", "zstd"}, Way{"7zip", ""}}) {
    SCOPED_TRACE(way.format + " " + way.filter);
    write_archive(folder_ / "whole", way.format, {{"a.jpg", noise}, {"b.jpg", noise}}, way.filter);
    const std::string whole = *read_file(folder_ / "whole");
    ASSERT_EQ(files_in(folder_ / "whole").size(), 2);
    // An uncompressed tar is whole with its first end block; the compressed ones with their last byte.
    const size_t needed = way.format == "pax" ? 2 * (512 + 3072) + 512 : whole.size();
    for (size_t length = 1; length < needed; length += length + 9 < needed ? 171 : 1) {
      put(folder_ / "cut", whole.substr(0, length));
      const Outcome outcome = unpack_it(folder_ / "cut");
      EXPECT_TRUE(outcome && !*outcome && outcome->error().why == ArchiveRefusal::kDamaged)
          << length << " of " << whole.size() << ": " << why(outcome);
    }
    EXPECT_TRUE(fs::is_empty(into_));
  }
}

TEST_F(Archives, DamageIsFoundAndNamesTheEntry) {
  const std::string noise = noise_bytes(3000);
  for (const std::string options : {"zip:compression=store", "zip:compression=deflate"}) {
    write_archive(folder_ / "a.zip", "zip", {{"a.jpg", noise}, {"b.jpg", noise}}, "", options);
    std::string bytes = *read_file(folder_ / "a.zip");
    bytes[bytes.size() / 2 + 1000] = static_cast<char>(bytes[bytes.size() / 2 + 1000] ^ 0x10);
    put(folder_ / "a.zip", bytes);
    EXPECT_EQ(refusal_of(folder_ / "a.zip", "a.zip: b.jpg"), ArchiveRefusal::kDamaged);
  }
  for (const std::string filter : {"gzip", "bzip2", "xz"}) {  // libarchive writes zstd without a checksum
    SCOPED_TRACE(filter);
    write_archive(folder_ / "a.tar.x", "ustar", {{"a.jpg", noise}, {"b.jpg", noise}}, filter);
    std::string bytes = *read_file(folder_ / "a.tar.x");
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
    put(folder_ / "a.tar.x", bytes);
    EXPECT_EQ(refusal_of(folder_ / "a.tar.x", "damaged"), ArchiveRefusal::kDamaged);
  }
}

TEST_F(Archives, ThatAreMissingOrNoneAreRefused) {
  EXPECT_EQ(refusal_of(folder_ / "missing.zip", "there is no such file"), ArchiveRefusal::kUnreadable);
  put(folder_ / "text.zip", "no archive at all");
  EXPECT_EQ(refusal_of(folder_ / "text.zip", "damaged"), ArchiveRefusal::kDamaged);
}

TEST_F(Archives, CompressedTwiceIsRefused) {
  write_archive(folder_ / "a.tar.xz", "ustar", kPictures, "xz");
  for (const std::string filter : {"bzip2", "gzip"}) {
    write_archive(folder_ / "twice", "raw", {{"a", *read_file(folder_ / "a.tar.xz")}}, filter);
    EXPECT_EQ(refusal_of(folder_ / "twice", "more than once"), ArchiveRefusal::kDamaged);
  }
}

TEST_F(Archives, BombsAreStopped) {
  const std::string zeros(1 << 20, '\0');
  limits_ = {.max_bytes = 5 << 19,
             .max_entry_bytes = 5 << 18,
             .max_entries = 50,
             .keep_free = 0,
             .max_ratio = 100,
             .ratio_from = 3 << 19};
  for (const std::string format : {"zip", "7zip", "pax"}) {
    SCOPED_TRACE(format);
    const std::string filter = format == "pax" ? "gzip" : "";
    const auto make = [&](const std::vector<Entry>& entries) {
      write_archive(folder_ / "bomb", format, entries, filter);
    };
    make({{"a.bmp", zeros}});
    EXPECT_EQ(files_in(folder_ / "bomb").size(), 1);
    make({{"a.bmp", zeros + zeros}});
    EXPECT_EQ(refusal_of(folder_ / "bomb", "holds a file of more than 1,310,720 bytes"),
              ArchiveRefusal::kTooLarge);
    make({{"a.bmp", zeros}, {"b.bmp", zeros}});
    EXPECT_EQ(refusal_of(folder_ / "bomb", "more than 100 times its size"), ArchiveRefusal::kTooLarge);
    make({{"a.bmp", zeros}, {"__MACOSX/b.bmp", zeros}});  // what is passed over is unpacked as well
    EXPECT_EQ(refusal_of(folder_ / "bomb", "more than 100 times its size"), ArchiveRefusal::kTooLarge);
    make({{"a.bmp", zeros}, {"noise", noise_bytes(1 << 17)}, {"b.bmp", zeros}, {"c.bmp", zeros}});
    EXPECT_EQ(refusal_of(folder_ / "bomb", "unpacks to more than 2,621,440 bytes"),
              ArchiveRefusal::kTooLarge);
    std::vector<Entry> many;
    for (int i = 0; i < 51; ++i) many.push_back({std::to_string(i) + ".jpg", "x"});
    make(many);
    EXPECT_EQ(refusal_of(folder_ / "bomb", "more than 50 entries"), ArchiveRefusal::kTooLarge);
    many.pop_back();
    make(many);
    EXPECT_EQ(files_in(folder_ / "bomb").size(), 50);
  }
}

TEST_F(Archives, HolesOfASparseFileCount) {
  const fs::path archive = folder_ / "a.tar";
  write_archive(archive, "pax", {{"a.bmp", std::string(512, 'x'), AE_IFREG, "", false, 3 << 20}});
  ASSERT_LT(fs::file_size(archive), 1 << 16);
  const Files files = files_in(archive);
  EXPECT_EQ(files.at("a.bmp"), std::string(512, 'x') + std::string((3 << 20) - 512, '\0'));
  limits_.max_entry_bytes = 2 << 20;
  EXPECT_EQ(refusal_of(archive, "a.tar: a.bmp"), ArchiveRefusal::kTooLarge);
  limits_.max_entry_bytes = 4 << 20;
  limits_.max_bytes = 2 << 20;
  EXPECT_EQ(refusal_of(archive, "unpacks to more than 2,097,152 bytes"), ArchiveRefusal::kTooLarge);
}

TEST_F(Archives, ArchivesOneAfterTheOtherAreAllRead) {
  write_archive(folder_ / "1.tar", "ustar", {{"a.jpg", "first"}});
  write_archive(folder_ / "2.tar", "ustar", {{"b.jpg", "second"}});
  put(folder_ / "a.tar", *read_file(folder_ / "1.tar") + *read_file(folder_ / "2.tar"));
  EXPECT_EQ(files_in(folder_ / "a.tar"), (Files{{"a.jpg", "first"}, {"b.jpg", "second"}}));
}

TEST_F(Archives, WhatTheDiskCannotHoldEndsTheWork) {
  write_archive(folder_ / "a.zip", "zip", kPictures);
  limits_.keep_free = int64_t{1} << 60;
  const Outcome outcome = unpack_it(folder_ / "a.zip");
  ASSERT_FALSE(outcome);
  EXPECT_THAT(why(outcome),
              AllOf(HasSubstr("not enough space to unpack a.zip"), HasSubstr("free some space")));
  EXPECT_TRUE(fs::is_empty(into_));
}

TEST_F(Archives, AFailingWriteEndsTheWork) {
  write_archive(folder_ / "a.zip", "zip", {{"a.bmp", std::string(1 << 20, 'x')}});
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1 << 18, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Outcome outcome = unpack_it(folder_ / "a.zip");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(why(outcome), HasSubstr("cannot write"));
  EXPECT_EQ(outcome.error().fault, Fault::kWork);
  EXPECT_TRUE(fs::is_empty(into_));
}

TEST_F(Archives, CanBeInterruptedAtAnyTime) {
  write_archive(folder_ / "a.tgz", "pax", {{"a.jpg", noise_bytes(1 << 20)}, {"b.jpg", "x"}}, "gzip");
  int patience = 0;
  for (;; ++patience) {
    Impatient watch(patience);
    const Outcome outcome = unpack(folder_ / "a.tgz", into_, limits_, watch);
    if (outcome) break;
    ASSERT_EQ(outcome.error().what, "interrupted") << patience;
    ASSERT_TRUE(fs::is_empty(into_));
  }
  EXPECT_GT(patience, 20);
}

TEST_F(Archives, WhatAKilledProcessLeftIsRemovedByTheNext) {
  write_archive(folder_ / "a.zip", "zip", kPictures);
  const Outcome in_use = unpack_it(folder_ / "a.zip");
  ASSERT_TRUE(in_use && *in_use) << why(in_use);
  const fs::path left = into_ / "unpacked-a1B2c3";
  const fs::path another_name = into_ / "unpacked-by-hand";
  const fs::path other = into_ / "media";
  for (const fs::path& made : {left, another_name, other}) fs::create_directories(made / "cats");
  ASSERT_TRUE(*unpack_it(folder_ / "a.zip"));
  EXPECT_FALSE(fs::exists(left));
  EXPECT_TRUE(fs::exists(another_name) && fs::exists(other));
  EXPECT_EQ(files_of(**in_use), kPictureFiles);
}

class Progress : public Watch {
 public:
  void begin(std::string_view what, int64_t total) override {
    what_ = what;
    total_ = total;
    ++open_;
  }
  void advance(int64_t done, std::string_view) override {
    EXPECT_GE(done, last_);
    EXPECT_LE(done, total_);
    last_ = done;
  }
  void end() override { --open_; }
  std::string what_;
  int64_t total_ = 0;
  int64_t last_ = 0;
  int open_ = 0;
};

TEST_F(Archives, TheWatchSeesTheBytesRead) {
  write_archive(folder_ / "a.tgz", "pax", {{"a.jpg", noise_bytes(1 << 20)}}, "gzip");
  Progress watch;
  ASSERT_TRUE(*unpack(folder_ / "a.tgz", into_, limits_, watch));
  EXPECT_EQ(watch.what_, "unpacking a.tgz");
  EXPECT_EQ(watch.total_, static_cast<int64_t>(fs::file_size(folder_ / "a.tgz")));
  EXPECT_EQ(watch.last_, watch.total_);
  EXPECT_EQ(watch.open_, 0);
}

}  // namespace
}  // namespace dew
