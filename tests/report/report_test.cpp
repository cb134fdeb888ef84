// The page: whole, harmless, and showing the numbers it was given.
#include "report/report.h"
#include "report/compare_page.h"
#include "report/events_page.h"
#include "report/tune_page.h"

#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "report/parts.h"
#include "tests/report/dom.h"
#include "tests/report/sample.h"

namespace dew::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Fails the test and gives an empty tree where the page is not well-formed.
std::unique_ptr<Node> tree_of(const Report& report) {
  std::string error;
  auto tree = parse(to_html(report), error);
  EXPECT_TRUE(tree) << error;
  return tree ? std::move(tree) : std::make_unique<Node>();
}

/// What a hostile camera's name, a model's answer or a class could hold.
constexpr const char* kHostile = "<script>alert(1)</script> \"'&\x01\xff]]> --> \xe2\x80\xae";

TEST(EventsPage, IsWellFormedWhateverItTells) {
  EventsPage page;
  page.title = page.question = kHostile;
  page.events = 3;
  for (int i = 0; i < 2; ++i) {
    ShownEvent event;
    event.id = i + 1;
    event.source = event.event_class = event.at = kHostile;
    event.state = i == 0 ? "open" : "cut";
    event.start = 10.0 * i;
    event.end = event.start + 5;
    event.pictures.push_back({noise_picture(64, 48, 1), kHostile, 1, 0.5});
    event.pictures.push_back({Image{}, "first", 1, 0.5});
    event.answers.push_back({kHostile, "answered", kHostile, kHostile, 0.25});
    page.shown.push_back(event);
  }
  std::string error;
  const auto tree = parse(to_html(page), error);
  ASSERT_TRUE(tree) << error;
  EXPECT_EQ(tree->find("script").size(), 0U);
  EXPECT_EQ(tree->find("article").size(), 2U);
  EXPECT_EQ(tree->find("img").size(), 2U) << "a picture that is gone leaves its caption";
}

TEST(ComparePage, IsWellFormedWhateverItTells) {
  const compare::Figure some = compare::Estimate{-0.03, -0.05, -0.01, 0.004};
  ComparePage page;
  page.title = page.question = page.a = page.b = page.answer = kHostile;
  page.classes = {kHostile, "robin"};
  compare::Findings& all = page.findings;
  all.pictures = 100;
  all.seeds = 5;
  all.accuracy.a = all.accuracy.b = all.accuracy.difference = all.accuracy.structure = some;
  all.accuracy.floor = 0.01;
  all.accuracy.classes = {{60, some, some, some}, {0, {}, {}, {}}};
  all.consistency.between = some;
  all.inheritance.wrong = 3;
  all.inheritance.beyond_noise = some;
  all.inheritance.pairs = {{0, 1, 3, 0.5, 0.1, 0.2}};
  all.holes.slices = {{{1, 2, 3}, 0.9, 0.1, 0.8, 0.01, {{0, 2}, {1, 1}}, kHostile},
                      {{4}, 0.2, 0.1, 0.1, 0.9, {{0, 1}}, kHostile}};
  all.holes.exchanges = 201;
  compare::DriftFindings drift;
  drift.name = kHostile;
  drift.pictures = 40;
  drift.curve = {{0, some, some, some, some, some, some},
                 {1, some, some, {}, {}, {}, {}},
                 {5, {}, some, some, {}, {}, {}}};
  drift.lines = {{kHostile, "weather", some, some, {}, some}};
  drift.loss_a = drift.area = some;
  all.drift = drift;
  all.shifted = {drift};
  all.curve = compare::LearningCurve{{{0.5, 30, some, {}}, {1, 60, some, some}}, some, some, some};
  all.reviewed = {{0.1, 6, some, some, some, {}}};
  all.verdicts = {{"accuracy", kHostile, 0.004, 0.02, true}, {"holes", kHostile, {}, {}, false}};
  all.cannot = {kHostile};
  page.pictures = {{0, noise_picture(32, 32, 1), kHostile, kHostile, kHostile, 1, 0},
                   {1, Image{}, "robin", "", "", 0, 0}};
  page.costs = {60, 0.12, 0.05};
  page.settings = {{"A", kHostile, kHostile}};
  std::string error;
  const auto tree = parse(to_html(page), error);
  ASSERT_TRUE(tree) << error;
  EXPECT_EQ(tree->find("script").size(), 0U);
  for (const char* id :
       {"verdicts", "accuracy", "consistency", "inheritance", "holes", "drift", "what-to-do", "cannot"})
    EXPECT_TRUE(tree->by_id(id)) << id;
  EXPECT_EQ(tree->by_id("holes")->find("article").size(), 2U);
  EXPECT_EQ(tree->by_id("holes")->find("details").size(), 1U) << "a slice that can be chance is folded";
  const auto bare = parse(to_html(ComparePage{}), error);
  ASSERT_TRUE(bare) << error;
  EXPECT_FALSE(bare->by_id("holes"));
}

