// dewdrop train: the labels become a net. Writes runs/NNNN-.../ with weights, model.tflite and figures.
#include <fmt/format.h>

#include "cli/open.h"
#include "cli/pictures.h"
#include "cli/verbs.h"
#include "graph/graph.h"
#include "label/label.h"
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

TrainSettings train_settings(const TrainArgs& args, const Settings& settings) {
  TrainSettings wanted;
  wanted.alpha = args.alpha.value_or(settings.alpha);
  wanted.input = args.input.value_or(settings.input);
  wanted.epochs = args.epochs.value_or(settings.epochs);
  wanted.seed = args.seed.value_or(settings.seed);
  wanted.classes = static_cast<int>(settings.classes.size());
  return wanted;
}

/// All that decides what the net becomes: with the same text a broken run goes on, a finished one serves
/// again.
std::string identity(const TrainSettings& wanted, const Settings& settings, const Splits& splits) {
  std::string labels;
  for (const auto* part : {&splits.train, &splits.validation})
    for (const Labelled& labelled : *part)
      labels += fmt::format("{} {}\n", labelled.sample.name, labelled.answer_class);
  return Json{{"backbone", "random"},
              {"alpha", wanted.alpha},
              {"input", wanted.input},
              {"epochs", wanted.epochs},
              {"batch", wanted.batch},
              {"learning_rate", wanted.learning_rate},
              {"seed", wanted.seed},
              {"weight_decay", wanted.weight_decay},
              {"classes", settings.classes},
              {"train_samples", splits.train.size()},
              {"validation_samples", splits.validation.size()},
              {"labels_sha256", sha256(labels)}}
      .dump();
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
  if (labelled.empty())
    return work_error("no sample has a label yet", project.folder().string(),
                      "run: dewdrop label --teacher ...");
  const Splits splits = split_up(std::move(labelled));
  const TrainSettings wanted = train_settings(args, settings);
  const std::string settings_json = identity(wanted, settings, splits);

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

  DEW_TRY(const auto examples, load_examples(project, splits.train, wanted.input, console));
  DEW_TRY(const auto validation, load_examples(project, splits.validation, wanted.input, console));
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
                          run.id, wanted.epochs, examples.size(),
                          validation.empty() ? "not known (no validation sample)"
                                             : fmt::format("{:.3f}", trained.validation_accuracy),
                          trained.images_per_second, run.folder));
  return to_json(run, Json::parse(settings_json), results);
}

}  // namespace dew
