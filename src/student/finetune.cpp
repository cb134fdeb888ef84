// Training from a backbone: the head on cached features, the last blocks on cached activations, then all.
#include "student/finetune.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>

#include "student/adapt.h"
#include "student/checkpoint.h"
#include "student/door.h"
#include "student/examples.h"
#include "student/keep_memory.h"
#include "student/net.h"
#include "student/optimiser.h"
#include "student/patience.h"
#include "student/random.h"
#include "student/tuning_data.h"
#include "student/weights.h"

namespace dew::student {
namespace {

enum Purpose : uint64_t { kDrop = 36 };

/// Epochs that train the layers from `first` on.
struct Stage {
  size_t first = 0;
  int begin = 0;
  int end = 0;
  double rate = 0;
};

std::vector<Stage> stages_of(const Architecture& architecture, const TrainSettings& settings,
                             const FineTuneRecipe& recipe) {
  size_t first = 0;
  while (architecture.layers[first].block < std::min(recipe.tail_block, architecture.layers.back().block))
    ++first;
  const double rate = settings.learning_rate * recipe.rate;
  const int tail =
      std::clamp(static_cast<int>(std::lround(settings.epochs * recipe.tail_share)), 0, settings.epochs);
  std::vector<Stage> stages;
  if (tail > 0) stages.push_back({first, 0, tail, rate});
  if (tail < settings.epochs) stages.push_back({0, tail, settings.epochs, rate});
  return stages;
}

/// Changes whenever the outcome of training would.
std::string fingerprint(const std::vector<Example>& examples, const std::vector<Example>& validation,
                        const TrainSettings& settings, const Backbone& backbone,
                        const FineTuneRecipe& recipe) {
  const auto& numbers = backbone.weights.parameters;
  const Augmentation& a = recipe.augmentation;
  std::string confidences;
  for (const Example& example : examples) confidences += std::to_string(example.confidence) + ' ';
  return nlohmann::json{
      {"version", 5},
      {"backbone", sha256({reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float)})},
      {"net", {settings.net, settings.head, settings.blocks}},
      {"alpha", settings.alpha},
      {"input", settings.input},
      {"classes", settings.classes},
      {"epochs", settings.epochs},
      {"batch", {settings.batch, recipe.batch}},
      {"learning_rate", settings.learning_rate},
      {"weight_decay", settings.weight_decay},
      {"balance", settings.balance},
      {"seed", settings.seed},
      {"augmentation",
       {a.flip, a.zoom, a.crop, a.shift, a.brightness, a.contrast, a.tint, a.stretch, a.cutout, a.plain}},
      {"head", {recipe.head.epochs, recipe.head.batch, recipe.head.learning_rate, recipe.head.weight_decay}},
      {"recipe",
       {recipe.tail_block, recipe.tail_share, recipe.variants, recipe.cache_bytes, recipe.rate,
        recipe.depth_rate, recipe.warm_up, recipe.final_rate, recipe.label_smoothing, recipe.average_span,
        recipe.patience, recipe.mixup, recipe.dropout}},
      {"data", data_mark(examples, validation)},
      {"confidences", sha256(confidences)}}
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
        stages_(stages_of(start_.architecture, settings, recipe)),
        stage_(stages_.front()),
        data_(examples, settings, recipe, start_, stage_.first),
        net_(start_.architecture),
        mark_(fingerprint(examples, validation, settings, backbone, recipe)) {}

  Result<Trained> run(const fs::path& folder, Watch& watch, Trial* trial) {
    start();
    const int last = trial != nullptr ? std::min(trial->epochs, settings_.epochs) : settings_.epochs;
    const bool resumed = load_checkpoint(folder, mark_, state_, watch);
    if (stages_.front().first > 0 && state_.epoch < stages_.front().end)
      DEW_CHECK(data_.freeze(stages_.front().end, watch));
    if (!resumed) {
      std::optional<DenseLayer> own;
      std::optional<DenseLayer>& head = trial != nullptr ? trial->head : own;
      if (!head) {
        DEW_TRY(head, data_.taught_head(watch));
      }
      set_head(*head);
    }
    watch.begin(trial != nullptr ? "trying " + recipe_.name : "training with " + recipe_.name, last);
    if (state_.epoch > 0) watch.advance(state_.epoch, "going on after epoch " + std::to_string(state_.epoch));
    for (const Stage& stage : stages_) {
      stage_ = stage;
      while (state_.epoch < std::min(stage.end, last) && !stopped_early()) {
        if (state_.epoch == stage.begin) forget_moments();
        DEW_TRY(EpochFigures figures, epoch(watch));
        keep_if_best(figures);
        ++state_.epoch;
        DEW_CHECK(save_checkpoint(folder, state_, mark_));
        watch.advance(state_.epoch, note(figures, !validation_.empty()));
      }
    }
    return finish(folder, watch);
  }

