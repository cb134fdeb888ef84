// A project whose two teachers disagree, with some labels by people: which labels each set holds.
#include "label/label_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "label/label.h"
#include "label/label_pages.h"

namespace dew::label {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Settings settings() {
  Settings result;
  result.name = "person";
  result.question = "Is there a person?";
  result.classes = {"yes", "no"};
  result.unsure = "unsure";
  return result;
}

/// Six samples:
///                        0    1    2       3    4    5
///   openai:gpt-4o       yes  yes  no      no   -    -      prompt "p1..."
///   replay:answers.jsonl yes no   unsure  yes  yes  -      prompt "r1..."
///   people               -    no   -      yes  -    yes
class LabelSets : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = TemporaryFolder::create();
    ASSERT_TRUE(folder);
    folder_.emplace(std::move(*folder));
    auto project = Project::create(folder_->path() / "person", settings());
    ASSERT_TRUE(project) << project.error().what;
    project_.emplace(std::move(*project));
    const Image image{64, 8, std::vector<uint8_t>(size_t{64} * 8 * 3, 90)};
    const fs::path file = folder_->path() / "street.png";
    ASSERT_TRUE(write_file(file, encode_png(image)));
    Watch watch;
    ASSERT_TRUE(project_->add(file, "street.png", Cut{1, 6, 1, false}, watch));
    samples_ = project_->samples().value();
    ASSERT_EQ(samples_.size(), 6U);
  }

  void answer_as(const std::string& teacher, const std::string& model, const std::string& prompt,
                 const std::vector<std::string>& said) {
    for (size_t i = 0; i < said.size(); ++i) {
      if (said[i] == "-") continue;
      Answer answer;
      answer.sample = samples_[i].id;
      answer.teacher = teacher;
      answer.model = model;
      answer.prompt_hash = prompt;
      answer.answer_class = said[i];
      ASSERT_TRUE(project_->add_answers({answer}));
    }
  }

  void label_by_person(size_t index, const std::string& answer_class) {
    ASSERT_TRUE(project_->set_labels({{samples_[index].id, answer_class, "human", "ada", utc_now()}}));
  }

  /// Both teachers together, as the newest command named them.
  void fill() {
    answer_as("openai", "gpt-4o", kGpt, {"yes", "yes", "no", "no", "-", "-"});
    answer_as("replay", "answers.jsonl", kReplay, {"yes", "no", "unsure", "yes", "yes", "-"});
    ASSERT_TRUE(
        set_electorate(*project_, {{"openai", "gpt-4o", kGpt}, {"replay", "answers.jsonl", kReplay}}));
    ASSERT_TRUE(relabel(*project_));
    label_by_person(1, "no");
    label_by_person(3, "yes");
    label_by_person(5, "yes");
  }

  /// "0=yes 1=no": the sample's index and its class.
  [[nodiscard]] std::string labels(const std::string& text) const {
    const auto set = parse_label_set(*project_, text);
    EXPECT_TRUE(set) << set.error().what << " | " << set.error().next;
    if (!set) return {};
    const auto again = parse_label_set(*project_, to_text(*set));
    EXPECT_TRUE(again && *again == *set) << to_text(*set);
    const auto labelled = labelled_samples(*project_, *set);
    EXPECT_TRUE(labelled);
    std::vector<std::string> shown;
    for (const Labelled& one : *labelled)
      for (size_t i = 0; i < samples_.size(); ++i)
        if (samples_[i].id == one.sample.id)
          shown.push_back(std::to_string(i) + "=" +
                          settings().classes.at(static_cast<size_t>(one.answer_class)));
    return join(shown, " ");
  }

  [[nodiscard]] std::string error(const std::string& text) const {
    const auto set = parse_label_set(*project_, text);
    EXPECT_FALSE(set) << text;
    if (set) return {};
    EXPECT_EQ(set.error().fault, Fault::kUsage);
    return set.error().what + " | " + set.error().next;
  }

  /// All labels of a set, in the order of the samples.
  std::vector<RatedLabel> rated(const LabelSet& set) const {
    std::vector<int64_t> ids;
    for (const Sample& sample : samples_) ids.push_back(sample.id);
    const auto pages = LabelPages::open(*project_, set);
    auto labels = pages->about(ids)->labels;
    std::sort(labels.begin(), labels.end(),
              [](const RatedLabel& a, const RatedLabel& b) { return a.label.sample < b.label.sample; });
    return labels;
  }

  static constexpr const char* kGpt = "p1aaaaaaaaaaaa";
  static constexpr const char* kReplay = "r1aaaaaaaaaaaa";
  std::optional<TemporaryFolder> folder_;
  std::optional<Project> project_;
  std::vector<Sample> samples_;
};

