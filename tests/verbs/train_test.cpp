// Training without a terminal: the outcome, its files, going on, and what cannot be learned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "tests/verbs/disc_project.h"
#include "tests/verbs/recorded_watch.h"
#include "verbs/common/fingerprint.h"
#include "verbs/common/only_one.h"
#include "verbs/train/train.h"

namespace dew::verbs {
namespace {

using namespace dew::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Sees training advance, and ends it once a file is there.
class Observer : public RecordedWatch {
 public:
  void begin(std::string_view what, int64_t total) override {
    RecordedWatch::begin(what, total);
    totals[std::string(what)] = total;
    stage_ = what;
  }
  void advance(int64_t done, std::string_view) override { advanced[stage_] = done; }
  [[nodiscard]] bool interrupted() const override {
    std::error_code code;
    return !until.empty() && fs::exists(until, code);
  }

  fs::path until;
  std::map<std::string, int64_t> totals;
  std::map<std::string, int64_t> advanced;

 private:
  std::string stage_;
};

std::vector<std::string> keys_of(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

/// Of all pictures, whatever the score.
int64_t right_of(const student::Thresholds& chosen) {
  return chosen.curve.empty() ? 0 : chosen.curve.back().right;
}

/// 50 pictures, every tenth without a label. Made once; every test has its own copy.
class Train : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = std::make_unique<TemporaryFolder>(*TemporaryFolder::create());
    make_disc_project(made_->path() / "blank", 50);
    fs::copy(made_->path() / "blank", made_->path() / "p", fs::copy_options::recursive);
    label_samples(made_->path() / "p", [](const std::string& sample) {
      return sample[7] == '9' ? std::string("unsure") : says_the_truth(sample);
    });
  }
  static void TearDownTestSuite() { made_.reset(); }
  void SetUp() override { fs::copy(made_->path(), folder_.path(), fs::copy_options::recursive); }

  [[nodiscard]] fs::path project() const { return folder_.path() / "p"; }
  /// Of a project that nobody labelled.
  [[nodiscard]] fs::path blank() const { return folder_.path() / "blank"; }
  [[nodiscard]] TrainArgs args() const { return {.project = project()}; }
  [[nodiscard]] std::string file(const TrainOutcome& outcome, const char* name) const {
    return read_file(project() / outcome.folder / name).value_or("");
  }

