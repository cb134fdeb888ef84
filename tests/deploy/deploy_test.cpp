// The table of formats, and the templates: they compile as they stand, and with their model's name in them.
#include "deploy/deploy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "deploy/formats.h"
#include "tests/compiler/kinds.h"
#include "tests/graph/builder.h"

namespace dew::deploy {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTemplates = DEWDROP_SOURCE_DIR "/src/deploy/templates";

/// A small classifier, compiled under a name.
struct Net {
  explicit Net(const std::string& symbol, int channels = 3) {
    if (channels == 3) {
      graph = graph::mobilenet_like(3, 16, 2);
    } else {
      graph::Builder builder(3);
      const int input = builder.input({1, 8, 8, channels}, 0.02F, -4);
      const int mean = builder.mean(
          builder.conv(input, 8, 3, 2, graph::Padding::kSame, graph::Activation::kRelu6), {1, 2}, false);
      builder.output(builder.softmax(builder.fully_connected(mean, 2)));
      graph = builder.graph();
    }
    graph.classes = {"yes", "no"};
    compiler::Options options;
    options.symbol = symbol;
    auto compiled = compiler::compile(graph, options);
    EXPECT_TRUE(compiled);
    plan = *std::move(compiled);
    tflite = graph::write_tflite(graph).value();
  }
  [[nodiscard]] Package package() const { return {graph, plan, tflite}; }

  graph::Graph graph;
  compiler::Plan plan;
  std::string tflite;
};

/// What a compiler that lets nothing pass says of the C files in a folder, and the program of it.
std::string build_and_run(const fs::path& folder) {
  const auto ran = run_process({"sh", "-c",
                                "cd " + folder.string() +
                                    " && cc -std=c99 -Wall -Wextra -Wconversion -Wsign-conversion -Wpedantic "
                                    "-Werror -O1 *.c -o example && ./example"},
                               std::chrono::minutes(2), Watch());
  return ran ? ran->output + ran->errors : ran.error().what;
}

void write_all(const fs::path& folder, const Files& files) {
  for (const auto& [name, text] : files) ASSERT_TRUE(write_file(folder / name, text));
}

TEST(Templates, TheExampleCompilesAsItStands) {
  const auto folder = TemporaryFolder::create();
  const Net net("model");
  const auto files = c_package(net.package());
  ASSERT_TRUE(files);
  write_all(folder->path(), *files);
  fs::copy_file(fs::path(kTemplates) / "c" / "example.c", folder->path() / "example.c",
                fs::copy_options::overwrite_existing);
  EXPECT_THAT(build_and_run(folder->path()), HasSubstr("class "));
}

/// What the example prints first for a kind of net.
const std::map<std::string, std::string> kPrints = {
    {"picture", "yes "},       {"careful", "a cup "},  {"grey", "0 "},
    {"keyword", "0 "},         {"angle", "value "},    {"gesture", "idle "},
    {"autoencoder", "value "}, {"map", "0,0,0 "},      {"unsigned_bytes", "value "},
    {"gated", "yes "},         {"streaming", "value "}};

TEST(Packages, TheExampleRunsForEveryKindOfNet) {
  std::set<std::string> seen;
  for (const test::Kind& kind : test::kinds()) {
    const auto plan = kind.compile({});
    ASSERT_TRUE(plan) << kind.name;
    const auto files = c_package({kind.graph, *plan, {}});
    ASSERT_TRUE(files);
    const auto folder = TemporaryFolder::create();
    write_all(folder->path(), *files);
    const std::string said = build_and_run(folder->path());
    EXPECT_EQ(said.substr(0, kPrints.at(kind.name).size()), kPrints.at(kind.name))
        << kind.name << ": " << said;
    for (const char* name : {"example.c", "README.md", "Makefile", "CMakeLists.txt"}) {
      EXPECT_THAT(files->at(name), Not(ContainsRegex("@[A-Z]"))) << kind.name << " " << name;
      EXPECT_THAT(files->at(name), Not(HasSubstr("#ifdef"))) << kind.name << " " << name;
    }
    const bool pictures = compiler::ends_of(*plan).input == compiler::Ends::Input::kPicture;
    EXPECT_EQ(files->count("dew_" + kind.name + "_camera.c"), pictures ? 1U : 0U) << kind.name;
    EXPECT_EQ(files->at("README.md").find("It remembers") != std::string::npos, kind.name == "streaming");
    EXPECT_EQ(files->at("README.md").find("stretched") != std::string::npos, pictures) << kind.name;
    seen.insert(kind.name);
  }
  EXPECT_EQ(seen.size(), kPrints.size());
}

/// "class change frame" a line for scores that are read, by the generated trigger.
constexpr const char* kFeedTrigger = R"(
#include <stdio.h>
#include "dew_person_trigger.h"
int main(void) {
  static dew_person_trigger trigger;
  int yes, no, ms;
  while (scanf("%d %d %d", &yes, &no, &ms) == 3) {
    dew_person_result result;
    uint8_t changes[DEW_PERSON_EVENTS];
    int i;
    result.scores[0] = (int8_t)yes;
    result.scores[1] = (int8_t)no;
    if (!dew_person_trigger_push(&trigger, &result, (uint32_t)ms, changes)) continue;
    for (i = 0; i < DEW_PERSON_EVENTS; i++)
      if (changes[i]) printf("%d %d %d\n", i, changes[i], ms);
  }
  printf("%d bytes\n", (int)sizeof trigger);
  return 0;
}
)";

