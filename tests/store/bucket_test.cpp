// Media in a bucket: what is put there and fetched, over a server that checks signatures and misbehaves.
#include <gmock/gmock.h>

#include <fstream>

#include "store/bucket.h"
#include "store/bucket_reply.h"
#include "tests/store/projects.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_s3.h"

namespace dew::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Mood = FakeS3::Mood;

/// The keys in this process's environment, as long as it lives.
class KeysSet {
 public:
  explicit KeysSet(const S3Keys& keys) {
    ::setenv("AWS_ACCESS_KEY_ID", keys.access.c_str(), 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", keys.secret.c_str(), 1);
    ::setenv("AWS_SESSION_TOKEN", keys.token.c_str(), 1);
  }
  KeysSet(const KeysSet&) = delete;
  KeysSet& operator=(const KeysSet&) = delete;
  ~KeysSet() {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",
                             "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"})
      ::unsetenv(name);
  }
};

std::string all_of(const Error& error) {
  return error.what + " | " + error.where + " | " + error.next;
}

class Buckets : public ::testing::Test {
 protected:
  FakeS3 server_;
  KeysSet keys_{server_.keys()};
  TemporaryFolder folder_ = *TemporaryFolder::create();
  const std::string bytes_ = std::string(300'000, 'd') + "ew";
  const store::Stored file_{"a.jpg", sha256(bytes_), static_cast<int64_t>(bytes_.size())};
  const fs::path original_ = folder_.path() / "original";
  const fs::path to_ = folder_.path() / "cache" / "a.jpg";
  Watch watch_;

  void SetUp() override { ASSERT_TRUE(write_file(original_, bytes_)); }

  [[nodiscard]] Settings settings() const {
    Settings settings = person();
    settings.media = "s3://pictures/some/where";
    settings.media_endpoint = server_.endpoint();
    return settings;
  }
  [[nodiscard]] store::Bucket open(const Settings& settings) const {
    return store::Bucket(*store::bucket_address(settings), {4, Backoff{std::chrono::milliseconds(1)}});
  }
  [[nodiscard]] store::Bucket open() const { return open(settings()); }
  /// What get() says where it fails; nothing is left of the file.
  std::string get_error(store::Bucket& bucket) {
    const auto got = bucket.get(file_, to_, watch_);
    EXPECT_FALSE(got);
    EXPECT_TRUE(!fs::exists(to_.parent_path()) || fs::is_empty(to_.parent_path()));
    return got ? "" : all_of(got.error());
  }
};

TEST_F(Buckets, PutsOnceAndFetchesTheSame) {
  auto bucket = open();
  EXPECT_TRUE(bucket.put(file_, original_, watch_).value());
  EXPECT_FALSE(bucket.put(file_, original_, watch_).value()) << "it is there";
  EXPECT_EQ(server_.objects().at("some/where/a.jpg"), bytes_);
  ASSERT_TRUE(bucket.get(file_, to_, watch_));
  EXPECT_EQ(*read_file(to_), bytes_);
  EXPECT_THAT(server_.log(),
              ElementsAre("HEAD /pictures/some/where/a.jpg 404", "PUT /pictures/some/where/a.jpg 200",
                          "HEAD /pictures/some/where/a.jpg 200", "GET /pictures/some/where/a.jpg 200"));
}

TEST_F(Buckets, PutsAgainWhatHasAnotherSize) {
  server_.set("some/where/a.jpg", "half");
  EXPECT_TRUE(open().put(file_, original_, watch_).value());
  EXPECT_EQ(server_.objects().at("some/where/a.jpg"), bytes_);
}

TEST_F(Buckets, PutsWhereItMayNotAskWhatIsThere) {
  server_.be(Mood::kHideMissing, -1, "HEAD");
  EXPECT_TRUE(open().put(file_, original_, watch_).value());
}

TEST_F(Buckets, ASessionTokenIsSigned) {
  const FakeS3 server({"AKIASESSION", "secret", "token/with+signs=="});
  const KeysSet keys(server.keys());
  Settings there = settings();
  there.media_endpoint = server.endpoint();
  const auto put = open(there).put(file_, original_, watch_);
  EXPECT_TRUE(put) << all_of(put.error());
}

TEST_F(Buckets, TriesAgainWhenTheServerIsBusyOrCutsOff) {
  auto bucket = open();
  server_.be(Mood::kBusy, 3);
  EXPECT_TRUE(bucket.put(file_, original_, watch_).value());
  server_.be(Mood::kBusy, 3, "PUT");
  const store::Stored other{"b.jpg", file_.sha256, file_.bytes};
  EXPECT_TRUE(bucket.put(other, original_, watch_).value());
  EXPECT_EQ(server_.objects().at("some/where/b.jpg"), bytes_) << "each try reads the file from its beginning";
  for (const Mood mood : {Mood::kTruncate, Mood::kCorrupt, Mood::kEndless}) {
    server_.be(mood, 2, "GET");
    fs::remove(to_);
    ASSERT_TRUE(bucket.get(file_, to_, watch_)) << static_cast<int>(mood);
    EXPECT_EQ(*read_file(to_), bytes_);
  }
}

TEST_F(Buckets, EndsWithAnErrorWhenItStaysSo) {
  auto bucket = open();
  EXPECT_TRUE(bucket.put(file_, original_, watch_));
  server_.be(Mood::kBusy);
  EXPECT_THAT(get_error(bucket), HasSubstr("503, SlowDown"));
  EXPECT_EQ(server_.count("GET"), 4) << "as many tries as it may make";
  server_.be(Mood::kCorrupt);
  EXPECT_THAT(get_error(bucket), HasSubstr("SHA-256"));
  EXPECT_EQ(server_.count("GET"), 5) << "after a failure the next is tried once";
  server_.be(Mood::kTruncate);
  EXPECT_THAT(get_error(bucket), HasSubstr("cannot reach"));
  server_.be(Mood::kEndless);
  EXPECT_THAT(get_error(bucket), HasSubstr("longer file under this name"));
}

TEST_F(Buckets, PausesDoubleAndWaitNoRealTime) {
  FakeClock clock;
  store::Bucket bucket(*store::bucket_address(settings()),
                       {4, Backoff{std::chrono::seconds(10)}, [] { return 1.0; }, &clock});
  ASSERT_TRUE(bucket.put(file_, original_, watch_));
  server_.be(Mood::kBusy);
  EXPECT_FALSE(bucket.get(file_, to_, watch_));
  EXPECT_EQ(server_.count("GET"), 4);
  EXPECT_EQ(clock.passed(), std::chrono::seconds(10 + 20 + 40));
  EXPECT_FALSE(bucket.get(file_, to_, watch_));
  EXPECT_EQ(server_.count("GET"), 5) << "the server is still doubted: one try, no pause";
  EXPECT_EQ(clock.passed(), std::chrono::seconds(70));
  clock.sleep_until(clock.now() + std::chrono::seconds(30));
  server_.be(Mood::kBusy, 1);
  EXPECT_TRUE(bucket.get(file_, to_, watch_)) << "half a minute later it is tried again as before";
  EXPECT_EQ(clock.passed(), std::chrono::seconds(70 + 30 + 10));
}

TEST_F(Buckets, ErrorsNameTheVariableAndShowNoControlCharacters) {
  auto bucket = open();
  EXPECT_THAT(get_error(bucket), HasSubstr("add the file again"));
  server_.be(Mood::kForbid);
  const std::string forbidden = get_error(bucket);
  EXPECT_THAT(forbidden, HasSubstr("AWS_ACCESS_KEY_ID"));
  EXPECT_THAT(forbidden, HasSubstr("\\x1b[31maway & stay\\x07"));
  EXPECT_THAT(forbidden, Not(HasSubstr("\x1b")));
  server_.be(Mood::kSkewed);
  EXPECT_THAT(get_error(bucket), HasSubstr("clock"));
  server_.be(Mood::kElsewhere);
  EXPECT_THAT(get_error(bucket), HasSubstr("media_region = \"eu-west-1\""));
  server_.be(Mood::kGood, 0);
  EXPECT_EQ(server_.count("GET"), 4) << "none of these is tried again, no redirection followed";

  Settings wrong = settings();
  wrong.media = "s3://nothere/x";
  auto nowhere = open(wrong);
  EXPECT_THAT(get_error(nowhere), HasSubstr("no such bucket"));
  wrong = settings();
  wrong.media_region = "eu-north-1";
  auto elsewhere = open(wrong);
  EXPECT_THAT(get_error(elsewhere), HasSubstr("media_region = \"us-east-1\""));
  wrong.media_endpoint = "http://127.0.0.1:1";
  auto nobody = open(wrong);
  EXPECT_THAT(get_error(nobody), HasSubstr("media_endpoint or AWS_ENDPOINT_URL"));
}

TEST_F(Buckets, ASecretThatIsWrongIsNotShown) {
  const KeysSet wrong({server_.keys().access, "wrong/s3cret", ""});
  auto bucket = open();
  const std::string error = get_error(bucket);
  EXPECT_THAT(error, HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(error, HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(error, Not(HasSubstr("wrong/s3cret")));
  const auto put = bucket.put(file_, original_, watch_);
  ASSERT_FALSE(put);
  EXPECT_THAT(all_of(put.error()), HasSubstr("SignatureDoesNotMatch"));
  const KeysSet unknown({"AKIAOTHER", "x", ""});
  auto other = open();
  EXPECT_THAT(get_error(other), HasSubstr("does not know the access key"));
}

TEST_F(Buckets, ADiskThatCannotBeWrittenIsTold) {
  auto bucket = open();
  const auto got = bucket.get(file_, original_ / "below a file", watch_);
  ASSERT_FALSE(got);
  EXPECT_EQ(server_.log().size(), 0U);
}

TEST_F(Buckets, CtrlCEndsTheWaiting) {
  class Impatient : public Watch {
    [[nodiscard]] bool interrupted() const override { return true; }
  };
  const auto got = open().get(file_, to_, Impatient());
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().what, "interrupted");
}

TEST(BucketAddress, ComesFromSettingsAndEnvironment) {
  const KeysSet keys({"AKIA", "secret", ""});
  Settings settings = person();
  settings.media = "s3://pictures/some/where/";
  EXPECT_EQ(store::bucket_address(settings)->url, "https://pictures.s3.us-east-1.amazonaws.com/some/where/");
  ::setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
  settings.media = "s3://my.pictures";
  EXPECT_EQ(store::bucket_address(settings)->url, "https://s3.eu-west-1.amazonaws.com/my.pictures/");
  ::setenv("AWS_REGION", "eu-west-2", 1);
  EXPECT_EQ(store::bucket_address(settings)->region, "eu-west-2");
  ::setenv("AWS_ENDPOINT_URL", "http://minio:9000/", 1);
  EXPECT_EQ(store::bucket_address(settings)->url, "http://minio:9000/my.pictures/");
  settings.media_endpoint = "https://garage.example/s3";
  settings.media_region = "garage";
  EXPECT_EQ(store::bucket_address(settings)->url, "https://garage.example/s3/my.pictures/");
  EXPECT_EQ(store::bucket_address(settings)->region, "garage");
}

TEST(BucketAddress, NamesTheVariableThatIsMissingOrWrong) {
  Settings settings = person();
  settings.media = "s3://pictures";
  const auto next = [&] { return store::bucket_address(settings).error().next; };
  {
    const KeysSet keys({"", "", ""});
    EXPECT_THAT(next(), HasSubstr("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
  }
  {
    const KeysSet keys({"AKIA", "", ""});
    EXPECT_THAT(next(), Not(HasSubstr("AWS_ACCESS_KEY_ID")));
  }
  const KeysSet keys({"AKIA", "s3cret\nHost: evil", ""});
  const auto address = store::bucket_address(settings);
  ASSERT_FALSE(address);
  EXPECT_THAT(all_of(address.error()), HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(all_of(address.error()), Not(HasSubstr("s3cret")));
}

TEST(BucketAddress, WhatCannotBeIsRefusedInTheSettings) {
  const auto refused = [](const std::string& media, const std::string& endpoint, const std::string& region) {
    Settings settings = person();
    settings.media = media;
    settings.media_endpoint = endpoint;
    settings.media_region = region;
    const auto parsed = parse_settings(to_toml(settings), "dewdrop.toml");
    return parsed ? std::string() : parsed.error().what;
  };
  EXPECT_EQ(refused("s3://pictures/a/b", "https://minio.example:9000", "eu-west-1"), "");
  EXPECT_EQ(refused("s3://pictures", "", ""), "");
  for (const char* media : {"s3://", "s3://ab", "s3://Upper", "s3://pictures//a", "s3://pictures/../a",
                            "s3://pictures/a b", "s3://pictures/a?b", "s3://pictures/ä"})
    EXPECT_THAT(refused(media, "", ""), HasSubstr("is not the name of a bucket")) << media;
  for (const char* endpoint :
       {"minio:9000", "ftp://minio", "https://user:key@minio", "https://minio/?a", "https://"})
    EXPECT_THAT(refused("s3://pictures", endpoint, ""), HasSubstr("media_endpoint")) << endpoint;
  EXPECT_THAT(refused("s3://pictures", "", "eu west"), HasSubstr("media_region"));
  EXPECT_THAT(refused("/mnt/media", "https://minio", ""), HasSubstr("media in a bucket"));
}

/// A project whose pictures are in the bucket, and a second machine with the same database and nothing else.
class TwoMachines : public Buckets {
 protected:
  void SetUp() override {
    settings_ = settings();
    auto made = Project::create(first_, settings_);
    ASSERT_TRUE(made) << all_of(made.error());
    ASSERT_TRUE(write_file(picture_, encode_png(picture_pixels_)));
    const auto added = made->add(picture_, "one.png", {1, 2, 1, false}, watch_);
    ASSERT_TRUE(added) << all_of(added.error());
    fs::create_directories(second_ / ".dewdrop");
    fs::copy(first_ / "dewdrop.toml", second_ / "dewdrop.toml");
  }
  void share_database() const {
    fs::copy(first_ / ".dewdrop" / "project.db", second_ / ".dewdrop" / "project.db",
             fs::copy_options::overwrite_existing);
  }
  Result<int> read_all(const fs::path& project_folder) {
    DEW_TRY(const Project project, Project::open(project_folder));
    DEW_TRY(const auto samples, project.samples());
    int there = 0;
    DEW_CHECK(project.pictures(
        samples,
        [&](size_t, const Image& image) -> Result<void> {
          there += image.width == 32 ? 1 : 0;
          return {};
        },
        watch_));
    DEW_TRY(const Image one, project.picture(samples.front()));
    return there + (one.width == 32 ? 1 : 0);
  }
  Settings settings_;
  const fs::path first_ = folder_.path() / "first";
  const fs::path second_ = folder_.path() / "second";
  const fs::path picture_ = folder_.path() / "one.png";
  const Image picture_pixels_ = noise(64, 48);
};

TEST_F(TwoMachines, TheOtherReadsThroughTheBucketAndDownloadsOnce) {
  share_database();
  const auto seen = read_all(second_);
  ASSERT_TRUE(seen) << all_of(seen.error());
  EXPECT_EQ(*seen, 3);
  EXPECT_TRUE(read_all(second_));
  EXPECT_TRUE(read_all(first_));
  EXPECT_EQ(server_.count("GET"), 1);
  const fs::path cache = second_ / ".dewdrop" / "media";
  const std::string name = sha256(*read_file(picture_)) + ".png";
  EXPECT_EQ(*read_file(cache / name), *read_file(picture_));
  EXPECT_EQ(std::distance(fs::directory_iterator(cache), fs::directory_iterator()), 1);

  // A copy that was damaged is fetched again.
  std::ofstream(cache / name) << "damaged";
  EXPECT_TRUE(read_all(second_));
  EXPECT_EQ(*read_file(cache / name), *read_file(picture_));
  EXPECT_EQ(server_.count("GET"), 2);

  for (const auto& entry : fs::recursive_directory_iterator(folder_.path()))
    if (entry.is_regular_file()) {
      EXPECT_THAT(*read_file(entry.path()), Not(HasSubstr(server_.keys().secret))) << entry.path();
      EXPECT_THAT(*read_file(entry.path()), Not(HasSubstr(server_.keys().access))) << entry.path();
    }
}

TEST_F(TwoMachines, AddingAgainRepairsTheBucket) {
  server_.set("some/where/" + sha256(*read_file(picture_)) + ".png", "");
  auto project = Project::open(first_);
  const auto again = project->add(picture_, "one.png", {1, 2, 1, false}, watch_);
  ASSERT_TRUE(again) << all_of(again.error());
  EXPECT_EQ(again->samples, 0);
  share_database();
  EXPECT_TRUE(read_all(second_));
}

TEST_F(TwoMachines, WhatCannotBeUploadedIsNotAdded) {
  auto project = Project::open(first_);
  const fs::path other = folder_.path() / "other.png";
  ASSERT_TRUE(write_file(other, encode_png(noise(64, 48, 2))));
  server_.be(Mood::kForbid);
  EXPECT_FALSE(project->add(other, "other.png", {}, watch_));
  EXPECT_EQ(project->sources()->size(), 1U);
  server_.be(Mood::kGood, 0);
  EXPECT_TRUE(project->add(other, "other.png", {}, watch_)) << "the same again continues where it stopped";
  EXPECT_EQ(server_.objects().size(), 2U);
}

TEST_F(TwoMachines, InPlaceUploadsNothing) {
  auto project = Project::open(first_);
  const fs::path other = folder_.path() / "other.png";
  ASSERT_TRUE(write_file(other, encode_png(noise(64, 48, 2))));
  EXPECT_TRUE(project->add(other, "other.png", {1, 1, 1, true}, watch_));
  EXPECT_EQ(server_.objects().size(), 1U);
}

}  // namespace
}  // namespace dew::testing
