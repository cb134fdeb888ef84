// A project of cats and dogs, and files of the test's own to add to it.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/media/samples.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/project/project.h"

namespace dew::verbs {

class AddingTest : public ::testing::Test {
 protected:
  void make(const std::vector<std::string>& classes, const std::string& unsure = {}) {
    NewArgs fresh{project(), {}};
    fresh.settings.question = "A cat?";
    fresh.settings.classes = classes;
    fresh.settings.unsure = unsure;
    EXPECT_EQ(testing::error_of(create_project(fresh, watch_)), "fine");
  }
  [[nodiscard]] fs::path folder() const { return temporary_.path(); }
  [[nodiscard]] fs::path project() const { return folder() / "project"; }
  fs::path file(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(write_file(folder() / name, bytes));
    return folder() / name;
  }
  fs::path picture(const std::string& name, unsigned seed) {
    return file(name, encode_png(testing::noise(32, 24, seed)));
  }
  AddArgs args(const std::vector<std::string>& names) {
    AddArgs given;
    given.project = project();
    for (const std::string& name : names) given.files.push_back(folder() / name);
    return given;
  }
  std::vector<Sample> samples() { return Project::open(project())->samples().value(); }
  /// "A/IMG_0001.jpg=cat" of each label by a person, in the order of the samples.
  std::vector<std::string> labels() {
    std::map<int64_t, std::string> name_of;
    for (const Sample& sample : samples()) name_of[sample.id] = sample.name;
    std::vector<std::string> told;
    const auto all = Project::open(project())->labels().value();
    for (const Label& label : all)
      if (label.origin == "human") told.push_back(name_of[label.sample] + "=" + label.answer_class);
    return told;
  }
  /// "1.png=cat,test" of each label by a person.
  std::vector<std::string> labels_and_splits() {
    std::map<std::string, std::string> split_of;
    for (const Sample& sample : samples()) split_of[sample.name] = split_name(sample.split);
    std::vector<std::string> told;
    for (const std::string& one : labels())
      told.push_back(one + "," + split_of[one.substr(0, one.rfind('='))]);
    return told;
  }

  TemporaryFolder temporary_ = *TemporaryFolder::create();
  testing::RecordedWatch watch_;
};

}  // namespace dew::verbs
