#include "verbs/measure/report_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "verbs/common/run_record.h"
#include "verbs/measure/report_looks.h"

namespace dew::verbs {
namespace {

constexpr size_t kLitFrames = 8;
constexpr size_t kRowsShown = 12;  ///< of thresholds, and of what they do

/// The newest answer of every sample.
Result<std::map<int64_t, Answer>> newest_answers(const Project& project) {
  DEW_TRY(auto answers, project.answers());
  std::map<int64_t, Answer> newest;
  for (Answer& answer : answers) newest[answer.sample] = std::move(answer);
  return newest;
}

Result<std::vector<report::LabelCount>> count_labels(const Project& project) {
  const Settings& settings = project.settings();
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(const auto labels, project.labels());
  std::map<int64_t, std::string> label_of;
  for (const Label& label : labels) label_of[label.sample] = label.answer_class;

  std::vector<report::LabelCount> counts;
  for (const std::string& name : settings.classes) counts.push_back({name, 0, 0, 0, false});
  if (!settings.unsure.empty()) counts.push_back({settings.unsure, 0, 0, 0, true});
  for (const Sample& sample : samples) {
    const auto found = label_of.find(sample.id);
    if (found == label_of.end()) continue;
    const std::string& name = found->second.empty() ? settings.unsure : found->second;
    for (report::LabelCount& count : counts) {
      if (count.name != name) continue;
      int64_t& split = sample.split == Split::kTrain        ? count.train
                       : sample.split == Split::kValidation ? count.validation
                                                            : count.test;
      ++split;
    }
  }
  return counts;
}

Result<std::vector<report::CurvePoint>> curve_points(const Project& project, const Run& run) {
  DEW_TRY(const Json results, run_results(project, run));
  DEW_TRY(const auto curve, curve_of(project, run, results));
  std::vector<report::CurvePoint> points;
  for (const student::EpochFigures& epoch : curve)
    points.push_back({epoch.epoch, epoch.train_loss, epoch.train_accuracy, epoch.validation_loss,
                      epoch.validation_accuracy});
  return points;
}

std::vector<report::Row> headline(const Evaluation& evaluation, const Model& model,
                                  const std::string& against) {
  std::vector<report::Row> rows;
  for (const NetScores* net : evaluation.all()) {
    const Share share = accuracy(evaluation, *net);
    rows.push_back({"accuracy, " + net->where, fmt::format("{:.3f}", share.value()),
                    fmt::format("{} of {} test samples; 95 % interval {:.3f} to {:.3f}", share.hits, share.of,
                                share.low, share.high)});
  }
  rows.push_back(
      {"measured against", fmt::format("{} labels", accuracy(evaluation, evaluation.in_float).of), against});
  if (evaluation.bit_equal)
    rows.push_back({"host and board", *evaluation.bit_equal ? "equal to the bit" : "DIFFERENT",
                    fmt::format("{} test samples", evaluation.samples.size())});
  if (const auto& figures = evaluation.figures) {
    rows.push_back({"RAM", with_commas(figures->ram_bytes) + " B",
                    fmt::format("image, arena, stack ({} B at its deepest, painted) and all else",
                                with_commas(figures->stack_bytes))});
    rows.push_back(
        {"flash", with_commas(figures->flash_bytes) + " B", "weights and code, from the linked image"});
    rows.push_back(
        {"instructions", with_commas(figures->instructions), "one inference, counted by the emulator"});
  }
  rows.push_back({"arena", with_commas(model.plan.arena_bytes) + " B", "activations"});
  rows.push_back({"MACs", with_commas(model.plan.macs), "one inference"});
  rows.push_back({"constants", with_commas(model.plan.weights_bytes) + " B",
                  "how many times smaller than the teacher: not known, where its size is not published"});
  return rows;
}

/// What the thresholds do, as `train` found it: the promise, each class, and coverage against precision with
/// the point chosen. None for a run of before, or where no precision was wanted.
std::vector<report::Row> promise_rows(const Json& results) {
  std::vector<report::Row> rows;
  const Json promise = results.value("promise", Json(nullptr));
  const auto count = [](const Json& at, const char* key) {
    return at.is_object() && at.contains(key) && at[key].is_number() ? at[key].get<double>() : 0.0;
  };
  const auto said = [&](const Json& at) {
    return fmt::format("{:.0f} of {:.0f} right", count(at, "right"), count(at, "said"));
  };
  const auto list = [&](const char* key) {
    return promise.contains(key) && promise[key].is_array() ? promise[key] : Json::array();
  };
  if (!promise.is_object() || !promise.contains("text") || !promise["text"].is_string()) return rows;
  rows.push_back({"precision", promise.value("promised", Json(false)) == true ? "promised" : "NOT promised",
                  promise["text"].get<std::string>()});
  const Json classes = list("classes");
  double chosen = 1;
  for (const Json& one : classes) chosen = std::min(chosen, count(one, "score"));
  const auto own = [&](const Json& one) {  // of very many classes those that differ from the rest
    return classes.size() <= kRowsShown || count(one, "score") > chosen + 1e-9 ||
           one.value("reached", true) == false;
  };
  size_t shown = 0;
  for (const Json& one : classes) {
    if (!own(one) || ++shown > kRowsShown) continue;
    rows.push_back({"threshold, " + one.value("class", Json("")).dump(),
                    fmt::format("{:.3f}", count(one, "score")), said(one)});
  }
  if (const size_t others = classes.size() - std::min(shown, kRowsShown); others > 0)
    rows.push_back({"threshold, all others", fmt::format("{:.3f} or more", chosen),
                    fmt::format("{} classes; each stands in metrics.json", others)});
  const double pictures = std::max(1.0, count(promise, "pictures"));
  const Json curve = list("curve");
  const size_t step = curve.size() / kRowsShown + 1;
  for (size_t i = 0; i < curve.size(); ++i) {
    const Json& point = curve[i];
    const bool is_chosen = std::abs(count(point, "score") - chosen) < 1e-9;
    if (!is_chosen && i % step != 0) continue;
    rows.push_back({fmt::format("said from {:.3f}", count(point, "score")),
                    fmt::format("{:.0f} %", 100 * count(point, "said") / pictures),
                    said(point) + (is_chosen ? ": chosen" : "")});
  }
  return rows;
}

/// Why the teacher said what the label says; empty where a person said otherwise, or there is none.
std::string reason_for(const std::map<int64_t, Answer>& answers, int64_t sample, const std::string& label) {
  const auto found = answers.find(sample);
  return found == answers.end() || found->second.answer_class != label ? std::string() : found->second.reason;
}

/// The label that counts, else what the teacher said, "unsure" perhaps.
std::string label_of(const Project& project, const std::map<int64_t, Answer>& answers,
                     const Evaluation& evaluation, size_t i) {
  if (evaluation.truth[i] >= 0) return project.settings().classes[static_cast<size_t>(evaluation.truth[i])];
  const auto found = answers.find(evaluation.samples[i].id);
  return found == answers.end() ? std::string() : found->second.answer_class;
}

/// The labelled samples of the test split: what the label says, what the int8 net says; and how they lie to
/// one another.
Result<void> add_tiles(const Project& project, const Evaluation& evaluation,
                       const std::map<int64_t, Answer>& answers, report::Report& data, Watch& watch) {
  const auto& classes = project.settings().classes;
  std::vector<Sample> wanted;
  std::vector<size_t> index;
  for (size_t i = 0; i < evaluation.samples.size(); ++i)
    if (evaluation.truth[i] >= 0) {
      wanted.push_back(evaluation.samples[i]);
      index.push_back(i);
    }
  std::vector<report::Tile>& tiles = data.tiles;
  tiles.resize(wanted.size());
  DEW_CHECK(project.pictures(
      wanted,
      [&](size_t at, const Image& picture) -> Result<void> {
        const size_t i = index[at];
        const int top = largest(evaluation.on_host.scores[i]);
        tiles[at] = {picture,
                     wanted[at].name,
                     classes[static_cast<size_t>(evaluation.truth[i])],
                     reason_for(answers, wanted[at].id, classes[static_cast<size_t>(evaluation.truth[i])]),
                     classes[static_cast<size_t>(top)],
                     evaluation.on_host.scores[i][static_cast<size_t>(top)],
                     top == evaluation.truth[i],
                     heat_map(evaluation.looks[i], top, evaluation.truth[i], classes)};
        return {};
      },
      watch));
  data.dots = map_of(evaluation.looks, index, tiles);
  return {};
}

/// Whole pictures of the test split that were cut into tiles: samples by source and frame.
using Frames = std::map<std::pair<int64_t, int64_t>, std::vector<size_t>>;

Frames tiled_frames(const Evaluation& evaluation) {
  Frames frames;
  for (size_t i = 0; i < evaluation.samples.size(); ++i)
    if (evaluation.samples[i].region)
      frames[{evaluation.samples[i].source, evaluation.samples[i].frame.value_or(0)}].push_back(i);
  // Evenly over the split: enough to see, not so many that the page grows heavy.
  const size_t step = std::max<size_t>(1, frames.size() / kLitFrames);
  size_t position = 0;
  for (auto at = frames.begin(); at != frames.end();)
    at = position++ % step == 0 ? std::next(at) : frames.erase(at);
  return frames;
}

Result<std::vector<report::LitFrame>> lit_frames(const Project& project, const Evaluation& evaluation,
                                                 const std::map<int64_t, Answer>& answers, Watch& watch) {
  std::vector<Sample> whole;
  std::vector<report::LitFrame> lit;
  for (const auto& [frame, members] : tiled_frames(evaluation)) {
    Sample sample = evaluation.samples[members[0]];
    sample.region.reset();
    Fragment name = Fragment::parse(sample.name).value_or(Fragment{});
    name.region.reset();
    report::LitFrame one{{}, name.str(), {}};
    for (const size_t i : members) {
      const auto& scores = evaluation.on_host.scores[i];
      one.regions.push_back({*evaluation.samples[i].region, scores[0], largest(scores) == 0,
                             label_of(project, answers, evaluation, i)});
    }
    whole.push_back(std::move(sample));
    lit.push_back(std::move(one));
  }
  DEW_CHECK(project.pictures(
      whole,
      [&](size_t at, const Image& picture) -> Result<void> {
        lit[at].frame = picture;
        return {};
      },
      watch));
  return lit;
}

Result<std::vector<report::Row>> settings_rows(const Project& project, const Run& run, const Model& model,
                                               const Evaluation& evaluation) {
  std::vector<report::Row> rows{{"run", run.folder, run.at}};
  DEW_TRY(const Json wanted, run_settings(project, run));
  for (const auto& [key, value] : wanted.items())
    rows.push_back({key, value.is_string() ? value.get<std::string>() : value.dump(), ""});
  rows.push_back({"rounding", model.options.rounding == graph::Rounding::kDew ? "dew" : "tflite", ""});
  rows.push_back({"schedule", model.options.schedule == compiler::Schedule::kRows ? "rows" : "layers", ""});
  rows.push_back({"measured on", evaluation.all().back()->where, ""});
  return rows;
}

}  // namespace

Result<report::Report> gather_report(const Project& project, const Run& run, const Model& model,
                                     const Evaluation& evaluation, const std::string& against, Watch& watch) {
  const Settings& settings = project.settings();
  DEW_TRY(const auto answers, newest_answers(project));
  report::Report data;
  data.title = settings.name;
  data.question = settings.question;
  data.classes = settings.classes;
  data.made_at = utc_now();
  std::set<std::string> teachers;
  for (const auto& [sample, answer] : answers) teachers.insert(answer.teacher + ":" + answer.model);
  data.teacher = join({teachers.begin(), teachers.end()});
  DEW_TRY(data.label_counts, count_labels(project));
  data.headline = headline(evaluation, model, against);
  DEW_TRY(const Json results, run_results(project, run));
  for (report::Row& row : promise_rows(results)) data.headline.push_back(std::move(row));
  DEW_TRY(data.settings, settings_rows(project, run, model, evaluation));
  DEW_TRY(data.curve, curve_points(project, run));
  for (const NetScores* net : evaluation.all())
    data.confusions.push_back({net->where, confusion(evaluation, *net, settings.classes.size())});
  data.scored = evaluation.all().back()->where;
  data.class_scores = class_scores(data.confusions.back().counts);
  DEW_CHECK(add_tiles(project, evaluation, answers, data, watch));
  data.steps = model.plan.steps;
  for (const compiler::Placement& placement : model.plan.placements)
    data.buffers.push_back(
        {placement.name, placement.offset, placement.bytes, placement.first_step, placement.last_step});
  data.arena_bytes = model.plan.arena_bytes;
  data.lit_class = settings.classes[0];
  DEW_TRY(data.lit_frames, lit_frames(project, evaluation, answers, watch));
  return data;
}

}  // namespace dew::verbs
