// Everything is whitened by the covariance of all pictures once. That of the classes differs from it by the
// rank of the class means, so that a turn needs no more than a matrix of classes x classes (Woodbury's
// identity).
#include "student/self_taught.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <span>

#include "student/door.h"
#include "student/head.h"
#include "student/tensors.h"

namespace dew::student {
namespace {

// Chosen on PACS photo and Caltech101 with ten labels a class.
constexpr int kTurns = 10;
constexpr double kLabelWeight = 4;  ///< of a picture with a label, against one without
constexpr double kShrinkage = 0.5;  ///< of the covariance towards a multiple of the identity
constexpr double kTemperature =
    1.5;  ///< of the discriminant's scores: its pictures are not as independent as it takes them
constexpr int kHeadEpochs = 60;
constexpr int64_t kEachByItself = 60;  ///< labelled pictures that are held out one by one
constexpr int64_t kFolds = 30;         ///< of more
constexpr double kNoDeviation = 1e-3;  ///< added, so that equal pictures divide nothing by zero

at::Tensor matrix(const std::vector<std::vector<float>>& rows) {
  const auto width = static_cast<int64_t>(rows.front().size());
  at::Tensor result = at::empty({std::ssize(rows), width}, at::kFloat);
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy(rows[i].begin(), rows[i].end(), result.data_ptr<float>() + static_cast<int64_t>(i) * width);
  return result;
}

/// Square roots, since features after a ReLU are skewed, then mean 0 and deviation 1 in every column.
at::Tensor standardised(const at::Tensor& features) {
  const at::Tensor roots = features.sqrt();
  const at::Tensor centred = roots - roots.mean(0, true);
  return centred / (centred.square().mean(0, true).sqrt() + kNoDeviation);
}

/// Rows whose weighted covariance, shrunk, is the identity.
at::Tensor whitened(const at::Tensor& rows, const at::Tensor& weight) {
  const at::Tensor centred = rows - (weight * rows).sum(0, true) / weight.sum();
  at::Tensor covariance = at::mm((weight * centred).t(), centred) / weight.sum();
  const at::Tensor scale = covariance.trace() / covariance.size(0);
  covariance =
      (1 - kShrinkage) * covariance + (kShrinkage * scale + kNoDeviation) * at::eye(covariance.size(0));
  const at::Tensor lower = at::linalg_cholesky(covariance);
  return at::linalg_solve_triangular(lower, centred.t(), /*upper=*/false).t().contiguous();
}

/// Of labelled pictures against the others.
at::Tensor weights_of(int64_t pictures, int64_t labelled) {
  at::Tensor weight = at::ones({pictures, 1});
  weight.slice(0, 0, labelled).fill_(kLabelWeight);
  return weight;
}

/// What a discriminant says of whitened rows, that was fitted to `said`: what each row shows, rows x classes.
at::Tensor discriminated(const at::Tensor& rows, const at::Tensor& said, const at::Tensor& weight) {
  const at::Tensor share = weight * said;
  const at::Tensor count = share.sum(0);
  const at::Tensor means = at::mm(share.t(), rows) / count.unsqueeze(1);
  const at::Tensor part = count / weight.sum();
  // Within the classes the covariance is I - U U', and its inverse I + U (I - U' U)^-1 U'.
  const at::Tensor u = (means * ((1 - kShrinkage) * part).sqrt().unsqueeze(1)).t();
  const at::Tensor inner = at::linalg_inv(at::eye(part.size(0)) - at::mm(u.t(), u));
  const at::Tensor means_u = at::mm(means, u);
  const at::Tensor scores = at::mm(rows, means.t()) + at::mm(at::mm(at::mm(rows, u), inner), means_u.t());
  const at::Tensor own = means.square().sum(1) + (at::mm(means_u, inner) * means_u).sum(1);
  return at::softmax((scores - own / 2 + part.log()) / kTemperature, 1);
}

/// What a linear classifier says of all rows that learned from those `in`, rows x classes.
at::Tensor said_by_head(const at::Tensor& rows, const std::vector<int64_t>& in, const std::vector<int>& label,
                        int classes) {
  const at::Tensor own = rows.index_select(0, at::tensor(in)).contiguous();
  at::Tensor targets = at::zeros({own.size(0), classes});
  for (size_t i = 0; i < in.size(); ++i)
    targets[static_cast<int64_t>(i)][label[static_cast<size_t>(in[i])]] = 1;
  HeadSettings settings;
  settings.epochs = kHeadEpochs;
  const auto span = [](const at::Tensor& tensor) {
    return std::span<const float>(tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel()));
  };
  const DenseLayer head = fit_head(span(own), span(targets), classes, settings);
  const at::Tensor weights = at::from_blob(const_cast<float*>(head.weights.data()), {classes, rows.size(1)});
  const at::Tensor bias = at::from_blob(const_cast<float*>(head.bias.data()), {classes});
  return at::softmax(at::addmm(bias, rows, weights.t()), 1);
}

/// The turns of self_taught(), where only the pictures `in` keep their labels.
at::Tensor said_in_turns(const at::Tensor& white, const at::Tensor& others, const std::vector<int64_t>& in,
                         const std::vector<int>& label) {
  at::Tensor weight = weights_of(white.size(0), 0);
  at::Tensor said = others.clone();
  for (const int64_t i : in) weight[i] = kLabelWeight;
  for (int turn = 0; turn < kTurns; ++turn) {
    for (const int64_t i : in) said[i].zero_()[label[static_cast<size_t>(i)]] = 1;
    said.copy_((discriminated(white, said, weight) + others) / 2);
  }
  return said;
}

std::vector<int> likeliest(const at::Tensor& said) {
  const at::Tensor best = said.argmax(1).to(at::kInt).contiguous();
  return {best.data_ptr<int>(), best.data_ptr<int>() + best.numel()};
}

}  // namespace