TEST(TunePage, IsWellFormedWhateverItTells) {
  TunePage page;
  page.title = page.net = kHostile;
  page.wanted_recall = 0.95;
  TunePageClass one;
  one.name = kHostile;
  one.on = 0.6;
  one.off = 0.4;
  one.chosen = {kHostile, 1, 0.6, 1, 0.6, 0.004, 300, 0.6, 0, 0.5};
  one.held_back = {kHostile, 0.8, 0.4, 0.9, 0.5, 0.005, 330, 0.7, 1.5, 0.6};
  one.curve = {{kHostile, 0.5, 0.2, 1, 0.4, 0.002, 100, 0.2, 0, 0.4}, one.chosen};
  one.recordings = {{kHostile, 100, {0.1, 0.9, 0.2}, {{20, 40}}, {{21, 44}, {90, 100}}},
                    {kHostile, 0, {}, {}, {}}};
  page.classes = {one, {}};
  std::string error;
  const auto tree = parse(to_html(page), error);
  ASSERT_TRUE(tree) << error;
  EXPECT_EQ(tree->find("script").size(), 0U);
  EXPECT_EQ(tree->find("section").size(), 2U);
  EXPECT_EQ(tree->find("svg").size(), 5U) << "the brand, a curve a class, a line a recording";
}

std::vector<std::string> texts(const std::vector<const Node*>& nodes) {
  std::vector<std::string> result;
  for (const Node* node : nodes) result.push_back(node->text());
  return result;
}

Report full_report() {
  Report report = sample_report();
  for (int i = 0; i < 155; ++i)
    report.tiles.push_back({noise_picture(128, 128, static_cast<uint32_t>(i)),
                            "vtest.avi#frame=" + std::to_string(i), "yes", "A person is visible.",
                            i % 20 == 0 ? "no" : "yes", 0.5 + i / 400.0, i % 20 != 0,
                            HeatMap{3, 3, {-2, -1, 0, 1, 2, 3, 4, 5, 6}, "no"}});
  for (size_t i = 0; i < report.tiles.size(); ++i)
    report.dots.push_back({static_cast<double>(i % 13), static_cast<double>(i / 13), i});
  const Image frame = noise_picture(768, 576, 1);
  for (int i = 0; i < 12; ++i)
    report.lit_frames.push_back({frame, "frame", {{{0, 0, 192, 192}, 0.9, true, "yes"}}});
  return report;
}

TEST(Page, AFullReportIsWellFormedSmallAndFetchesNothing) {
  const std::string page = to_html(full_report());
  std::string error;
  const auto tree = parse(page, error);
  ASSERT_TRUE(tree) << error;
  EXPECT_LT(page.size(), 3'000'000U);
  // The grid, the frames; 8 mistakes and 6 of the one class that is right, each with its heat map.
  EXPECT_EQ(tree->find("img").size(), 155U + 12U + 2 * 8U + 2 * 6U);
  EXPECT_GT(tree->find("image").size(), 50U);
  EXPECT_TRUE(tree->find("script").empty());
  EXPECT_TRUE(tree->find("link").empty());
  for (const Node* node : tree->find([](const Node&) { return true; })) {
    if (node->attributes.contains("href")) {
      EXPECT_THAT(node->get("href"), testing::StartsWith("data:image/jpeg;base64,/9j/"));
    }
    if (!node->attributes.contains("src")) continue;
    EXPECT_THAT(node->get("src"), testing::StartsWith("data:image/jpeg;base64,/9j/"));
  }
  EXPECT_THAT(tree->find("style")[0]->text(), Not(testing::ContainsRegex("url\\(|@import|http")));
  EXPECT_THAT(page, HasSubstr("default-src &#39;none&#39;"));
}

