// Training from a backbone: the head on cached features, the last blocks on cached activations, then all.
#include "student/finetune.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "student/adapt.h"
#include "student/checkpoint.h"
#include "student/door.h"
#include "student/examples.h"
#include "student/frozen.h"
#include "student/keep_memory.h"
#include "student/net.h"
#include "student/optimiser.h"
#include "student/patience.h"
#include "student/weights.h"

namespace dew::student {
namespace {

enum Purpose : uint64_t { kShuffle = 31, kAugment = 32, kMix = 35, kDrop = 36 };

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
  if (tail < settings.epochs) stages.push_back({0, tail, settings.epochs, rate * recipe.whole_rate});
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
      {"version", 4},
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
        recipe.whole_rate, recipe.depth_rate, recipe.warm_up, recipe.final_rate, recipe.label_smoothing,
        recipe.average_span, recipe.statistics_momentum, recipe.patience, recipe.mixup, recipe.head_rate,
        recipe.dropout}},
      {"data", data_mark(examples, validation)},
      {"confidences", sha256(confidences)}}
      .dump();
}

/// What each picture should be answered with, [examples, classes]; a row's sum is the picture's weight.
std::vector<float> targets_of(const std::vector<Example>& examples, const TrainSettings& settings,
                              double smoothing) {
  const auto classes = static_cast<size_t>(settings.classes);
  std::vector<double> count(classes);
  for (const Example& example : examples) ++count[example.answer_class];
  std::vector<float> targets(examples.size() * classes);
  for (size_t i = 0; i < examples.size(); ++i) {
    const size_t answer = examples[i].answer_class;
    const double even = static_cast<double>(examples.size()) / static_cast<double>(classes);
    const double weight = std::pow(even / count[answer], settings.balance);
    const double sure = std::clamp<double>(examples[i].confidence, 0.0, 1.0);
    for (size_t c = 0; c < classes; ++c) {
      const double share = c == answer ? sure : (1.0 - sure) / static_cast<double>(classes - 1);
      targets[i * classes + c] =
          static_cast<float>(weight * ((1.0 - smoothing) * share + smoothing / static_cast<double>(classes)));
    }
  }
  return targets;
}

class FineTuner {
 public:
  FineTuner(const std::vector<Example>& examples, const std::vector<Example>& validation,
            const TrainSettings& settings, const Backbone& backbone, const FineTuneRecipe& recipe)
      : examples_(examples),
        validation_(validation),
        settings_(settings),
        recipe_(recipe),
        start_(adapted(backbone, *architecture_of(settings), settings.seed)),
        targets_(targets_of(examples, settings, recipe.label_smoothing)),
        stages_(stages_of(start_.architecture, settings, recipe)),
        stage_(stages_.front()),
        frozen_(start_, stage_.first, examples, settings.seed, recipe),
        net_(start_.architecture),
        mark_(fingerprint(examples, validation, settings, backbone, recipe)) {
    // Whole batches only: a small last one would have poor batch norms.
    const auto count = static_cast<int64_t>(examples.size());
    batch_ = std::min<int64_t>(settings.batch > 0 ? settings.batch : recipe.batch, count);
    batches_ = count / batch_;
    pixels_ = at::empty({batch_, settings.input, settings.input, 3});
    answers_ = at::empty({batch_, settings.classes});
  }

