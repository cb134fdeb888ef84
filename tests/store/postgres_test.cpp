// A project over PostgreSQL: what the server may do to it, each time told in our words; two machines.
#include "store/postgres.h"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "store/postgres_dialect.h"
#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Dialect, ParametersGetNumbersOutsideOfQuotes) {
  EXPECT_EQ(store::numbered("a = ? AND b = ?"), "a = $1 AND b = $2");
  EXPECT_EQ(store::numbered("a = ?1 OR ?1 IS NULL"), "a = $1 OR $1 IS NULL");
  EXPECT_EQ(store::numbered("a = '?' AND b = ?"), "a = '?' AND b = $1");
}

TEST(Dialect, PasswordsAreKnownAndLeftOut) {
  const std::string url = "postgresql://ada:s3cret@db.example:5433/person?sslmode=require";
  EXPECT_TRUE(store::has_password(url));
  EXPECT_EQ(store::without_password(url), "postgresql://ada@db.example:5433/person");
  EXPECT_TRUE(store::has_password("postgresql://db.example/person?password=s3cret"));
  EXPECT_EQ(store::without_password("postgresql://db.example/person?password=s3cret"),
            "postgresql://db.example/person");
  EXPECT_FALSE(store::has_password("postgresql://ada@db.example/person"));
  EXPECT_EQ(store::without_password("postgresql://ada:s3cret@[::/%zz"), "postgresql://...");
}

TEST(StoreSetting, WhatIsNoDatabaseIsTheUsersError) {
  Settings settings = person();
  settings.store = "mysql://ada:s3cret@db/person";
  EXPECT_THAT(
      told(parse_settings(to_toml(settings), "dewdrop.toml")),
      AllOf(HasSubstr("not the URL of a PostgreSQL"), HasSubstr("dewdrop.toml:"), Not(HasSubstr("s3cret"))));
  settings.store = "";
  settings.media = "shared/pictures";
  EXPECT_THAT(told(parse_settings(to_toml(settings), "dewdrop.toml")), HasSubstr("not an absolute path"));
}

class Postgres : public ::testing::Test {
 protected:
  void SetUp() override {
    if (server_ == nullptr) GTEST_SKIP() << "NOT TESTED: PostgreSQL is not installed (package postgresql)";
    settings_.store = server_->fresh_url();
  }
  [[nodiscard]] fs::path place(const std::string& name) const { return temporary_.path() / name; }
  [[nodiscard]] std::string picture_file() const {
    const fs::path path = place("a.png");
    EXPECT_TRUE(write_file(path, encode_png(noise(64, 48))));
    return path;
  }
  /// A machine that has nothing but dewdrop.toml.
  Result<Project> another_machine(const std::string& name) {
    EXPECT_TRUE(write_file(place(name) / "dewdrop.toml", to_toml(settings_)));
    return Project::open(place(name));
  }

  PostgresServer* server_ = PostgresServer::shared();
  TemporaryFolder temporary_ = *TemporaryFolder::create();
  Settings settings_ = person();
  Watch watch_;
};

TEST_F(Postgres, TwoMachinesWorkOnOneProject) {
  settings_.media = place("shared");
  auto here = Project::create(place("here"), settings_);
  ASSERT_TRUE(here) << told(here);
  ASSERT_TRUE(here->add(picture_file(), "a.png", {1, 4, 3, false}, watch_));
  auto there = another_machine("there");
  ASSERT_TRUE(there) << told(there);
  const auto samples = *there->samples();
  ASSERT_EQ(samples.size(), 12U);
  EXPECT_EQ(there->picture(samples[3])->width, 16) << "the picture is found in the shared folder";
  Answer answer;
  answer.sample = samples[0].id;
  answer.answer_class = "yes";
  answer.raw = answer.reason = std::string("a\0b\xff", 4);
  ASSERT_TRUE(there->add_answers({answer}));
  ASSERT_EQ(here->answers()->size(), 1U);
  EXPECT_EQ(here->answers()->at(0).reason, answer.reason) << "what a server says may be any bytes";
  EXPECT_TRUE(fs::is_empty(place("here") / ".dewdrop" / "media"));
}