TEST(Page, HostileTextIsTextEverywhere) {
  const std::string page = to_html(hostile_report());
  std::string error;
  const auto tree = parse(page, error);
  ASSERT_TRUE(tree) << error;
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("alert(1)<")));
  for (const char c : page) ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 || c == '\n');
  // What was attacked with is shown, as text, at each place that takes a string.
  const std::string shown = "<script>alert(1)</script>\"'&amp;␛[31m\uFFFD\uFFFD␀]]>-->";
  for (const char* id : {"figures", "labels", "frames", "confusion", "classes", "mistakes", "looks", "map",
                         "memory", "layers", "tiles", "settings"}) {
    ASSERT_TRUE(tree->by_id(id)) << id;
    EXPECT_THAT(tree->by_id(id)->text(), HasSubstr(shown)) << id;
  }
  EXPECT_THAT(tree->find("h1")[0]->text(), HasSubstr(shown));
  for (const Node* node : tree->find([](const Node&) { return true; }))
    for (const auto& [name, value] : node->attributes) EXPECT_FALSE(name.starts_with("on")) << node->tag;
  // Numbers that are none do not reach the drawing.
  for (const Node* svg : tree->find("svg"))
    for (const Node* node : svg->find([](const Node&) { return true; }))
      for (const char* attribute : {"d", "x", "y", "cx", "cy", "x1", "y1", "width", "height"})
        EXPECT_THAT(node->get(attribute), Not(testing::ContainsRegex("nan|inf"))) << node->tag;
}

TEST(Page, PartsWithoutDataLeaveNothingBehind) {
  const auto empty = tree_of({});
  EXPECT_TRUE(empty->find("h2").empty());
  EXPECT_TRUE(empty->find("section").empty());
  EXPECT_TRUE(empty->find("table").empty());
  EXPECT_TRUE(empty->find("dl").empty());
  EXPECT_EQ(empty->find("h1").size(), 1U);
  EXPECT_NE(empty->find("h1")[0]->text(), "");

  struct Part {
    const char* id;
    std::function<void(Report&)> clear;
  };
  const std::vector<Part> parts = {{"figures", [](Report& r) { r.headline.clear(); }},
                                   {"labels", [](Report& r) { r.label_counts.clear(); }},
                                   {"frames", [](Report& r) { r.lit_frames.clear(); }},
                                   {"training", [](Report& r) { r.curve.clear(); }},
                                   {"confusion", [](Report& r) { r.confusions.clear(); }},
                                   {"classes", [](Report& r) { r.class_scores.clear(); }},
                                   {"memory", [](Report& r) { r.buffers.clear(); }},
                                   {"tiles", [](Report& r) { r.tiles.clear(); }},
                                   {"mistakes", [](Report& r) { r.tiles[1].agree = true; }},
                                   {"looks", [](Report& r) { r.tiles[0].heat.reset(); }},
                                   {"map", [](Report& r) { r.dots.clear(); }},
                                   {"settings", [](Report& r) { r.settings.clear(); }}};
  Report report = sample_report();
  report.tiles.push_back({noise_picture(8, 8, 0), "t", "yes", "", "yes", 1, true, HeatMap{1, 1, {1}, "no"}});
  report.tiles.push_back({noise_picture(8, 8, 0), "u", "yes", "", "no", 1, false});
  report.dots = {{0, 0, 0}};
  report.lit_frames.push_back({noise_picture(8, 8, 0), "f", {}});
  for (size_t left = parts.size(); left > 0; --left) {
    const auto tree = tree_of(report);
    const auto sections = tree->find("section");
    ASSERT_EQ(sections.size(), left);
    EXPECT_EQ(tree->find("h2").size(), left);
    for (const Node* section : sections)
      EXPECT_GT(section->find([](const Node&) { return true; }).size(), 1U) << section->get("id");
    ASSERT_TRUE(tree->by_id(parts[left - 1].id));
    parts[left - 1].clear(report);
    EXPECT_FALSE(tree_of(report)->by_id(parts[left - 1].id));
  }
}

TEST(Page, HasOneTopHeadingNamedTablesAndAltTexts) {
  const auto tree = tree_of(full_report());
  EXPECT_EQ(tree->find("h1").size(), 1U);
  for (const Node* image : tree->find("img")) EXPECT_NE(image->get("alt"), "");
  for (const Node* table : tree->find("table")) EXPECT_FALSE(table->find("th").empty());
  for (const Node* head : tree->find("th")) EXPECT_NE(head->get("scope"), "");
  for (const Node* svg : tree->find("svg"))
    EXPECT_TRUE(svg->get("aria-hidden") == "true" || !svg->get("aria-label").empty());
}

TEST(Verdict, IsReadFromTheLastMatrixBesideABlindGuess) {
  const auto tree = tree_of(sample_report());
  EXPECT_EQ(tree->find("p", "verdict")[0]->text(),
            "96.1\u00a0% right: 149 of 155 test pictures as labelled (int8 on qemu:mps2-an386). "
            "Always answering “no” would reach 69.7\u00a0%.");
}