  Result<Trained> run(const fs::path& folder, Watch& watch, Trial* trial) {
    start();
    const int last = trial != nullptr ? std::min(trial->epochs, settings_.epochs) : settings_.epochs;
    const bool resumed = load_checkpoint(folder, mark_, state_, watch);
    if (stages_.front().first > 0 && state_.epoch < stages_.front().end)
      DEW_CHECK(frozen_.prepare(stages_.front().end, watch));
    if (!resumed) {
      std::optional<DenseLayer> own;
      std::optional<DenseLayer>& head = trial != nullptr ? trial->head : own;
      if (!head) {
        DEW_TRY(head, taught_head(watch));
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
  Result<DenseLayer> taught_head(Watch& watch) {
    DEW_TRY(const FrozenPart::Features features, frozen_.features(watch));
    const auto classes = static_cast<size_t>(settings_.classes);
    std::vector<float> targets;
    for (const size_t example : features.examples) {
      const auto row = targets_.begin() + static_cast<std::ptrdiff_t>(example * classes);
      targets.insert(targets.end(), row, row + settings_.classes);
    }
    HeadSettings head = recipe_.head;
    head.seed = settings_.seed;
    return fit_head(features.rows, targets, settings_.classes, head);
  }

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

  [[nodiscard]] int64_t stage_steps() const { return state_.steps - stage_.begin * batches_; }

  /// Rises in a line, then falls along a cosine, in each stage anew.
  [[nodiscard]] double learning_rate() const {
    const auto total = static_cast<double>(batches_ * (stage_.end - stage_.begin));
    const double warm = recipe_.warm_up * total;
    const auto step = static_cast<double>(stage_steps());
    if (step < warm) return stage_.rate * (step + 1) / (warm + 1);
    const double cosine = 0.5 * (1.0 + std::cos(std::numbers::pi * (step - warm) / (total - warm)));
    return stage_.rate * (recipe_.final_rate + (1.0 - recipe_.final_rate) * cosine);
  }

  [[nodiscard]] double average_decay() const {
    const double span = recipe_.average_span * static_cast<double>(batches_) * settings_.epochs;
    return 1.0 - 1.0 / std::max(1.0, std::min(span, static_cast<double>(state_.steps) / 9.0));
  }

  [[nodiscard]] std::vector<size_t> shuffled() const {
    std::vector<size_t> order(examples_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    Random random(settings_.seed, kShuffle, static_cast<uint64_t>(state_.epoch));
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    return order;
  }

  /// What the stage's first layer reads of a batch of pictures, [n, channels, rows, columns].
  at::Tensor fill(const size_t* order) {
    for (int64_t i = 0; i < batch_; ++i) {
      std::copy_n(targets_.begin() + static_cast<std::ptrdiff_t>(order[i] * settings_.classes),
                  settings_.classes, answers_.data_ptr<float>() + i * settings_.classes);
    }
    if (stage_.first > 0) {
      const Layer& layer = net_.architecture().layers[stage_.first];
      const std::vector<float> batch =
          frozen_.activations({order, static_cast<size_t>(batch_)}, state_.epoch);
      return at::tensor(batch).view({batch_, layer.in_size, layer.in_size, layer.in}).permute({0, 3, 1, 2});
    }
    const size_t elements = size_t{3} * settings_.input * settings_.input;
    float* pixels = pixels_.data_ptr<float>();
    at::parallel_for(0, batch_, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        augment(examples_[order[i]], settings_.input, recipe_.augmentation,
                Random(settings_.seed, kAugment, static_cast<uint64_t>(state_.epoch), order[i]),
                {pixels + i * elements, elements});
      }
    });
    return pixels_.permute({0, 3, 1, 2});
  }

  /// Lays each picture (or what the frozen part made of it) over the one at the other end of the batch, and
  /// its answer likewise.
  at::Tensor mix(const at::Tensor& x, int64_t batch) {
    if (recipe_.mixup <= 0) return x;
    Random random(settings_.seed, kMix, static_cast<uint64_t>(state_.epoch), static_cast<uint64_t>(batch));
    const double share = random.beta(recipe_.mixup);
    answers_.copy_(at::lerp(answers_, answers_.flip(0), share));
    return at::lerp(x, x.flip(0), share).contiguous(at::MemoryFormat::ChannelsLast);
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
  std::pair<double, int64_t> step(const at::Tensor& x) {
    net_.gradients.zero_();
    const at::Tensor features = net_.features_from(stage_.first, x, recipe_.statistics_momentum);
    const at::Tensor logits = net_.dense(drop(features));
    const at::Tensor loss = -(answers_ * at::log_softmax(logits, 1)).sum() / static_cast<double>(batch_);
    loss.backward();
    optimise();
    move_average(values(state_.average_parameters), values(net_.parameters), average_decay());
    move_average(values(state_.average_statistics), values(net_.statistics), average_decay());
    return {loss.item<double>(), logits.argmax(1).eq(answers_.argmax(1)).sum().item<int64_t>()};
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
    apply(rate * recipe_.head_rate, settings_.weight_decay, layout.dense_weight,
          layout.decayed - layout.dense_weight);
    apply(rate, 0.0, layout.dense_bias, settings_.classes);
  }

  Result<EpochFigures> epoch(const Watch& watch) {
    const std::vector<size_t> order = shuffled();
    const auto begun = std::chrono::steady_clock::now();
    EpochFigures figures{.epoch = state_.epoch + 1};
    int64_t right = 0;
    for (int64_t batch = 0; batch < batches_; ++batch) {
      if (watch.interrupted()) return interrupted_error();
      const auto [loss, right_here] = step(mix(fill(order.data() + batch * batch_), batch));
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

  [[nodiscard]] Scores scores(const at::Tensor& parameters, const at::Tensor& statistics) const {
    return evaluate(fold(net_.architecture(), parameters.data_ptr<float>(), statistics.data_ptr<float>()),
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
    const Scores now = scores(state_.average_parameters, state_.average_statistics);
    figures.validation_loss = now.loss;
    figures.validation_accuracy = now.accuracy;
    state_.curve.push_back(figures);
    // Without a validation split all are equal, and the last one is kept.
    if (best_epoch() + 1 < static_cast<int>(state_.curve.size())) return;
    state_.best_parameters.copy_(state_.average_parameters);
    state_.best_statistics.copy_(state_.average_statistics);
  }

  /// Only the last stage ends early: an earlier one prepares it.
  [[nodiscard]] bool stopped_early() const {
    if (validation_.empty() || stage_.end != settings_.epochs) return false;
    const int since = state_.epoch - 1 - std::max(best_epoch(), stage_.begin);
    return since > std::max(3.0, recipe_.patience * settings_.epochs);
  }

  /// The averaged weights never ran together, so their running statistics are only an estimate: a pass over
  /// the training pictures measures them. Where there is a validation split it decides between the two.
  Scores recalibrate() {
    const at::NoGradGuard no_gradients;
    const Scores before = scores(state_.best_parameters, state_.best_statistics);
    if (recipe_.statistics_momentum == 0) return before;
    net_.parameters.copy_(state_.best_parameters);
    net_.statistics.copy_(state_.best_statistics);
    const std::vector<size_t> order = shuffled();
    for (int64_t batch = 0; batch < batches_; ++batch) {
      net_.logits_from(stage_.first, fill(order.data() + batch * batch_),
                       1.0 / static_cast<double>(batch + 1));
    }
    const Scores after = scores(net_.parameters, net_.statistics);
    if (after.loss > before.loss) return before;
    state_.best_statistics.copy_(net_.statistics);
    return after;
  }

  Result<Trained> finish(const fs::path& folder, Watch& watch) {
    if (recipe_.statistics_momentum > 0 && stage_.first > 0 && !frozen_.prepared())
      DEW_CHECK(frozen_.prepare(stage_.end, watch));
    const Scores kept = recalibrate();
    const auto parameters = values(state_.best_parameters);
    const auto statistics = values(state_.best_statistics);
    DEW_CHECK(save_weights(folder, {net_.architecture(),
                                    {parameters.begin(), parameters.end()},
                                    {statistics.begin(), statistics.end()}}));
    watch.end();
    return Trained{state_.curve, kept.accuracy,
                   state_.seconds > 0 ? static_cast<double>(state_.images) / state_.seconds : 0.0};
  }

  const std::vector<Example>& examples_;
  const std::vector<Example>& validation_;
  const TrainSettings settings_;
  const FineTuneRecipe recipe_;
  const Weights start_;
  const std::vector<float> targets_;
  const std::vector<Stage> stages_;
  Stage stage_;
  FrozenPart frozen_;
  Net net_;
  const std::string mark_;
  TrainingState state_;
  int64_t batches_ = 0;
  int64_t batch_ = 0;   ///< pictures in each
  at::Tensor pixels_;   ///< [batch, input, input, 3]
  at::Tensor answers_;  ///< [batch, classes]
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
