// Fits temperatures, counts by class, measures what is left of the error.
#include "label/calibration.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dew::label {
namespace {

using Json = nlohmann::json;

constexpr int kFolds = 5;

double logit(double p) {
  const double inside = std::clamp(p, 1e-6, 1 - 1e-6);
  return std::log(inside / (1 - inside));
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

/// The derivative of the log loss by the inverse temperature. The targets are Platt's (1999) instead of 0 and
/// 1, so that a teacher that was never wrong does not become certain.
double slope(const std::vector<Judged>& judged, double inverse) {
  double rights = 0;
  for (const Judged& one : judged) rights += one.right() ? 1 : 0;
  const double wrongs = static_cast<double>(judged.size()) - rights;
  const double if_right = (rights + 1) / (rights + 2);
  const double if_wrong = 1 / (wrongs + 2);
  double sum = 0;
  for (const Judged& one : judged) {
    const double x = logit(*one.confidence);
    sum += (sigmoid(inverse * x) - (one.right() ? if_right : if_wrong)) * x;
  }
  return sum;
}

/// The loss is convex in the inverse temperature, so bisection finds its minimum.
double fit_temperature(const std::vector<Judged>& judged) {
  double low = 0.01;
  double high = 20;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    if (slope(judged, middle) > 0)
      high = middle;
    else
      low = middle;
  }
  return 2 / (low + high);
}

/// The leave-one-out log loss of the answers, each predicted from its class's other answers and `drawn`
/// pseudo-counts of the accuracy over all classes.
double loss_of_shares(const Calibration& counts, double drawn) {
  double sum = 0;
  for (size_t i = 0; i < counts.said.size(); ++i) {
    const auto said = static_cast<double>(counts.said[i]);
    const auto right = static_cast<double>(counts.right[i]);
    const double among = said - 1 + drawn;
    if (right > 0) sum -= right * std::log((right - 1 + drawn * counts.accuracy) / among);
    if (said > right) sum -= (said - right) * std::log(1 - (right + drawn * counts.accuracy) / among);
  }
  return sum;
}

/// The pseudo-counts, from 0.5 to 1024, with the least loss.
double fit_drawn(const Calibration& counts) {
  double best = 0.5;
  for (double drawn = 1; drawn <= 1024; drawn *= 2)
    if (loss_of_shares(counts, drawn) < loss_of_shares(counts, best)) best = drawn;
  return best;
}

/// A sample always has the same fold, whatever other samples there are; neighbours have different ones.
int fold_of(const Judged& judged) {
  auto bits = static_cast<uint64_t>(judged.sample) * 0x9E3779B97F4A7C15U;
  bits ^= bits >> 32;
  return static_cast<int>(bits % kFolds);
}

}  // namespace

std::optional<double> Calibration::of(int choice, std::optional<double> confidence) const {
  if (confidence) {
    if (!temperature) return std::nullopt;
    return sigmoid(logit(*confidence) / *temperature);
  }
  const auto at = static_cast<size_t>(choice);
  if (choice < 0 || at >= said.size() || at >= right.size()) return std::nullopt;
  return (static_cast<double>(right[at]) + drawn * accuracy) / (static_cast<double>(said[at]) + drawn);
}

std::optional<Calibration> fit_calibration(const Voter& voter, const std::vector<Judged>& judged,
                                           size_t classes) {
  if (judged.size() < kEnoughGold) return std::nullopt;
  Calibration calibration;
  calibration.voter = voter;
  calibration.samples = static_cast<int64_t>(judged.size());
  calibration.said.resize(classes);
  calibration.right.resize(classes);
  std::vector<Judged> told;
  double rights = 0;
  for (const Judged& one : judged) {
    const auto said = static_cast<size_t>(one.said);
    if (said >= classes) continue;
    ++calibration.said[said];
    if (one.right()) {
      ++calibration.right[said];
      ++rights;
    }
    if (one.confidence) told.push_back(one);
  }
  calibration.accuracy = (rights + 1) / (static_cast<double>(judged.size()) + 2);
  calibration.drawn = fit_drawn(calibration);
  if (told.size() >= kEnoughGold) calibration.temperature = fit_temperature(told);
  return calibration;
}

