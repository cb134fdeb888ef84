// A small project, a server to ask and a Watch to see it with, for the tests of the label stage.
#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/fake_openai.h"
#include "tests/support/shapes.h"
#include "verbs/label/label.h"
#include "verbs/project/project.h"

namespace dew::testing {

/// Keeps what it is told; asks to stop once `stop_at` units are done.
class LabelWatch : public Watch {
 public:
  explicit LabelWatch(int64_t stop_at = std::numeric_limits<int64_t>::max()) : stop_at_(stop_at) {}
  void begin(std::string_view what, int64_t total) override {
    begun.emplace_back(what);
    totals.push_back(total);
  }
  void advance(int64_t done, std::string_view note) override {
    done_ = done;
    notes.emplace_back(note);
  }
  void inform(const std::string& message) override {
    if (on_inform) on_inform();
    informed.push_back(message);
  }
  void warn(const std::string& message) override { warned.push_back(message); }
  [[nodiscard]] bool interrupted() const override { return done_ >= stop_at_; }

  std::vector<std::string> begun;
  std::vector<int64_t> totals;
  std::vector<std::string> notes;
  std::vector<std::string> informed;
  std::vector<std::string> warned;
  std::function<void()> on_inform;

 private:
  int64_t stop_at_;
  int64_t done_ = 0;
};

/// "what | where | next".
inline std::string text_of(const Error& error) {
  return error.what + " | " + error.where + " | " + error.next;
}
template <typename T>
std::string error_of(const Result<T>& result) {
  return result ? "no error" : text_of(result.error());
}

class LabelTest : public ::testing::Test {
 protected:
  /// The project p with `count` pictures disc-000.png ...: the even ones show a disc.
  void make(int count, const Settings& more = {}) {
    write_discs(folder_.path() / "pictures", count);
    verbs::NewArgs fresh{project(), more};
    fresh.settings.question = "Is there a disc?";
    fresh.settings.classes = {"yes", "no"};
    fresh.settings.unsure = "unsure";
    Watch watch;
    ASSERT_EQ(error_of(verbs::create_project(fresh, watch)), "no error");
    add(folder_.path() / "pictures");
  }
  void add(const fs::path& files, const Cut& cut = {}) {
    Watch watch;
    verbs::AddArgs args;
    args.project = project();
    args.files = {files};
    args.cut = cut;
    ASSERT_EQ(error_of(verbs::add(args, watch)), "no error");
  }
  [[nodiscard]] fs::path project() const { return folder_.path() / "p"; }

  /// One question at a time, each tried once.
  [[nodiscard]] verbs::LabelArgs args_for(const std::vector<std::string>& teachers) const {
    verbs::LabelArgs args;
    args.project = project();
    args.teachers = teachers;
    args.options.concurrency = 1;
    args.options.retries = 0;
    return args;
  }
  [[nodiscard]] static std::function<void(Settings&)> votes(int count) {
    return [count](Settings& settings) { settings.votes = count; };
  }
  [[nodiscard]] static std::function<void(Settings&)> detail(const std::string& value) {
    return [value](Settings& settings) { settings.detail = value; };
  }

  /// How many answers each sample has, by name.
  [[nodiscard]] std::map<std::string, int> answers() const {
    const Project opened = *Project::open(project());
    const auto samples = *opened.samples();
    std::map<int64_t, std::string> names;
    for (const Sample& sample : samples) names[sample.id] = sample.name;
    std::map<std::string, int> result;
    EXPECT_TRUE(opened.each_answer([&](const Answer& answer) { ++result[names[answer.sample]]; }));
    return result;
  }
  /// What stands, by the sample's name: "yes human".
  [[nodiscard]] std::map<std::string, std::string> labels() const {
    const Project opened = *Project::open(project());
    const auto samples = *opened.samples();
    std::map<int64_t, std::string> names;
    for (const Sample& sample : samples) names[sample.id] = sample.name;
    std::map<std::string, std::string> result;
    const auto all = *opened.labels();
    for (const Label& label : all) result[names[label.sample]] = label.answer_class + " " + label.origin;
    return result;
  }
  /// A person's labels, by the sample's name.
  void label_by_hand(const std::map<std::string, std::string>& classes) const {
    Project opened = *Project::open(project());
    std::vector<Label> given;
    const auto samples = *opened.samples();
    for (const Sample& sample : samples)
      if (const auto at = classes.find(sample.name); at != classes.end())
        given.push_back({sample.id, at->second, "human", "ada", utc_now()});
    ASSERT_EQ(given.size(), classes.size());
    ASSERT_TRUE(opened.set_labels(given));
  }

  TemporaryFolder folder_ = *TemporaryFolder::create();
};

/// A server that bills as OpenAI does.
inline nlohmann::json counting_script() {
  return nlohmann::json::parse(R"({"count": {"base": 85, "tile": 170}, "then":
      {"label": "yes", "reason": "A bright disc lies near the middle of a dark and even ground."}})");
}
constexpr const char* kPricedModel = "#gpt-4o-2024-08-06";
inline double billed(const FakeOpenAi& server) {
  return (2.5 * static_cast<double>(server.tokens_in()) + 10 * static_cast<double>(server.tokens_out())) /
         1e6;
}

}  // namespace dew::testing
