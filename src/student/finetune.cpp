// Training from a backbone: the head on frozen features, then the whole net.
#include "student/finetune.h"

#include <ATen/ATen.h>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "student/adapt.h"
#include "student/curve.h"
#include "student/examples.h"
#include "student/fingerprint.h"
#include "student/random.h"
#include "student/schedule.h"
#include "student/tensors.h"
#include "student/training.h"
#include "student/tuning_data.h"

namespace dew::student {
namespace {

std::string fingerprint(const std::vector<Example>& examples, const std::vector<Example>& validation,
                        const TrainSettings& settings, const Backbone& backbone,
                        const FineTuneRecipe& recipe) {
  const auto& [name, augmentation, head, batch, rate, depth_rate, warm_up, final_rate, label_smoothing, mixup,
               average_span, last_epoch, dropout] = recipe;
  (void)name;
  return nlohmann::json{{"from a backbone", 7},
                        {"backbone", {mark(backbone.weights.parameters), mark(backbone.weights.statistics)}},
                        {"settings", members(settings)},
                        {"augmentation", members(augmentation)},
                        {"head", members(head)},
                        {"recipe",
                         {batch, rate, depth_rate, warm_up, final_rate, label_smoothing, mixup, average_span,
                          last_epoch, dropout}},
                        {"data", data_mark(examples, validation)}}
      .dump();
}

class FineTuner {
 public:
  FineTuner(const std::vector<Example>& examples, const std::vector<Example>& validation,
            const TrainSettings& settings, const Backbone& backbone, const FineTuneRecipe& recipe)
      : validation_(validation),
        settings_(settings),
        recipe_(recipe),
        start_(adapted(backbone, *architecture_of(settings), settings.seed)),
        data_(examples, settings, recipe),
        schedule_{settings.learning_rate * recipe.rate,
                  static_cast<double>(data_.batches().count) * settings.epochs, recipe.warm_up,
                  recipe.final_rate},
        net_(start_.architecture),
        mark_(fingerprint(examples, validation, settings, backbone, recipe)) {}

  Result<Trained> run(const fs::path& folder, Watch& watch, Trial* trial) {
    start();
    const int last = trial != nullptr ? std::min(trial->epochs, settings_.epochs) : settings_.epochs;
    if (!load_checkpoint(folder, mark_, state_, watch)) {
      std::optional<DenseLayer> own;
      std::optional<DenseLayer>& head = trial != nullptr ? trial->head : own;
      if (!head) {
        DEW_TRY(head, data_.fitted_head(start_, watch));
      }
      set_head(*head);
    }
    // A trial that was resumed may have gone on long since: "30 of 10 epochs" would be no progress.
    if (trial != nullptr && state_.epoch >= last) return finish(folder, watch);
    watch.begin(trial != nullptr ? "trying " + recipe_.name : "training with " + recipe_.name, last);
    announce_resumed(state_, watch);
    while (state_.epoch < last) {
      DEW_TRY(EpochFigures figures, epoch(watch));
      validate(figures);
      keep(figures);
      ++state_.epoch;
      DEW_CHECK(save_checkpoint(folder, state_, mark_));
      watch.advance(state_.epoch, epoch_note(figures, !validation_.empty()));
    }
    return finish(folder, watch);
  }

 private:
  void start() {
    std::copy(start_.parameters.begin(), start_.parameters.end(), values(net_.parameters).begin());
    std::copy(start_.statistics.begin(), start_.statistics.end(), values(net_.statistics).begin());
    state_ = start_training(net_);
    if (!recipe_.last_epoch) state_.kept_parameters = net_.parameters.clone();
  }

  /// A random head would pull at the layers before it with gradients that mean nothing.
  void set_head(const DenseLayer& layer) {
    for (const at::Tensor& tensor : {net_.parameters, state_.average_parameters}) {
      const auto flat = values(tensor);
      std::copy(layer.weights.begin(), layer.weights.end(), flat.begin() + net_.layout().dense_weight);
      std::copy(layer.bias.begin(), layer.bias.end(), flat.begin() + net_.layout().dense_bias);
    }
  }

  /// Dropout: hides some features from the dense layer and scales the others up to make up for them.
  at::Tensor drop(const at::Tensor& features) {
    if (recipe_.dropout <= 0) return features;
    Random random(settings_.seed, Stream::kTuneDrop, static_cast<uint64_t>(state_.steps));
    const auto scale = static_cast<float>(1.0 / (1.0 - recipe_.dropout));
    const at::Tensor mask = at::empty(features.sizes());
    for (float& value : values(mask)) value = random.uniform() < recipe_.dropout ? 0.0F : scale;
    return features * mask;
  }

