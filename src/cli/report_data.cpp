#include "cli/bridge.h"
#include "cli/report_data.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "cli/report_looks.h"

namespace dew {
namespace {

constexpr size_t kLitFrames = 8;

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

std::vector<report::CurvePoint> curve(const Json& results) {
  std::vector<report::CurvePoint> points;
  for (const Json& epoch : results.value("curve", Json::array()))
    points.push_back({epoch.at("epoch"), epoch.at("train_loss"), epoch.at("train_accuracy"),
                      epoch.at("validation_loss"), epoch.at("validation_accuracy")});
  return points;
}

std::vector<report::Row> headline(const Evaluation& evaluation, const Model& model) {
  std::vector<report::Row> rows;
  for (const Said& said : evaluation.said) {
    const Accuracy result = accuracy(evaluation, said);
    rows.push_back({"accuracy, " + said.where, fmt::format("{:.3f}", result.share()),
                    fmt::format("{} of {} test samples; 95 % interval {:.3f} to {:.3f}", result.right,
                                result.samples, result.low, result.high)});
  }
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

std::string teacher_said(const std::map<int64_t, Answer>& answers, int64_t sample) {
  const auto found = answers.find(sample);
  return found == answers.end() ? std::string() : found->second.answer_class;
}

/// The labelled samples of the test split: what the teacher said, what the int8 net says; and how they lie to
/// one another.
Result<void> add_tiles(const Project& project, const Evaluation& evaluation,
                       const std::map<int64_t, Answer>& answers, report::Report& data, Watch& watch) {
  const Said& said = evaluation.said[1];
  const auto& classes = project.settings().classes;
  std::vector<Sample> wanted;
  std::vector<size_t> index;
  for (size_t i = 0; i < evaluation.samples.size(); ++i)
    if (evaluation.truth[i] >= 0) wanted.push_back(evaluation.samples[i]), index.push_back(i);
  std::vector<report::Tile>& tiles = data.tiles;
  tiles.resize(wanted.size());
  DEW_CHECK(project.pictures(
      wanted,
      [&](size_t at, const Image& picture) -> Result<void> {
        const size_t i = index[at];
        const int top = largest(said.scores[i]);
        const auto answer = answers.find(wanted[at].id);
        tiles[at] = {picture,
                     wanted[at].name,
                     classes[static_cast<size_t>(evaluation.truth[i])],
                     answer == answers.end() ? std::string() : answer->second.reason,
                     classes[static_cast<size_t>(top)],
                     said.scores[i][static_cast<size_t>(top)],
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
      const auto& scores = evaluation.said[1].scores[i];
      one.regions.push_back({*evaluation.samples[i].region, scores[0], largest(scores) == 0,
                             teacher_said(answers, evaluation.samples[i].id)});
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

std::vector<report::Row> settings_rows(const Run& run, const Model& model, const Evaluation& evaluation) {
  std::vector<report::Row> rows{{"run", run.folder, run.at}};
  const Json wanted = Json::parse(run.settings_json);
  for (const auto& [key, value] : wanted.items())
    rows.push_back({key, value.is_string() ? value.get<std::string>() : value.dump(), ""});
  rows.push_back({"rounding", model.options.rounding == graph::Rounding::kDew ? "dew" : "tflite", ""});
  rows.push_back({"schedule", model.options.schedule == compiler::Schedule::kRows ? "rows" : "layers", ""});
  rows.push_back({"measured on", evaluation.said.back().where, ""});
  return rows;
}

}  // namespace

Result<report::Report> gather_report(const Project& project, const Run& run, const Model& model,
                                     const Evaluation& evaluation, Watch& watch) {
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
  data.headline = headline(evaluation, model);
  data.settings = settings_rows(run, model, evaluation);
  data.curve = curve(Json::parse(run.results_json));
  for (const Said& said : evaluation.said)
    data.confusions.push_back({said.where, confusion(evaluation, said, settings.classes.size())});
  data.scored = evaluation.said.back().where;
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

}  // namespace dew
