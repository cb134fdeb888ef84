// Training from random weights: epochs of augmented batches, AdamW, a moving average, a checkpoint after
// each.
#include "student/train.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "student/backbone_store.h"
#include "student/curve.h"
#include "student/examples.h"
#include "student/finetune.h"
#include "student/fingerprint.h"
#include "student/recipe.h"
#include "student/schedule.h"
#include "student/tensors.h"
#include "student/training.h"

namespace dew::student {
namespace {

std::string fingerprint(const std::vector<Example>& examples, const std::vector<Example>& validation,
                        const TrainSettings& settings, const Recipe& recipe) {
  const auto& [augmentation, batch, warm_up, final_rate, head_rate, residual_gamma, label_smoothing,
               average_span, statistics_momentum, recalibrate] = recipe;
  return nlohmann::json{{"from random weights", 3},
                        {"settings", members(settings)},
                        {"augmentation", members(augmentation)},
                        {"recipe",
                         {batch, warm_up, final_rate, head_rate, residual_gamma, label_smoothing,
                          average_span, statistics_momentum, recalibrate}},
                        {"data", data_mark(examples, validation)}}
      .dump();
}

constexpr int64_t kIgnoredAnswer = -100;  ///< PyTorch's default; no example has it

/// Undefined where all classes weigh the same: the loss is then the plain one, to the bit.
at::Tensor loss_weights(const std::vector<Example>& examples, const TrainSettings& settings) {
  if (settings.balance == 0) return {};
  const std::vector<double> weights = class_weights(examples, settings.classes, settings.balance);
  return at::tensor(std::vector<float>(weights.begin(), weights.end()));
}

class Trainer {
 public:
  Trainer(const std::vector<Example>& examples, const std::vector<Example>& validation,
          const TrainSettings& settings, const Recipe& recipe)
      : examples_(examples),
        validation_(validation),
        settings_(settings),
        recipe_(recipe),
        batches_(whole_batches(examples.size(), settings.batch > 0 ? settings.batch : recipe.batch)),
        schedule_{settings.learning_rate, static_cast<double>(batches_.count) * settings.epochs,
                  recipe.warm_up, recipe.final_rate},
        net_(*architecture_of(settings)),
        class_weights_(loss_weights(examples, settings)),
        pixels_(at::empty({batches_.pictures, settings.input, settings.input, 3})),
        answers_(at::empty({batches_.pictures}, at::kLong)) {}

  Result<Trained> run(const fs::path& folder, Watch& watch) {
    const std::string mark = fingerprint(examples_, validation_, settings_, recipe_);
    net_.initialise(settings_.seed, recipe_.residual_gamma);
    state_ = start_training(net_);
    load_checkpoint(folder, mark, state_, watch);
    watch.begin("training", settings_.epochs);
    announce_resumed(state_, watch);
    while (state_.epoch < settings_.epochs) {
      DEW_TRY(EpochFigures figures, epoch(watch));
      validate(figures);
      state_.curve.push_back(figures);
      ++state_.epoch;
      DEW_CHECK(save_checkpoint(folder, state_, mark));
      watch.advance(state_.epoch, epoch_note(figures, !validation_.empty()));
    }
    return finish(folder, watch);
  }

 private:
  [[nodiscard]] std::vector<size_t> shuffled() const {
    std::vector<size_t> order(examples_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    Random(settings_.seed, Stream::kTrainShuffle, static_cast<uint64_t>(state_.epoch)).shuffle(order);
    return order;
  }

  /// Puts the batch that begins at `order` into pixels_ and answers_.
  void fill(const size_t* order) {
    const size_t elements = size_t{3} * settings_.input * settings_.input;
    float* pixels = pixels_.data_ptr<float>();
    auto* answers = answers_.data_ptr<int64_t>();
    at::parallel_for(0, batches_.pictures, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Example& example = examples_[order[i]];
        answers[i] = example.answer_class;
        // example.large would be no better: here windows are nearly as large as the picture.
        augment(example.rgb, settings_.input, recipe_.augmentation,
                Random(settings_.seed, Stream::kTrainAugment, static_cast<uint64_t>(state_.epoch), order[i]),
                settings_.input, {pixels + i * elements, elements});
      }
    });
  }