  StepFigures step(const TuningData::Batch& batch) {
    net_.gradients.zero_();
    const at::Tensor features = net_.features(batch.x, 0.0);
    const at::Tensor logits = net_.dense(drop(features));
    const at::Tensor loss =
        -(batch.answers * at::log_softmax(logits, 1)).sum() / static_cast<double>(data_.batches().pictures);
    loss.backward();
    optimise();
    move_average(values(state_.average_parameters), values(net_.parameters),
                 average_decay(recipe_.average_span, data_.batches().count, settings_.epochs, state_.steps));
    return {loss.item<double>(), logits.argmax(1).eq(batch.answers.argmax(1)).sum().item<int64_t>()};
  }

  /// Earlier blocks learn more slowly.
  void optimise() {
    const double rate = schedule_.rate(state_.steps);
    ++state_.steps;
    const auto apply = [&](double own_rate, double decay, int64_t begin, int64_t count) {
      update(net_, state_, {own_rate, decay, state_.steps}, begin, begin + count);
    };
    const Layout& layout = net_.layout();
    for (size_t i = 0; i < layout.layers.size(); ++i) {
      const ConvLayer& layer = net_.architecture().layers[i];
      const double own_rate =
          rate * std::pow(recipe_.depth_rate, net_.architecture().layers.back().block - layer.block);
      apply(own_rate, settings_.weight_decay, layout.layers[i].weight, layer.weights());
      apply(own_rate, 0.0, layout.layers[i].gamma, layer.out);
      apply(own_rate, 0.0, layout.layers[i].beta, layer.out);
    }
    apply(rate, settings_.weight_decay, layout.dense_weight, layout.decayed - layout.dense_weight);
    apply(rate, 0.0, layout.dense_bias, settings_.classes);
  }

  Result<EpochFigures> epoch(const Watch& watch) {
    data_.begin(state_.epoch);
    return run_epoch(state_, data_.batches(), settings_.learning_rate, watch,
                     [&](int64_t batch) { return step(data_.batch(batch)); });
  }

  /// Loss and accuracy of the averaged net on the validation pictures.
  void validate(EpochFigures& figures) const {
    const Scores now = evaluate(fold(net_.architecture(), state_.average_parameters.data_ptr<float>(),
                                     net_.statistics.data_ptr<float>()),
                                validation_);
    figures.validation_loss = now.loss;
    figures.validation_accuracy = now.accuracy;
  }

  void keep(const EpochFigures& figures) {
    state_.curve.push_back(figures);
    if (!recipe_.last_epoch && best_epoch(state_.curve) + 1 == std::ssize(state_.curve))
      state_.kept_parameters.copy_(state_.average_parameters);
  }

  Result<Trained> finish(const fs::path& folder, Watch& watch) {
    DEW_CHECK(save_net(folder, net_, recipe_.last_epoch ? state_.average_parameters : state_.kept_parameters,
                       net_.statistics));
    watch.end();
    const auto kept = recipe_.last_epoch ? std::ssize(state_.curve) - 1 : best_epoch(state_.curve);
    const double right = kept < 0 ? 0.0 : state_.curve[static_cast<size_t>(kept)].validation_accuracy;
    return Trained{state_.curve, right, images_per_second(state_), recipe_.name};
  }

  const std::vector<Example>& validation_;
  const TrainSettings settings_;
  const FineTuneRecipe recipe_;
  const Weights start_;
  TuningData data_;
  const CosineSchedule schedule_;
  Net net_;
  const std::string mark_;
  TrainingState state_;
};

Result<void> check_alpha(const Backbone& backbone, const TrainSettings& settings) {
  if (std::abs(backbone.alpha - settings.alpha) <= 1e-9) return {};
  return usage_error(
      fmt::format("the backbone '{}' has alpha {}, the net {}", backbone.name, backbone.alpha,
                  settings.alpha),
      {},
      fmt::format("set alpha = {}, choose another backbone, or \"random\" to start from random weights",
                  backbone.alpha));
}

}  // namespace

Result<Trained> fine_tune(const std::vector<Example>& examples, const std::vector<Example>& validation,
                          const TrainSettings& settings, const Backbone& backbone,
                          const FineTuneRecipe& recipe, const fs::path& folder, Watch& watch, Trial* trial) {
  return guarded_training("training the net", [&]() -> Result<Trained> {
    DEW_CHECK(prepare_training(examples, validation, settings, folder));
    DEW_CHECK(check_alpha(backbone, settings));
    return FineTuner(examples, validation, settings, backbone, recipe).run(folder, watch, trial);
  });
}

}  // namespace dew::student
