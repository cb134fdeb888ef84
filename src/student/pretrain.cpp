// Pretraining: a backbone learns a larger net's features. Epochs of augmented views, AdamW, a moving average.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "student/augment.h"
#include "student/backbone.h"
#include "student/checkpoint.h"
#include "student/door.h"
#include "student/infer.h"
#include "student/keep_memory.h"
#include "student/net.h"
#include "student/optimiser.h"
#include "student/patience.h"
#include "student/weights.h"

namespace dew::student {
namespace {

enum Purpose : uint64_t { kShuffle = 11, kAugment = 12, kView = 13 };

constexpr int kClasses = 2;       ///< of the dense layer that is not used
constexpr int64_t kHeldOut = 50;  ///< each so manieth picture is never trained on
constexpr double kWarmUp = 0.03;  ///< part of all steps
constexpr double kAverageSpan = 0.01;
constexpr double kMomentum = 0.1;  ///< of the running statistics

Result<void> check(const Lessons& lessons, const PretrainSettings& settings) {
  const auto size = static_cast<size_t>(lessons.size);
  const size_t count =
      lessons.targets.size() / std::max<size_t>(1, static_cast<size_t>(lessons.head.features));
  if (lessons.views < 1 || count == 0 || lessons.pictures.size() != count * size * size * 3 ||
      count % static_cast<size_t>(lessons.views) != 0)
    return work_error("the lessons do not hold together");
  if (settings.stages.empty() || settings.batch < 2)
    return usage_error("there is nothing to train", {}, "give a stage and a batch of 2 or more");
  for (const PretrainStage& stage : settings.stages)
    DEW_CHECK(check_dimensions(settings.alpha, stage.input, kClasses));
  const int features = mobilenet_v2(settings.alpha, settings.stages[0].input, kClasses).features();
  if (features != lessons.head.features)
    return work_error("the teacher has " + std::to_string(lessons.head.features) +
                          " features and this student " + std::to_string(features),
                      {}, "take a teacher and an alpha with as many");
  return {};
}

/// How near the averaged net is to its teacher on pictures that neither step saw.
struct HeldOutFigures {
  double explained = 0;  ///< part of the features' variance
  double agreement = 0;  ///< of the highest scores
};

class Pretrainer {
 public:
  Pretrainer(const Lessons& lessons, const PretrainSettings& settings, const fs::path& folder)
      : lessons_(lessons),
        settings_(settings),
        folder_(folder),
        head_weights_(
            at::tensor(lessons.head.weights).view({lessons.head.outputs, lessons.head.features, 1, 1})),
        head_bias_(at::tensor(lessons.head.bias)) {
    const auto pictures =
        static_cast<int64_t>(lessons.targets.size()) / lessons.head.features / lessons.views;
    for (int64_t i = 0; i < pictures; ++i) (i % kHeldOut == 0 ? held_out_ : taught_).push_back(i);
    batches_ = static_cast<int64_t>(taught_.size()) / settings.batch;
    for (const PretrainStage& stage : settings.stages) epochs_ += stage.epochs;
    measure_targets();
  }

  Result<void> run(Watch& watch) {
    if (batches_ == 0) return work_error("fewer pictures than a batch", {}, "give more, or a smaller batch");
    watch.begin("pretraining", epochs_);
    int end = 0;
    for (const PretrainStage& stage : settings_.stages) {
      end += stage.epochs;
      DEW_CHECK(enter(stage));
      if (!begun_) {
        begun_ = true;
        load_checkpoint(folder_, fingerprint(), state_, watch);
      }
      while (state_.epoch < end) {
        DEW_TRY(EpochFigures figures, epoch(watch));
        ++state_.epoch;
        if (state_.epoch == end) recalibrate();
        const HeldOutFigures held_out = look_at_held_out();
        figures.validation_accuracy = held_out.agreement;
        figures.validation_loss = 1 - held_out.explained;
        state_.curve.push_back(figures);
        DEW_CHECK(save());
        char note[120];
        std::snprintf(note, sizeof note, "%d px, loss %.3f, features %.1f %% explained, %.1f %% agree",
                      stage.input, figures.train_loss, 100 * held_out.explained, 100 * held_out.agreement);
        watch.advance(state_.epoch, note);
      }
    }
    watch.end();
    return {};
  }

