#include "verbs/measure/evaluation.h"

#include <fmt/format.h>

#include <map>

#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

/// The test split with what the labels say of it.
Result<Evaluation> test_split(const Project& project, const label::LabelSet& set) {
  DEW_TRY(const auto labelled, label::labelled_samples(project, set));
  std::map<int64_t, int> truth;
  for (const label::Labelled& one : labelled) truth[one.sample.id] = one.answer_class;
  DEW_TRY(const auto samples, project.samples());
  Evaluation evaluation;
  int64_t known = 0;
  for (const Sample& sample : samples) {
    if (sample.split != Split::kTest) continue;
    const auto found = truth.find(sample.id);
    evaluation.truth.push_back(found == truth.end() ? -1 : found->second);
    known += found == truth.end() ? 0 : 1;
    evaluation.samples.push_back(sample);
  }
  if (known == 0)
    return work_error("the test split has no sample with a label of the set '" + label::to_text(set) + "'",
                      project.folder().string(),
                      "label more, or raise test_share in dewdrop.toml before adding");
  return evaluation;
}

/// Takes out what cannot be read. Error: no labelled picture is left.
Result<std::vector<std::vector<uint8_t>>> read_pictures(const Project& project, Evaluation& evaluation,
                                                        int input, Watch& watch) {
  DEW_TRY(auto pictures, load_pictures(project, evaluation.samples, input, watch));
  size_t kept = 0;
  int64_t known = 0;
  for (size_t i = 0; i < pictures.size(); ++i) {
    if (pictures[i].empty()) continue;
    known += evaluation.truth[i] >= 0 ? 1 : 0;
    evaluation.truth[kept] = evaluation.truth[i];
    if (kept != i) {
      evaluation.samples[kept] = std::move(evaluation.samples[i]);
      pictures[kept] = std::move(pictures[i]);
    }
    ++kept;
  }
  evaluation.truth.resize(kept);
  evaluation.samples.resize(kept);
  pictures.resize(kept);
  if (known == 0)
    return work_error("no labelled picture of the test split can be read", project.folder().string(),
                      "put the files back that are named above");
  return pictures;
}

NetScores scores_of(std::string where, const std::vector<target::Bytes>& outputs,
                    const compiler::Plan& plan) {
  NetScores net{std::move(where), {}, {}};
  for (const target::Bytes& output : outputs) {
    net.scores.push_back(scores(output, plan));
    if (plan.gate) net.known.push_back(is_known(output, plan));
  }
  return net;
}

NetScores scores_of(std::string where, const std::vector<student::Look>& looks) {
  NetScores net{std::move(where), {}, {}};
  for (const student::Look& look : looks)
    net.scores.emplace_back(look.probabilities.begin(), look.probabilities.end());
  return net;
}

}  // namespace

std::vector<const NetScores*> Evaluation::all() const {
  std::vector<const NetScores*> nets{&in_float, &on_host};
  if (on_board) nets.push_back(&*on_board);
  return nets;
}

Result<Evaluation> evaluate(const Project& project, const Run& run, const Model& model,
                            const std::optional<target::Board>& board, const label::LabelSet& set,
                            Watch& watch) {
  DEW_TRY(Evaluation evaluation, test_split(project, set));
  const graph::Tensor& input = model.plan.input;
  DEW_TRY(const auto pictures, read_pictures(project, evaluation, input.shape[2], watch));
  DEW_TRY(evaluation.looks, student::look(project.folder() / run.folder, pictures, watch));
  evaluation.in_float = scores_of("float", evaluation.looks);

  std::vector<target::Bytes>& inputs = evaluation.inputs;
  inputs.reserve(pictures.size());
  for (const auto& picture : pictures) inputs.push_back(rgb_to_int8(picture));
  DEW_TRY(const auto on_host, target::run_on_host(model.plan, inputs, watch));
  evaluation.on_host = scores_of("int8 on the host", on_host, model.plan);
  if (!board) return evaluation;

  DEW_TRY(const auto on_board, target::run_on_board(model.plan, *board, inputs, watch));
  evaluation.on_board = scores_of("int8 on " + board->name, on_board.outputs, model.plan);
  evaluation.bit_equal = on_host == on_board.outputs;
  evaluation.figures = on_board.figures;
  return evaluation;
}

Share accuracy(const Evaluation& evaluation, const NetScores& net) {
  int64_t right = 0;
  int64_t labelled = 0;
  for (size_t i = 0; i < evaluation.truth.size(); ++i) {
    if (evaluation.truth[i] < 0) continue;
    ++labelled;
    right += largest(net.scores[i]) == evaluation.truth[i] ? 1 : 0;
  }
  return share_of(right, labelled);
}

DecidedFigures decided(const Evaluation& evaluation, const NetScores& net, const Model& model) {
  DecidedFigures result;
  result.thresholds = model.plan.thresholds;
  result.gated = model.plan.gate.has_value();
  for (size_t i = 0; i < evaluation.truth.size(); ++i) {
    if (evaluation.truth[i] < 0) continue;
    ++result.samples;
    const int top = largest(net.scores[i]);
    if (!net.known.empty() && !net.known[i]) {
      ++result.strange;
      result.strange_right += top == evaluation.truth[i] ? 1 : 0;
      continue;
    }
    if (!is_said(model, net.scores[i], top)) continue;
    ++result.decided;
    result.right += top == evaluation.truth[i] ? 1 : 0;
  }
  return result;
}

std::vector<std::vector<int64_t>> confusion(const Evaluation& evaluation, const NetScores& net,
                                            size_t classes) {
  std::vector<std::vector<int64_t>> counts(classes, std::vector<int64_t>(classes));
  for (size_t i = 0; i < evaluation.truth.size(); ++i)
    if (evaluation.truth[i] >= 0)
      ++counts[static_cast<size_t>(evaluation.truth[i])][static_cast<size_t>(largest(net.scores[i]))];
  return counts;
}

}  // namespace dew::verbs
