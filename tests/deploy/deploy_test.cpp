// The table of formats, and the templates: they compile as they stand, and with their model's name in them.
#include "deploy/deploy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "deploy/formats.h"
#include "tests/graph/builder.h"

namespace dew::deploy {
namespace {

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
                                    " && cc -std=c99 -Wall -Wextra -Werror -pedantic -O1 *.c -o example && "
                                    "./example"},
                               std::chrono::minutes(2), Watch());
  return ran ? ran->output + ran->errors : ran.error().what;
}

void write_all(const fs::path& folder, const Files& files) {
  for (const auto& [name, text] : files) ASSERT_TRUE(write_file(folder / name, text));
}

TEST(Templates, TheExampleCompilesAsItStands) {
  const auto folder = TemporaryFolder::create();
  const Net net("model");
  write_all(folder->path(), compiler::emit_c(net.plan));
  fs::copy_file(fs::path(kTemplates) / "c" / "example.c", folder->path() / "example.c");
  EXPECT_THAT(build_and_run(folder->path()), HasSubstr("class "));
}

TEST(Templates, TheExampleCompilesUnderAnyName) {
  for (const char* symbol : {"person", "my_dew_model_2"}) {
    const auto folder = TemporaryFolder::create();
    const Net net(symbol, symbol[0] == 'p' ? 3 : 1);
    const auto files = c_package(net.package());
    ASSERT_TRUE(files);
    write_all(folder->path(), *files);
    EXPECT_THAT(build_and_run(folder->path()), HasSubstr("class ")) << symbol;
    const std::string colours = symbol[0] == 'p' ? "rows top down, RGB" : "rows top down, grey";
    EXPECT_THAT(files->at("example.c"), HasSubstr(colours));
  }
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
              HasSubstr("| arena | " + with_commas(net.plan.arena_bytes) + " bytes |"));
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
  EXPECT_EQ(format_names(), "c, tflite or onnx");
  const auto unknown = find_format("zephyr");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().fault, Fault::kUsage);
  EXPECT_THAT(unknown.error().next, HasSubstr("c, tflite or onnx"));
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