  inline static std::unique_ptr<TemporaryFolder> made_;
  TemporaryFolder folder_ = *TemporaryFolder::create();
};

TEST_F(Train, GivesARunWithItsFilesAndFigures) {
  Observer watch;
  const auto trained = train(args(), watch);
  ASSERT_EQ(error_of(trained), "fine");
  EXPECT_FALSE(trained->stopped);
  EXPECT_FALSE(trained->already_done);
  EXPECT_EQ(trained->run, 1);
  EXPECT_THAT(trained->folder, HasSubstr("runs/0001"));
  EXPECT_EQ(trained->settings.net, "tiny");
  EXPECT_EQ(trained->settings.input, 32);
  EXPECT_EQ(trained->settings.backbone, "random") << "no backbone fits a tiny net";
  EXPECT_EQ(trained->train_samples, labelled_in(project(), Split::kTrain));
  EXPECT_EQ(trained->pictures, trained->train_samples);
  EXPECT_GT(trained->images_per_second, 0);
  ASSERT_EQ(trained->curve.size(), 2U);
  EXPECT_EQ(trained->curve[0].epoch, 1);
  EXPECT_EQ(trained->curve[1].epoch, 2);
  for (const student::EpochFigures& epoch : trained->curve) EXPECT_GT(epoch.train_loss, 0);
  ASSERT_TRUE(trained->validation_accuracy);
  EXPECT_GE(*trained->validation_accuracy, 0);
  EXPECT_LE(*trained->validation_accuracy, 1);
  ASSERT_TRUE(trained->int8);
  EXPECT_EQ(trained->int8->float_accuracy, trained->validation_accuracy);
  EXPECT_TRUE(trained->int8->calibrated_accuracy);
  EXPECT_EQ(trained->int8->precision, 0.95);
  ASSERT_EQ(trained->int8->thresholds.size(), 2U);
  EXPECT_EQ(trained->int8->thresholds[0].name, "yes");
  EXPECT_EQ(trained->int8->chosen.pictures, trained->pictures + labelled_in(project(), Split::kValidation))
      << "judged by every labelled picture, not by the validation split alone";
  EXPECT_FALSE(fs::exists(project() / trained->folder / "folds"));
  EXPECT_THAT(promise_text(*trained->int8), HasSubstr("0.95"));
  const student::Gating& gating = trained->int8->gating;
  EXPECT_EQ(gating.pictures, right_of(trained->int8->chosen)) << "out of fold, as the thresholds";
  EXPECT_EQ(graph::read_gate(file(*trained, "model.gate.txt"), "").value(), gating.gate);
  EXPECT_THAT(promise_text(*trained->int8), HasSubstr("Strangers"));
  EXPECT_FALSE(trained->search);
  EXPECT_EQ(watch.totals["training"], 2);
  EXPECT_EQ(watch.advanced["training"], 2);
  EXPECT_EQ(file(*trained, "model.labels.txt"), "yes\nno\n");
  for (const char* name : {"model.tflite", "weights.pt", "settings.json", "metrics.json"})
    EXPECT_THAT(file(*trained, name), Not(IsEmpty())) << name;
  const auto metrics = Json::parse(file(*trained, "metrics.json"));
  EXPECT_EQ(metrics["int8_kept"], trained->int8->kept_tuned ? "qat" : "calibration");
  EXPECT_EQ(metrics["curve"].size(), 2U);
}

TEST_F(Train, JsonHasTheKeysThatScriptsRelyOn) {
  TrainOutcome outcome;
  outcome.run = 7;
  outcome.folder = "runs/0007";
  outcome.settings.backbone = "bundled";
  outcome.settings.seed = 3;
  outcome.train_samples = 12;
  outcome.curve.resize(5);
  const Json json = to_json(outcome);
  EXPECT_THAT(keys_of(json),
              ElementsAre("run", "folder", "backbone", "net", "alpha", "input", "epochs", "seed", "labels",
                          "train_samples", "images_per_second", "validation_accuracy", "promise",
                          "unlabelled", "labelled_alone", "with_unlabelled"));
  EXPECT_EQ(json["run"], 7);
  EXPECT_EQ(json["backbone"], "bundled");
  EXPECT_EQ(json["epochs"], 5) << "those that were trained, not those that were wanted";
  EXPECT_TRUE(json["validation_accuracy"].is_null());

  NetSearch search;
  search.candidates.resize(1);
  search.figures.ram_bytes = 1000;
  search.report = "p/runs/0007/search.html";
  outcome.search = search;
  const Json searched = to_json(outcome);
  EXPECT_EQ(searched["ram_bytes"], 1000);
  EXPECT_TRUE(searched["instructions"].is_null()) << "0 is: not counted";
  EXPECT_EQ(searched["report"], "p/runs/0007/search.html");
  EXPECT_THAT(
      keys_of(searched["candidates"][0]),
      ElementsAre("net", "backbone", "alpha", "input", "head", "blocks", "macs", "ram_bytes", "flash_bytes",
                  "instructions", "epochs", "validation_accuracy", "best_of_its_size"));
}

/// The usual net, quickly: only what starts from a backbone learns from pictures without a label.
TrainArgs from_backbone(const fs::path& project) {
  TrainArgs wanted{.project = project};
  wanted.changes = {[](Settings& settings) {
    settings.net = "mobilenet_v2";
    settings.alpha = 0.35;
    settings.qat = "off";
    settings.precision = 0;
  }};
  return wanted;
}

TEST_F(Train, PicturesThatNobodyLabelledTeachToo) {
  label_samples(blank(), [](const std::string& sample) {
    const int number = std::stoi(sample.substr(5, 3));
    if (number >= 14) return std::string(number < 16 ? "unsure" : "");
    // Of wrong labels, the other pictures know better.
    return number % 7 == 3 ? says_the_truth(sample) == "yes" ? "no" : "yes" : says_the_truth(sample);
  });
  int64_t open = 0;
  {
    const auto project = Project::open(blank());
    const auto samples = project->samples().value();
    for (const Sample& sample : samples)
      open += sample.split == Split::kTrain && std::stoi(sample.name.substr(5, 3)) >= 16 ? 1 : 0;
  }
  ASSERT_GE(open, 20);
  TrainArgs wanted = from_backbone(blank());
  Observer watch;
  const auto trained = train(wanted, watch);
  ASSERT_EQ(error_of(trained), "fine");
  ASSERT_TRUE(trained->with_unlabelled && trained->labelled_alone);
  const bool learned = some_hold(watch.informed, " without a label were learned from, too");
  EXPECT_EQ(trained->unlabelled, learned ? open : 0);
  EXPECT_EQ(trained->settings.backbone, "bundled");
  EXPECT_TRUE(some_hold(watch.informed, std::to_string(open) + " pictures without a label were"));
  wanted.keep_done = true;
  const auto again = train(wanted, watch);
  ASSERT_EQ(error_of(again), "fine");
  EXPECT_TRUE(again->already_done);
  EXPECT_EQ(again->unlabelled, trained->unlabelled);
  EXPECT_EQ(again->with_unlabelled, trained->with_unlabelled);
}

TEST_F(Train, PicturesThatNobodyLabelledAreLeftOutWhereTheyBringNothing) {
  label_samples(blank(), [](const std::string& sample) {
    return std::stoi(sample.substr(5, 3)) < 14 ? says_the_truth(sample) : std::string();
  });
  Observer watch;
  const auto trained = train(from_backbone(blank()), watch);
  ASSERT_EQ(error_of(trained), "fine");
  EXPECT_FALSE(trained->with_unlabelled);
  EXPECT_EQ(trained->unlabelled, 0);
  EXPECT_TRUE(some_hold(watch.informed, " without a label are left out: of "));
}

TEST_F(Train, CancelledItGoesOnAndGivesTheSameNet) {
  Watch quiet;
  const auto whole = train(args(), quiet);
  ASSERT_EQ(error_of(whole), "fine");
  const std::string weights = file(*whole, "weights.pt");
  const std::string model = file(*whole, "model.tflite");

  fs::remove_all(project());
  fs::copy(made_->path() / "p", project(), fs::copy_options::recursive);
  Observer watch;
  watch.until = project() / whole->folder / "checkpoint.pt";
  const auto broken = train(args(), watch);
  EXPECT_THAT(error_of(broken), HasSubstr("interrupted"));
  EXPECT_FALSE(fs::exists(project() / whole->folder / "model.tflite"));

  {
    const auto other = hold_alone(project() / ".dewdrop" / "train-1.lock");
    ASSERT_TRUE(other && *other);
    EXPECT_THAT(error_of(train(args(), quiet)), HasSubstr("another program trains run 1"));
  }
  Observer again;
  const auto resumed = train(args(), again);
  ASSERT_EQ(error_of(resumed), "fine");
  EXPECT_EQ(resumed->run, 1) << "the same run";
  EXPECT_TRUE(some_hold(again.informed, "run 1 was interrupted")) << "said while it goes on";
  EXPECT_EQ(resumed->curve.size(), 2U);
  EXPECT_TRUE(file(*resumed, "weights.pt") == weights);
  EXPECT_TRUE(file(*resumed, "model.tflite") == model);
}

TEST_F(Train, AFinishedRunServesAgainWhereThatIsWanted) {
  Watch watch;
  const auto first = train(args(), watch);
  ASSERT_EQ(error_of(first), "fine");
  TrainArgs keep = args();
  keep.keep_done = true;
  const auto kept = train(keep, watch);
  ASSERT_EQ(error_of(kept), "fine");
  EXPECT_TRUE(kept->already_done);
  EXPECT_EQ(kept->run, 1);
  EXPECT_FALSE(kept->int8);
  EXPECT_EQ(to_json(*kept), to_json(*first));

  keep.changes.emplace_back([](Settings& settings) { settings.seed = 5; });
  const auto other = train(keep, watch);
  ASSERT_EQ(error_of(other), "fine");
  EXPECT_EQ(other->run, 2) << "another seed is another net";
  EXPECT_EQ(other->settings.seed, 5U);
  EXPECT_FALSE(other->already_done);
}

TEST_F(Train, ADamagedRecordIsAnErrorThatNamesTheRun) {
  Watch watch;
  ASSERT_EQ(error_of(train(args(), watch)), "fine");
  TrainArgs keep = args();
  keep.keep_done = true;
  for (const char* results :
       {"", "{", "[1]", R"({"curve": 3})", R"({"curve": [{"epoch": 1}]})", R"({"images_per_second": "x"})"}) {
    auto opened = Project::open(project());
    ASSERT_TRUE(opened);
    ::dew::Run run = opened->runs()->at(0);
    run.results_json = results;
    ASSERT_TRUE(opened->update_run(run));
    EXPECT_THAT(error_of(train(keep, watch)), HasSubstr("the results of run 1")) << results;
  }
}

TEST_F(Train, NothingToLearn) {
  Watch watch;
  EXPECT_THAT(error_of(train({.project = blank()}, watch)), HasSubstr("no sample has a label yet"));
  label_samples(blank(), [](const std::string&) { return std::string("unsure"); });
  EXPECT_THAT(error_of(train({.project = blank()}, watch)), HasSubstr("all 50 labels are 'unsure'"));
  EXPECT_THAT(error_of(train({.project = folder_.path()}, watch)), HasSubstr("not a Dewdrop project"));
}

TEST_F(Train, AClassWithoutPicturesIsAnErrorThatNamesIt) {
  label_samples(blank(), [](const std::string&) { return std::string("yes"); });
  Watch watch;
  EXPECT_THAT(error_of(train({.project = blank()}, watch)),
              HasSubstr("no training picture shows: no (labels for training: yes"));
  EXPECT_FALSE(fs::exists(blank() / "runs"));
}

TEST_F(Train, FewPicturesAreTold) {
  const auto opened = Project::open(blank());
  ASSERT_TRUE(opened);
  static std::vector<std::string> two;  // one of each class, in training
  two.clear();
  const auto samples = opened->samples().value();
  for (const Sample& sample : samples)
    if (sample.split == Split::kTrain && (two.empty() || shows_disc(two[0]) != shows_disc(sample.name)) &&
        two.size() < 2)
      two.push_back(sample.name);
  label_samples(blank(), [](const std::string& sample) {
    return std::find(two.begin(), two.end(), sample) == two.end() ? std::string() : says_the_truth(sample);
  });
  RecordedWatch watch;
  const auto trained = train({.project = blank()}, watch);
  ASSERT_EQ(error_of(trained), "fine");
  EXPECT_TRUE(some_hold(watch.warned, "few pictures to learn from: yes 1, no 1"));
  EXPECT_TRUE(some_hold(watch.warned, "nothing tells how good the net is"));
  EXPECT_EQ(trained->train_samples, 2);
  EXPECT_FALSE(trained->validation_accuracy);
  ASSERT_TRUE(trained->int8);
  EXPECT_FALSE(trained->int8->float_accuracy);
  EXPECT_FALSE(trained->int8->calibrated_accuracy);
  EXPECT_THAT(trained->int8->thresholds, IsEmpty());
  EXPECT_THAT(promise_text(*trained->int8), HasSubstr("too few labelled pictures"));
  EXPECT_TRUE(to_json(*trained)["validation_accuracy"].is_null());
}

TEST_F(Train, PicturesThatAreGoneAreToldAndLeftOut) {
  const auto opened = Project::open(project());
  ASSERT_TRUE(opened);
  const auto sources = opened->sources().value();
  const auto labelled = label::labelled_samples(*opened).value();
  for (const label::Labelled& one : labelled) {
    if (one.sample.split != Split::kTrain) continue;
    for (const Source& source : sources)
      if (source.id == one.sample.source) fs::remove(source.path);
    break;
  }
  RecordedWatch watch;
  const auto trained = train(args(), watch);
  ASSERT_EQ(error_of(trained), "fine");
  EXPECT_EQ(trained->pictures, trained->train_samples - 1);
  EXPECT_TRUE(some_hold(watch.warned, "cannot be read and take no part"));
}

TEST_F(Train, SettingsThatCannotBeAreErrorsBeforeARunBegins) {
  Watch watch;
  const auto with = [&](const std::function<void(Settings&)>& change) {
    TrainArgs changed = args();
    changed.changes.push_back(change);
    return error_of(train(changed, watch));
  };
  EXPECT_THAT(with([](Settings& s) { s.net = "resnet"; }), HasSubstr("resnet"));
  EXPECT_THAT(with([](Settings& s) { s.input = 33; }), HasSubstr("33"));
  EXPECT_THAT(with([](Settings& s) { s.backbone = "bundled"; }), HasSubstr("no backbone fits tiny"));
  EXPECT_THAT(with([](Settings& s) {
                s.net = "mobilenet_v2";
                s.backbone = "nowhere.dewb";
              }),
              HasSubstr("nowhere.dewb"));
  EXPECT_FALSE(fs::exists(project() / "runs"));
}

TEST_F(Train, LimitsSearchForTheShapeAndNeedValidationPictures) {
  Watch watch;
  TrainArgs both = args();
  both.limits.ram_bytes = 16 << 10;
  both.changes.emplace_back([](Settings& settings) { settings.input = 64; });
  EXPECT_THAT(error_of(train(both, watch)), HasSubstr("leave out --net"));
  EXPECT_TRUE(limited(both.limits));
  EXPECT_FALSE(limited({}));

  auto fresh = Project::open(blank());
  ASSERT_TRUE(fresh);
  static std::set<std::string> kept;
  kept.clear();
  const auto samples = fresh->samples().value();
  for (const Sample& sample : samples)
    if (sample.split == Split::kTrain) kept.insert(sample.name);
  label_samples(blank(), [](const std::string& sample) {
    return kept.count(sample) == 0 ? std::string() : says_the_truth(sample);
  });
  TrainArgs unvalidated{.project = blank()};
  unvalidated.limits.ram_bytes = 16 << 10;
  EXPECT_THAT(error_of(train(unvalidated, watch)), HasSubstr("no validation picture to choose a net by"));
}

TEST_F(Train, WithinLimitsTheBestNetThatFitsIsTaken) {
  for (const target::Tool& tool : target::tools(Watch()))
    if (!tool.path && (tool.program == "arm-none-eabi-gcc" || tool.program == "qemu-system-arm"))
      GTEST_SKIP() << "NOT TESTED: no " << tool.program;
  RecordedWatch watch;
  TrainArgs limits = args();
  limits.limits.ram_bytes = 12 << 10;
  limits.limits.flash_bytes = 32 << 10;
  const auto trained = train(limits, watch);
  ASSERT_EQ(error_of(trained), "fine");
  EXPECT_TRUE(some_hold(watch.informed, "looking for nets within RAM 12,288 B, flash 32,768 B on qemu:"));
  ASSERT_TRUE(trained->search);
  const NetSearch& search = *trained->search;
  EXPECT_EQ(search.limits.ram_bytes, 12 << 10);
  EXPECT_EQ(search.board, "qemu:mps2-an386");
  ASSERT_THAT(search.candidates, Not(IsEmpty()));
  EXPECT_EQ(search.candidates[0].settings.net, trained->settings.net);
  EXPECT_GT(search.figures.ram_bytes, 0);
  EXPECT_LE(search.figures.ram_bytes, 12 << 10);
  EXPECT_LE(search.figures.flash_bytes, 32 << 10);
  EXPECT_EQ(search.report, project() / trained->folder / "search.html");
  EXPECT_THAT(read_file(search.report).value_or(""), HasSubstr("nets within RAM 12,288 B"));
  EXPECT_FALSE(fs::exists(project() / ".dewdrop" / "search")) << "what was tried is not kept";
  EXPECT_EQ(to_json(*trained)["candidates"].size(), search.candidates.size());

  limits.limits.ram_bytes = 2 << 10;
  EXPECT_THAT(error_of(train(limits, watch)), HasSubstr("no net is within these limits"));
}

TEST_F(Train, TheFingerprintChangesWithEverythingThatDecides) {
  const auto opened = Project::open(project());
  ASSERT_TRUE(opened);
  Splits splits;
  const auto labelled = label::labelled_samples(*opened).value();
  for (const label::Labelled& one : labelled)
    (one.sample.split == Split::kTrain ? splits.train : splits.validation).push_back(one);
  const Settings settings = opened->settings();
  const student::TrainSettings wanted;
  const auto print = [](const student::TrainSettings& w, const std::string& hash, const Settings& s,
                        const Splits& some) { return training_fingerprint(w, hash, s, some).dump(); };
  const std::string before = print(wanted, "", settings, splits);
  EXPECT_EQ(print(wanted, "", settings, splits), before);
  EXPECT_NE(print(wanted, "abc", settings, splits), before);

  const std::vector<std::function<void(student::TrainSettings&)>> of_training{
      [](auto& s) { s.net = "mobilenet_v1"; },
      [](auto& s) { s.alpha = 1; },
      [](auto& s) { s.input = 64; },
      [](auto& s) { s.classes = 3; },
      [](auto& s) { s.head = 256; },
      [](auto& s) { s.blocks = 6; },
      [](auto& s) { s.epochs = 9; },
      [](auto& s) { s.batch = 8; },
      [](auto& s) { s.learning_rate = 1; },
      [](auto& s) { s.weight_decay = 1; },
      [](auto& s) { s.seed = 2; },
      [](auto& s) { s.backbone = "bundled"; },
      [](auto& s) { s.balance = 1; }};
  for (size_t i = 0; i < of_training.size(); ++i) {
    student::TrainSettings changed = wanted;
    of_training[i](changed);
    EXPECT_NE(print(changed, "", settings, splits), before) << i;
  }
  const std::vector<std::function<void(Settings&)>> of_int8{[](Settings& s) { s.name = "other"; },
                                                            [](Settings& s) { s.classes[0] = "oui"; },
                                                            [](Settings& s) { s.calibration = "min-max"; },
                                                            [](Settings& s) { s.equalise = "on"; },
                                                            [](Settings& s) { s.qat = "on"; },
                                                            [](Settings& s) { s.precision = 0.5; }};
  for (size_t i = 0; i < of_int8.size(); ++i) {
    Settings changed = settings;
    of_int8[i](changed);
    EXPECT_NE(print(wanted, "", changed, splits), before) << i;
  }
  Splits relabelled = splits;
  relabelled.train[0].answer_class ^= 1;
  EXPECT_NE(print(wanted, "", settings, relabelled), before);
  Splits moved = splits;
  moved.validation.insert(moved.validation.begin(), moved.train.back());
  moved.train.pop_back();
  EXPECT_NE(print(wanted, "", settings, moved), before);
}

}  // namespace
}  // namespace dew::verbs
