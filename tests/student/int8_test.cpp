// Between the float net and its int8 graph: equalisation, the rounded forward pass and its training;
// thresholds.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "random_net.h"
#include "shapes.h"
#include "student/augment.h"
#include "student/equalise.h"
#include "student/out_of_fold.h"
#include "student/qat.h"
#include "student/thresholds.h"

namespace dew::student {
namespace {

using Pictures = std::vector<std::vector<uint8_t>>;

std::vector<float> as_reals(const Pictures& pictures) {
  std::vector<float> all;
  for (const auto& picture : pictures) {
    std::vector<float> reals(picture.size());
    normalise(picture, reals);
    all.insert(all.end(), reals.begin(), reals.end());
  }
  return all;
}

FoldedNet folded(const Weights& weights) {
  return fold(weights.architecture, weights.parameters.data(), weights.statistics.data());
}

Int8Net calibrated(const FoldedNet& net, const Pictures& pictures, Ranges ranges = Ranges::kHistogram) {
  Watch watch;
  return round_net(net, calibrate(net, pictures, ranges, watch).value());
}

double mean_square(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum / static_cast<double>(a.size());
}

/// Logits of three classes about their mean, which the softmax does not see.
std::vector<float> centred(std::vector<float> logits) {
  for (size_t i = 0; i < logits.size(); i += 3) {
    const float mean = (logits[i] + logits[i + 1] + logits[i + 2]) / 3;
    for (size_t c = 0; c < 3; ++c) logits[i + c] -= mean;
  }
  return logits;
}

/// The tensors of `graph` by name, for one picture.
std::map<std::string, std::vector<int8_t>> interpreted(const graph::Graph& graph,
                                                       std::vector<uint8_t> picture) {
  for (uint8_t& p : picture) p = static_cast<uint8_t>(p - 128);
  const auto all = graph::interpret(graph, picture, graph::Rounding::kDew).value();
  std::map<std::string, std::vector<int8_t>> tensors;
  for (size_t i = 0; i < all.size(); ++i) tensors[graph.tensors[i].name] = {all[i].begin(), all[i].end()};
  return tensors;
}

/// Channels of a tensor that differ by a factor of a thousand; the net as a whole is what it was.
FoldedNet uneven(FoldedNet net) {
  Random random(9, 1);
  const auto& layers = net.architecture.layers;
  for (size_t i = 0; i + 1 < layers.size(); ++i) {
    if (layers[i].relu6 || layers[i].adds >= 0 || layers[i + 2].adds >= 0) continue;
    // A projection that no residual adds to or reads.
    if (std::any_of(layers.begin(), layers.end(), [&](auto& l) { return l.adds == static_cast<int>(i); }))
      continue;
    const auto channels = static_cast<size_t>(layers[i].out);
    for (size_t c = 0; c < channels; ++c) {
      const auto factor = static_cast<float>(std::pow(10.0, random.uniform(-1.5, 1.5)));
      const size_t taps = net.layers[i].weights.size() / channels;
      for (size_t k = 0; k < taps; ++k) net.layers[i].weights[c * taps + k] *= factor;
      net.layers[i].bias[c] *= factor;
      for (size_t k = c; k < net.layers[i + 1].weights.size(); k += channels)
        net.layers[i + 1].weights[k] /= factor;
    }
  }
  return net;
}

TEST(Equalise, LeavesTheFunctionAndEvensOutChannels) {
  const Pictures pictures = pictures_of(shapes(1, 24));
  const std::vector<float> reals = as_reals(pictures);
  const FoldedNet before = uneven(folded(random_weights(3)));
  FoldedNet after = before;
  Watch watch;
  ASSERT_TRUE(equalise(after, pictures, watch));
  EXPECT_NE(after.layers[2].weights, before.layers[2].weights);
  const std::vector<float> due = Inference(before).logits(reals);
  const std::vector<float> now = Inference(after).logits(reals);
  for (size_t i = 0; i < due.size(); ++i) EXPECT_NEAR(now[i], due[i], 1e-4) << i;
  const double uneven_error = mean_square(run_rounded(calibrated(before, pictures), reals), due);
  const double even_error = mean_square(run_rounded(calibrated(after, pictures), reals), due);
  std::cout << "squared error of logits: uneven " << uneven_error << ", equalised " << even_error << "\n";
  EXPECT_LT(even_error, 0.5 * uneven_error);
}

TEST(Calibration, MinMaxCoversEverythingAndHistogramsLess) {
  const Pictures pictures = pictures_of(shapes(1, 24));
  const FoldedNet net = folded(random_weights(3));
  Watch watch;
  const auto all = calibrate(net, pictures, Ranges::kMinMax, watch).value();
  const auto best = calibrate(net, pictures, Ranges::kHistogram, watch).value();
  double low = 0, high = 0;
  Inference(net).logits(as_reals(pictures), [&](Point point, std::span<const float> values, int) {
    if (point.kind != Point::Kind::kLogits) return;
    low = std::min<double>(low, *std::min_element(values.begin(), values.end()));
    high = std::max<double>(high, *std::max_element(values.begin(), values.end()));
  });
  EXPECT_NEAR(all.logits.range.low, low, 1e-5);
  EXPECT_NEAR(all.logits.range.high, high, 1e-5);
  int narrower = 0;
  for (size_t i = 0; i < all.layers.size(); ++i) {
    EXPECT_LE(best.layers[i].range.high, all.layers[i].range.high);
    narrower += best.layers[i].range.high < all.layers[i].range.high ? 1 : 0;
  }
  EXPECT_GT(narrower, 0);
}

/// Sums in float are off by a millionth, so that of a million values one may stand on the other side of a
/// half. What follows from it in the layers behind is no fault; the first layer that differs is looked at.
TEST(Rounded, EqualsTheGraphButForTheLastBit) {
  const Pictures pictures = pictures_of(shapes(1, 6));
  const Int8Net net = calibrated(folded(random_weights(3)), pictures);
  const graph::Graph graph = to_graph(net, "net", {"a", "b", "c"});
  int64_t values = 0;
  size_t equal = 0;
  for (const auto& picture : pictures) {
    bool same = true;
    const auto due = interpreted(graph, picture);
    run_rounded(net, as_reals({picture}), [&](Point point, std::span<const float> reals, int) {
      if (point.kind == Point::Kind::kInput) return;
      const auto& layers = net.architecture.layers;
      const std::string name = point.kind == Point::Kind::kMean     ? "mean"
                               : point.kind == Point::Kind::kLogits ? "logits"
                               : point.kind == Point::Kind::kSum    ? layers[point.layer].name + "/add"
                                                                    : layers[point.layer].name;
      const graph::Quantisation& q = point.kind == Point::Kind::kMean     ? net.mean
                                     : point.kind == Point::Kind::kLogits ? net.logits
                                     : point.kind == Point::Kind::kSum    ? net.sums[point.layer]
                                                                          : net.outputs[point.layer];
      const auto& tensor = due.at(name);
      ASSERT_EQ(tensor.size(), reals.size()) << name;
      int apart = 0;
      double farthest = 0;
      for (size_t i = 0; i < reals.size(); ++i, ++values) {
        const double steps =
            std::abs(reals[i] / q.scale[0] + static_cast<double>(q.zero_point[0]) - tensor[i]);
        apart += steps > 0.5 ? 1 : 0;
        farthest = std::max(farthest, steps);
      }
      if (!same || apart == 0) return;
      same = false;
      EXPECT_LE(apart, 8) << name;  // where the ground is even, a value stands many times
      EXPECT_LT(farthest, 1.5) << name;
    });
    equal += same ? 1 : 0;
  }
  std::cout << values << " values, " << equal << " of " << pictures.size()
            << " pictures the same throughout\n";
  EXPECT_GE(2 * equal, pictures.size());
}

TEST(Rounded, TrainingBringsItNearerToTheFloatNet) {
  const Pictures pictures = pictures_of(shapes(1, 32));
  const std::vector<float> reals = as_reals(pictures);
  const FoldedNet net = folded(random_weights(3));
  Int8Net start = calibrated(net, pictures);
  // A bad rounding: every bias of the projections is off by two steps of the output.
  for (size_t i = 0; i < start.layers.size(); ++i) {
    if (net.architecture.layers[i].relu6) continue;
    for (size_t c = 0; c < start.layers[i].bias.size(); ++c)
      start.layers[i].bias[c] += static_cast<int32_t>(
          2.0 * start.outputs[i].scale[0] / (start.input_of(i).scale[0] * start.layers[i].scales[c]));
  }
  QatRecipe recipe;
  recipe.steps = 12;
  recipe.batch = 8;
  Watch watch;
  const Int8Net trained = train_rounded(start, net, pictures, recipe, 1, watch).value();
  const Int8Net again = train_rounded(start, net, pictures, recipe, 1, watch).value();
  EXPECT_EQ(trained.layers[5].weights, again.layers[5].weights) << "equal seeds, equal nets";
  EXPECT_EQ(trained.layers[5].scales, start.layers[5].scales);
  const std::vector<float> due = centred(Inference(net).logits(reals));
  const double before = mean_square(centred(run_rounded(start, reals)), due);
  const double after = mean_square(centred(run_rounded(trained, reals)), due);
  std::cout << "squared error of logits: before " << before << ", after " << after << "\n";
  EXPECT_LT(after, 0.5 * before);
}

TEST(QuantiseBest, KeepsWhatTheValidationPicturesPrefer) {
  const TemporaryFolder folder = TemporaryFolder::create().value();
  Watch watch;
  ASSERT_TRUE(save_weights(folder.path(), random_weights(3)));
  const auto examples = shapes(1, 16);
  int runs = 0;
  // Which of the two graphs is right about all pictures.
  bool second_wins = true;
  const RunInt8 run = [&](const graph::Graph&, const Pictures& pictures) {
    const bool right = (++runs % 2 == 0) == second_wins;
    std::vector<std::vector<float>> rows;
    for (size_t i = 0; i < pictures.size(); ++i) {
      rows.emplace_back(3, 0.1F);
      rows[i][(examples[i].answer_class + (right ? 0 : 1)) % 3] = 0.8F;
    }
    return Result<std::vector<std::vector<float>>>(rows);
  };
  QuantiseSettings settings;
  settings.qat = Qat::kOn;
  const std::vector<std::string> classes = {"a", "b", "c"};
  const auto plain = quantise(folder.path(), pictures_of(examples), "net", classes, watch).value();
  const auto trained = quantise_best(folder.path(), examples, examples, "net", classes, settings, run, watch);
  ASSERT_TRUE(trained) << trained.error().what;
  EXPECT_TRUE(trained->kept_trained);
  EXPECT_EQ(trained->trained->accuracy, 1.0);
  EXPECT_EQ(trained->calibrated->accuracy, 0.0);
  EXPECT_NE(graph::write_tflite(trained->graph).value(), graph::write_tflite(plain).value());

  second_wins = false;
  const auto kept = quantise_best(folder.path(), examples, examples, "net", classes, settings, run, watch);
  ASSERT_TRUE(kept) << kept.error().what;
  EXPECT_FALSE(kept->kept_trained);
  EXPECT_EQ(graph::write_tflite(kept->graph).value(), graph::write_tflite(plain).value());
  EXPECT_EQ(kept->scores[0][examples[0].answer_class], 0.8F);

  // The calibrated graph is right at once: there is nothing to gain.
  settings.qat = Qat::kAuto;
  const RunInt8 always_right = [&](const graph::Graph& graph, const Pictures& pictures) {
    runs = 0;
    return run(graph, pictures);
  };
  const auto content =
      quantise_best(folder.path(), examples, examples, "net", classes, settings, always_right, watch);
  ASSERT_TRUE(content) << content.error().what;
  EXPECT_EQ(content->calibrated->accuracy, 1.0);
  EXPECT_FALSE(content->trained);
  // Without validation pictures nothing can judge.
  const auto unjudged = quantise_best(folder.path(), examples, {}, "net", classes, settings, run, watch);
  ASSERT_TRUE(unjudged) << unjudged.error().what;
  EXPECT_FALSE(unjudged->calibrated);
  EXPECT_FALSE(unjudged->trained);
}

TEST(QuantiseSettings, TheirWordsAreThoseOfDewdropToml) {
  EXPECT_EQ(parse_ranges("histogram").value(), Ranges::kHistogram);
  EXPECT_EQ(parse_ranges("min-max").value(), Ranges::kMinMax);
  EXPECT_EQ(parse_qat("auto").value(), Qat::kAuto);
  EXPECT_EQ(parse_qat("on").value(), Qat::kOn);
  EXPECT_EQ(parse_qat("off").value(), Qat::kOff);
  EXPECT_EQ(parse_qat("maybe").error().next, "it is one of: auto, on, off");
}

/// Pictures that are taken for class `of` with `score`.
struct Sayings {
  std::vector<std::vector<float>> scores;
  std::vector<int> answers;
  void add(int count, int of, float score, int answer) {
    for (int i = 0; i < count; ++i) {
      scores.push_back(of == 0 ? std::vector<float>{score, 1 - score} : std::vector<float>{1 - score, score});
      answers.push_back(answer);
    }
  }
  [[nodiscard]] Thresholds choose(double precision) const {
    return choose_thresholds(scores, answers, 2, precision);
  }
};

TEST(Thresholds, ALikelyShareIsClopperAndPearsons) {
  // scipy.stats.beta.ppf(0.05, right, said - right + 1)
  EXPECT_NEAR(lowest_likely_share(59, 59), 0.95049, 1e-5);
  EXPECT_NEAR(lowest_likely_share(58, 58), 0.94966, 1e-5);
  EXPECT_NEAR(lowest_likely_share(15, 16), 0.73604, 1e-5);
  EXPECT_NEAR(lowest_likely_share(1, 2), 0.02532, 1e-5);
  EXPECT_EQ(lowest_likely_share(0, 9), 0);
  EXPECT_NEAR(lowest_likely_share(9'600, 10'000), 0.95659, 1e-4);
}

TEST(Thresholds, PromiseWhatIsLikelyOnOtherPicturesToo) {
  Sayings pictures;
  pictures.add(40, 0, 0.9F, 0);
  pictures.add(40, 1, 0.8F, 1);
  pictures.add(10, 0, 0.6F, 1);
  const Thresholds chosen = pictures.choose(0.95);
  EXPECT_TRUE(chosen.promised);
  EXPECT_EQ(chosen.pictures, 90);
  EXPECT_EQ(chosen.said, 80);
  EXPECT_EQ(chosen.right, 80);
  for (const Threshold& one : chosen.classes) EXPECT_FLOAT_EQ(static_cast<float>(one.score), 0.8F);
  ASSERT_EQ(chosen.curve.size(), 3U);
  EXPECT_EQ(chosen.curve[2].said, 90);
  EXPECT_EQ(chosen.curve[2].right, 80);
  EXPECT_TRUE(pictures.choose(0.8).promised);
  EXPECT_EQ(pictures.choose(0.8).said, 90) << "83 % of 90 and more were right in 95 % of cases";
}

TEST(Thresholds, OfSixteenPicturesNothingIsPromised) {
  Sayings pictures;
  pictures.add(8, 0, 0.9F, 0);
  pictures.add(8, 1, 0.8F, 1);
  const Thresholds chosen = pictures.choose(0.95);
  EXPECT_FALSE(chosen.promised) << "sixteen without an error show 0.83";
  EXPECT_GE(chosen.needed, 59);
  EXPECT_LT(chosen.needed, 64);
  for (const Threshold& one : chosen.classes)
    EXPECT_GT(one.score, 0) << "no class passes without a threshold";
  EXPECT_EQ(pictures.choose(0.8).promised, true);
}

TEST(Thresholds, ANetThatErrsTooOftenIsNotHelpedByMorePictures) {
  Sayings pictures;
  for (int i = 0; i < 50; ++i) {
    pictures.add(1, 0, 0.5F + 0.005F * static_cast<float>(i), i % 4 == 1 ? 1 : 0);
    pictures.add(1, 1, 0.5F + 0.005F * static_cast<float>(i), i % 4 == 1 ? 0 : 1);
  }
  const Thresholds chosen = pictures.choose(0.95);
  EXPECT_FALSE(chosen.promised);
  EXPECT_EQ(chosen.needed, 0);
}

TEST(Thresholds, WhatIsNeededGoesByThoseThatAreSaid) {
  Sayings pictures;
  for (const int of : {0, 1}) {
    pictures.add(4, of, 0.98F, of);
    pictures.add(7, of, 0.96F, of);
    pictures.add(1, of, 0.96F, 1 - of);
  }
  const Thresholds chosen = pictures.choose(0.95);
  EXPECT_FALSE(chosen.promised);
  EXPECT_EQ(chosen.said, 8);
  EXPECT_EQ(chosen.right, 8);
  EXPECT_GT(chosen.needed, 59) << "of all 24 too few were right, of what is said none was wrong";
}

TEST(Thresholds, AClassThatErrsMoreGetsAHigherOne) {
  Sayings pictures;
  pictures.add(200, 0, 0.7F, 0);
  pictures.add(20, 1, 0.9F, 1);
  pictures.add(4, 1, 0.75F, 0);
  Thresholds chosen = pictures.choose(0.95);
  EXPECT_TRUE(chosen.promised);
  EXPECT_FLOAT_EQ(static_cast<float>(chosen.classes[0].score), 0.7F);
  EXPECT_FLOAT_EQ(static_cast<float>(chosen.classes[1].score), 0.9F);
  EXPECT_EQ(chosen.classes[1].right, 20);
  EXPECT_EQ(chosen.said, 220);
  pictures.add(2, 1, 0.95F, 0);
  chosen = pictures.choose(0.95);
  EXPECT_FALSE(chosen.classes[1].reached);
  EXPECT_TRUE(chosen.classes[0].reached);
}

TEST(Thresholds, FoldsAreAsManyAsCanBeAfforded) {
  EXPECT_EQ(judging_folds(9, false), 0);
  EXPECT_EQ(judging_folds(10, false), 3);
  EXPECT_EQ(judging_folds(150, false), 3);
  EXPECT_EQ(judging_folds(150, true), 2);
  EXPECT_EQ(judging_folds(151, false), 2);
  EXPECT_EQ(judging_folds(2'000, false), 2);
  EXPECT_EQ(judging_folds(2'001, false), 0) << "the validation pictures are enough";
}

TEST(Thresholds, TooFewPicturesGiveNone) {
  Sayings pictures;
  pictures.add(9, 0, 0.9F, 0);
  const Thresholds chosen = pictures.choose(0.95);
  EXPECT_FALSE(chosen.promised);
  EXPECT_EQ(chosen.classes[0].score, 0);
  EXPECT_EQ(Sayings{}.choose(0.95).pictures, 0);
}

}  // namespace
}  // namespace dew::student