Result<HeldOut> judge_unlabelled(const std::vector<std::vector<float>>& features,
                                 const std::vector<int>& label, int classes, const Watch& watch) {
  return guarded("judging unlabelled pictures", [&]() -> Result<HeldOut> {
    const at::Tensor all = matrix(features);
    if (!all.isfinite().all().item<bool>()) return work_error("the features are not numbers");
    const auto labelled = std::ssize(label);
    const at::Tensor rows = standardised(all).contiguous();
    const at::Tensor white = whitened(rows, weights_of(all.size(0), labelled));
    const int64_t folds = labelled <= kEachByItself ? labelled : kFolds;
    HeldOut held{labelled};
    for (int64_t fold = 0; fold < folds; ++fold) {
      if (watch.interrupted()) return interrupted_error();
      std::vector<int64_t> in;
      for (int64_t i = 0; i < labelled; ++i)
        if (i % folds != fold) in.push_back(i);
      const at::Tensor others = said_by_head(rows, in, label, classes);
      const std::vector<int> alone = likeliest(others);
      const std::vector<int> with = likeliest(said_in_turns(white, others, in, label));
      for (auto i = static_cast<size_t>(fold); i < label.size(); i += static_cast<size_t>(folds)) {
        held.alone += alone[i] == label[i] ? 1 : 0;
        held.with_unlabelled += with[i] == label[i] ? 1 : 0;
      }
    }
    return held;
  });
}

int self_taught_side(int input) {
  constexpr int kStep = 16;
  return std::max(kStep, (input * 5 / 3 + kStep / 2) / kStep * kStep);
}

Result<std::vector<int>> self_taught(const std::vector<std::vector<float>>& features,
                                     const std::vector<int>& label,
                                     const std::vector<std::vector<float>>& net) {
  return guarded("learning from features", [&]() -> Result<std::vector<int>> {
    const at::Tensor all = matrix(features);
    if (!all.isfinite().all().item<bool>()) return work_error("the features are not numbers");
    const auto labelled = std::ssize(label);
    const at::Tensor others = matrix(net);
    at::Tensor said = at::zeros({all.size(0), others.size(1)});
    for (int64_t i = 0; i < labelled; ++i) said[i][label[static_cast<size_t>(i)]] = 1;
    at::Tensor unlabelled = said.slice(0, labelled);
    unlabelled.copy_(others);
    const at::Tensor weight = weights_of(all.size(0), labelled);
    const at::Tensor rows = whitened(standardised(all), weight);
    for (int turn = 0; turn < kTurns; ++turn)
      unlabelled.copy_((discriminated(rows, said, weight).slice(0, labelled) + others) / 2);
    return likeliest(unlabelled);
  });
}

}  // namespace dew::student