TEST(Packages, TheTriggerTellsTheGatewaysEvents) {
  const Net net("person");
  for (const double temperature : {1.0, 1.7}) {
    Package package = net.package();
    package.events.temperature = temperature;
    package.events.classes = {{1, {"no", 0.8, 0.5, 3, 5, 1.5}}, {0, {"yes", 0.6, 0.4, 2, 3, 0.4}}};
    const auto files = c_package(package);
    ASSERT_TRUE(files);
    const auto folder = TemporaryFolder::create();
    write_all(folder->path(), *files);
    ASSERT_TRUE(write_file(folder->path() / "feed.c", kFeedTrigger));
    std::string fed;
    std::string expected;
    std::minstd_rand random(3);
    const cascade::Temper temper(temperature);
    std::vector<cascade::Trigger> triggers;
    for (const auto& one : package.events.classes) triggers.emplace_back(one.rule);
    int yes = 0;
    for (int frame = 0; frame < 3000; ++frame) {
      if (random() % 9 == 0) yes = static_cast<int>(random() % 256);
      const int step = std::clamp(yes + static_cast<int>(random() % 41) - 20, 0, 255);
      fed += std::to_string(step - 128) + " " + std::to_string(127 - step) + " " +
             std::to_string(frame * 70) + "\n";
      std::vector<uint8_t> scores = {cascade::score_step(step / 256.0),
                                     cascade::score_step((255 - step) / 256.0)};
      temper.apply(scores);
      for (size_t i = 0; i < triggers.size(); ++i) {
        const auto change = triggers[i].push(scores[package.events.classes[i].output], frame * 0.07);
        if (change != cascade::Change::kNothing)
          expected += std::to_string(i) + (change == cascade::Change::kBegins ? " 1 " : " 2 ") +
                      std::to_string(frame * 70) + "\n";
      }
    }
    ASSERT_TRUE(write_file(folder->path() / "fed", fed));
    const auto ran = run_process({"sh", "-c",
                                  "cd " + folder->path().string() +
                                      " && cc -std=c99 -Wall -Wextra -Wconversion -Wpedantic -Werror feed.c "
                                      "dew_person.c -o feed && ./feed < fed && cc -std=c99 -Wall -Wextra "
                                      "-Werror -I. examples/trigger.c dew_person.c -o trigger && ./trigger"},
                                 std::chrono::minutes(2), Watch());
    ASSERT_TRUE(ran) << ran.error().what;
    EXPECT_EQ(ran->status, 0) << ran->errors;
    EXPECT_EQ(ran->output, expected + "32 bytes\n");
    EXPECT_GT(std::count(expected.begin(), expected.end(), '\n'), 50);
  }
}

TEST(Packages, MakeAndCmakeBuildThem) {
  const Net net("person");
  const auto files = c_package(net.package());
  ASSERT_TRUE(files);
  for (const char* build :
       {"make -s CC=cc && ./example", "cmake -B b >log && cmake --build b >log && b/example"}) {
    const auto folder = TemporaryFolder::create();
    write_all(folder->path(), *files);
    const auto ran = run_process({"sh", "-c", "cd " + folder->path().string() + " && " + build},
                                 std::chrono::minutes(2), Watch());
    ASSERT_TRUE(ran) << ran.error().what;
    EXPECT_THAT(ran->output, HasSubstr("class ")) << build << "\n" << ran->errors;
  }
}

TEST(Packages, TheTimingExampleLogsEveryStep) {
  const Net net("person");
  const auto package = net.package();
  const auto files = c_package(package);
  ASSERT_TRUE(files);
  const auto folder = TemporaryFolder::create();
  write_all(folder->path(), *files);
  const auto ran = run_process({"sh", "-c",
                                "cd " + folder->path().string() +
                                    " && make -s CC=cc CFLAGS='-O1 -Wall -Wextra -Wconversion "
                                    "-Wsign-conversion -Wpedantic -Werror' timing && "
                                    "./timing"},
                               std::chrono::minutes(2), Watch());
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_THAT(ran->output, HasSubstr("dew_timing begin " + timing_mark(package.plan) + " 1 1000000\n"))
      << ran->errors;
  const std::string last = "dew_timing " + std::to_string(package.plan.program.size() - 1) + " ";
  EXPECT_THAT(ran->output, HasSubstr(last));
  EXPECT_THAT(ran->output, HasSubstr("dew_timing end\nyes "));
}

