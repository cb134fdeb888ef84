#include "teacher/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dew::teacher {
namespace {

using ::testing::HasSubstr;

const Prompt kPrompt{"Is there a person in this picture?", {"yes", "no"}, "unsure"};

Result<Recording> parsed(std::string_view text) {
  return parse_recording(text, "a.jsonl", kPrompt.choices());
}

TEST(ParseRecording, ReadsLines) {
  const auto recording = parsed(
      "\xEF\xBB\xBF{\"sample\": \"a\", \"label\": \"yes\", \"reason\": \"Ja.\", \"confidence\": 0.5}\r\n"
      "\n"
      "  {\"label\": \"Unsure.\", \"sample\": \"b\", \"reason\": null, \"model\": \"x\"}");
  ASSERT_TRUE(recording) << recording.error().what;
  ASSERT_EQ(recording->answers.size(), 2U);
  EXPECT_EQ(recording->answers.at("a").label, "yes");
  EXPECT_EQ(recording->answers.at("a").reason, "Ja.");
  EXPECT_EQ(recording->answers.at("a").confidence, 0.5);
  EXPECT_EQ(recording->answers.at("b").label, "unsure");
  EXPECT_EQ(recording->answers.at("b").confidence, std::nullopt);
  EXPECT_EQ(recording->answers.at("b").line,
            R"({"label": "Unsure.", "sample": "b", "reason": null, "model": "x"})");
  EXPECT_TRUE(parsed("")->answers.empty());
}

struct WrongLine {
  std::string line;
  std::string what;
};

TEST(ParseRecording, AWrongLineSpoilsItsOwnSampleAlone) {
  for (const WrongLine& one : {
           WrongLine{
               R"({"sample": "b", "label": "I'm sorry, I can't help with that."})",
               "unknown class 'I'm sorry, I can't help with that.', which is not one of yes, no, unsure"},
           WrongLine{R"({"sample": "b"})", "\"label\" is missing"},
           WrongLine{R"({"sample": "b", "label": 1})", "\"label\" is missing or not a string"},
           WrongLine{R"({"sample": "b", "label": "yes", "reason": 1})", "\"reason\""},
           WrongLine{R"({"sample": "b", "label": "yes", "confidence": 1.5})", "\"confidence\""},
           WrongLine{R"({"sample": "b", "label": "yes", "confidence": "high"})", "\"confidence\""},
           WrongLine{R"({"sample": "b", "label": "\u001b[31m"})", "\\x1b[31m"},
       }) {
    const auto recording = parsed("{\"sample\": \"a\", \"label\": \"no\"}\n\n" + one.line + "\n");
    ASSERT_TRUE(recording) << one.line;
    EXPECT_EQ(recording->answers.size(), 1U) << one.line;
    ASSERT_EQ(recording->wrong.size(), 1U) << one.line;
    EXPECT_THAT(recording->wrong.at("b"), HasSubstr(one.what)) << one.line;
    EXPECT_THAT(recording->wrong.at("b"), HasSubstr("a.jsonl:3")) << one.line;
  }
}

TEST(ParseRecording, ALineThatNamesNoSampleIsKeptForTheTelling) {
  for (const WrongLine& one : {
           WrongLine{R"({"sample": "b", "label": "yes")", "not valid JSON"},
           WrongLine{"yes", "not valid JSON"},
           WrongLine{"[]", "not a JSON object"},
           WrongLine{R"({"label": "yes"})", "\"sample\" is missing"},
           WrongLine{R"({"sample": "", "label": "yes"})", "\"sample\" is missing"},
           WrongLine{"{\"sample\": \"b\", \"label\": \"\x1b[31m\"}", "not valid JSON"},
       }) {
    const auto recording = parsed("{\"sample\": \"a\", \"label\": \"no\"}\n\n" + one.line + "\n");
    ASSERT_TRUE(recording) << one.line;
    EXPECT_EQ(recording->answers.size(), 1U) << one.line;
    ASSERT_EQ(recording->unnamed.size(), 1U) << one.line;
    EXPECT_THAT(recording->unnamed[0], HasSubstr(one.what)) << one.line;
    EXPECT_THAT(recording->unnamed[0], HasSubstr("a.jsonl:3: ")) << one.line;
    const auto alone = parsed("\n\n" + one.line + "\n");
    ASSERT_FALSE(alone) << "no line is right: this is another kind of file";
    EXPECT_EQ(alone.error().fault, Fault::kUsage);
    EXPECT_EQ(alone.error().where, "a.jsonl:3");
    EXPECT_THAT(alone.error().what, HasSubstr(one.what));
    EXPECT_THAT(alone.error().next, HasSubstr("a line looks like"));
  }
}

TEST(ParseRecording, TwoAnswersAboutOneSampleMustAgree) {
  const std::string yes = R"({"sample": "a", "label": "yes"})";
  const std::string no = R"({"sample": "a", "label": "no"})";
  const std::string other =
      "\n"
      R"({"sample": "b", "label": "no"})";
  EXPECT_EQ(parsed(yes + "\n" + yes + other)->answers.size(), 2U);
  const auto both = parsed(yes + "\n" + no + "\n" + yes + other);
  EXPECT_EQ(both->answers.size(), 1U);
  EXPECT_EQ(both->wrong.at("a"), "it is answered twice, 'yes' and 'no' (a.jsonl:1 and a.jsonl:2)");
}

class ReplayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(std::move(*folder));
    write(R"({"sample": "a.jpg", "label": "yes", "reason": "A man.", "confidence": 0.75})"
          "\n"
          R"({"sample": "b.jpg", "label": "unsure"})");
  }
  void write(const std::string& text) { ASSERT_TRUE(write_file(file(), text)); }
  [[nodiscard]] fs::path file() const { return folder_->path() / "answers.jsonl"; }
  [[nodiscard]] Result<std::unique_ptr<Teacher>> teacher(const Prompt& prompt = kPrompt) const {
    return make_teacher("replay:" + file().string(), prompt, {});
  }