TEST(Labels, CountsSharesAndTotalsOfEachSplit) {
  const auto tree = tree_of(sample_report());
  const Node* part = tree->by_id("labels");
  EXPECT_THAT(texts(part->find("span", "count")),
              ElementsAre("118", "13", "47", "241", "27", "108", "37", "4", "33"));
  EXPECT_EQ(part->find("div", "bar")[0]->find("div")[0]->get("style"), "width:32.87%");  // 118 of 359
  EXPECT_EQ(part->find("div", "bar").size(), 6U);  // none for those set aside
  EXPECT_THAT(texts(part->find("tfoot")[0]->find("td")), ElementsAre("359", "40", "155"));
}

/// Reads a path's "Mx yLx y..." back.
std::vector<std::pair<double, double>> points_of(const Node& path) {
  std::vector<std::pair<double, double>> points;
  std::string d = path.get("d");
  for (char& c : d)
    if (c == 'M' || c == 'L') c = ' ';
  const char* at = d.c_str();
  for (char* end = nullptr;; at = end) {
    const double x = std::strtod(at, &end);
    if (end == at) return points;
    at = end;
    points.emplace_back(x, std::strtod(at, &end));
  }
}

TEST(Curve, PointsLieWhereTheAxesSayTheyAre) {
  Report report;
  report.curve = {{1, 0.9, 0.5, 0.8, 0.6}, {2, 0.4, 0.75, 0.5, 0.7}, {5, 0.3, 1.0, 0.45, 0.9}};
  const auto tree = tree_of(report);
  const auto panels = tree->by_id("training")->find("figure", "panel");
  ASSERT_EQ(panels.size(), 2U);
  const auto figures = {&CurvePoint::train_loss, &CurvePoint::validation_loss, &CurvePoint::train_accuracy,
                        &CurvePoint::validation_accuracy};
  size_t index = 0;
  for (const auto figure : figures) {
    const Node& panel = *panels[index / 2];
    const auto lines = panel.find("path", "line");
    ASSERT_EQ(lines.size(), 2U);
    // Two labelled grid lines give the scale back.
    const auto grid = panel.find("line", "grid");
    const auto labels = panel.find("g", "y")[0]->find("text");
    ASSERT_EQ(grid.size(), labels.size());
    const double unit = index < 2 ? 1 : 100;
    const double low = std::stod(labels.front()->text()) / unit;
    const double high = std::stod(labels.back()->text()) / unit;
    const double low_y = grid.front()->number("y1");
    const double high_y = grid.back()->number("y1");
    const auto points = points_of(*lines[index % 2]);
    ASSERT_EQ(points.size(), report.curve.size());
    for (size_t i = 0; i < points.size(); ++i) {
      const double value = report.curve[i].*figure;
      EXPECT_LE(low, value);
      EXPECT_GE(high, value);
      EXPECT_NEAR(points[i].second, low_y + (value - low) / (high - low) * (high_y - low_y), 0.02);
    }
    // Epochs 1, 2, 5: the second gap is three times the first.
    EXPECT_NEAR(points[2].first - points[1].first, 3 * (points[1].first - points[0].first), 0.05);
    ++index;
  }
}

TEST(Curve, WithoutValidationHasNoLineForIt) {
  Report report;
  report.curve = {{1, 0.9, 0.5, 0, 0}, {2, 0.4, 0.75, 0, 0}};
  const auto tree = tree_of(report);
  EXPECT_EQ(tree->find("path", "line").size(), 2U);
  EXPECT_TRUE(tree->find("path", "validation").empty());
}

TEST(Curve, ALossThatFallsFarGetsALogarithmicAxis) {
  Report report;
  report.curve = {{1, 1.0, 0.5, 0, 0}, {2, 0.1, 0.75, 0, 0}, {3, 0.01, 0.8, 0, 0}};
  const auto tree = tree_of(report);
  EXPECT_EQ(tree->find("h3")[0]->text(), "Loss, logarithmic");
  const auto points = points_of(*tree->find("path", "line")[0]);
  EXPECT_NEAR(points[1].second - points[0].second, points[2].second - points[1].second, 0.02);
}

TEST(Confusion, ShowsCountsAndShareOfTheRow) {
  const auto tree = tree_of(sample_report());
  const auto tables = tree->by_id("confusion")->find("table", "matrix");
  ASSERT_EQ(tables.size(), 3U);
  EXPECT_THAT(texts(tables[0]->find("span", "count")), ElementsAre("44", "3", "2", "106"));
  EXPECT_THAT(texts(tables[0]->find("small")),
              ElementsAre(" 93.6\u00a0%", " 6.4\u00a0%", " 1.9\u00a0%", " 98.1\u00a0%"));
  EXPECT_EQ(tables[0]->find("td", "hit")[0]->get("style"), "--share:0.94");
  EXPECT_EQ(tables[0]->find("td", "miss")[0]->get("title"), "labelled yes, student says no: 3 (6.4\u00a0%)");
}