std::vector<Judged> calibrated_by_others(const std::vector<Judged>& judged, size_t classes) {
  std::vector<Judged> result = judged;
  for (int fold = 0; fold < kFolds; ++fold) {
    std::vector<Judged> others;
    for (const Judged& one : judged)
      if (fold_of(one) != fold) others.push_back(one);
    const auto calibration = fit_calibration({}, others, classes);
    if (!calibration) return judged;
    for (Judged& one : result)
      if (fold_of(one) == fold)
        if (const auto better = calibration->of(one.said, one.confidence)) one.confidence = better;
  }
  return result;
}

Reliability reliability(const std::vector<Judged>& judged) {
  constexpr int kBins = 10;
  std::vector<Reliability::Bin> bins(kBins);
  Reliability result;
  for (const Judged& one : judged) {
    if (!one.confidence) continue;
    Reliability::Bin& bin =
        bins[static_cast<size_t>(std::clamp(static_cast<int>(*one.confidence * kBins), 0, kBins - 1))];
    ++bin.samples;
    bin.confidence += *one.confidence;
    bin.right += one.right() ? 1 : 0;
    ++result.samples;
  }
  for (int i = 0; i < kBins; ++i) {
    Reliability::Bin& bin = bins[static_cast<size_t>(i)];
    if (bin.samples == 0) continue;
    bin.from = static_cast<double>(i) / kBins;
    bin.to = static_cast<double>(i + 1) / kBins;
    result.error += std::abs(bin.confidence - static_cast<double>(bin.right));
    bin.confidence /= static_cast<double>(bin.samples);
    result.bins.push_back(bin);
  }
  if (result.samples > 0) result.error /= static_cast<double>(result.samples);
  return result;
}

std::string to_text(const std::vector<Calibration>& calibrations) {
  Json all = Json::array();
  for (const Calibration& one : calibrations)
    all.push_back({{"teacher", one.voter.teacher},
                   {"model", one.voter.model},
                   {"prompt", one.voter.prompt},
                   {"samples", one.samples},
                   {"temperature", one.temperature ? Json(*one.temperature) : Json(nullptr)},
                   {"accuracy", one.accuracy},
                   {"drawn", one.drawn},
                   {"said", one.said},
                   {"right", one.right}});
  return all.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<Calibration> calibrations_of(const std::string& text) {
  std::vector<Calibration> calibrations;
  const Json all = Json::parse(text, nullptr, false);
  if (!all.is_array()) return calibrations;
  try {  // ours, but it lies in a file
    for (const Json& one : all) {
      Calibration calibration;
      calibration.voter = {one.at("teacher").get<std::string>(), one.at("model").get<std::string>(),
                           one.at("prompt").get<std::string>()};
      calibration.samples = one.at("samples").get<int64_t>();
      if (one.at("temperature").is_number()) calibration.temperature = one.at("temperature").get<double>();
      calibration.accuracy = one.at("accuracy").get<double>();
      calibration.drawn = one.at("drawn").get<double>();
      calibration.said = one.at("said").get<std::vector<int64_t>>();
      calibration.right = one.at("right").get<std::vector<int64_t>>();
      calibrations.push_back(std::move(calibration));
    }
  } catch (const Json::exception&) {
    return {};
  }
  return calibrations;
}

Calibrate calibrate_by(std::vector<Calibration> calibrations) {
  return [all = std::move(calibrations)](const Voter& voter, int choice,
                                         std::optional<double> raw) -> std::optional<double> {
    for (const Calibration& one : all)
      if (one.voter == voter) return one.of(choice, raw);
    return std::nullopt;
  };
}

}  // namespace dew::label
