// What a person set aside as unsure goes out and comes in again as that.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/verbs/adding.h"
#include "verbs/export/export.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SetAside : public AddingTest {
 protected:
  /// Two labelled pictures, and one of which a model says dog, and a person that nobody can tell.
  void export_one_set_aside(const std::string& unsure, const std::string& format) {
    make({"cat", "dog"}, unsure);
    picture("pets/cat/1.png", 1);
    picture("pets/dog/2.png", 2);
    picture("pets/3.png", 3);
    ASSERT_EQ(error_of(add(args({"pets"}), watch_)), "fine");
    Project opened = *Project::open(project());
    for (const Sample& sample : samples()) {
      if (sample.name != "3.png") continue;
      Answer answer;
      answer.sample = sample.id;
      answer.teacher = "openai";
      answer.model = "one";
      answer.prompt_hash = "hash";
      answer.answer_class = "dog";
      ASSERT_TRUE(opened.add_answers({answer}));
      ASSERT_TRUE(opened.set_labels({{sample.id, "", "human", "ada", utc_now()}}));
    }
    ASSERT_EQ(error_of(export_samples({project(), folder() / "out", format, "", ""}, watch_)), "fine");
  }
  Result<NewOutcome> take_in(const std::string& unsure) {
    NewArgs fresh{folder() / "again", {}};
    fresh.settings.question = "A cat?";
    fresh.settings.unsure = unsure;
    fresh.data = {folder() / "out"};
    return create_project(fresh, watch_);
  }
  /// The labels of the project that took the export in, by anybody.
  [[nodiscard]] std::vector<std::string> classes_again() const {
    std::vector<std::string> told;
    const Project opened = *Project::open(folder() / "again");
    const auto all = opened.labels().value();
    for (const Label& label : all) told.push_back(label.origin + ":" + label.answer_class);
    std::sort(told.begin(), told.end());
    return told;
  }
};

class SetAsideIn : public SetAside, public ::testing::WithParamInterface<const char*> {};

TEST_P(SetAsideIn, ANewProjectTakesTheWordForIt) {
  export_one_set_aside("maybe", GetParam());
  const auto made = take_in("");
  ASSERT_EQ(error_of(made), "fine");
  ASSERT_TRUE(made->added);
  EXPECT_EQ(made->settings.unsure, "maybe");
  EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog"));
  EXPECT_EQ(made->added->labels.unsure, 1);
  EXPECT_THAT(classes_again(), ElementsAre("human:", "human:cat", "human:dog"));
}

TEST_P(SetAsideIn, AClassOfThatNameIsTold) {
  export_one_set_aside("maybe", GetParam());
  NewArgs fresh{folder() / "again", {}};
  fresh.settings.question = "A cat?";
  fresh.settings.classes = {"cat", "dog", "maybe"};
  fresh.data = {folder() / "out"};
  const auto made = create_project(fresh, watch_);
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_THAT(lines_about(made->added->labels),
              Contains(HasSubstr("'maybe', which sets pictures aside there, "
                                 "is a class here")));
}

TEST_P(SetAsideIn, AnotherWordThatTheUserGaveCounts) {
  export_one_set_aside("maybe", GetParam());
  const auto made = take_in("dunno");
  ASSERT_EQ(error_of(made), "fine");
  EXPECT_EQ(made->settings.unsure, "dunno");
  EXPECT_THAT(made->settings.classes, ElementsAre("cat", "dog"));
  EXPECT_THAT(lines_about(made->added->labels),
              Contains(HasSubstr("'maybe', which sets pictures aside there, is")));
  EXPECT_THAT(classes_again(), ElementsAre("human:", "human:cat", "human:dog"));
}

TEST_P(SetAsideIn, AlsoWhereNeitherProjectHasAWordForIt) {
  export_one_set_aside("", GetParam());
  AddArgs given = args({"out"});
  given.project = folder() / "again";
  NewArgs fresh{folder() / "again", {}};
  fresh.settings.question = "A cat?";
  fresh.settings.classes = {"cat", "dog"};
  ASSERT_EQ(error_of(create_project(fresh, watch_)), "fine");
  const auto added = add(given, watch_);
  ASSERT_EQ(error_of(added), "fine");
  EXPECT_EQ(added->labels.unsure, 1);
  EXPECT_THAT(classes_again(), ElementsAre("human:", "human:cat", "human:dog"));
}

INSTANTIATE_TEST_SUITE_P(Formats, SetAsideIn, ::testing::Values("jsonl", "label-studio"),
                         [](const auto& test) { return std::string(test.param).substr(0, 5); });

}  // namespace
}  // namespace dew::verbs