 private:
  /// The same numbers in a net for this stage's input.
  Result<void> enter(const PretrainStage& stage) {
    auto net = std::make_unique<Net>(mobilenet_v2(settings_.alpha, stage.input, kClasses));
    if (net_) {
      net->parameters.copy_(state_.parameters);
      net->statistics.copy_(state_.statistics);
    } else {
      DEW_CHECK(begin(*net));
      state_.momentum = at::zeros_like(net->parameters);
      state_.variance = at::zeros_like(net->parameters);
      state_.average_parameters = net->parameters.clone();
      state_.average_statistics = net->statistics.clone();
    }
    net_ = std::move(net);
    state_.parameters = net_->parameters;
    state_.statistics = net_->statistics;
    input_ = stage.input;
    pixels_ = at::empty({settings_.batch, input_, input_, 3});
    targets_ = at::empty({settings_.batch, lessons_.head.features});
    return {};
  }

  /// Random weights, or those of a backbone.
  Result<void> begin(Net& net) const {
    net.initialise(settings_.seed, 0.0);
    if (settings_.from.empty()) return {};
    DEW_TRY(const Backbone backbone, read_backbone(settings_.from));
    if (backbone.alpha != settings_.alpha)
      return usage_error("the backbone to start from has another alpha", settings_.from.string());
    const Weights weights = with_head(backbone, net.architecture().input, kClasses);
    std::copy(weights.parameters.begin(), weights.parameters.end(), values(net.parameters).begin());
    std::copy(weights.statistics.begin(), weights.statistics.end(), values(net.statistics).begin());
    return {};
  }

  /// How far the teacher's features lie from their mean, squared and summed: the loss is told in parts of it.
  void measure_targets() {
    const auto features = static_cast<size_t>(lessons_.head.features);
    std::vector<double> sum(features);
    std::vector<double> squares(features);
    const size_t step = features * static_cast<size_t>(lessons_.views);
    size_t count = 0;
    for (size_t at = 0; at + features <= lessons_.targets.size(); at += step, ++count)
      for (size_t f = 0; f < features; ++f) {
        const double value = feature(lessons_.targets[at + f]);
        sum[f] += value;
        squares[f] += value * value;
      }
    const auto n = static_cast<double>(count);
    for (size_t f = 0; f < features; ++f) spread_ += squares[f] / n - sum[f] / n * (sum[f] / n);
    spread_ = std::max(spread_, 1e-6);
  }

  [[nodiscard]] float feature(uint8_t byte) const {
    return lessons_.head.scale * static_cast<float>(static_cast<int8_t>(byte) - lessons_.head.zero_point);
  }

  [[nodiscard]] double learning_rate() const {
    const double total = static_cast<double>(batches_) * epochs_;
    const auto step = static_cast<double>(state_.steps);
    const double warm = kWarmUp * total;
    if (step < warm) return settings_.learning_rate * (step + 1) / (warm + 1);
    return settings_.learning_rate * 0.5 *
           (1.0 + std::cos(std::numbers::pi * (step - warm) / (total - warm)));
  }

  [[nodiscard]] double average_decay() const {
    const double span = kAverageSpan * static_cast<double>(batches_) * epochs_;
    return 1.0 - 1.0 / std::max(1.0, std::min(span, static_cast<double>(state_.steps) / 9.0));
  }

  [[nodiscard]] std::vector<int64_t> shuffled() const {
    std::vector<int64_t> order = taught_;
    Random(settings_.seed, kShuffle, static_cast<uint64_t>(state_.epoch)).shuffle(order);
    return order;
  }

  void fill(const int64_t* order) {
    const auto view_bytes = static_cast<size_t>(lessons_.size) * static_cast<size_t>(lessons_.size) * 3;
    const auto features = static_cast<size_t>(lessons_.head.features);
    const size_t elements = size_t{3} * static_cast<size_t>(input_) * static_cast<size_t>(input_);
    const auto epoch = static_cast<uint64_t>(state_.epoch);
    at::parallel_for(0, settings_.batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const auto picture = static_cast<uint64_t>(order[i]);
        const auto views = static_cast<uint64_t>(lessons_.views);
        const uint64_t view = picture * views + Random(settings_.seed, kView, epoch, picture).below(views);
        augment({lessons_.pictures.data() + view * view_bytes, view_bytes}, lessons_.size, kChanges,
                Random(settings_.seed, kAugment, epoch, picture), input_,
                {pixels_.data_ptr<float>() + static_cast<size_t>(i) * elements, elements});
        float* to = targets_.data_ptr<float>() + static_cast<size_t>(i) * features;
        for (size_t f = 0; f < features; ++f) to[f] = feature(lessons_.targets[view * features + f]);
      }
    });
  }