 private:
  void start() {
    std::copy(start_.parameters.begin(), start_.parameters.end(), values(net_.parameters).begin());
    std::copy(start_.statistics.begin(), start_.statistics.end(), values(net_.statistics).begin());
    state_.parameters = net_.parameters;
    state_.statistics = net_.statistics;
    state_.momentum = at::zeros_like(net_.parameters);
    state_.variance = at::zeros_like(net_.parameters);
    state_.average_parameters = net_.parameters.clone();
    state_.average_statistics = net_.statistics.clone();
    state_.best_parameters = net_.parameters.clone();
    state_.best_statistics = net_.statistics.clone();
  }

  /// A random head would pull at the layers behind it with gradients that mean nothing.
  void set_head(const DenseLayer& layer) {
    for (const at::Tensor& tensor : {net_.parameters, state_.average_parameters}) {
      const auto flat = values(tensor);
      std::copy(layer.weights.begin(), layer.weights.end(), flat.begin() + net_.layout().dense_weight);
      std::copy(layer.bias.begin(), layer.bias.end(), flat.begin() + net_.layout().dense_bias);
    }
  }

  void forget_moments() {
    state_.momentum.zero_();
    state_.variance.zero_();
  }

  [[nodiscard]] int64_t stage_steps() const { return state_.steps - stage_.begin * data_.batches(); }