TEST(Confusion, ThirtyClassesAreToldAsMixUps) {
  Report report;
  Confusion confusion{"float", std::vector(30, std::vector<int64_t>(30, 0))};
  for (size_t i = 0; i < 30; ++i) confusion.counts[i][i] = 8;
  confusion.counts[4][9] = 2;
  confusion.counts[5][3] = 12;
  report.confusions = {confusion};
  const auto tree = tree_of(report);
  EXPECT_TRUE(tree->find("table", "matrix").empty());
  const auto rows = tree->by_id("confusion")->find("tbody")[0]->find("tr");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0]->text(), testing::MatchesRegex("\\s*class 5\\s*class 3\\s*12\\s*60.0.*"));
}

TEST(Timeline, OneRectangleABufferAtItsPlaceAndSize) {
  const Report report = sample_report();
  const auto tree = tree_of(report);
  const Node& chart = *tree->by_id("memory");
  const auto buffers = chart.find("g", "buffer");
  ASSERT_EQ(buffers.size(), report.buffers.size());
  const auto grid = chart.find("line", "grid");  // 0, 32, 64 ... KiB
  const double zero = grid[0]->number("y1");
  const double pixels_a_byte = (zero - grid[1]->number("y1")) / (32 * 1024);
  const double left = grid[0]->number("x1");
  const double pixels_a_step = (grid[0]->number("x2") - left) / static_cast<double>(report.steps.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer& buffer = report.buffers[i];
    const Node& rect = *buffers[i]->find("rect")[0];
    EXPECT_NEAR(rect.number("height"), static_cast<double>(buffer.bytes) * pixels_a_byte, 0.02)
        << buffer.name;
    EXPECT_NEAR(rect.number("y") + rect.number("height"),
                zero - static_cast<double>(buffer.offset) * pixels_a_byte, 0.03);
    EXPECT_NEAR(rect.number("x"), left + buffer.first_step * pixels_a_step, 0.02);
    EXPECT_NEAR(rect.number("width"), (buffer.last_step - buffer.first_step + 1) * pixels_a_step, 0.02);
    EXPECT_THAT(buffers[i]->find("title")[0]->text(), testing::StartsWith(buffer.name + ": "));
  }
  EXPECT_NEAR(chart.find("line", "arena")[0]->number("y1"), zero - 138240 * pixels_a_byte, 0.02);
  EXPECT_EQ(chart.find("text", "step").size(), 65U);
  EXPECT_THAT(chart.find("text", "peak")[0]->text(), HasSubstr("block 1 depthwise"));
  EXPECT_THAT(chart.find("p", "lead")[0]->text(), HasSubstr("138,240 bytes hold every tensor"));
}

TEST(Timeline, SharedBytesCountOnceAndGapsAreTold) {
  Report report;
  report.steps = {"a", "b"};
  report.arena_bytes = 400;
  report.buffers = {{"x", 0, 100, 0, 1}, {"y", 50, 100, 1, 1}, {"z", 300, 100, 1, 1}};
  const auto tree = tree_of(report);
  EXPECT_THAT(tree->find("p", "lead")[0]->text(),
              HasSubstr("step 1, b: 250 bytes. The other 150 bytes are gaps."));
}

TEST(Timeline, ManyStepsAreThinnedUntilTheirNamesCanBeRead) {
  Report report;
  for (int i = 0; i < 500; ++i) {
    report.steps.push_back("step " + std::to_string(i));
    report.buffers.push_back({"b", 0, 10, i, i});
  }
  const auto tree = tree_of(report);
  const auto names = tree->find("text", "step");
  EXPECT_GT(names.size(), 40U);
  EXPECT_LT(names.size(), 100U);
}

TEST(Tiles, DisagreementsComeFirstAndAreMarked) {
  Report report;
  const Image picture = noise_picture(16, 16, 0);
  report.tiles = {{picture, "agrees, sure", "yes", "", "yes", 0.99, true},
                  {picture, "differs, unsure", "yes", "Legs at the border.", "no", 0.55, false},
                  {picture, "agrees, unsure", "no", "", "no", 0.51, true},
                  {picture, "differs, sure", "no", "A shadow.", "yes", 0.97, false}};
  const auto tree = tree_of(report);
  std::vector<std::string> order;
  for (const Node* tile : tree->find("figure", "tile"))
    order.push_back(tile->get("title") + (tile->has_class("differ") ? " !" : ""));
  EXPECT_THAT(order, ElementsAre("differs, sure A shadow. !", "differs, unsure Legs at the border. !",
                                 "agrees, unsure", "agrees, sure"));
  const Node& grid = *tree->by_id("tiles");
  EXPECT_THAT(texts(grid.find("p", "reason")), ElementsAre("A shadow.", "Legs at the border."));
  EXPECT_EQ(grid.find("img")[0]->get("alt"), "differs, sure: labelled no, student says yes");
  EXPECT_THAT(texts(tree->find("label")), ElementsAre("\n all 4", "\n the 2 that differ"));
}

