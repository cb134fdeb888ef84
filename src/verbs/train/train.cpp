#include "verbs/train/train.h"

#include <fmt/format.h>

#include <tuple>

#include "student/unlabelled.h"
#include "verbs/common/fingerprint.h"
#include "verbs/common/only_one.h"
#include "verbs/common/open.h"
#include "verbs/common/pictures.h"
#include "verbs/common/run_record.h"
#include "verbs/common/wanted_net.h"
#include "verbs/train/int8_model.h"
#include "verbs/train/net_search.h"
#include "verbs/train/promise.h"
#include "verbs/train/splits.h"
#include "verbs/train/time_left.h"

namespace dew::verbs {
namespace {

using student::TrainSettings;

/// The newest run with these very settings, if there is one worth keeping.
Result<std::optional<Run>> earlier_run(const Project& project, const std::string& settings_json,
                                       bool keep_done) {
  DEW_TRY(const auto runs, project.runs());
  for (auto run = runs.rbegin(); run != runs.rend(); ++run)
    if (run->settings_json == settings_json && (run->state == "training" || keep_done))
      return std::optional(*run);
  return std::optional<Run>();
}

/// The net's shape is either the search's or the user's.
Result<void> check_search(const TrainArgs& args, const Settings& changed, const Splits& splits,
                          const Project& project) {
  if (args.limits.rows && !args.limits.ram_bytes)
    return usage_error("--rows says how --ram is counted, and there is no --ram", {},
                       "give both: dewdrop train --ram 24K --rows");
  if (!limited(args.limits)) return {};
  const auto shape = [](const Settings& s) { return std::tuple(s.net, s.alpha, s.input, s.head, s.blocks); };
  if (shape(changed) != shape(project.settings()))
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
struct Task {
  Project& project;
  const Splits& splits;
  std::string labels;      ///< which of the project's labels these are
  bool keep_done = false;  ///< a finished run with the same settings and labels serves again
};

/// What is known before anything was trained.
TrainOutcome outcome_of(const Task& task, const Run& run, const TrainSettings& wanted) {
  TrainOutcome outcome;
  outcome.run = run.id;
  outcome.folder = run.folder;
  outcome.labels = task.labels;
  outcome.settings = wanted;
  outcome.train_samples = std::ssize(task.splits.train);
  outcome.next = "test";
  return outcome;
}

/// The outcome of a finished run, from its record. Error: the record is damaged.
Result<TrainOutcome> outcome_of_earlier(const Task& task, const Run& run, const TrainSettings& wanted) {
  const Project& project = task.project;
  DEW_TRY(const Json results, run_results(project, run));
  TrainOutcome outcome = outcome_of(task, run, wanted);
  outcome.already_done = true;
  DEW_TRY(outcome.curve, curve_of(project, run, results));
  DEW_TRY(const auto speed, number_of(project, run, results, "images_per_second"));
  outcome.images_per_second = speed.value_or(0);
  outcome.promise = results.value("promise", Json(nullptr));
  DEW_TRY(outcome.validation_accuracy, number_of(project, run, results, "validation_accuracy"));
  DEW_TRY(const auto unlabelled, number_of(project, run, results, "unlabelled"));
  outcome.unlabelled = static_cast<int64_t>(unlabelled.value_or(0));
  DEW_TRY(outcome.labelled_alone, number_of(project, run, results, "labelled_alone"));
  DEW_TRY(outcome.with_unlabelled, number_of(project, run, results, "with_unlabelled"));
  return outcome;
}

Json accuracy_json(const std::optional<double>& accuracy) {
  return accuracy ? Json(*accuracy) : Json(nullptr);
}

Json unlabelled_json(const TrainOutcome& outcome) {
  return Json{{"unlabelled", outcome.unlabelled},
              {"labelled_alone", accuracy_json(outcome.labelled_alone)},
              {"with_unlabelled", accuracy_json(outcome.with_unlabelled)}};
}

/// What pictures without a label brought; empty where there were none, or too few.
std::string unlabelled_text(const TrainOutcome& outcome, int64_t seen) {
  const std::string pictures = plural(seen, "picture", "pictures") + " without a label";
  if (!outcome.with_unlabelled) return outcome.unlabelled > 0 ? pictures + " were learned from, too" : "";
  const std::string accuracies = fmt::format("validation accuracy {:.3f}, {:.3f} by the labels alone",
                                             *outcome.with_unlabelled, *outcome.labelled_alone);
  if (outcome.unlabelled > 0) return fmt::format("{} were learned from, too: {}", pictures, accuracies);
  return fmt::format("{} were tried and left out: {}", pictures, accuracies);
}

/// What of an outcome is kept in the database and in metrics.json.
Json results_of(const TrainOutcome& outcome) {
  Json results{{"images_per_second", outcome.images_per_second},
               {"validation_accuracy",
                outcome.validation_accuracy ? Json(*outcome.validation_accuracy) : Json(nullptr)},
               {"curve", curve_json(outcome.curve)}};
  results.update(unlabelled_json(outcome));
  results.update(metrics_of(*outcome.int8));
  return results;
}

TrainingPlan plan_of(const search::Pictures& pictures, size_t unlabelled, const TrainSettings& wanted,
                     const Settings& settings) {
  const bool from_random = wanted.backbone == "random";
  const size_t train = pictures.train.size();
  const size_t validation = pictures.validation.size();
  const int folds = settings.precision > 0 ? student::judging_folds(train + validation, from_random) : 0;
  return {train, validation, wanted.epochs, from_random, folds, unlabelled};
}

/// One net, in a run of its own; `begun` is a folder where its training may have been done already.
Result<TrainOutcome> train_net(const Task& task, const TrainSettings& wanted, const fs::path& begun,
                               Watch& watch) {
  Project& project = task.project;
  DEW_TRY(const std::string hash, backbone_hash(wanted));
  const Json fingerprint = training_fingerprint(wanted, hash, project.settings(), task.splits);
  const std::string settings_json = fingerprint.dump(-1, ' ', false, Json::error_handler_t::replace);

  DEW_TRY(const auto earlier, earlier_run(project, settings_json, task.keep_done));
  if (earlier && earlier->state == "done") return outcome_of_earlier(task, *earlier, wanted);
  Run run;
  if (earlier) {
    run = *earlier;
  } else {
    DEW_TRY(run, project.begin_run(settings_json));
  }
  DEW_TRY(const auto only_one,
          hold_alone(project.folder() / ".dewdrop" / fmt::format("train-{}.lock", run.id)));
  if (!only_one)
    return work_error(fmt::format("another program trains run {}", run.id), run.folder,
                      "wait until it is done, or train with another --seed or other settings");
  if (earlier) watch.inform(fmt::format("run {} was interrupted: going on with it", run.id));
  const fs::path folder = project.folder() / run.folder;
  std::error_code ignored;  // without the checkpoints it is trained again
  if (!begun.empty())
    fs::copy(begun, folder, fs::copy_options::recursive | fs::copy_options::skip_existing, ignored);

  DEW_TRY(const search::Pictures pictures, load_splits(project, task.splits, wanted.input, watch));
  DEW_TRY(const auto unlabelled, load_unlabelled(project, task.splits, wanted.input, watch));
  TimeLeft left(watch, stages_of(plan_of(pictures, unlabelled.size(), wanted, project.settings())));
  DEW_TRY(auto trained, student::train_with_unlabelled(pictures.train, unlabelled, pictures.validation,
                                                       wanted, folder, left));
  TrainOutcome outcome = outcome_of(task, run, wanted);
  outcome.pictures = std::ssize(pictures.train);
  outcome.curve = std::move(trained.curve);
  outcome.images_per_second = trained.images_per_second;
  if (!pictures.validation.empty()) outcome.validation_accuracy = trained.validation_accuracy;
  outcome.unlabelled = static_cast<int64_t>(trained.unlabelled);
  if (!pictures.validation.empty()) {
    outcome.labelled_alone = trained.labelled_alone;
    outcome.with_unlabelled = trained.with_unlabelled;
  }
  if (const std::string text = unlabelled_text(outcome, std::ssize(unlabelled)); !text.empty())
    watch.inform(text);
  DEW_TRY(outcome.int8,
          write_int8_model(project.settings(), folder, pictures, {wanted, trained.recipe}, left));
  outcome.promise = promise_json(*outcome.int8);

  const Json results = results_of(outcome);
  run.state = "done";
  run.results_json = results.dump();
  DEW_CHECK(write_file(folder / "settings.json",
                       fingerprint.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"));
  DEW_CHECK(write_file(folder / "metrics.json", results.dump(2) + "\n"));
  DEW_CHECK(project.update_run(run));
  return outcome;
}

/// The best net within limits. What it takes is measured once more when it is trained: its numbers have a
/// part in the code. Should it be too large by then, the next best is trained.
Result<TrainOutcome> train_within(const search::Limits& limits, const Task& task, const TrainSettings& wanted,
                                  Watch& watch) {
  const Project& project = task.project;
  const fs::path folder = project.folder() / ".dewdrop" / "search";
  const LoadPictures load = [&](int input) { return load_splits(project, task.splits, input, watch); };
  DEW_TRY(const auto candidates, search_nets(project, wanted, limits, load, folder, watch));
  for (const search::NetCandidate& candidate : candidates) {
    const TrainSettings& settings = candidate.settings;
    DEW_TRY(TrainOutcome outcome,
            train_net(task, settings, search::training_folder(folder, settings), watch));
    const fs::path run_folder = project.folder() / outcome.folder;
    DEW_TRY(const target::Figures figures, measure_net(project, run_folder, search::feed_of(limits), watch));
    if (!search::fits(figures, limits)) {
      watch.warn(fmt::format("{} takes {} B of RAM and {} B of flash once trained; taking the next",
                             search::describe(settings), with_commas(figures.ram_bytes),
                             with_commas(figures.flash_bytes)));
      continue;
    }
    outcome.search =
        NetSearch{limits, project.settings().board, candidates, figures, run_folder / "search.html"};
    DEW_CHECK(write_search_page(project, *outcome.search));
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    return outcome;
  }
  return work_error("no net keeps to the limits once it is trained", project.folder().string(),
                    "allow a little more");
}

}  // namespace

Result<TrainOutcome> train(const TrainArgs& args, Watch& watch) {
  DEW_TRY(Project project, open_project(args.project, watch));
  DEW_TRY(const label::LabelSet set, label_set_of(project, args.labels));
  DEW_CHECK(project.settle_splits(watch));  // an add that was stopped left them as they were drawn
  DEW_TRY(auto labelled, label::labelled_samples(project, set));
  if (labelled.empty()) return nothing_to_learn(project, set);
  Splits splits = split_up(std::move(labelled));
  Settings changed = project.settings();
  for (const auto& change : args.changes) change(changed);
  TrainSettings wanted = train_settings(changed);
  DEW_CHECK(student::check_settings(wanted));
  DEW_CHECK(check_classes(splits, project, watch));
  DEW_CHECK(check_search(args, changed, splits, project));
  const Task task{project, splits, label::to_text(set), args.keep_done};
  if (limited(args.limits)) return train_within(args.limits, task, wanted, watch);
  if (wanted.backbone.empty()) wanted.backbone = student::fitting_backbone(wanted);
  if (wanted.epochs == 0) wanted.epochs = student::usual_epochs(wanted.backbone);
  // Other sets of labels are compared with one another: each teaches by what it says alone.
  if (set.kind == label::LabelSet::Kind::kCurrent) {
    DEW_TRY(auto unlabelled, unlabelled_samples(project));
    if (student::learns_from_unlabelled(splits.train.size(), unlabelled.size(), wanted))
      splits.unlabelled = std::move(unlabelled);
  }
  return train_net(task, wanted, {}, watch);
}

Json to_json(const TrainOutcome& outcome) {
  const TrainSettings& settings = outcome.settings;
  Json json{{"run", outcome.run},
            {"folder", outcome.folder},
            {"backbone", settings.backbone},
            {"net", settings.net},
            {"alpha", settings.alpha},
            {"input", settings.input},
            {"epochs", outcome.curve.size()},
            {"seed", settings.seed},
            {"labels", outcome.labels},
            {"train_samples", outcome.train_samples},
            {"images_per_second", outcome.images_per_second},
            {"validation_accuracy",
             outcome.validation_accuracy ? Json(*outcome.validation_accuracy) : Json(nullptr)},
            {"promise", outcome.promise}};
  json.update(unlabelled_json(outcome));
  if (const auto& search = outcome.search) {
    json["ram_bytes"] = search->figures.ram_bytes;
    json["rows_pushed"] = search->limits.rows;
    json["flash_bytes"] = search->figures.flash_bytes;
    json["instructions"] = counted(search->figures.instructions);
    json["candidates"] = candidates_json(search->candidates);
    json["report"] = search->report.string();
  }
  return json;
}

}  // namespace dew::verbs