  std::optional<TemporaryFolder> folder_;
};

TEST_F(ReplayTest, AnswersByNameAndSaysWhatIsMissing) {
  const auto made = teacher();
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_EQ((*made)->name(), "replay");
  EXPECT_EQ((*made)->model(), "answers.jsonl");
  std::vector<std::string> names = {"a.jpg", "c.jpg", "b.jpg"};
  size_t at = 0;
  std::vector<Reply> replies;
  Watch watch;
  const auto asked = (*made)->ask(
      [&]() -> std::optional<Question> {
        if (at == names.size()) return std::nullopt;
        ++at;
        return Question{static_cast<int64_t>(at), names[at - 1], []() -> Result<Image> {
                          ADD_FAILURE() << "recorded answers need no picture";
                          return Image{};
                        }};
      },
      [&](std::vector<Reply> together) -> Result<void> {
        for (Reply& reply : together) replies.push_back(std::move(reply));
        return {};
      },
      watch);
  ASSERT_TRUE(asked);
  ASSERT_EQ(replies.size(), 3U);
  const Answer& first = *replies[0].answer;
  EXPECT_EQ(first.sample, 1);
  EXPECT_EQ(first.teacher, "replay");
  EXPECT_EQ(first.model, "answers.jsonl");
  EXPECT_EQ(first.prompt_hash, (*made)->prompt_hash());
  EXPECT_EQ(first.answer_class, "yes");
  EXPECT_EQ(first.reason, "A man.");
  EXPECT_EQ(first.confidence, 0.75);
  EXPECT_THAT(first.raw, HasSubstr("\"confidence\": 0.75"));
  ASSERT_FALSE(replies[1].answer);
  EXPECT_EQ(replies[1].name, "c.jpg");
  EXPECT_EQ(replies[1].answer.error().what, "no recorded answer");
  EXPECT_THAT(replies[1].answer.error().next, HasSubstr("2 answers, for samples named as 'a.jpg'"));
  EXPECT_EQ(replies[2].answer->answer_class, "unsure");
}

TEST_F(ReplayTest, ARefusalAmongTheAnswersLeavesItsSampleUnanswered) {
  write(R"({"sample": "a.jpg", "label": "yes"})"
        "\n"
        R"({"sample": "b.jpg", "label": "I cannot help with that."})"
        "\n{broken");
  const auto made = teacher();
  ASSERT_TRUE(made) << made.error().what;
  std::vector<std::string> names = {"a.jpg", "b.jpg", "c.jpg"};
  size_t at = 0;
  std::vector<Reply> replies;
  Watch watch;
  const auto next = [&]() -> std::optional<Question> {
    if (at == names.size()) return std::nullopt;
    ++at;
    return Question{static_cast<int64_t>(at), names[at - 1], {}};
  };
  ASSERT_TRUE((*made)->ask(
      next,
      [&](std::vector<Reply> together) -> Result<void> {
        for (Reply& reply : together) replies.push_back(std::move(reply));
        return {};
      },
      watch));
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_TRUE(replies[0].answer);
  ASSERT_FALSE(replies[1].answer);
  EXPECT_THAT(replies[1].answer.error().what, HasSubstr("unknown class 'I cannot help with that.'"));
  EXPECT_THAT(replies[1].answer.error().what, HasSubstr("answers.jsonl:2"));
  EXPECT_THAT(replies[2].answer.error().next, HasSubstr("1 line names no sample: "));
}

TEST_F(ReplayTest, TheHashKnowsTheFileAndTheQuestion) {
  const std::string before = (*teacher())->prompt_hash();
  EXPECT_EQ((*teacher())->prompt_hash(), before);
  EXPECT_NE((*teacher(Prompt{"Another?", kPrompt.classes, kPrompt.unsure}))->prompt_hash(), before);
  write(R"({"sample": "a.jpg", "label": "no"})");
  EXPECT_NE((*teacher())->prompt_hash(), before);
}

