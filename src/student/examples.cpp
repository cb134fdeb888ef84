// Checks of settings and examples, and a net's figures on them.
#include "student/examples.h"

#include <algorithm>
#include <cmath>

#include "store/student_options.h"
#include "student/augment.h"
#include "student/infer.h"
#include "student/weights.h"

namespace dew::student {

Result<Architecture> architecture_of(const TrainSettings& settings) {
  return check_net(
      {settings.net, settings.alpha, settings.input, settings.classes, settings.head, settings.blocks, {}});
}

std::vector<std::vector<uint8_t>> pictures_of(const std::vector<Example>& examples) {
  std::vector<std::vector<uint8_t>> pictures;
  pictures.reserve(examples.size());
  for (const Example& example : examples) pictures.push_back(example.rgb);
  return pictures;
}

int usual_epochs(const std::string& backbone) {
  return backbone == "random" ? 60 : 30;
}

TrainSettings with_usual_epochs(TrainSettings settings) {
  if (settings.epochs == 0) settings.epochs = usual_epochs(settings.backbone);
  return settings;
}

Result<void> check_settings(const TrainSettings& settings) {
  DEW_CHECK(architecture_of(settings));
  if (settings.epochs < 0 || settings.epochs > store::kMostEpochs) {
    return usage_error(std::to_string(settings.epochs) + " epochs are not possible", {},
                       "give 1 to " + with_commas(store::kMostEpochs) + ", or 0 for the usual number");
  }
  if (settings.batch != 0 && (settings.batch < 2 || settings.batch > 4096)) {
    return usage_error("a batch of " + std::to_string(settings.batch) + " pictures is not possible", {},
                       "give 2 to 4,096, or 0 for the recipe's own");
  }
  if (!(settings.learning_rate > 0 && settings.learning_rate <= 10) ||
      !(settings.weight_decay >= 0 && settings.weight_decay <= 10)) {
    return usage_error("the learning rate or the weight decay is out of range", {},
                       "give a learning rate above 0 and a weight decay of 0 or more, both up to 10");
  }
  if (!(settings.balance >= 0 && settings.balance <= store::kMostBalance)) {
    return usage_error("a balance of " + std::to_string(settings.balance) + " is not possible", {},
                       "give 0 (every picture weighs the same) to 1 (every class does)");
  }
  return {};
}

Result<void> check_examples(const std::vector<Example>& examples, const TrainSettings& settings,
                            const std::string& kind) {
  const size_t bytes = size_t{3} * settings.input * settings.input;
  for (size_t i = 0; i < examples.size(); ++i) {
    const std::string where = kind + " example " + std::to_string(i);
    if (examples[i].rgb.size() != bytes) {
      return work_error("a picture of " + std::to_string(examples[i].rgb.size()) + " bytes where " +
                            std::to_string(bytes) + " are needed",
                        where,
                        "resize it to " + std::to_string(settings.input) + " pixels, three bytes each");
    }
    const size_t large = examples[i].large.size();
    const auto side = static_cast<size_t>(std::lround(std::sqrt(large / 3)));
    if (large > 0 && (large != side * side * 3 || large < bytes)) {
      return work_error("a larger picture of " + std::to_string(large) + " bytes", where,
                        "make it square and not smaller than the net's input");
    }
    if (examples[i].answer_class < 0 || examples[i].answer_class >= settings.classes) {
      return work_error("class " + std::to_string(examples[i].answer_class) + " of " +
                            std::to_string(settings.classes) + " (counted from 0) does not exist",
                        where);
    }
  }
  return {};
}

Result<void> check_classes(const std::vector<Example>& examples, int classes) {
  if (examples.size() < 2) {
    return work_error(
        "there are too few labelled pictures to train on (" + std::to_string(examples.size()) + ")", {},
        "label more pictures");
  }
  std::vector<int> count(classes);
  for (const Example& example : examples) ++count[example.answer_class];
  for (int c = 0; c < classes; ++c) {
    if (count[c] == 0) {
      return work_error("no training picture shows class " + std::to_string(c) + " (counted from 0)", {},
                        "add pictures of it, or ask a question whose answers vary");
    }
  }
  return {};
}

std::vector<double> class_weights(const std::vector<Example>& examples, int classes, double balance) {
  std::vector<double> count(static_cast<size_t>(classes));
  for (const Example& example : examples) ++count[static_cast<size_t>(example.answer_class)];
  const double even = static_cast<double>(examples.size()) / classes;
  std::vector<double> weights;
  for (const double pictures : count) weights.push_back(std::pow(even / pictures, balance));
  return weights;
}

Scores evaluate(const FoldedNet& net, const std::vector<Example>& examples) {
  Scores scores;
  if (examples.empty()) return scores;
  const Inference inference(net);
  constexpr size_t kBatch = 32;
  const auto classes = static_cast<size_t>(net.architecture.classes);
  const size_t elements = size_t{3} * net.architecture.input * net.architecture.input;
  std::vector<float> pictures;
  int64_t right = 0;
  for (size_t begin = 0; begin < examples.size(); begin += kBatch) {
    const size_t end = std::min(begin + kBatch, examples.size());
    pictures.resize((end - begin) * elements);
    for (size_t i = begin; i < end; ++i) {
      normalise(examples[i].rgb, {pictures.data() + (i - begin) * elements, elements});
    }
    const std::vector<float> logits = inference.logits(pictures);
    for (size_t i = begin; i < end; ++i) {
      const std::vector<float> row = softmax({logits.data() + (i - begin) * classes, classes});
      const auto best = std::max_element(row.begin(), row.end()) - row.begin();
      right += best == examples[i].answer_class ? 1 : 0;
      scores.loss -= std::log(std::max(row[examples[i].answer_class], 1e-12F));
    }
  }
  const auto count = static_cast<double>(examples.size());
  scores.loss /= count;
  scores.accuracy = static_cast<double>(right) / count;
  return scores;
}

}  // namespace dew::student
