// Training: epochs of augmented batches, AdamW, a moving average, a checkpoint after each epoch.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "student/backbone_store.h"
#include "student/checkpoint.h"
#include "student/door.h"
#include "student/examples.h"
#include "student/finetune.h"
#include "student/keep_memory.h"
#include "student/net.h"
#include "student/optimiser.h"
#include "student/patience.h"
#include "student/recipe.h"
#include "student/student.h"
#include "student/weights.h"

namespace dew::student {
namespace {

enum Purpose : uint64_t { kShuffle = 2, kAugment = 3 };  // 1 is Net's

/// Changes whenever the outcome of training would.
std::string fingerprint(const std::vector<Example>& examples, const std::vector<Example>& validation,
                        const TrainSettings& settings, const Recipe& recipe) {
  const Augmentation& a = recipe.augmentation;
  const nlohmann::json json = {
      {"version", 2},
      {"net", {settings.net, settings.head, settings.blocks}},
      {"alpha", settings.alpha},
      {"input", settings.input},
      {"classes", settings.classes},
      {"epochs", settings.epochs},
      {"batch", {settings.batch, recipe.batch}},
      {"learning_rate", settings.learning_rate},
      {"weight_decay", settings.weight_decay},
      {"seed", settings.seed},
      {"augmentation",
       {a.flip, a.zoom, a.shift, a.brightness, a.contrast, a.tint, a.stretch, a.cutout, a.plain}},
      {"recipe",
       {recipe.warm_up, recipe.final_rate, recipe.label_smoothing, recipe.average_span,
        recipe.statistics_momentum, recipe.recalibrate}},
      {"data", data_mark(examples, validation)}};
  return json.dump();
}

class Trainer {
 public:
  Trainer(const std::vector<Example>& examples, const std::vector<Example>& validation,
          const TrainSettings& settings, const Recipe& recipe)
      : examples_(examples),
        validation_(validation),
        settings_(settings),
        recipe_(recipe),
        net_(*architecture_of(settings)) {
    // Whole batches only: a small last one would have poor batch norms. What is left over sits this epoch
    // out; the next epoch shuffles anew.
    const auto count = static_cast<int64_t>(examples.size());
    batch_ = std::min<int64_t>(settings.batch > 0 ? settings.batch : recipe.batch, count);
    batches_ = count / batch_;
    pixels_ = at::empty({batch_, settings.input, settings.input, 3});
    answers_ = at::empty({batch_}, at::kLong);
  }

  Result<Trained> run(const fs::path& folder, Watch& watch) {
    const std::string mark = fingerprint(examples_, validation_, settings_, recipe_);
    start();
    load_checkpoint(folder, mark, state_, watch);
    watch.begin("training", settings_.epochs);
    if (state_.epoch > 0) watch.advance(state_.epoch, "going on after epoch " + std::to_string(state_.epoch));
    while (state_.epoch < settings_.epochs) {
      DEW_TRY(EpochFigures figures, epoch(watch));
      validate(figures);
      state_.curve.push_back(figures);
      ++state_.epoch;
      DEW_CHECK(save_checkpoint(folder, state_, mark));
      watch.advance(state_.epoch, note(figures, !validation_.empty()));
    }
    return finish(folder, watch);
  }

 private:
  void start() {
    net_.initialise(settings_.seed, recipe_.residual_gamma);
    state_.parameters = net_.parameters;
    state_.statistics = net_.statistics;
    state_.momentum = at::zeros_like(net_.parameters);
    state_.variance = at::zeros_like(net_.parameters);
    state_.average_parameters = net_.parameters.clone();
    state_.average_statistics = net_.statistics.clone();
  }

  /// Rises in a line, then falls along a cosine: random weights cannot take large steps at first, and small
  /// ones at the end let the batch norms settle.
  [[nodiscard]] double learning_rate() const {
    const double total = static_cast<double>(batches_) * settings_.epochs;
    const double warm = recipe_.warm_up * total;
    const auto step = static_cast<double>(state_.steps);
    if (step < warm) return settings_.learning_rate * (step + 1) / (warm + 1);
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * (step - warm) / (total - warm)));
    return settings_.learning_rate * (recipe_.final_rate + (1.0 - recipe_.final_rate) * cosine);
  }

  /// The average spans a part of the whole training, so that short and long ones end alike; it cannot span
  /// more than a ninth of what has been, or the random start would linger in it.
  [[nodiscard]] double average_decay() const {
    const double span = recipe_.average_span * static_cast<double>(batches_) * settings_.epochs;
    return 1.0 - 1.0 / std::max(1.0, std::min(span, static_cast<double>(state_.steps) / 9.0));
  }

