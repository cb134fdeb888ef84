// Samples of a real project, asked as `dewdrop label` asks: what fails stays unlabelled and is named, and
// a second run asks only what is missing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "label/label.h"
#include "teacher/teacher.h"
#include "tests/support/fake_openai.h"
#include "tests/teacher/environment.h"

namespace dew {
namespace {

using dew::testing::Environment;
using dew::testing::FakeOpenAi;
using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kKey = "sk-test-0123456789abcdef";

Settings settings() {
  Settings result;
  result.name = "person";
  result.question = "Is there a person in this picture?";
  result.classes = {"yes", "no"};
  result.unsure = "unsure";
  return result;
}

class ProjectTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(std::move(*folder));
    auto project = Project::create(folder_->path() / "person", settings());
    ASSERT_TRUE(project) << project.error().what;
    project_.emplace(std::move(*project));
    // One picture of 4 x 2 tiles, each of another grey.
    Image image{64, 32, std::vector<uint8_t>(size_t{64} * 32 * 3)};
    for (size_t i = 0; i < image.rgb.size(); ++i)
      image.rgb[i] = static_cast<uint8_t>(i / 3 % 64 * 3 + i / 6144);
    const fs::path file = folder_->path() / "street.png";
    ASSERT_TRUE(write_file(file, encode_png(image)));
    Watch watch;
    const auto added = project_->add(file, "street.png", Cut{1, 4, 2, false}, watch);
    ASSERT_TRUE(added) << added.error().what;
    ASSERT_EQ(added->samples, 8);
  }

  struct Outcome {
    std::optional<Error> stopped;
    int64_t asked = 0;
    std::vector<std::string> failed;
  };

  Outcome label(const std::string& spec) {
    teacher::TeacherOptions options;
    options.concurrency = 1;
    options.retries = 1;
    options.first_pause = std::chrono::milliseconds(1);
    options.timeout = std::chrono::milliseconds(250);
    const teacher::Prompt prompt{settings().question, settings().classes, settings().unsure};
    Outcome outcome;
    auto teacher = teacher::make_teacher(spec, prompt, options);
    if (!teacher) {
      outcome.stopped = teacher.error();
      return outcome;
    }
    const auto samples =
        project_->samples_without_answer((*teacher)->name(), (*teacher)->model(), (*teacher)->prompt_hash());
    EXPECT_TRUE(samples);
    Watch watch;
    const auto asked = (*teacher)->ask(
        [&, at = size_t{0}]() mutable -> std::optional<teacher::Question> {
          if (at == samples->size()) return std::nullopt;
          const Sample& sample = (*samples)[at++];
          return teacher::Question{sample.id, sample.name, [&] { return project_->picture(sample); }};
        },
        [&](const std::vector<teacher::Reply>& replies) -> Result<void> {
          std::vector<Answer> answers;
          for (const teacher::Reply& reply : replies) {
            if (reply.unfinished) continue;
            ++outcome.asked;
            if (reply.answer)
              answers.push_back(*reply.answer);
            else
              outcome.failed.push_back(reply.name);
          }
          return project_->add_answers(answers);
        },
        watch);
    if (!asked) outcome.stopped = asked.error();
    return outcome;
  }

  /// No file of the project holds the key.
  void expect_no_key() const {
    for (const auto& entry : fs::recursive_directory_iterator(folder_->path())) {
      if (!entry.is_regular_file()) continue;
      const auto bytes = read_file(entry.path());
      ASSERT_TRUE(bytes);
      EXPECT_EQ(bytes->find(kKey), std::string::npos) << entry.path();
    }
  }

  Environment key_{"OPENAI_API_KEY", kKey};
  std::optional<TemporaryFolder> folder_;
  std::optional<Project> project_;
};

TEST_F(ProjectTest, WhatFailsStaysUnlabelledIsNamedAndIsAllThatIsAskedAgain) {
  FakeOpenAi server(Json::parse(R"({"key": "sk-test-0123456789abcdef", "steps": [
      {"label": "yes"},
      {"label": "perhaps", "times": 2},
      {"label": "unsure"},
      {"content": "{\"label\"", "times": 2},
      {"label": "no", "reason": "You sent sk-test-0123456789abcdef"},
      {"status": 500, "times": 2},
      {"hang": true}, {"label": "no"}, {"hang": true, "times": 2},
      {"label": "yes"}, {"label": "yes"}, {"label": "no"}, {"label": "no"}]})"));
  const Outcome first = label(server.base_url() + "#gpt-4o");
  EXPECT_FALSE(first.stopped) << first.stopped->what;
  EXPECT_EQ(first.asked, 8);
  EXPECT_THAT(first.failed, ElementsAre(HasSubstr("xywh=16,0,16,16"), HasSubstr("xywh=48,0,16,16"),
                                        HasSubstr("xywh=16,16,16,16"), HasSubstr("xywh=32,16,16,16")));
  auto counts = label::relabel(*project_);
  ASSERT_TRUE(counts) << counts.error().what;
  EXPECT_EQ(counts->labelled, 3);
  EXPECT_EQ(counts->unsure, 1);
  EXPECT_EQ(counts->unlabelled, 4);
  EXPECT_EQ(label::labelled_samples(*project_)->size(), 3U);
  EXPECT_EQ(server.requests(), 13);

  const Outcome second = label(server.base_url() + "#gpt-4o");
  EXPECT_EQ(second.asked, 4);
  EXPECT_THAT(second.failed, IsEmpty());
  EXPECT_EQ(server.requests(), 17);
  counts = label::relabel(*project_);
  EXPECT_EQ(counts->by_class, (std::map<std::string, int64_t>{{"no", 4}, {"yes", 3}}));
  EXPECT_EQ(counts->unlabelled, 0);

  EXPECT_EQ(label(server.base_url() + "#gpt-4o").asked, 0) << "nothing is paid for twice";
  EXPECT_EQ(server.requests(), 17);
  expect_no_key();
}

TEST_F(ProjectTest, ARunThatStopsKeepsItsAnswers) {
  FakeOpenAi server(Json::parse(R"({"steps": [{"label": "yes", "times": 3}, {"status": 403}]})"));
  const Outcome first = label(server.base_url() + "#gpt-4o");
  ASSERT_TRUE(first.stopped);
  EXPECT_EQ(first.asked, 3);
  const Outcome second = label(server.base_url() + "#gpt-4o");
  EXPECT_FALSE(second.stopped);
  EXPECT_EQ(second.asked, 5);
  EXPECT_EQ(label::relabel(*project_)->labelled, 8);
}

TEST_F(ProjectTest, AChangedAnswersFileIsAskedAgainAndTheNewestDecides) {
  const fs::path file = folder_->path() / "answers.jsonl";
  const std::string name = "street.png#xywh=0,0,16,16";
  ASSERT_TRUE(write_file(file, R"({"sample": ")" + name + R"(", "label": "yes"})"));
  EXPECT_EQ(label("replay:" + file.string()).failed.size(), 7U);
  EXPECT_EQ(label::relabel(*project_)->by_class.at("yes"), 1);
  EXPECT_EQ(label("replay:" + file.string()).asked, 7);
  ASSERT_TRUE(write_file(file, R"({"sample": ")" + name + R"(", "label": "no"})"));
  EXPECT_EQ(label("replay:" + file.string()).asked, 8);
  EXPECT_EQ(label::relabel(*project_)->by_class, (std::map<std::string, int64_t>{{"no", 1}, {"yes", 0}}));
}

}  // namespace
}  // namespace dew
