// dewdrop train: the labels become a net. Writes runs/NNNN-.../ with weights, model.tflite and figures.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "cli/open.h"
#include "cli/pictures.h"
#include "cli/verbs.h"
#include "graph/graph.h"
#include "label/label.h"
#include "student/backbone_store.h"
#include "student/student.h"

namespace dew {
namespace {

using student::TrainSettings;

struct Splits {
  std::vector<Labelled> train;
  std::vector<Labelled> validation;
  int64_t test = 0;  ///< counted, not looked at
};

Splits split_up(std::vector<Labelled> samples) {
  Splits splits;
  for (Labelled& labelled : samples) switch (labelled.sample.split) {
      case Split::kTrain:
        splits.train.push_back(std::move(labelled));
        break;
      case Split::kValidation:
        splits.validation.push_back(std::move(labelled));
        break;
      case Split::kTest:
        ++splits.test;
        break;
    }
  return splits;
}

TrainSettings train_settings(const TrainArgs& args, Settings settings) {
  for (const auto& change : args.changes) change(settings);
  TrainSettings wanted;
  wanted.net = settings.net;
  wanted.alpha = settings.alpha;
  wanted.input = settings.input;
  wanted.head = settings.head;
  wanted.blocks = settings.blocks;
  wanted.epochs = settings.epochs;
  wanted.seed = settings.seed;
  wanted.classes = static_cast<int>(settings.classes.size());
  wanted.backbone = settings.backbone.empty() ? student::fitting_backbone(wanted) : settings.backbone;
  return wanted;
}

/// The SHA-256 of the backbone's numbers; empty for random weights. Error: there is none of that name, it is
/// damaged, it has another alpha.
Result<std::string> backbone_hash(const TrainSettings& wanted) {
  if (wanted.backbone == "random") return std::string();
  if (wanted.net != "mobilenet_v2")
    return usage_error(fmt::format("no backbone fits {}", wanted.net), {},
                       "train with --backbone random, or choose mobilenet_v2");
  DEW_TRY(const auto backbone, student::find_backbone(wanted.backbone));
  if (std::abs(backbone.alpha - wanted.alpha) > 1e-9)
    return usage_error(fmt::format("the backbone '{}' has alpha {}, the net {}", wanted.backbone,
                                   backbone.alpha, wanted.alpha),
                       {}, fmt::format("train with --alpha {}, or with --backbone random", backbone.alpha));
  DEW_TRY(const std::string bytes, student::encode_backbone(backbone));
  return sha256(bytes);
}

/// An error where a class has no training picture; told by the classes' names.
Result<void> check_classes(const Splits& splits, const Settings& settings) {
  std::vector<int64_t> count(settings.classes.size());
  for (const Labelled& labelled : splits.train) ++count[static_cast<size_t>(labelled.answer_class)];
  std::vector<std::string> all, none;
  for (size_t c = 0; c < count.size(); ++c) {
    all.push_back(fmt::format("{} {}", settings.classes[c], count[c]));
    if (count[c] == 0) none.push_back(settings.classes[c]);
  }
  if (none.empty()) return {};
  return work_error("no training picture shows: " + join(none), "labels for training: " + join(all),
                    "add and label pictures of it, or take the class out of dewdrop.toml");
}

/// All that decides what the net becomes: with the same text a broken run goes on, a finished one serves
/// again.
std::string identity(const TrainSettings& wanted, const std::string& backbone_sha256,
                     const Settings& settings, const Splits& splits) {
  std::string labels;
  for (const auto* part : {&splits.train, &splits.validation})
    for (const Labelled& labelled : *part)
      labels += fmt::format("{} {}\n", labelled.sample.name, labelled.answer_class);
  Json json{{"backbone", wanted.backbone},
            {"net", wanted.net},
            {"alpha", wanted.alpha},
            {"input", wanted.input},
            {"head", wanted.head},
            {"blocks", wanted.blocks},
            {"epochs", wanted.epochs},
            {"batch", wanted.batch},
            {"learning_rate", wanted.learning_rate},
            {"seed", wanted.seed},
            {"weight_decay", wanted.weight_decay},
            {"classes", settings.classes},
            {"train_samples", splits.train.size()},
            {"validation_samples", splits.validation.size()},
            {"labels_sha256", sha256(labels)}};
  if (!backbone_sha256.empty()) json["backbone_sha256"] = backbone_sha256;
  return json.dump();
}

/// The newest run with these very settings, if there is one worth keeping.
Result<std::optional<Run>> earlier_run(const Project& project, const std::string& settings_json,
                                       bool keep_done) {
  DEW_TRY(const auto runs, project.runs());
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    if (run->settings_json == settings_json && (run->state == "training" || keep_done))
      return std::optional(*run);
  return std::optional<Run>();
}

tl::unexpected<Error> nothing_to_learn(const Project& project) {
  const auto labels = project.labels();
  if (labels && !labels->empty())
    return work_error(fmt::format("all {} labels are '{}': there is nothing to learn", labels->size(),
                                  project.settings().unsure),
                      project.folder().string(),
                      "ask a question that the pictures can answer, or label some by hand: dewdrop review");
  return work_error("no sample has a label yet", project.folder().string(),
                    "run: dewdrop label --teacher ...");
}

/// load_examples(), source by source: one whose file is gone or damaged is told and left out. Error: none is
/// left, interrupted.
Result<std::vector<student::Example>> readable_examples(const Project& project,
                                                        const std::vector<Labelled>& samples, int input,
                                                        Console& console) {
  auto all = load_examples(project, samples, input, console);
  if (all || console.interrupted()) return all;
  std::map<int64_t, std::vector<Labelled>> by_source;
  for (const Labelled& labelled : samples) by_source[labelled.sample.source].push_back(labelled);
  std::vector<student::Example> examples;
  size_t left_out = 0;
  for (const auto& [source, own] : by_source) {
    auto some = load_examples(project, own, input, console);
    if (console.interrupted()) return interrupted_error();
    if (!some) {
      left_out += own.size();
      console.warn(fmt::format("{}: {}; left out: {}", some.error().where, some.error().what,
                               own.front().sample.name));
      continue;
    }
    for (student::Example& example : *some) examples.push_back(std::move(example));
  }
  if (examples.empty()) return tl::unexpected(all.error());
  console.warn(fmt::format("{} of {} pictures cannot be read and take no part", left_out, samples.size()));
  return examples;
}

Json curve_json(const student::Trained& trained) {
  Json curve = Json::array();
  for (const student::EpochFigures& epoch : trained.curve)
    curve.push_back({{"epoch", epoch.epoch},
                     {"train_loss", epoch.train_loss},
                     {"train_accuracy", epoch.train_accuracy},
                     {"validation_loss", epoch.validation_loss},
                     {"validation_accuracy", epoch.validation_accuracy}});
  return curve;
}

Json to_json(const Run& run, const Json& wanted, const Json& results) {
  return Json{{"run", run.id},
              {"folder", run.folder},
              {"backbone", wanted["backbone"]},
              {"net", wanted["net"]},
              {"alpha", wanted["alpha"]},
              {"input", wanted["input"]},
              {"epochs", wanted["epochs"]},
              {"seed", wanted["seed"]},
              {"train_samples", wanted["train_samples"]},
              {"images_per_second", results["images_per_second"]},
              {"validation_accuracy", results["validation_accuracy"]}};
}

/// The int8 model, calibrated on the training pictures as they are.
Result<void> write_model(const Project& project, const fs::path& folder,
                         const std::vector<student::Example>& examples, Watch& watch) {
  std::vector<std::vector<uint8_t>> pictures;
  pictures.reserve(examples.size());
  for (const student::Example& example : examples) pictures.push_back(example.rgb);
  const Settings& settings = project.settings();
  DEW_TRY(const graph::Graph net,
          student::quantise(folder, pictures, settings.name, settings.classes, watch));
  DEW_TRY(const std::string bytes, graph::write_tflite(net));
  DEW_CHECK(write_file(folder / "model.tflite", bytes));
  return write_file(folder / "model.labels.txt", join(settings.classes, "\n") + "\n");
}

}  // namespace

Result<Json> verb_train(const TrainArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  const Settings& settings = project.settings();
  DEW_TRY(auto labelled, labelled_samples(project));
  if (labelled.empty()) return nothing_to_learn(project);
  const Splits splits = split_up(std::move(labelled));
  const TrainSettings wanted = train_settings(args, settings);
  DEW_CHECK(student::check_settings(wanted));
  DEW_CHECK(check_classes(splits, settings));
  DEW_TRY(const std::string hash, backbone_hash(wanted));
  const std::string settings_json = identity(wanted, hash, settings, splits);

  DEW_TRY(const auto earlier, earlier_run(project, settings_json, args.keep_done));
  if (earlier && earlier->state == "done") {
    console.say(fmt::format("run {} has these very settings and labels: nothing to train", earlier->id));
    return to_json(*earlier, Json::parse(settings_json), Json::parse(earlier->results_json));
  }
  if (earlier) console.say(fmt::format("run {} was interrupted: going on with it", earlier->id));
  Run run;
  if (earlier) {
    run = *earlier;
  } else {
    DEW_TRY(run, project.begin_run(settings_json));
  }
  const fs::path folder = project.folder() / run.folder;

  DEW_TRY(const auto examples, readable_examples(project, splits.train, wanted.input, console));
  DEW_TRY(const auto validation, readable_examples(project, splits.validation, wanted.input, console));
  DEW_TRY(const auto trained, student::train(examples, validation, wanted, folder, console));
  DEW_CHECK(write_model(project, folder, examples, console));

  const Json results{
      {"images_per_second", trained.images_per_second},
      {"validation_accuracy", validation.empty() ? Json(nullptr) : Json(trained.validation_accuracy)},
      {"curve", curve_json(trained)}};
  run.state = "done";
  run.results_json = results.dump();
  DEW_CHECK(write_file(folder / "settings.json", Json::parse(settings_json).dump(2) + "\n"));
  DEW_CHECK(write_file(folder / "metrics.json", results.dump(2) + "\n"));
  DEW_CHECK(project.update_run(run));
  console.say(fmt::format("run {}: {} epochs over {} samples, validation accuracy {}, {:.0f} images/s -> {}",
                          run.id, trained.curve.size(), examples.size(),
                          validation.empty() ? "not known (no validation sample)"
                                             : fmt::format("{:.3f}", trained.validation_accuracy),
                          trained.images_per_second, run.folder));
  return to_json(run, Json::parse(settings_json), results);
}

}  // namespace dew
