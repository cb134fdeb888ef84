// dewdrop.toml: written for people, read back the same, and every mistake told with its line.
#include <gmock/gmock.h>

#include <random>

#include "store/settings.h"
#include "store/settings_edit.h"
#include "tests/store/projects.h"

namespace dew {
namespace {

using namespace dew::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kLeast = "name = 'a'\nquestion = 'b?'\nclasses = ['x', 'y']\n";  // three lines

std::string told_of(const std::string& text) {
  const auto parsed = parse_settings(text, "dewdrop.toml");
  if (!parsed) {
    EXPECT_EQ(parsed.error().fault, Fault::kUsage);
  }
  return told(parsed);
}

TEST(Settings, ComeBackAsTheyWere) {
  EXPECT_EQ(parse_settings(to_toml(person()), "x"), person());
  std::mt19937 random(5);
  const auto below = [&](unsigned limit) { return random() % limit; };
  const std::string letters = "ab\"\\'#=[]{}\t\n\r\x01\x7f,. \xc3\xa9";
  for (int round = 0; round < 300; ++round) {
    Settings settings = person();
    settings.question = "q";
    for (unsigned i = below(30); i > 0; --i) {
      const unsigned at = below(static_cast<unsigned>(letters.size() - 1));
      settings.question += letters[at] == '\xc3' ? "\xc3\xa9" : std::string(1, letters[at]);
    }
    settings.classes.emplace_back("\"#'\\");
    settings.teacher.all.clear();
    if (below(2) == 0) settings.teacher.all.emplace_back("http://127.0.0.1:8080/v1#a\"b");
    if (below(2) == 0) settings.teacher.all.emplace_back("openai:gpt-4o");
    if (below(2) == 0) settings.temperature = static_cast<double>(below(20)) / 10;
    if (below(2) == 0) settings.vote_seed = -static_cast<int64_t>(below(1000));
    settings.test_share = below(900) / 1000.0;
    settings.alpha = 0.05 + below(1000) / 1001.0;
    settings.input = static_cast<int>(32 * (1 + below(7)));
    settings.epochs = static_cast<int>(1 + below(100'000));
    settings.seed = (uint64_t{random()} << 31) ^ random();
    settings.rounding = below(2) == 0 ? "dew" : "tflite";
    settings.when.all = {"yes", "no"};
    settings.on.all = {0.5 + below(500) / 1000.0};
    if (below(2) == 0) settings.on.all.push_back(0.75);
    const auto back = parse_settings(to_toml(settings), "x");
    ASSERT_TRUE(back) << told(back) << "\n" << to_toml(settings);
    EXPECT_EQ(*back, settings);
  }
}

TEST(Settings, EveryKeyIsExplainedToThePersonWhoEditsIt) {
  const std::string text = to_toml(person());
  std::string before;
  int keys = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    if (line.find(" = ") != std::string::npos && line[0] != '#') {
      EXPECT_EQ(before.substr(0, 2), "# ") << line;
      ++keys;
    }
    before = line;
    at = end + 1;
  }
  EXPECT_EQ(keys, 62);
  EXPECT_NE(text.find("\n# temperature =\n"), std::string::npos) << "what has no value is named all the same";
}

TEST(Settings, AFewKeysAreEnough) {
  const auto settings = parse_settings(kLeast + "[student]\nalpha = 1\n", "x");
  ASSERT_TRUE(settings) << told(settings);
  EXPECT_EQ(settings->alpha, 1.0) << "a whole number is a number";
  EXPECT_EQ(settings->input, 96);
  EXPECT_EQ(settings->unsure, "");
}

TEST(Settings, AnUnknownKeyNamesItsLineAndTheNearestOne) {
  EXPECT_THAT(told_of("name = 'a'\nquestoin = 'b'\n"),
              AllOf(HasSubstr("'questoin'"), HasSubstr("dewdrop.toml:2"), HasSubstr("question at the top")));
  EXPECT_THAT(
      told_of(kLeast + "\n[student]\nepoch = 3\n"),
      AllOf(HasSubstr("'student.epoch'"), HasSubstr("dewdrop.toml:6"), HasSubstr("epochs under [student]")));
  EXPECT_THAT(told_of(kLeast + "epochs = 3\n"), HasSubstr("epochs under [student]"));
  EXPECT_THAT(told_of(kLeast + "[target]\nalpha = 1\n"), HasSubstr("alpha under [student]"));
  EXPECT_THAT(told_of(kLeast + "[studnet]\nalpha = 1\n"), HasSubstr("'studnet'"));
  EXPECT_THAT(told_of(kLeast + "student.alpha.x = 1\n"), HasSubstr("takes a number"));
  EXPECT_THAT(told_of(kLeast + "[label]\nvote = 3\n"),
              AllOf(HasSubstr("'label.vote'"), HasSubstr("votes under [label]")));
  EXPECT_THAT(told_of(kLeast + "temprature = 1\n"), HasSubstr("temperature under [label]"));
}

TEST(Settings, OneTeacherOrSeveral) {
  EXPECT_EQ(parse_settings(kLeast + "teacher = 'a'\n", "x")->teacher.all, std::vector<std::string>{"a"});
  EXPECT_TRUE(parse_settings(kLeast + "teacher = ''\n", "x")->teacher.all.empty());
  const auto two = parse_settings(kLeast + "teacher = ['a', 'b']\n[label]\nseed = 7\n", "x");
  ASSERT_TRUE(two) << told(two);
  EXPECT_EQ(two->teacher.all, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(two->vote_seed, 7);
  EXPECT_EQ(two->seed, Settings{}.seed) << "[student] has a seed of its own";
}

TEST(Settings, AWrongTypeOrValueNamesItsLine) {
  const std::vector<std::pair<std::string, const char*>> cases{
      {"unsure = 3\n", "it takes a text in quotes"},
      {"test_share = 'x'\n", "it takes a number"},
      {"test_share = 1.0\n", "test_share is 1"},
      {"test_share = nan\n", "test_share is nan"},
      {"validation_share = -0.1\n", "validation_share is -0.1"},
      {"unsure = 'x'\n", "'x' is also a class"},
      {"student.epochs = 1.5\n", "it takes a whole number"},
      {"student.epochs = -2\n", "epochs is -2"},
      {"student.epochs = 99999999999\n", "it takes a whole number"},
      {"student.seed = -1\n", "it takes a whole number from 0"},
      {"student.alpha = 0\n", "alpha is 0"},
      {"student.input = 100\n", "multiple of 16"},
      {"student.input = 528\n", "32 to 512"},
      {"student.net = 'vgg'\n", "mobilenet_v2, mobilenet_v1, tiny"},
      {"student.head = 100\n", "multiple of 8"},
      {"student.blocks = 3\nstudent.net = 'tiny'\n", "for mobilenet_v2 only"},
      {"student.qat = 'yes'\n", "auto, on, off"},
      {"student = 3\n", "no setting 'student'"},
      {"target.rounding = 'up'\n", "dew, tflite"},
      {"target.board = ''\n", "name one"},
      {"teacher = 3\n", "a text in quotes, or a list of them"},
      {"teacher = ['a', 3]\n", "a text in quotes, or a list of them"},
      {"teacher = ['a', 'a']\n", "listed twice"},
      {"teacher = ['a', '']\n", "is empty"},
      {"label.votes = 0\n", "votes is 0"},
      {"label.temperature = 3\n", "temperature is 3"},
      {"label.temperature = 'warm'\n", "it takes a number"},
      {"label.seed = 1.5\n", "it takes a whole number"},
      {"label.detail = 'medium'\n", "low, high, auto"},
      {"label.context = 'all'\n", "none, frame, around"},
      {"label.policy = 'loudest'\n", "majority, weighted, newest"},
      {"label.tie = 'coin'\n", "unsure, newest"},
      {"label.threshold = 90\n", "from 0 to 1"},
      {"label.jpeg_size = 8\n", "from 16 to 8192"},
      {"label.max_tokens = -1\n", "from 0 to 200000"},
      {"label.reasoning = 'max'\n", "auto, none, minimal, low, medium, high"},
      {"cascade.when = 'cat'\n", "'cat' is not a class"},
      {"cascade.on = 'x'\n", "a number, or a list of them"},
      {"cascade.on = []\n", "a number, or a list of them"},
      {"cascade.on = [0.7, 'x']\n", "a number, or a list of them"},
      {"cascade.on = 1.5\n", "on is 1.5"},
      {"cascade.on = [0.7, 0.8]\n", "on has 2 values"},
      {"cascade.off = 0.9\n", "above on"},
      {"cascade.n = 9\n", "above m"},
      {"cascade.motion = 'yes'\n", "on, off"}};
  for (const auto& [line, what] : cases)
    EXPECT_THAT(told_of(kLeast + line), AllOf(HasSubstr(what), HasSubstr("dewdrop.toml:4"))) << line;
  EXPECT_THAT(told_of("name = 'a'\nquestion = 'b'\nclasses = ['x', 3]\n"), HasSubstr("a list of texts"));
  EXPECT_THAT(told_of("name = 'a'\nquestion = 'b'\nclasses = 'x,y'\n"), HasSubstr("a list of texts"));
}

TEST(Settings, WhatTheCommandLineReadsIsWhatTheFileIsCheckedAgainst) {
  EXPECT_EQ(setting_rule("label.detail").words, (std::vector<std::string>{"low", "high", "auto"}));
  EXPECT_EQ(setting_rule("label.votes").range.most, 99);
  EXPECT_TRUE(parse_settings(kLeast + "label.votes = 99\n", "x"));
  EXPECT_FALSE(parse_settings(kLeast + "label.votes = 100\n", "x"));
  for (const char* key :
       {"label.detail", "label.reasoning", "label.context", "label.spread", "label.policy", "label.tie",
        "student.net", "student.calibration", "student.equalise", "student.qat", "target.rounding"}) {
    const SettingRule rule = setting_rule(key);
    ASSERT_GE(rule.words.size(), 2U) << key;
    for (const std::string& word : rule.words) {
      const auto parsed = parse_settings(kLeast + key + " = '" + word + "'\n", "x");
      EXPECT_TRUE(parsed) << told(parsed);
      EXPECT_THAT(rule.help, HasSubstr(word)) << "the help of " << key;
    }
  }
  EXPECT_EQ(setting_rule("label.spread").help.find('\n'), std::string::npos);
}

TEST(Settings, WhatIsMissingOrNoTomlIsTold) {
  EXPECT_THAT(told_of(""), HasSubstr("'name' is missing"));
  EXPECT_THAT(told_of("name = 'a'\nquestion = 'b'\n"), HasSubstr("'classes' is missing"));
  EXPECT_THAT(told_of("name = 'a'\nname = 'b'\n"), HasSubstr("dewdrop.toml:2"));
  EXPECT_THAT(told_of(kLeast + "unsure = \"\n"),
              AllOf(HasSubstr("not valid TOML"), HasSubstr("dewdrop.toml:4")));
  EXPECT_THAT(told_of(kLeast + "unsure = '\xff'\n"), HasSubstr("not valid TOML"));
  EXPECT_THAT(told_of(std::string(100'000, '#')), HasSubstr("longer than"));
}

TEST(SettingsEdit, ChangesAKeyAndLeavesTheRestAsItIs) {
  const std::string mine =
      kLeast + "# my own words: x = 1\n[cascade]\non = 0.5 # mine\n# usd_a_day =\n\n[target]\n";
  const auto changed = with_settings(
      mine, {{"cascade.on", "0.75"}, {"cascade.usd_a_day", "2"}, {"cascade.n", "4"}, {"label.votes", "3"}},
      "x");
  ASSERT_TRUE(changed) << told(changed);
  EXPECT_EQ(*changed,
            kLeast +
                "# my own words: x = 1\n[cascade]\nn = 4\non = 0.75 # mine\nusd_a_day = 2\n\n[target]\n\n"
                "[label]\nvotes = 3\n");
  const auto settings = parse_settings(*changed, "x").value();
  EXPECT_EQ(settings.on.all, std::vector<double>{0.75});
  EXPECT_EQ(settings.n, 4);
}

TEST(SettingsEdit, ASectionWithoutTheKeyIsNotAnotherOnesKey) {
  const auto changed = with_settings(kLeast + "[student]\nseed = 2\n[label]\n", {{"label.seed", "7"}}, "x");
  ASSERT_TRUE(changed) << told(changed);
  EXPECT_EQ(parse_settings(*changed, "x")->seed, 2U);
  EXPECT_EQ(parse_settings(*changed, "x")->vote_seed, 7);
}

TEST(SettingsEdit, AWholeFileIsChangedInPlace) {
  const auto changed = with_settings(to_toml(person()), {{"cascade.on", "0.7"}, {"cascade.rest", "5"}}, "x");
  ASSERT_TRUE(changed) << told(changed);
  Settings expected = person();
  expected.on.all = {0.7};
  expected.rest = 5;
  EXPECT_EQ(*changed, to_toml(expected));
}

TEST(SettingsEdit, ACommentBehindAValueStays) {
  const auto changed = with_settings(kLeast + "[cascade]\nask = \"a # b\" # why\nschema = 'x#y'\n",
                                     {{"cascade.ask", "\"c\""}, {"cascade.schema", "\"z\""}}, "x");
  ASSERT_TRUE(changed) << told(changed);
  EXPECT_EQ(*changed, kLeast + "[cascade]\nask = \"c\" # why\nschema = \"z\"\n");
}

TEST(SettingsEdit, WhatWouldBeWrongIsRefused) {
  EXPECT_FALSE(with_settings(kLeast, {{"cascade.on", "7"}}, "x"));
  EXPECT_FALSE(with_settings(kLeast, {{"cascade.what", "7"}}, "x"));
  EXPECT_FALSE(with_settings("nonsense", {{"cascade.on", "0.7"}}, "x"));
}

TEST(Settings, NestingCannotOverflowTheStack) {
  std::string keys = "a";
  for (int i = 0; i < 30'000; ++i) keys += ".a";
  EXPECT_NE(told_of(keys + " = 1\n"), "fine");
  EXPECT_NE(told_of("[" + keys + "]\n"), "fine");
  std::string lines = "x = ";
  for (int i = 0; i < 200; ++i) lines += "[\n{" + keys.substr(0, 300) + " = ";
  EXPECT_NE(told_of(lines), "fine");
  EXPECT_NE(told_of("x = " + std::string(60'000, '[')), "fine");
  std::string tables = "x = ";
  for (int i = 0; i < 15'000; ++i) tables += "{a=";
  EXPECT_NE(told_of(tables), "fine");
  Settings dotted = person();
  dotted.question = std::string(3000, '.') + "\"'\\";
  EXPECT_EQ(parse_settings(to_toml(dotted), "x"), dotted) << "dots in a text nest nothing";
}

}  // namespace
}  // namespace dew