  /// One step on what fill() left.
  StepFigures step() {
    net_.gradients.zero_();
    const at::Tensor logits = net_.logits(pixels_.permute({0, 3, 1, 2}), recipe_.statistics_momentum);
    const at::Tensor loss = at::cross_entropy_loss(logits, answers_, class_weights_, at::Reduction::Mean,
                                                   kIgnoredAnswer, recipe_.label_smoothing);
    loss.backward();
    optimise();
    const double decay = average_decay(recipe_.average_span, batches_.count, settings_.epochs, state_.steps);
    move_average(values(state_.average_parameters), values(net_.parameters), decay);
    move_average(values(state_.average_statistics), values(net_.statistics), decay);
    return {loss.item<double>(), logits.argmax(1).eq(answers_).sum().item<int64_t>()};
  }

  /// Three kinds of parameters: convolutions, the dense layer's weights, and all that does not decay.
  void optimise() {
    ++state_.steps;
    const double rate = schedule_.rate(state_.steps);
    const Layout& layout = net_.layout();
    const double decay = settings_.weight_decay;
    update(net_, state_, {rate, decay, state_.steps}, 0, layout.dense_weight);
    // No batch norm follows the dense layer, and Adam moves all of its 1280 inputs at once.
    update(net_, state_, {rate * recipe_.head_rate, decay, state_.steps}, layout.dense_weight,
           layout.decayed);
    update(net_, state_, {rate, 0.0, state_.steps}, layout.decayed, layout.parameters);
  }

  Result<EpochFigures> epoch(const Watch& watch) {
    const std::vector<size_t> order = shuffled();
    return run_epoch(state_, batches_, settings_.learning_rate, watch, [&](int64_t batch) {
      fill(order.data() + batch * batches_.pictures);
      return step();
    });
  }

  /// Loss and accuracy of the averaged net on the validation pictures.
  void validate(EpochFigures& figures) const {
    const Scores scores = evaluate(fold(net_.architecture(), state_.average_parameters.data_ptr<float>(),
                                        state_.average_statistics.data_ptr<float>()),
                                   validation_);
    figures.validation_loss = scores.loss;
    figures.validation_accuracy = scores.accuracy;
  }

  /// The averaged weights never ran together, so their running statistics are only an estimate: one pass over
  /// the training pictures, without a step, measures them.
  void recalibrate() {
    const at::NoGradGuard no_gradients;
    net_.parameters.copy_(state_.average_parameters);
    const std::vector<size_t> order = shuffled();
    for (int64_t batch = 0; batch < batches_.count; ++batch) {
      fill(order.data() + batch * batches_.pictures);
      net_.logits(pixels_.permute({0, 3, 1, 2}), 1.0 / static_cast<double>(batch + 1));
    }
    state_.average_statistics.copy_(net_.statistics);
  }

  Result<Trained> finish(const fs::path& folder, Watch& watch) {
    if (recipe_.recalibrate) recalibrate();
    EpochFigures kept;
    validate(kept);
    DEW_CHECK(save_net(folder, net_, state_.average_parameters, state_.average_statistics));
    watch.end();
    return Trained{state_.curve, kept.validation_accuracy, images_per_second(state_), {}};
  }

  const std::vector<Example>& examples_;
  const std::vector<Example>& validation_;
  const TrainSettings settings_;
  const Recipe recipe_;
  const Batches batches_;
  const CosineSchedule schedule_;
  Net net_;
  TrainingState state_;
  const at::Tensor class_weights_;  ///< [classes], or undefined
  at::Tensor pixels_;               ///< [batch, input, input, 3]
  at::Tensor answers_;              ///< [batch]
};

}  // namespace

Result<Trained> train_with(const std::vector<Example>& examples, const std::vector<Example>& validation,
                           const TrainSettings& settings, const Recipe& recipe, const fs::path& folder,
                           Watch& watch) {
  return guarded_training("training the net", [&]() -> Result<Trained> {
    DEW_CHECK(prepare_training(examples, validation, settings, folder));
    return Trainer(examples, validation, settings, recipe).run(folder, watch);
  });
}

Result<Trained> train(const std::vector<Example>& examples, const std::vector<Example>& validation,
                      const TrainSettings& wanted, const fs::path& folder, Watch& watch) {
  return guarded("training the net", [&]() -> Result<Trained> {
    const TrainSettings settings = with_usual_epochs(wanted);
    if (settings.backbone == "random")
      return train_with(examples, validation, settings, Recipe{}, folder, watch);
    DEW_TRY(const Backbone backbone, find_backbone(settings.backbone));
    return fine_tune_best(examples, validation, settings, backbone, folder, watch);
  });
}

}  // namespace dew::student