TEST(Tiles, PastTheLimitTheRestIsCountedAndNoDisagreementIsLost) {
  Report report;
  for (int i = 0; i < 300; ++i)
    report.tiles.push_back(
        {noise_picture(4, 4, 0), std::to_string(i), "yes", "", i == 299 ? "no" : "yes", 0.9, i != 299});
  const auto tree = tree_of(report);
  EXPECT_EQ(tree->find("figure", "tile").size(), 240U);
  EXPECT_EQ(tree->find("figure", "differ").size(), 1U);
  EXPECT_THAT(tree->by_id("tiles")->text(), HasSubstr("60 more pictures are left out"));
}

TEST(Frames, RegionsAreLitAndMarkedWhereTheTeacherDiffers) {
  Report report;
  report.classes = {"yes", "no"};
  report.lit_class = "yes";
  report.lit_frames = {{noise_picture(400, 100, 0),
                        "vtest.avi, frame 15",
                        {{{0, 0, 100, 100}, 0.93, true, "yes"},
                         {{100, 0, 100, 100}, 0.71, true, "no"},
                         {{200, 0, 100, 100}, 0.2, false, "yes"},
                         {{300, 0, 50, 100}, 0.8, true, "unsure"},
                         {{350, 0, 50, 100}, 0.1, false, ""}}}};
  const auto tree = tree_of(report);
  const auto regions = tree->find("g", "region");
  ASSERT_EQ(regions.size(), 5U);
  const auto is = [&](size_t i) {
    return std::make_pair(regions[i]->has_class("lit"), regions[i]->has_class("differ"));
  };
  EXPECT_EQ(is(0), std::make_pair(true, false));
  EXPECT_EQ(is(1), std::make_pair(true, true));
  EXPECT_EQ(is(2), std::make_pair(false, true));
  EXPECT_EQ(is(3), std::make_pair(true, false));  // an unsure label does not differ
  EXPECT_EQ(is(4), std::make_pair(false, false));
  EXPECT_THAT(texts(tree->find("g", "score")),
              ElementsAre("\n\n93\u00a0%", "\n\n71\u00a0%", "\n\n20\u00a0%", "\n\n80\u00a0%"));
  EXPECT_EQ(tree->find("g", "mark").size(), 2U);
  EXPECT_THAT(tree->find("img")[0]->get("alt"),
              "vtest.avi, frame 15: 3 regions lit, 2 where the label differs");
  EXPECT_EQ(regions[1]->find("title")[0]->text(), "yes: 71.0\u00a0%; labelled no");
}

TEST(Classes, SharesStandWithTheirIntervals) {
  const auto tree = tree_of(sample_report());
  const Node& part = *tree->by_id("classes");
  EXPECT_THAT(part.find("p", "lead")[0]->text(), HasSubstr("int8 on qemu:mps2-an386"));
  EXPECT_THAT(texts(part.find("p")),
              testing::Contains(HasSubstr("95.6\u00a0% 43 of 45; 85\u00a0% to 99\u00a0%")));
  const auto ranges = part.find("div", "range");
  ASSERT_EQ(ranges.size(), 4U);
  EXPECT_EQ(ranges[0]->get("style"), "left:85.17%;width:13.6%");
  EXPECT_EQ(part.find("div", "value")[0]->get("style"), "width:95.56%");

  Report never;
  never.classes = {"a"};
  never.class_scores = {{{0, 0, 0, 1}, {0, 3, 0, 0.5615}}};
  const auto cells = tree_of(never)->by_id("classes")->find("td").size();
  EXPECT_EQ(cells, 2U);
  EXPECT_THAT(tree_of(never)->by_id("classes")->text(), HasSubstr("never said"));
}