TEST(Packages, TheTimingLogHoldsTheLongestName) {
  const Net net(std::string(64, 'n'));  // the longest that compile() takes
  const auto files = c_package(net.package());
  ASSERT_TRUE(files);
  const auto folder = TemporaryFolder::create();
  write_all(folder->path(), *files);
  const auto ran = run_process({"sh", "-c",
                                "cd " + folder->path().string() +
                                    " && make -s CC=cc CFLAGS='-O1 -fsanitize=address' timing && ./timing"},
                               std::chrono::minutes(2), Watch());
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(ran->status, 0) << ran->errors;
  EXPECT_THAT(ran->output, HasSubstr("dew_timing end\n"));
}

TEST(Packages, TheExampleReadsRealValues) {
  const test::Kind kind = test::kinds()[4];
  const auto plan = kind.compile({});
  ASSERT_TRUE(plan);
  const auto files = c_package({kind.graph, *plan, {}});
  ASSERT_TRUE(files);
  const auto folder = TemporaryFolder::create();
  write_all(folder->path(), *files);
  std::string numbers;
  for (int i = 0; i < 128 * 3; ++i) numbers += std::to_string(i % 11 - 5) + ".5 ";
  ASSERT_TRUE(write_file(folder->path() / "numbers", numbers));
  const std::string zeros = build_and_run(folder->path());
  const auto ran = run_process({"env", "-C", folder->path().string(), "./example", "numbers"},
                               std::chrono::minutes(1), Watch());
  ASSERT_TRUE(ran) << ran.error().what;
  EXPECT_EQ(ran->output.substr(0, 6), "value ");
  EXPECT_NE(ran->output, zeros);
}

TEST(Templates, NothingIsLeftToFillIn) {
  const Net net("person");
  const auto files = c_package(net.package());
  ASSERT_TRUE(files);
  for (const char* name : {"example.c", "README.md"}) {
    EXPECT_THAT(files->at(name), Not(HasSubstr("@"))) << name;
    EXPECT_THAT(files->at(name), Not(HasSubstr("dew_model"))) << name;
    EXPECT_THAT(files->at(name), Not(HasSubstr("DEW_MODEL"))) << name;
    EXPECT_THAT(files->at(name), HasSubstr("dew_person")) << name;
  }
  EXPECT_THAT(files->at("README.md"),
              HasSubstr("| arena | " + with_commas(net.plan.arena_bytes) + " bytes of RAM"));
  EXPECT_THAT(files->at("README.md"), HasSubstr("; real value = "));
  EXPECT_THAT(files->at("README.md"), HasSubstr("| classes | yes, no |"));
}

TEST(Templates, NamesAndValuesAreFilledInOnce) {
  EXPECT_EQ(filled_in("dew_model.h DEW_MODEL_X @A@ @B@", "dew_model", {{"A", "@B@"}, {"B", "dew_model"}}),
            "dew_dew_model.h DEW_DEW_MODEL_X @B@ dew_model");
}

TEST(Formats, TheTableIsWhatHelpAndErrorsSay) {
  std::set<std::string> names;
  const Net net("person");
  for (const Format& format : formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_FALSE(format.gives.empty()) << format.name;
    const auto made = format.make(net.package());
    ASSERT_TRUE(made) << format.name;
    EXPECT_FALSE(made->empty()) << format.name;
    EXPECT_EQ(find_format(format.name)->make, format.make);
    EXPECT_THAT(format_names(), HasSubstr(format.name));
  }
  EXPECT_EQ(format_names(), "c, tflite, onnx or web");
  const auto unknown = find_format("zephyr");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fault, Fault::kUsage);
  EXPECT_THAT(unknown.error().next, HasSubstr("c, tflite, onnx or web"));
}

TEST(Formats, ModelFilesBringTheirClassesAndThresholds) {
  Net net("person");
  for (const char* format : {"tflite", "onnx"}) {
    const std::string file = std::string("person.") + format;
    auto made = find_format(format)->make(net.package());
    ASSERT_TRUE(made);
    EXPECT_EQ(made->size(), 2U);
    EXPECT_EQ(made->at("person.labels.txt"), "yes\nno\n");
    EXPECT_FALSE(made->at(file).empty());
    Net plain = net;
    plain.graph.classes.clear();
    plain.plan.thresholds = {0.5, 0.75};
    made = find_format(format)->make(plain.package());
    ASSERT_TRUE(made);
    EXPECT_EQ(made->count("person.labels.txt"), 0U);
    EXPECT_EQ(made->at("person.thresholds.txt"), "0.5\n0.75\n");
  }
  EXPECT_TRUE(find_format("tflite")->make(net.package())->at("person.tflite") == net.tflite);
}

}  // namespace
}  // namespace dew::deploy