TEST_F(LabelSets, EachHoldsItsOwnLabels) {
  fill();
  EXPECT_EQ(labels("current"), "0=yes 1=no 3=yes 4=yes 5=yes")
      << "ties are set aside but where people decided";
  EXPECT_EQ(labels("people"), "1=no 3=yes 5=yes");
  EXPECT_EQ(labels("human"), labels("people"));
  EXPECT_EQ(labels("policy"), "0=yes 4=yes") << "the teachers disagree about 1, 2 and 3";
  EXPECT_EQ(labels("teachers"), labels("policy"));
  EXPECT_EQ(labels("teacher:openai:gpt-4o"), "0=yes 1=yes 2=no 3=no");
  EXPECT_EQ(labels("teacher:replay:answers.jsonl"), "0=yes 1=no 3=yes 4=yes");
  EXPECT_EQ(labels("answers"), labels("teacher:replay:answers.jsonl")) << "as the file is called";
  EXPECT_EQ(to_text(LabelSet{}), "current");
  EXPECT_EQ(labelled_samples(*project_)->size(), 5U);
}

TEST_F(LabelSets, RatedLabelsTellWhoAndHowSure) {
  fill();
  const auto lines_of = [&](const std::string& text) {
    std::map<int64_t, std::string> shown;
    const auto all = rated(*parse_label_set(*project_, text));
    for (const RatedLabel& one : all)
      shown[one.label.sample] =
          one.label.answer_class + " " + one.label.origin +
          (one.confidence ? " " + std::to_string(*one.confidence).substr(0, 4) : std::string());
    std::vector<std::string> lines;
    for (const auto& [sample, line] : shown) lines.push_back(line);
    return lines;
  };
  EXPECT_THAT(lines_of("current"),
              ElementsAre("yes policy 0.83", "no human", " policy", "yes human", "yes policy", "yes human"))
      << "two of two; the teachers disagree; one answer alone";
  EXPECT_THAT(lines_of("people"), ElementsAre("no human", "yes human", "yes human"));
  EXPECT_THAT(lines_of("policy:newest"),
              ElementsAre("yes policy", "no policy", " policy", "yes policy", "yes policy"));
}

TEST_F(LabelSets, ALentLabelIsAsSureAsItsOwn) {
  answer_as("openai", "gpt-4o", kGpt, {"yes"});
  answer_as("openai", "gpt-4o", std::string(kGpt) + "#2", {"yes"});
  ASSERT_TRUE(project_->set_spreads({{samples_[1].id, samples_[0].id}}));
  ASSERT_TRUE(relabel(*project_));
  const auto labels = rated({});
  ASSERT_EQ(labels.size(), 2U);
  EXPECT_EQ(labels[1].label.basis, "spread:" + labels[0].label.basis);
  ASSERT_TRUE(labels[0].confidence);
  EXPECT_EQ(labels[1].confidence, labels[0].confidence);
  const auto pages = LabelPages::open(*project_, {});
  const auto alone = pages->about({samples_[1].id});
  ASSERT_EQ(alone->labels.size(), 1U) << "also where the sample that was asked is on another page";
  EXPECT_EQ(alone->labels[0].label.basis, labels[1].label.basis);
  EXPECT_EQ(alone->labels[0].confidence, labels[1].confidence);
}

TEST_F(LabelSets, APolicyOtherThanTheProjects) {
  fill();
  EXPECT_EQ(labels("policy:newest"), "0=yes 1=no 3=yes 4=yes") << "the last answer: replay's";
  EXPECT_EQ(labels("policy:tie=newest"), labels("policy:newest"));
  EXPECT_EQ(labels("policy: weighted , tie = newest"), labels("policy:newest"));
  EXPECT_EQ(labels("policy:majority"), labels("policy"));
  EXPECT_EQ(to_text(*parse_label_set(*project_, "policy:weighted,tie=newest,threshold=0.5")),
            "policy:weighted,tie=newest,threshold=0.5");
  EXPECT_EQ(project_->settings().policy, "majority") << "the project keeps its own";
}

TEST_F(LabelSets, AThresholdSetsAsideWhatIsLessSure) {
  fill();
  // Two of two voices for yes about sample 0: (2 + 1/2) / 3 = 0.83; one answer alone has no confidence.
  EXPECT_EQ(labels("policy:threshold=0.8"), "0=yes 4=yes");
  EXPECT_EQ(labels("policy:threshold=0.9"), "4=yes");
}

TEST_F(LabelSets, TeachersAreFoundByShorterNames) {
  fill();
  EXPECT_EQ(labels("openai:gpt-4o"), labels("teacher:openai:gpt-4o"));
  EXPECT_EQ(labels("gpt-4o"), labels("teacher:openai:gpt-4o"));
  EXPECT_EQ(labels("teacher:answers.jsonl"), labels("teacher:replay:answers.jsonl"));
  EXPECT_EQ(labels(" gpt-4o "), labels("teacher:openai:gpt-4o"));
}