TEST_F(ReplayTest, FilesThatCannotBe) {
  write(R"({"sample": "a.jpg", "label": "perhaps"})");
  const auto unknown = teacher();
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fault, Fault::kUsage);
  EXPECT_THAT(unknown.error().where, HasSubstr("answers.jsonl:1"));
  const auto missing = make_teacher("replay:/nowhere/answers.jsonl", kPrompt, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().where, "/nowhere/answers.jsonl");
}

TEST_F(ReplayTest, AnInterruptEndsIt) {
  class Impatient : public Watch {
   public:
    [[nodiscard]] bool interrupted() const override { return ++looks_ > 2; }

   private:
    mutable int looks_ = 0;
  };
  Impatient watch;
  int replies = 0;
  const auto asked = (*teacher())
                         ->ask(
                             [] {
                               return Question{1, "a.jpg", {}};
                             },
                             [&](const std::vector<Reply>& together) -> Result<void> {
                               EXPECT_LE(together.size(), 256U);
                               ++replies;
                               return {};
                             },
                             watch);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().what, "interrupted");
  EXPECT_EQ(replies, 2);
}

TEST(ReplayExample, TheDemosAnswersAreWhole) {
  const auto text = read_file(DEWDROP_SOURCE_DIR "/examples/person/person-answers.jsonl");
  ASSERT_TRUE(text);
  const auto recording = parse_recording(*text, "person-answers.jsonl", kPrompt.choices());
  ASSERT_TRUE(recording) << recording.error().where << recording.error().what;
  EXPECT_EQ(recording->answers.size(), 636U);
}

TEST(ParseRecording, AnswersToFreeQuestions) {
  const std::vector<std::string> none;
  const auto text = parse_recording(
      "{\"event\": \"a\", \"answer\": \" A dog.\"}\n{\"event\": \"b\", \"answer\": {\"n\": 2}}\n"
      "{\"event\": \"c\", \"answer\": \"x\"}\n{\"event\": \"c\", \"answer\": \"y\"}\n{\"answer\": \"z\"}\n",
      "a.jsonl", none);
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(text->answers.at("a").reason, "A dog.");
  EXPECT_EQ(text->answers.at("a").label, "");
  EXPECT_THAT(text->wrong.at("b"), HasSubstr("no schema says which (a.jsonl:2)"));
  EXPECT_THAT(text->wrong.at("c"), HasSubstr("answered twice, 'x' and 'y'"));
  EXPECT_THAT(text->unnamed.at(0), HasSubstr("a.jsonl:5: \"event\" is missing"));

  const auto schema = AnswerSchema::parse(R"({"type":"object","properties":{"n":{"type":"integer"}}})", "s");
  const auto objects = parse_recording(
      "{\"event\": \"b\", \"answer\": {\"n\": 2}}\n{\"event\": \"d\", \"answer\": {\"n\": \"two\"}}\n"
      "{\"event\": \"e\", \"answer\": \"{\\\"n\\\": 3}\"}\n",
      "a.jsonl", {none, &*schema});
  ASSERT_TRUE(objects) << objects.error().what;
  EXPECT_EQ(objects->answers.at("b").reason, R"({"n":2})");
  EXPECT_EQ(objects->answers.at("e").reason, R"({"n":3})");
  EXPECT_THAT(objects->wrong.at("d"), HasSubstr("not of type integer (a.jsonl:2)"));
}

TEST(ReplayTeacher, AnswersFreeQuestionsByTheEventsName) {
  const fs::path file = fs::path(::testing::TempDir()) / "events.jsonl";
  ASSERT_TRUE(write_file(file, "{\"event\": \"door.mp4#t=3\", \"answer\": \"A dog.\"}\n"));
  const auto teacher = make_teacher("replay:" + file.string(), Prompt{"What?", {}, "unsure"}, {});
  ASSERT_TRUE(teacher) << teacher.error().what;
  std::vector<Question> questions = {{1, "door.mp4#t=3", {}}, {2, "door.mp4#t=9", {}}};
  std::vector<Reply> replies;
  Watch watch;
  ASSERT_TRUE((*teacher)->ask(
      [&]() -> std::optional<Question> {
        if (questions.empty()) return std::nullopt;
        Question next = questions.front();
        questions.erase(questions.begin());
        return next;
      },
      [&](std::vector<Reply> some) -> Result<void> {
        for (Reply& one : some) replies.push_back(std::move(one));
        return {};
      },
      watch));
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].answer->reason, "A dog.");
  EXPECT_THAT(replies[1].answer.error().what, HasSubstr("no recorded answer"));
}

}  // namespace
}  // namespace dew::teacher