  [[nodiscard]] std::vector<size_t> shuffled() const {
    std::vector<size_t> order(examples_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    Random(settings_.seed, kShuffle, static_cast<uint64_t>(state_.epoch)).shuffle(order);
    return order;
  }

  void fill(const size_t* order) {
    const size_t elements = size_t{3} * settings_.input * settings_.input;
    float* pixels = pixels_.data_ptr<float>();
    auto* answers = answers_.data_ptr<int64_t>();
    at::parallel_for(0, batch_, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Example& example = examples_[order[i]];
        answers[i] = example.answer_class;
        // From the larger picture it would be no better: windows are nearly as large as the picture here.
        augment(example.rgb, settings_.input, recipe_.augmentation,
                Random(settings_.seed, kAugment, static_cast<uint64_t>(state_.epoch), order[i]),
                settings_.input, {pixels + i * elements, elements});
      }
    });
  }

  /// One step on what fill() left; the loss, and how many were right.
  std::pair<double, int64_t> step() {
    net_.gradients.zero_();
    const at::Tensor logits = net_.logits(pixels_.permute({0, 3, 1, 2}), recipe_.statistics_momentum);
    const at::Tensor loss =
        at::cross_entropy_loss(logits, answers_, {}, at::Reduction::Mean, -100, recipe_.label_smoothing);
    loss.backward();
    optimise();
    move_average(values(state_.average_parameters), values(net_.parameters), average_decay());
    move_average(values(state_.average_statistics), values(net_.statistics), average_decay());
    return {loss.item<double>(), logits.argmax(1).eq(answers_).sum().item<int64_t>()};
  }

  /// Three rates for three kinds of parameters.
  void optimise() {
    ++state_.steps;
    const double rate = learning_rate();
    const auto apply = [this](double own_rate, double decay, int64_t begin, int64_t end) {
      const auto part = [&](const at::Tensor& tensor) { return values(tensor).subspan(begin, end - begin); };
      AdamW{own_rate, decay, state_.steps}.apply(part(net_.parameters), part(net_.gradients),
                                                 part(state_.momentum), part(state_.variance));
    };
    const Layout& layout = net_.layout();
    apply(rate, settings_.weight_decay, 0, layout.dense_weight);
    // No batch norm stands behind the dense layer, and Adam moves all of its 1280 inputs at once.
    apply(rate * recipe_.head_rate, settings_.weight_decay, layout.dense_weight, layout.decayed);
    apply(rate, 0.0, layout.decayed, layout.parameters);
  }

  Result<EpochFigures> epoch(const Watch& watch) {
    const std::vector<size_t> order = shuffled();
    const auto begun = std::chrono::steady_clock::now();
    EpochFigures figures{.epoch = state_.epoch + 1};
    int64_t right = 0;
    for (int64_t batch = 0; batch < batches_; ++batch) {
      if (watch.interrupted()) return interrupted_error();
      fill(order.data() + batch * batch_);
      const auto [loss, right_here] = step();
      if (!std::isfinite(loss)) {
        return work_error(
            "the training loss is not a number", "epoch " + std::to_string(figures.epoch),
            "lower the learning rate (it is " + nlohmann::json(settings_.learning_rate).dump() + ")");
      }
      figures.train_loss += loss / static_cast<double>(batches_);
      right += right_here;
    }
    figures.train_accuracy = static_cast<double>(right) / static_cast<double>(batches_ * batch_);
    state_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    state_.images += batches_ * batch_;
    return figures;
  }

  /// Loss and accuracy of the averaged net on the validation split.
  void validate(EpochFigures& figures) const {
    const Scores scores = evaluate(fold(net_.architecture(), state_.average_parameters.data_ptr<float>(),
                                        state_.average_statistics.data_ptr<float>()),
                                   validation_);
    figures.validation_loss = scores.loss;
    figures.validation_accuracy = scores.accuracy;
  }

  /// The averaged weights never ran together, so their running statistics are only an estimate: one pass
  /// over the training pictures, without a step, measures them.
  void recalibrate() {
    const at::NoGradGuard no_gradients;
    net_.parameters.copy_(state_.average_parameters);
    const std::vector<size_t> order = shuffled();
    for (int64_t batch = 0; batch < batches_; ++batch) {
      fill(order.data() + batch * batch_);
      net_.logits(pixels_.permute({0, 3, 1, 2}), 1.0 / static_cast<double>(batch + 1));
    }
    state_.average_statistics.copy_(net_.statistics);
  }

  Result<Trained> finish(const fs::path& folder, Watch& watch) {
    if (recipe_.recalibrate) recalibrate();
    EpochFigures kept;
    validate(kept);
    const auto parameters = values(state_.average_parameters);
    const auto statistics = values(state_.average_statistics);
    DEW_CHECK(save_weights(folder, {net_.architecture(),
                                    {parameters.begin(), parameters.end()},
                                    {statistics.begin(), statistics.end()}}));
    watch.end();
    return Trained{state_.curve, kept.validation_accuracy,
                   state_.seconds > 0 ? static_cast<double>(state_.images) / state_.seconds : 0.0};
  }

  const std::vector<Example>& examples_;
  const std::vector<Example>& validation_;
  const TrainSettings settings_;
  const Recipe recipe_;
  Net net_;
  TrainingState state_;
  int64_t batches_ = 0;
  int64_t batch_ = 0;   ///< pictures in each
  at::Tensor pixels_;   ///< [batch, input, input, 3]
  at::Tensor answers_;  ///< [batch]
};

}  // namespace

Result<Trained> train_with(const std::vector<Example>& examples, const std::vector<Example>& validation,
                           const TrainSettings& wanted, const Recipe& recipe, const fs::path& folder,
                           Watch& watch) {
  DEW_CHECK(check_settings(wanted));
  TrainSettings settings = wanted;
  if (settings.epochs == 0) settings.epochs = usual_epochs("random");
  DEW_CHECK(check_examples(examples, settings, "training"));
  DEW_CHECK(check_examples(validation, settings, "validation"));
  DEW_CHECK(check_classes(examples, settings.classes));
  DEW_CHECK(make_folders(folder));
  return guarded("training the net", [&] {
    const KeepFreedMemory keep;
    const Patience patience;
    return Trainer(examples, validation, settings, recipe).run(folder, watch);
  });
}

Result<Trained> train(const std::vector<Example>& examples, const std::vector<Example>& validation,
                      const TrainSettings& settings, const fs::path& folder, Watch& watch) {
  if (settings.backbone == "random") {
    return train_with(examples, validation, settings, Recipe{}, folder, watch);
  }
  DEW_TRY(const Backbone backbone, find_backbone(settings.backbone));
  return fine_tune_best(examples, validation, settings, backbone, folder, watch);
}

}  // namespace dew::student