  /// Rises in a line, then falls along a cosine, in each stage anew.
  [[nodiscard]] double learning_rate() const {
    const auto total = static_cast<double>(data_.batches() * (stage_.end - stage_.begin));
    const double warm = recipe_.warm_up * total;
    const auto step = static_cast<double>(stage_steps());
    if (step < warm) return stage_.rate * (step + 1) / (warm + 1);
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * (step - warm) / (total - warm)));
    return stage_.rate * (recipe_.final_rate + (1.0 - recipe_.final_rate) * cosine);
  }

  [[nodiscard]] double average_decay() const {
    const double span = recipe_.average_span * static_cast<double>(data_.batches()) * settings_.epochs;
    return 1.0 - 1.0 / std::max(1.0, std::min(span, static_cast<double>(state_.steps) / 9.0));
  }

  /// Takes some features away from the dense layer; the others are scaled up to make up for them.
  at::Tensor drop(const at::Tensor& features) {
    if (recipe_.dropout <= 0) return features;
    Random random(settings_.seed, kDrop, static_cast<uint64_t>(state_.steps));
    const auto scale = static_cast<float>(1.0 / (1.0 - recipe_.dropout));
    const at::Tensor mask = at::empty(features.sizes());
    for (float& value : values(mask)) value = random.uniform() < recipe_.dropout ? 0.0F : scale;
    return features * mask;
  }

  /// One step; the loss, and how many were right.
  std::pair<double, int64_t> step(const TuningData::Batch& batch) {
    net_.gradients.zero_();
    const at::Tensor features = net_.features_from(stage_.first, batch.x, 0.0);
    const at::Tensor logits = net_.dense(drop(features));
    const at::Tensor loss =
        -(batch.answers * at::log_softmax(logits, 1)).sum() / static_cast<double>(data_.size());
    loss.backward();
    optimise();
    move_average(values(state_.average_parameters), values(net_.parameters), average_decay());
    return {loss.item<double>(), logits.argmax(1).eq(batch.answers.argmax(1)).sum().item<int64_t>()};
  }

  void optimise() {
    const double rate = learning_rate();
    ++state_.steps;
    const int64_t step = stage_steps();
    const auto apply = [&](double own_rate, double decay, int64_t begin, int64_t count) {
      const auto part = [&](const at::Tensor& tensor) { return values(tensor).subspan(begin, count); };
      AdamW{own_rate, decay, step}.apply(part(net_.parameters), part(net_.gradients), part(state_.momentum),
                                         part(state_.variance));
    };
    const Layout& layout = net_.layout();
    for (size_t i = stage_.first; i < layout.layers.size(); ++i) {
      const Layer& layer = net_.architecture().layers[i];
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
    const auto begun = std::chrono::steady_clock::now();
    EpochFigures figures{.epoch = state_.epoch + 1};
    int64_t right = 0;
    for (int64_t batch = 0; batch < data_.batches(); ++batch) {
      if (watch.interrupted()) return interrupted_error();
      const auto [loss, right_here] = step(data_.batch(batch, stage_.first > 0));
      if (!std::isfinite(loss)) {
        return work_error(
            "the training loss is not a number", "epoch " + std::to_string(figures.epoch),
            "lower the learning rate (it is " + nlohmann::json(settings_.learning_rate).dump() + ")");
      }
      figures.train_loss += loss / static_cast<double>(data_.batches());
      right += right_here;
    }
    const int64_t pictures = data_.batches() * data_.size();
    figures.train_accuracy = static_cast<double>(right) / static_cast<double>(pictures);
    state_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    state_.images += pictures;
    return figures;
  }

  [[nodiscard]] Scores scores(const at::Tensor& parameters) const {
    return evaluate(
        fold(net_.architecture(), parameters.data_ptr<float>(), net_.statistics.data_ptr<float>()),
        validation_);
  }

  /// The epoch with the highest accuracy, of equals that with the lowest loss; -1 before the first.
  [[nodiscard]] int best_epoch() const {
    int best = -1;
    for (int i = 0; i < static_cast<int>(state_.curve.size()); ++i) {
      const EpochFigures& a = state_.curve[i];
      const auto better = [&a](const EpochFigures& b) {
        return a.validation_accuracy > b.validation_accuracy ||
               (a.validation_accuracy == b.validation_accuracy && a.validation_loss <= b.validation_loss);
      };
      if (best < 0 || better(state_.curve[best])) best = i;
    }
    return best;
  }

  void keep_if_best(EpochFigures& figures) {
    const Scores now = scores(state_.average_parameters);
    figures.validation_loss = now.loss;
    figures.validation_accuracy = now.accuracy;
    state_.curve.push_back(figures);
    // Without a validation split all are equal, and the last one is kept.
    if (best_epoch() + 1 < static_cast<int>(state_.curve.size())) return;
    state_.best_parameters.copy_(state_.average_parameters);
  }

  /// Neither the accuracy nor the loss got better for long. Both, since the loss goes on falling where the
  /// accuracy of few pictures was high by chance once. Only the last stage ends early: an earlier one
  /// prepares it.
  [[nodiscard]] bool stopped_early() const {
    if (validation_.empty() || stage_.end != settings_.epochs || state_.curve.empty()) return false;
    const auto lowest = std::ranges::min_element(state_.curve, {}, &EpochFigures::validation_loss);
    const int better = std::max<int>(best_epoch(), static_cast<int>(lowest - state_.curve.begin()));
    const int since = state_.epoch - 1 - std::max(better, stage_.begin);
    return since > std::max(3.0, recipe_.patience * settings_.epochs);
  }

  Result<Trained> finish(const fs::path& folder, Watch& watch) {
    const auto parameters = values(state_.best_parameters);
    const auto statistics = values(net_.statistics);
    DEW_CHECK(save_weights(folder, {net_.architecture(),
                                    {parameters.begin(), parameters.end()},
                                    {statistics.begin(), statistics.end()}}));
    watch.end();
    return Trained{state_.curve, scores(state_.best_parameters).accuracy,
                   state_.seconds > 0 ? static_cast<double>(state_.images) / state_.seconds : 0.0};
  }

  const std::vector<Example>& validation_;
  const TrainSettings settings_;
  const FineTuneRecipe recipe_;
  const Weights start_;
  const std::vector<Stage> stages_;
  Stage stage_;
  TuningData data_;
  Net net_;
  const std::string mark_;
  TrainingState state_;
};

}  // namespace

Result<Trained> fine_tune(const std::vector<Example>& examples, const std::vector<Example>& validation,
                          const TrainSettings& wanted, const Backbone& backbone, const FineTuneRecipe& recipe,
                          const fs::path& folder, Watch& watch, Trial* trial) {
  DEW_CHECK(check_settings(wanted));
  TrainSettings settings = wanted;
  if (settings.epochs == 0) settings.epochs = usual_epochs(backbone.name);
  DEW_CHECK(check_examples(examples, settings, "training"));
  DEW_CHECK(check_examples(validation, settings, "validation"));
  DEW_CHECK(check_classes(examples, settings.classes));
  if (std::abs(backbone.alpha - settings.alpha) > 1e-9) {
    const auto text = [](double alpha) { return nlohmann::json(alpha).dump(); };
    return usage_error("the backbone '" + backbone.name + "' has alpha " + text(backbone.alpha) +
                           ", the net " + text(settings.alpha),
                       {},
                       "set alpha = " + text(backbone.alpha) +
                           ", choose another backbone, or \"random\" to start from nothing");
  }
  DEW_CHECK(make_folders(folder));
  return guarded("training the net", [&] {
    const KeepFreedMemory keep;
    const Patience patience;
    return FineTuner(examples, validation, settings, backbone, recipe).run(folder, watch, trial);
  });
}

}  // namespace dew::student