TEST(Classes, OfManyTheWeakestStandFirstAndAllAreFolded) {
  Report report;
  for (int i = 0; i < 200; ++i) {
    report.classes.push_back("c" + std::to_string(i));
    const int64_t found = i == 150 ? 1 : i == 7 ? 2 : 4;
    report.class_scores.push_back({share_of(found, 4), share_of(found, 4)});
  }
  report.class_scores[3] = {{0, 0, 0, 1}, {0, 0, 0, 1}};
  const auto tree = tree_of(report);
  const Node& part = *tree->by_id("classes");
  const auto tables = part.find("table", "classes");
  ASSERT_EQ(tables.size(), 2U);
  const auto first = tables[0]->find("tbody")[0]->find("th");
  ASSERT_EQ(first.size(), 12U);
  EXPECT_EQ(first[0]->text(), "c150");
  EXPECT_EQ(first[1]->text(), "c7");
  ASSERT_EQ(part.find("details").size(), 1U);
  EXPECT_EQ(part.find("details")[0]->find("tbody")[0]->find("tr").size(), 200U);
}

TEST(Search, DotsCarryTheNumberOfTheirRow) {
  Report report;
  report.candidates = {{}, {}};
  report.candidates[0].name = "small";
  report.candidates[1].name = "large";
  report.candidates[1].on_front = true;
  const auto tree = tree_of(report);
  const Node& part = *tree->by_id("search");
  const auto dots = part.find("figure", "panel")[0]->find("g", "net");
  ASSERT_EQ(dots.size(), 2U);
  EXPECT_EQ(dots[1]->find("text")[0]->text(), "2");
  const auto rows = part.find("tbody")[0]->find("tr");
  EXPECT_EQ(rows[1]->find("td")[0]->text(), "2");
  EXPECT_EQ(rows[1]->find("th")[0]->text(), "large");
}

TEST(Mistakes, TheSurestComeFirstWithWhatTheTeacherSaw) {
  Report report;
  report.classes = {"yes", "no"};
  for (int i = 0; i < 20; ++i)
    report.tiles.push_back({noise_picture(20, 10, 0), "wrong " + std::to_string(i), "no", "A shadow.", "yes",
                            0.5 + i / 100.0, false, HeatMap{1, 2, {-1, 3}, "no"}});
  report.tiles.push_back({noise_picture(9, 9, 0), "right", "no", "Nobody.", "no", 0.99, true});
  const auto tree = tree_of(report);
  const auto looks = tree->by_id("mistakes")->find("figure", "look");
  ASSERT_EQ(looks.size(), 12U);
  EXPECT_EQ(looks[0]->find("p", "name")[0]->text(), "wrong 19");
  EXPECT_EQ(looks[11]->find("p", "name")[0]->text(), "wrong 8");
  EXPECT_EQ(looks[0]->find("p")[0]->text(), "labelled no, student says yes 69.0\u00a0%");
  EXPECT_EQ(looks[0]->find("p", "reason")[0]->text(), "The teacher: A shadow.");
  EXPECT_EQ(looks[0]->find("img").size(), 2U);
  EXPECT_THAT(tree->by_id("mistakes")->text(), HasSubstr("12 of 20 pictures"));
  EXPECT_FALSE(tree->by_id("looks"));  // the one that is right has no heat map
}

TEST(Heat, IsOrangeWhereItSpeaksForAndBlueWhereAgainst) {
  const Image grey{4, 4, std::vector<uint8_t>(4 * 4 * 3, 100)};
  const auto pixel = [](const Image& image, int x, int y) {
    const uint8_t* at = image.rgb.data() + static_cast<size_t>(y * image.width + x) * 3;
    return std::array<int, 3>{at[0], at[1], at[2]};
  };
  // For on the left, against on the right, half as strongly.
  const Image shown = heated(grey, {1, 2, {4, -2}, ""}, 40);
  ASSERT_EQ(shown.width, 40);
  EXPECT_GT(pixel(shown, 0, 20)[0], 200);
  EXPECT_LT(pixel(shown, 0, 20)[2], 40);
  EXPECT_GT(pixel(shown, 39, 20)[2], 140);
  EXPECT_LT(pixel(shown, 39, 20)[0], 90);
  // Zero a third of the way from the right position to the left one: x = 0.75 - 0.5 / 3.
  EXPECT_NEAR(pixel(shown, 23, 20)[0], 100, 12);
  EXPECT_NEAR(pixel(shown, 23, 20)[2], 100, 12);
  EXPECT_EQ(pixel(shown, 5, 0), pixel(shown, 5, 39));  // one row: no change downwards

  // A map that is none, or level at zero, leaves the picture as it is.
  for (const HeatMap& none :
       {HeatMap{2, 2, {1}, ""}, HeatMap{0, 0, {}, ""}, HeatMap{1, 1, {std::nanf("")}, ""},
        HeatMap{-1, -1, {1}, ""}, HeatMap{1, 1, {0}, ""}})
    EXPECT_EQ(heated(grey, none, 4), grey);
}