  double step() {
    net_->gradients.zero_();
    const at::Tensor seen = net_->features(pixels_.permute({0, 3, 1, 2}), kMomentum);
    const at::Tensor apart = (seen - targets_).square().sum(1).mean() / spread_;
    const double t = settings_.temperature;
    const at::Tensor wanted = at::log_softmax(scores(targets_) / t, 1);
    const at::Tensor said = at::log_softmax(scores(seen) / t, 1);
    const at::Tensor divergence = (wanted.exp() * (wanted - said)).sum(1).mean() * (t * t);
    const at::Tensor loss = divergence + settings_.features_weight * apart;
    loss.backward();
    optimise();
    move_average(values(state_.average_parameters), values(net_->parameters), average_decay());
    move_average(values(state_.average_statistics), values(net_->statistics), average_decay());
    return loss.item<double>();
  }

  /// The teacher's scores of features [n, features]. As a convolution because that goes through oneDNN: what
  /// at::linear calls may be the reference BLAS, which took half the time of the whole training.
  [[nodiscard]] at::Tensor scores(const at::Tensor& features) const {
    return at::conv2d(features.view({features.size(0), -1, 1, 1}), head_weights_, head_bias_).flatten(1);
  }

  void optimise() {
    ++state_.steps;
    const double rate = learning_rate();
    const auto apply = [&](double decay, int64_t begin, int64_t end) {
      const auto part = [&](const at::Tensor& tensor) { return values(tensor).subspan(begin, end - begin); };
      AdamW{rate, decay, state_.steps}.apply(part(net_->parameters), part(net_->gradients),
                                             part(state_.momentum), part(state_.variance));
    };
    const Layout& layout = net_->layout();
    apply(settings_.weight_decay, 0, layout.decayed);
    apply(0.0, layout.decayed, layout.parameters);
  }

  Result<EpochFigures> epoch(const Watch& watch) {
    const std::vector<int64_t> order = shuffled();
    EpochFigures figures{.epoch = state_.epoch + 1};
    for (int64_t batch = 0; batch < batches_; ++batch) {
      if (watch.interrupted()) return interrupted_error();
      fill(order.data() + batch * settings_.batch);
      const double loss = step();
      if (!std::isfinite(loss))
        return work_error("the loss is not a number", "epoch " + std::to_string(figures.epoch),
                          "lower the learning rate");
      figures.train_loss += loss / static_cast<double>(batches_);
    }
    return figures;
  }

  /// The averaged weights' own statistics, measured on part of the pictures.
  void recalibrate() {
    constexpr int64_t kEnough = 100;
    const at::NoGradGuard no_gradients;
    const at::Tensor parameters = net_->parameters.clone();
    const at::Tensor statistics = net_->statistics.clone();
    net_->parameters.copy_(state_.average_parameters);
    const std::vector<int64_t> order = shuffled();
    for (int64_t batch = 0; batch < std::min(batches_, kEnough); ++batch) {
      fill(order.data() + batch * settings_.batch);
      net_->features(pixels_.permute({0, 3, 1, 2}), 1.0 / static_cast<double>(batch + 1));
    }
    state_.average_statistics.copy_(net_->statistics);
    net_->parameters.copy_(parameters);
    net_->statistics.copy_(statistics);
  }

