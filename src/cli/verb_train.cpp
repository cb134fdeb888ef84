// dewdrop train: the labels become a net. Writes runs/NNNN-.../ with weights, model.tflite and figures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "cli/fit.h"
#include "cli/model.h"
#include "cli/open.h"
#include "cli/pictures.h"
#include "cli/verbs.h"
#include "cli/write_model.h"
#include "student/backbone_store.h"
#include "student/student.h"

namespace dew {
namespace {

using student::TrainSettings;

constexpr int64_t kFew = 10;  ///< pictures of a class

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

/// Its backbone may be empty: nobody chose one.
TrainSettings train_settings(const Settings& settings) {
  TrainSettings wanted;
  wanted.net = settings.net;
  wanted.alpha = settings.alpha;
  wanted.input = settings.input;
  wanted.head = settings.head;
  wanted.blocks = settings.blocks;
  wanted.epochs = settings.epochs;
  wanted.balance = settings.balance;
  wanted.seed = settings.seed;
  wanted.classes = static_cast<int>(settings.classes.size());
  wanted.backbone = settings.backbone;
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

/// "yes 12, no 0".
std::string counted_by_class(const std::vector<int64_t>& count, const Settings& settings) {
  std::vector<std::string> all;
  for (size_t c = 0; c < count.size(); ++c)
    all.push_back(fmt::format("{} {}", settings.classes[c], count[c]));
  return join(all);
}

std::vector<std::string> classes_without(const std::vector<int64_t>& count, const Settings& settings) {
  std::vector<std::string> none;
  for (size_t c = 0; c < count.size(); ++c)
    if (count[c] == 0) none.push_back(settings.classes[c]);
  return none;
}

/// An error where a class has no training picture, warnings where there are few; told by the classes' names.
Result<void> check_classes(const Splits& splits, const Project& project, Watch& watch) {
  const Settings& settings = project.settings();
  std::vector<int64_t> count(settings.classes.size());
  for (const Labelled& labelled : splits.train) ++count[static_cast<size_t>(labelled.answer_class)];
  const std::string all = counted_by_class(count, settings);
  if (const auto none = classes_without(count, settings); !none.empty())
    return work_error(fmt::format("no training picture shows: {} (labels for training: {})", join(none), all),
                      project.folder().string(),
                      "add and label pictures of it (some of them are kept for validation and testing), or "
                      "take the class out of dewdrop.toml");
  if (*std::min_element(count.begin(), count.end()) < kFew)
    watch.warn(
        fmt::format("few pictures to learn from: {}; the net will know little beyond them. A hundred "
                    "of each are a good start",
                    all));
  if (splits.validation.empty())
    watch.warn(
        "no labelled picture is kept for validation: nothing tells how good the net is. Add and label more, "
        "or raise validation_share in dewdrop.toml before adding");
  return {};
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
            {"labels_sha256", sha256(labels)},
            {"calibration", settings.calibration},
            {"equalise", settings.equalise},
            {"qat", settings.qat},
            {"precision", settings.precision}};
  if (wanted.balance != 0) json["balance"] = wanted.balance;  // runs of older versions know no balance
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
              {"epochs", results["curve"].size()},
              {"seed", wanted["seed"]},
              {"train_samples", wanted["train_samples"]},
              {"images_per_second", results["images_per_second"]},
              {"validation_accuracy", results["validation_accuracy"]}};
}

std::string epochs_in_words(size_t done, int wanted) {
  if (done == static_cast<size_t>(wanted)) return fmt::format("{} epochs", done);
  return fmt::format("{} of {} epochs (validation no longer got better)", done, wanted);
}

/// The command line's own wishes for a net, where it asks for a search.
Result<void> check_search(const TrainArgs& args, const Settings& settings, const Splits& splits,
                          const Project& project) {
  if (!limited(args.limits)) return {};
  const Settings& file = project.settings();
  const auto shape = [](const Settings& s) { return std::tuple(s.net, s.alpha, s.input, s.head, s.blocks); };
  if (shape(settings) != shape(file))
    return usage_error("--ram, --flash and --instructions search for the net", {},
                       "leave out --net, --alpha, --input, --head and --blocks, or the limits");
  if (splits.validation.empty())
    return work_error(
        "there is no validation picture to choose a net by", project.folder().string(),
        "add and label more, or raise validation_share in dewdrop.toml before adding; or choose "
        "a net yourself: dewdrop train --net ... --input ...");
  return {};
}

/// A project whose labels can be learned from.
struct Lesson {
  Project& project;
  const Splits& splits;
  bool keep_done = false;  ///< a finished run with the same settings and labels serves again
};

Result<search::Pictures> load_splits(const Lesson& lesson, int input, Console& console) {
  search::Pictures pictures;
  DEW_TRY(pictures.train, load_examples(lesson.project, lesson.splits.train, input, console));
  DEW_TRY(pictures.validation, load_examples(lesson.project, lesson.splits.validation, input, console));
  const Settings& settings = lesson.project.settings();
  std::vector<int64_t> count(settings.classes.size());
  for (const student::Example& example : pictures.train) ++count[static_cast<size_t>(example.answer_class)];
  if (const auto none = classes_without(count, settings); !none.empty())
    return work_error("no training picture that can be read shows: " + join(none),
                      lesson.project.folder().string(), "put the files back that are named above");
  return pictures;
}

/// One net, in a run of its own; `begun` is a folder where its training may have been done already.
Result<Json> train_net(const Lesson& lesson, const TrainSettings& wanted, const fs::path& begun,
                       Console& console) {
  Project& project = lesson.project;
  const Settings& settings = project.settings();
  DEW_TRY(const std::string hash, backbone_hash(wanted));
  const std::string settings_json = identity(wanted, hash, settings, lesson.splits);

  DEW_TRY(const auto earlier, earlier_run(project, settings_json, lesson.keep_done));
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
  std::error_code ignored;  // without the checkpoints it is trained again
  if (!begun.empty())
    fs::copy(begun, folder, fs::copy_options::recursive | fs::copy_options::skip_existing, ignored);

  DEW_TRY(const search::Pictures pictures, load_splits(lesson, wanted.input, console));
  DEW_TRY(const auto trained, student::train(pictures.train, pictures.validation, wanted, folder, console));
  DEW_TRY(const Json int8,
          write_model(settings, wanted.seed, folder, pictures.train, pictures.validation, console));

  const bool validated = !pictures.validation.empty();
  Json results{{"images_per_second", trained.images_per_second},
               {"validation_accuracy", validated ? Json(trained.validation_accuracy) : Json(nullptr)},
               {"curve", curve_json(trained)}};
  results.update(int8);
  run.state = "done";
  run.results_json = results.dump();
  DEW_CHECK(write_file(folder / "settings.json", Json::parse(settings_json).dump(2) + "\n"));
  DEW_CHECK(write_file(folder / "metrics.json", results.dump(2) + "\n"));
  DEW_CHECK(project.update_run(run));
  console.say(fmt::format(
      "run {}: {} over {} samples, validation accuracy {}, {:.0f} images/s -> {}", run.id,
      epochs_in_words(trained.curve.size(), wanted.epochs), pictures.train.size(),
      validated ? fmt::format("{:.3f}", trained.validation_accuracy) : "not known (no validation sample)",
      trained.images_per_second, run.folder));
  return to_json(run, Json::parse(settings_json), results);
}

/// The best net within limits. What it takes is measured once more when it is trained: its numbers have a
/// part in the code. Should it be too large by then, the next best is trained.
Result<Json> train_within(const search::Limits& limits, const Lesson& lesson, const TrainSettings& wanted,
                          Console& console) {
  const Project& project = lesson.project;
  const fs::path folder = project.folder() / ".dewdrop" / "search";
  const LoadPictures load = [&](int input) { return load_splits(lesson, input, console); };
  DEW_TRY(const auto candidates, fit_net(project, wanted, limits, load, folder, console));
  for (const search::NetCandidate& candidate : candidates) {
    const TrainSettings& settings = candidate.settings;
    DEW_TRY(Json keys, train_net(lesson, settings, search::training_folder(folder, settings), console));
    const fs::path run_folder = project.folder() / keys["folder"].get<std::string>();
    DEW_TRY(const target::Figures figures, measure_net(project, run_folder, console));
    if (!search::fits(figures, limits)) {
      console.warn(fmt::format("{} takes {} B of RAM and {} B of flash once trained; taking the next",
                               search::describe(settings), with_commas(figures.ram_bytes),
                               with_commas(figures.flash_bytes)));
      continue;
    }
    DEW_CHECK(write_front(project, candidates, limits, run_folder / "search.html"));
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    keys["ram_bytes"] = figures.ram_bytes;
    keys["flash_bytes"] = figures.flash_bytes;
    keys["instructions"] = counted(figures.instructions);
    keys["candidates"] = candidates_json(candidates);
    keys["report"] = (run_folder / "search.html").string();
    console.say(fmt::format("{}: {} B of RAM, {} B of flash on {}; all that was tried: {}",
                            search::describe(settings), with_commas(figures.ram_bytes),
                            with_commas(figures.flash_bytes), project.settings().board,
                            keys["report"].get<std::string>()));
    return keys;
  }
  return work_error("no net keeps to the limits once it is trained", project.folder().string(),
                    "allow a little more");
}

}  // namespace

Result<Json> verb_train(const TrainArgs& args, Console& console) {
  DEW_TRY(Project project, open_project(args.project, console));
  const Settings& settings = project.settings();
  DEW_TRY(auto labelled, labelled_samples(project));
  if (labelled.empty()) return nothing_to_learn(project);
  const Splits splits = split_up(std::move(labelled));
  Settings chosen = settings;
  for (const auto& change : args.changes) change(chosen);
  TrainSettings wanted = train_settings(chosen);
  DEW_CHECK(student::check_settings(wanted));
  DEW_CHECK(check_classes(splits, project, console));
  DEW_CHECK(check_search(args, chosen, splits, project));
  const Lesson lesson{project, splits, args.keep_done};
  if (limited(args.limits)) return train_within(args.limits, lesson, wanted, console);
  if (wanted.backbone.empty()) wanted.backbone = student::fitting_backbone(wanted);
  if (wanted.epochs == 0) wanted.epochs = student::usual_epochs(wanted.backbone);
  return train_net(lesson, wanted, {}, console);
}

}  // namespace dew