TEST_F(LabelSets, APromptCanBeNamedByTheBeginningOfItsHash) {
  fill();
  answer_as("openai", "gpt-4o", "p2bbbbbbbbbbbb", {"no", "-", "yes", "-", "no", "no"});
  EXPECT_EQ(labels("gpt-4o#p1"), "0=yes 1=yes 2=no 3=no");
  EXPECT_EQ(labels("teacher:openai:gpt-4o#p2bb"), "0=no 2=yes 4=no 5=no");
  EXPECT_EQ(to_text(*parse_label_set(*project_, "gpt-4o#p2")), "teacher:openai:gpt-4o#p2bbbbbbbbbbbb");
  // Without a prompt: the one the newest command asked, and of what that did not ask about, the last.
  EXPECT_EQ(labels("gpt-4o"), "0=yes 1=yes 2=no 3=no 4=no 5=no");
  ASSERT_TRUE(set_electorate(*project_, {}));
  EXPECT_EQ(labels("gpt-4o"), "0=no 1=yes 2=yes 3=no 4=no 5=no");
  EXPECT_THAT(error("gpt-4o#p"), AllOf(HasSubstr("several"), HasSubstr("p1aaaaaa, p2bbbbbb")));
  EXPECT_THAT(error("gpt-4o#x"), HasSubstr("none of this teacher's prompts begins with 'x'"));
}

TEST_F(LabelSets, VotesOfATeacherDecideTogether) {
  answer_as("openai", "gpt-4o", kGpt, {"yes", "yes"});
  answer_as("openai", "gpt-4o", std::string(kGpt) + "#2", {"no", "yes"});
  answer_as("openai", "gpt-4o", std::string(kGpt) + "#3", {"no", "no"});
  EXPECT_EQ(labels("gpt-4o"), "0=no 1=yes");
}

TEST_F(LabelSets, NearDuplicatesTakeATeachersLabelButNotAPersons) {
  fill();
  ASSERT_TRUE(project_->set_spreads({{samples_[5].id, samples_[2].id}, {samples_[4].id, samples_[1].id}}));
  EXPECT_EQ(labels("gpt-4o"), "0=yes 1=yes 2=no 3=no 4=yes 5=no");
  EXPECT_EQ(labels("people"), "1=no 3=yes 5=yes");
}

TEST_F(LabelSets, ErrorsNameTheNearestAndTheTeachersThatAnswered) {
  fill();
  EXPECT_THAT(error("gpt-4"), HasSubstr("did you mean 'gpt-4o'?"));
  EXPECT_THAT(error("peple"), HasSubstr("did you mean 'people'?"));
  EXPECT_THAT(error("curent"), HasSubstr("did you mean 'current'?"));
  EXPECT_THAT(error("banana"), AllOf(HasSubstr("there are no labels called 'banana'"),
                                     HasSubstr("teacher:openai:gpt-4o, teacher:replay:answers.jsonl")));
  EXPECT_THAT(error("teacher:claude"), AllOf(HasSubstr("'claude' has answered nothing in this project"),
                                             HasSubstr("teacher:openai:gpt-4o")));
  EXPECT_THAT(error("teacher:people"), HasSubstr("has answered nothing"));
  EXPECT_THAT(error("policy:best"), AllOf(HasSubstr("'best'"), HasSubstr("majority, weighted, newest")));
  for (const char* odd : {"policy:tie=maybe", "policy:threshold=2", "policy:threshold=nan",
                          "policy:threshold=", "policy:threshold=0.5x", "policy:majority,colour=red"})
    EXPECT_THAT(error(odd), HasSubstr("is not part of a policy")) << odd;
  EXPECT_THAT(error(""), HasSubstr("there are no labels called ''"));
  EXPECT_THAT(error("\x1b[31m"), HasSubstr("\\x1b[31m"));
}

TEST_F(LabelSets, AModelOfTwoTeachersNeedsItsWholeName) {
  answer_as("openai", "same", "p", {"yes"});
  answer_as("replay", "same", "q", {"no"});
  EXPECT_THAT(error("same"), AllOf(HasSubstr("several teachers"), HasSubstr("teacher:openai:same")));
  EXPECT_EQ(labels("openai:same"), "0=yes");
}

TEST_F(LabelSets, AModelsNameMayHoldAHash) {
  answer_as("openai", "local#7b", "p1", {"yes"});
  EXPECT_EQ(labels("openai:local#7b"), "0=yes");
  EXPECT_EQ(labels("local#7b#p1"), "0=yes");
}

TEST_F(LabelSets, BeforeAnythingWasAnsweredThereAreNoTeachers) {
  EXPECT_EQ(labels("current"), "");
  EXPECT_EQ(labels("people"), "");
  EXPECT_EQ(labels("policy"), "");
  EXPECT_THAT(error("teacher:gpt-4o"), HasSubstr("no teacher has answered in this project yet"));
  EXPECT_TRUE(voters_of(*project_)->empty());
}

TEST_F(LabelSets, VotersAreListedInTheOrderOfTheirFirstAnswers) {
  fill();
  answer_as("openai", "gpt-4o", std::string(kGpt) + "#2", {"yes"});
  EXPECT_THAT(*voters_of(*project_),
              ElementsAre(Voter{"openai", "gpt-4o", kGpt}, Voter{"replay", "answers.jsonl", kReplay}));
}

}  // namespace
}  // namespace dew::label