TEST_F(Postgres, ServersThatCannotBeHadAreToldApart) {
  const auto open = [&](const std::string& url) {
    settings_.store = url;
    return told(another_machine("m"));
  };
  const std::string at = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_THAT(open("postgresql://dewdrop@127.0.0.1:1/person"),
              AllOf(HasSubstr("cannot be reached"), HasSubstr("dewdrop@127.0.0.1:1/person")));
  EXPECT_THAT(open("postgresql://dewdrop@" + at + "/nowhere"), HasSubstr("no such database"));
  EXPECT_THAT(open("postgresql://dewdrop@" + at + "/template1"), HasSubstr("no project in that database"));
  EXPECT_THAT(open("postgresql://locked@" + at + "/postgres"),
              AllOf(HasSubstr("asks for a password"), HasSubstr("PGPASSWORD")));
  EXPECT_THAT(open("postgresql://locked:wr0ng@" + at + "/postgres"),
              AllOf(HasSubstr("rejects this password"), Not(HasSubstr("wr0ng"))));
  EXPECT_THAT(open("postgresql://locked:s3cret%2Fword@" + at + "/postgres"),
              AllOf(HasSubstr("no project in that database"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(open("postgresql://locked:s3cret@" + at + "/%zz"),
              AllOf(HasSubstr("not the URL of a PostgreSQL"), Not(HasSubstr("s3cret"))));
}

TEST_F(Postgres, ANewerSchemaAndAProjectThatIsThereAreLeftAlone) {
  auto project = Project::create(place("p"), settings_);
  ASSERT_TRUE(project) << told(project);
  EXPECT_TRUE(Project::create(place("empty"), settings_)) << "no sample yet: as good as new";
  ASSERT_TRUE(project->add(picture_file(), "a.png", {}, watch_));
  const auto again = Project::create(place("q"), settings_);
  EXPECT_THAT(told(again), AllOf(HasSubstr("already a Dewdrop project in that database"),
                                 HasSubstr("copy its dewdrop.toml")));
  EXPECT_FALSE(fs::exists(place("q")));
  ASSERT_EQ(server_->run("UPDATE dewdrop SET steps = 99"), "");
  EXPECT_THAT(told(Project::open(place("p"))), HasSubstr("newer Dewdrop"));
}

TEST_F(Postgres, AConnectionThatIsCutBetweenTwoStepsIsMadeAgain) {
  auto project = Project::create(place("p"), settings_);
  ASSERT_TRUE(project->add(picture_file(), "a.png", {1, 4, 3, false}, watch_));
  server_->cut_off_all();
  EXPECT_EQ(project->samples()->size(), 12U);
  server_->cut_off_all();
  EXPECT_TRUE(project->set_labels({{project->samples()->at(0).id, "yes", "policy", "1", ""}}));
  EXPECT_EQ(project->labels()->size(), 1U);
}

TEST_F(Postgres, AConnectionThatIsCutInAStepUndoesItAndIsTold) {
  auto database = *store::open_postgres(settings_.store);
  ASSERT_TRUE(database.run("CREATE TABLE t (a BIGINT)"));
  const auto step = [&](bool cut) -> Result<void> {
    DEW_TRY(auto transaction, store::Transaction::begin(database, store::Writing::kBeside));
    DEW_TRY(auto insert, database.prepare("INSERT INTO t VALUES (?)"));
    DEW_CHECK(insert.bind(1).run());
    if (cut) server_->cut_off_all();
    for (int i = 0; i < 1000; ++i) DEW_CHECK(insert.bind(i).queue());
    DEW_CHECK(insert.settle());
    return transaction.commit();
  };
  EXPECT_THAT(told(step(true)), AllOf(HasSubstr("connection to the project's database was lost"),
                                      HasSubstr("postgresql://dewdrop@")));
  EXPECT_TRUE(database.lost());
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 0);
  EXPECT_TRUE(step(false));
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 1001);
}

TEST_F(Postgres, AnErrorAmongManyIsToldAndUndoesAll) {
  auto database = *store::open_postgres(settings_.store);
  ASSERT_TRUE(database.run("CREATE TABLE t (a BIGINT PRIMARY KEY)"));
  {
    auto transaction = *store::Transaction::begin(database, store::Writing::kAlone);
    auto insert = *database.prepare("INSERT INTO t VALUES (?)");
    std::string first = "fine";
    for (int i = 0; i < 1000 && first == "fine"; ++i) first = told(insert.bind(i % 600).queue());
    if (first == "fine") first = told(insert.settle());
    EXPECT_THAT(first, HasSubstr("rejects this change"));
    EXPECT_FALSE(transaction.commit()) << "what was undone is not said to be saved";
  }
  EXPECT_EQ(*database.integer("SELECT count(*) FROM t"), 0);
}

TEST_F(Postgres, WritersThatWantToBeAloneWaitForEachOther) {
  ASSERT_TRUE(Project::create(place("p"), settings_));
  const std::string picture = picture_file();
  constexpr int kWriters = 4;
  std::vector<std::future<std::string>> all;
  for (int i = 0; i < kWriters; ++i)
    all.push_back(std::async(std::launch::async, [&] {
      Watch quiet;
      auto project = Project::open(place("p"));
      return told(project->add(picture, "a.png", {1, 4, 3, false}, quiet));
    }));
  for (auto& one : all) EXPECT_EQ(one.get(), "fine");
  EXPECT_EQ(Project::open(place("p"))->samples()->size(), 12U);
}

}  // namespace
}  // namespace dew