  /// Whole pictures, unchanged but for their size.
  [[nodiscard]] HeldOutFigures look_at_held_out() {
    const at::NoGradGuard no_gradients;
    const Inference inference(fold(net_->architecture(), state_.average_parameters.data_ptr<float>(),
                                   state_.average_statistics.data_ptr<float>()));
    const auto view_bytes = static_cast<size_t>(lessons_.size) * static_cast<size_t>(lessons_.size) * 3;
    const auto features = static_cast<size_t>(lessons_.head.features);
    const Augmentation none{0, 0, 0, 0, 0, 0};
    const size_t elements = size_t{3} * static_cast<size_t>(input_) * static_cast<size_t>(input_);
    double apart = 0;
    int64_t agree = 0;
    for (size_t begin = 0; begin < held_out_.size(); begin += static_cast<size_t>(settings_.batch)) {
      const size_t count = std::min(held_out_.size() - begin, static_cast<size_t>(settings_.batch));
      std::vector<float> pixels(count * elements);
      at::Tensor seen = at::empty({static_cast<int64_t>(count), lessons_.head.features});
      at::Tensor wanted = at::empty_like(seen);
      for (size_t i = 0; i < count; ++i) {
        const auto view = static_cast<size_t>(held_out_[begin + i] * lessons_.views);
        augment({lessons_.pictures.data() + view * view_bytes, view_bytes}, lessons_.size, none, Random(0, 0),
                input_, {pixels.data() + i * elements, elements});
        for (size_t f = 0; f < features; ++f)
          wanted.data_ptr<float>()[i * features + f] = feature(lessons_.targets[view * features + f]);
      }
      inference.logits(pixels, [&seen](Point point, std::span<const float> mean, int) {
        if (point.kind == Point::Kind::kMean) std::copy(mean.begin(), mean.end(), seen.data_ptr<float>());
      });
      apart += (seen - wanted).square().sum().item<double>();
      agree += scores(seen).argmax(1).eq(scores(wanted).argmax(1)).sum().item<int64_t>();
    }
    const auto n = static_cast<double>(held_out_.size());
    return {1 - apart / n / spread_, static_cast<double>(agree) / n};
  }

  [[nodiscard]] std::string fingerprint() const {
    nlohmann::json stages;
    for (const PretrainStage& stage : settings_.stages) stages.push_back({stage.input, stage.epochs});
    const std::string_view targets(reinterpret_cast<const char*>(lessons_.targets.data()),
                                   lessons_.targets.size());
    return nlohmann::json{{"pretraining", 1},
                          {"alpha", settings_.alpha},
                          {"stages", stages},
                          {"batch", settings_.batch},
                          {"learning_rate", settings_.learning_rate},
                          {"weight_decay", settings_.weight_decay},
                          {"temperature", settings_.temperature},
                          {"features_weight", settings_.features_weight},
                          {"seed", settings_.seed},
                          {"from", settings_.from.string()},
                          {"targets", sha256(targets)}}
        .dump();
  }

  Result<void> save() const {
    const auto parameters = values(state_.average_parameters);
    const auto statistics = values(state_.average_statistics);
    const Weights weights{
        net_->architecture(), {parameters.begin(), parameters.end()}, {statistics.begin(), statistics.end()}};
    DEW_CHECK(write_backbone(folder_ / "backbone.dewb", {settings_.name, settings_.origin, settings_.alpha,
                                                         input_, without_head(weights)}));
    return save_checkpoint(folder_, state_, fingerprint());
  }

  /// Small: a view is a crop already, and the teacher has seen just that one.
  static constexpr Augmentation kChanges{
      .flip = 0.5, .zoom = 0.08, .shift = 0.04, .brightness = 0.05, .contrast = 0.15, .tint = 0.05};

  const Lessons& lessons_;
  const PretrainSettings settings_;
  const fs::path folder_;
  const at::Tensor head_weights_;
  const at::Tensor head_bias_;
  std::vector<int64_t> taught_;
  std::vector<int64_t> held_out_;
  int64_t batches_ = 0;
  int epochs_ = 0;
  double spread_ = 0;
  bool begun_ = false;
  std::unique_ptr<Net> net_;
  TrainingState state_;
  int input_ = 0;
  at::Tensor pixels_;   ///< [batch, input, input, 3]
  at::Tensor targets_;  ///< [batch, features]
};

}  // namespace

Result<void> pretrain(const Lessons& lessons, const PretrainSettings& settings, const fs::path& folder,
                      Watch& watch) {
  DEW_CHECK(check(lessons, settings));
  DEW_CHECK(make_folders(folder));
  return guarded("pretraining the backbone", [&]() -> Result<void> {
    const KeepFreedMemory keep;
    const Patience patience;
    return Pretrainer(lessons, settings, folder).run(watch);
  });
}

}  // namespace dew::student