TEST(Map, ADotATileWithItsWordsTheWrongOnesRinged) {
  Report report;
  report.classes = {"yes", "no", "maybe"};
  report.tiles = {{noise_picture(8, 8, 0), "a", "yes", "", "yes", 0.9, true},
                  {noise_picture(8, 8, 0), "b", "yes", "", "no", 0.8, false},
                  {noise_picture(8, 8, 0), "c", "no", "", "no", 0.7, true},
                  {{}, "d", "gone", "", "no", 0.6, true}};
  const double nan = std::nan("");
  report.dots = {{0, 0, 0}, {1, 1, 1}, {1, 1, 2}, {3, 2, 3}, {nan, 0, 0}, {0, INFINITY, 1}, {0, 0, 99}};
  const auto tree = tree_of(report);
  const Node& map = *tree->by_id("map");
  const auto dots = map.find("g", "dot");
  ASSERT_EQ(dots.size(), 4U);  // what has no place or no tile is left out
  // Wrong ones are drawn last, on top.
  EXPECT_EQ(dots[3]->find("title")[0]->text(), "b\nlabelled yes, student says no (80.0\u00a0%)");
  EXPECT_EQ(dots[3]->find("circle", "ring").size(), 1U);
  EXPECT_TRUE(dots[0]->find("circle", "ring").empty());
  EXPECT_TRUE(dots[0]->find("path")[0]->has_class("k0"));
  EXPECT_TRUE(dots[1]->find("path")[0]->has_class("k1"));
  // b and c share a place: the wrong one gets the picture; d has none.
  std::vector<std::string> pictured;
  for (const Node* node : map.find("g", "thumbnail"))
    pictured.push_back(node->find("title")[0]->text().substr(0, 1));
  EXPECT_THAT(pictured, ElementsAre("a", "b"));
  EXPECT_THAT(texts(map.find("p", "marks")[0]->find("b")), ElementsAre("2", "1", "0", "1"));
}

/// DEWDROP_UPDATE_GOLDEN=1 writes the page anew; read the difference before committing it.
TEST(Golden, ATinyReportIsAsItWas) {
  Report report = sample_report();
  report.headline.resize(2);
  report.settings.resize(2);
  report.curve.resize(3);
  report.confusions.resize(1);
  report.steps = {"conv", "mean"};
  report.buffers = {{"image", 0, 3072, 0, 0}, {"conv", 3072, 1024, 0, 1}};
  report.arena_bytes = 4096;
  report.tiles = {{noise_picture(16, 16, 1), "a.jpg", "yes", "A person is visible.", "no", 0.75, false,
                   HeatMap{2, 2, {1, 0, 0, -1}, "yes"}}};
  report.tiles.push_back(
      {noise_picture(16, 16, 2), "b.jpg", "no", "", "no", 0.875, true, HeatMap{1, 1, {2}, "yes"}});
  report.dots = {{-1, 0, 0}, {1, 0.5, 1}};
  report.lit_frames = {{noise_picture(32, 16, 1), "v.avi, frame 0", {{{0, 0, 16, 16}, 0.75, true, "no"}}}};
  const fs::path path = fs::path(DEWDROP_SOURCE_DIR) / "tests/report/golden/tiny.html";
  const std::string page = elided(to_html(report));
  if (std::getenv("DEWDROP_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file(path, page));
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden) << "run with DEWDROP_UPDATE_GOLDEN=1 to write it";
  EXPECT_EQ(page, *golden) << "the page has changed: run with DEWDROP_UPDATE_GOLDEN=1, read the difference";
}

TEST(Layers, EachHasItsFiguresAndItsShareOfTheInstructions) {
  Report report;
  report.title = "net";
  report.layers = {{0, "Image 96x96x3", 96, 3, 864, 0, 0, 0, 250},
                   {1, "Conv2D", 48, 1, 768, 324, 1024, 995328, 750}};
  const auto tree = tree_of(report);
  ASSERT_TRUE(tree->by_id("layers"));
  const auto cells = texts(tree->by_id("layers")->find("td"));
  for (const char* figure : {"3 of 96", "768", "324", "1,024", "995,328", "750", "75.0"})
    EXPECT_THAT(cells, testing::Contains(HasSubstr(figure)));
  // Without instructions the bars show MACs.
  for (LayerCost& layer : report.layers) layer.instructions = 0;
  EXPECT_THAT(tree_of(report)->by_id("layers")->text(), HasSubstr("Share of the MACs"));
  EXPECT_THAT(tree_of(report)->by_id("layers")->text(), Not(HasSubstr("Instructions")));
}

}  // namespace
}  // namespace dew::report
