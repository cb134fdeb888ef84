// Pretraining: a backbone learns a larger net's features. Epochs of augmented views, AdamW, a moving average.
#include "student/pretrain.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "student/augment.h"
#include "student/backbone.h"
#include "student/fingerprint.h"
#include "student/infer.h"
#include "student/random.h"
#include "student/schedule.h"
#include "student/tensors.h"
#include "student/training.h"
#include "student/weights.h"

namespace dew::student {
namespace {

constexpr int kClasses = 2;             ///< of the dense layer that is not used
constexpr int64_t kHeldOutPeriod = 50;  ///< one picture in this many is never trained on
constexpr double kWarmUp = 0.03;        ///< share of all steps
constexpr double kAverageSpan = 0.01;
constexpr double kMomentum = 0.1;  ///< of the running statistics

Result<void> check(const PretrainData& data, const PretrainSettings& settings) {
  const auto size = static_cast<size_t>(data.size);
  const size_t count = data.targets.size() / std::max<size_t>(1, static_cast<size_t>(data.head.features));
  if (data.views < 1 || count == 0 || data.pictures.size() != count * size * size * 3 ||
      count % static_cast<size_t>(data.views) != 0)
    return work_error("the pictures, their views and the teacher's features do not match in number", {},
                      "make them again in another folder");
  if (settings.stages.empty() || settings.batch < 2)
    return usage_error("there is nothing to train", {}, "give a stage and a batch of 2 or more");
  for (const PretrainStage& stage : settings.stages)
    DEW_CHECK(check_dimensions(settings.alpha, stage.input, kClasses));
  const int features = mobilenet_v2(settings.alpha, settings.stages[0].input, kClasses).features();
  if (features != data.head.features)
    return work_error(fmt::format("the teacher has {} features, a student of alpha {} has {}",
                                  data.head.features, settings.alpha, features),
                      {}, "choose a teacher and an alpha with the same number of features");
  return {};
}

/// How near the averaged net is to its teacher on pictures that no step saw.
struct HeldOutFigures {
  double explained = 0;  ///< share of the features' variance
  double agreement = 0;  ///< share of the pictures for which both have the same highest score
};

/// The name and the origin are left out: they change nothing in the numbers.
std::string fingerprint(const PretrainData& data, const PretrainSettings& settings) {
  const auto& [alpha, stages, batch, learning_rate, weight_decay, temperature, features_weight, seed, from,
               name, origin] = settings;
  (void)name, (void)origin;
  nlohmann::json all_stages;
  for (const auto& [input, epochs] : stages) all_stages.push_back({input, epochs});
  const auto& [size, views, pictures, targets, head] = data;
  const auto& [features, outputs, scale, zero_point, weights, bias] = head;
  const auto start = from.empty() ? Result<std::string>("random weights") : sha256_file(from);
  return nlohmann::json{
      {"pretraining", 2},
      {"stages", all_stages},
      {"settings", {alpha, batch, learning_rate, weight_decay, temperature, features_weight, seed}},
      {"from", start.value_or("")},
      {"data", {size, views, mark(pictures), mark(targets)}},
      {"teacher", {features, outputs, scale, zero_point, mark(weights), mark(bias)}}}
      .dump();
}

class Pretrainer {
 public:
  Pretrainer(const PretrainData& data, const PretrainSettings& settings, const fs::path& folder)
      : data_(data),
        settings_(settings),
        folder_(folder),
        head_weights_(at::tensor(data.head.weights).view({data.head.outputs, data.head.features, 1, 1})),
        head_bias_(at::tensor(data.head.bias)),
        mark_(fingerprint(data, settings)) {
    const auto pictures = static_cast<int64_t>(data.targets.size()) / data.head.features / data.views;
    for (int64_t i = 0; i < pictures; ++i) {
      if (i % kHeldOutPeriod == 0)
        held_out_.push_back(i);
      else
        taught_.push_back(i);
    }
    batches_ = {static_cast<int64_t>(taught_.size()) / settings.batch, settings.batch};
    for (const PretrainStage& stage : settings.stages) epochs_ += stage.epochs;
    schedule_ = {settings.learning_rate, static_cast<double>(batches_.count) * epochs_, kWarmUp};
    measure_targets();
  }

  Result<void> run(Watch& watch) {
    if (batches_.count == 0)
      return work_error("there are fewer pictures than a batch", {}, "give more, or a smaller batch");
    watch.begin("pretraining", epochs_);
    int end = 0;
    for (const PretrainStage& stage : settings_.stages) {
      end += stage.epochs;
      DEW_CHECK(enter(stage));
      if (!begun_) {
        begun_ = true;
        load_checkpoint(folder_, mark_, state_, watch);
      }
      while (state_.epoch < end) {
        DEW_TRY(EpochFigures figures, epoch(watch));
        ++state_.epoch;
        if (state_.epoch == end) recalibrate();
        const HeldOutFigures held_out = measure_held_out();
        figures.validation_accuracy = held_out.agreement;
        figures.validation_loss = 1 - held_out.explained;
        state_.curve.push_back(figures);
        DEW_CHECK(save());
        watch.advance(
            state_.epoch,
            fmt::format("{} px, loss {:.3f}, features {:.1f} % explained, {:.1f} % agree", stage.input,
                        figures.train_loss, 100 * held_out.explained, 100 * held_out.agreement));
      }
    }
    watch.end();
    return write_result();  // once more: a finished training may have been given another name
  }

 private:
  /// Moves the same numbers to a net with this stage's input.
  Result<void> enter(const PretrainStage& stage) {
    auto net = std::make_unique<Net>(mobilenet_v2(settings_.alpha, stage.input, kClasses));
    if (net_) {
      net->parameters.copy_(state_.parameters);
      net->statistics.copy_(state_.statistics);
    } else {
      DEW_CHECK(begin(*net));
      state_ = start_training(*net);
    }
    net_ = std::move(net);
    state_.parameters = net_->parameters;
    state_.statistics = net_->statistics;
    input_ = stage.input;
    pixels_ = at::empty({settings_.batch, input_, input_, 3});
    targets_ = at::empty({settings_.batch, data_.head.features});
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

  /// The variance of the teacher's features, summed: the loss on features is a share of it.
  void measure_targets() {
    const auto features = static_cast<size_t>(data_.head.features);
    std::vector<double> sum(features);
    std::vector<double> squares(features);
    const size_t step = features * static_cast<size_t>(data_.views);
    size_t count = 0;
    for (size_t at = 0; at + features <= data_.targets.size(); at += step, ++count)
      for (size_t f = 0; f < features; ++f) {
        const double value = feature(data_.targets[at + f]);
        sum[f] += value;
        squares[f] += value * value;
      }
    const auto n = static_cast<double>(count);
    for (size_t f = 0; f < features; ++f) spread_ += squares[f] / n - sum[f] / n * (sum[f] / n);
    spread_ = std::max(spread_, 1e-6);
  }

  [[nodiscard]] float feature(uint8_t byte) const {
    return data_.head.scale * static_cast<float>(static_cast<int8_t>(byte) - data_.head.zero_point);
  }

  [[nodiscard]] std::vector<int64_t> shuffled() const {
    std::vector<int64_t> order = taught_;
    Random(settings_.seed, Stream::kPretrainShuffle, static_cast<uint64_t>(state_.epoch)).shuffle(order);
    return order;
  }

  void fill(const int64_t* order) {
    const auto view_bytes = static_cast<size_t>(data_.size) * static_cast<size_t>(data_.size) * 3;
    const auto features = static_cast<size_t>(data_.head.features);
    const size_t elements = size_t{3} * static_cast<size_t>(input_) * static_cast<size_t>(input_);
    const auto epoch = static_cast<uint64_t>(state_.epoch);
    at::parallel_for(0, settings_.batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const auto picture = static_cast<uint64_t>(order[i]);
        const auto views = static_cast<uint64_t>(data_.views);
        const uint64_t view =
            picture * views + Random(settings_.seed, Stream::kPretrainView, epoch, picture).below(views);
        augment({data_.pictures.data() + view * view_bytes, view_bytes}, data_.size, kChanges,
                Random(settings_.seed, Stream::kPretrainAugment, epoch, picture), input_,
                {pixels_.data_ptr<float>() + static_cast<size_t>(i) * elements, elements});
        float* to = targets_.data_ptr<float>() + static_cast<size_t>(i) * features;
        for (size_t f = 0; f < features; ++f) to[f] = feature(data_.targets[view * features + f]);
      }
    });
  }

  StepFigures step() {
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
    const double decay = average_decay(kAverageSpan, batches_.count, epochs_, state_.steps);
    move_average(values(state_.average_parameters), values(net_->parameters), decay);
    move_average(values(state_.average_statistics), values(net_->statistics), decay);
    return {loss.item<double>()};
  }

  /// The teacher's scores of features [n, features]. Computed as a convolution, which runs in oneDNN:
  /// at::linear may call the reference BLAS, which took half the time of the whole training.
  [[nodiscard]] at::Tensor scores(const at::Tensor& features) const {
    return at::conv2d(features.view({features.size(0), -1, 1, 1}), head_weights_, head_bias_).flatten(1);
  }

  void optimise() {
    ++state_.steps;
    const double rate = schedule_.rate(state_.steps);
    const Layout& layout = net_->layout();
    update(*net_, state_, {rate, settings_.weight_decay, state_.steps}, 0, layout.decayed);
    update(*net_, state_, {rate, 0.0, state_.steps}, layout.decayed, layout.parameters);
  }

  Result<EpochFigures> epoch(const Watch& watch) {
    const std::vector<int64_t> order = shuffled();
    return run_epoch(state_, batches_, settings_.learning_rate, watch, [&](int64_t batch) {
      fill(order.data() + batch * settings_.batch);
      return step();
    });
  }

  /// The averaged weights' own statistics, measured on part of the pictures.
  void recalibrate() {
    constexpr int64_t kEnough = 100;
    const at::NoGradGuard no_gradients;
    const at::Tensor parameters = net_->parameters.clone();
    const at::Tensor statistics = net_->statistics.clone();
    net_->parameters.copy_(state_.average_parameters);
    const std::vector<int64_t> order = shuffled();
    for (int64_t batch = 0; batch < std::min(batches_.count, kEnough); ++batch) {
      fill(order.data() + batch * settings_.batch);
      net_->features(pixels_.permute({0, 3, 1, 2}), 1.0 / static_cast<double>(batch + 1));
    }
    state_.average_statistics.copy_(net_->statistics);
    net_->parameters.copy_(parameters);
    net_->statistics.copy_(statistics);
  }

  /// Whole pictures, unchanged but for their size.
  [[nodiscard]] HeldOutFigures measure_held_out() {
    const at::NoGradGuard no_gradients;
    const Inference inference(fold(net_->architecture(), state_.average_parameters.data_ptr<float>(),
                                   state_.average_statistics.data_ptr<float>()));
    const auto view_bytes = static_cast<size_t>(data_.size) * static_cast<size_t>(data_.size) * 3;
    const auto features = static_cast<size_t>(data_.head.features);
    const Augmentation none{0, 0, 0, 0, 0, 0};
    const size_t elements = size_t{3} * static_cast<size_t>(input_) * static_cast<size_t>(input_);
    double apart = 0;
    int64_t agree = 0;
    for (size_t begin = 0; begin < held_out_.size(); begin += static_cast<size_t>(settings_.batch)) {
      const size_t count = std::min(held_out_.size() - begin, static_cast<size_t>(settings_.batch));
      std::vector<float> pixels(count * elements);
      at::Tensor seen = at::empty({static_cast<int64_t>(count), data_.head.features});
      at::Tensor wanted = at::empty_like(seen);
      for (size_t i = 0; i < count; ++i) {
        const auto view = static_cast<size_t>(held_out_[begin + i] * data_.views);
        augment({data_.pictures.data() + view * view_bytes, view_bytes}, data_.size, none,
                Random(0, Stream::kNone), input_, {pixels.data() + i * elements, elements});
        for (size_t f = 0; f < features; ++f)
          wanted.data_ptr<float>()[i * features + f] = feature(data_.targets[view * features + f]);
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

  Result<void> save() const {
    DEW_CHECK(write_result());
    return save_checkpoint(folder_, state_, mark_);
  }

  [[nodiscard]] Result<void> write_result() const {
    const Weights weights{net_->architecture(), numbers(state_.average_parameters),
                          numbers(state_.average_statistics)};
    return write_backbone(folder_ / "backbone.dewb",
                          {settings_.name, settings_.origin, settings_.alpha, input_, without_head(weights)});
  }

  /// Small: a view is a crop already, and it is what the teacher has seen.
  static constexpr Augmentation kChanges{
      .flip = 0.5, .zoom = 0.08, .shift = 0.04, .brightness = 0.05, .contrast = 0.15, .tint = 0.05};

  const PretrainData& data_;
  const PretrainSettings settings_;
  const fs::path folder_;
  const at::Tensor head_weights_;
  const at::Tensor head_bias_;
  const std::string mark_;
  std::vector<int64_t> taught_;
  std::vector<int64_t> held_out_;
  Batches batches_;
  int epochs_ = 0;
  CosineSchedule schedule_;
  double spread_ = 0;
  bool begun_ = false;
  std::unique_ptr<Net> net_;
  TrainingState state_;
  int input_ = 0;
  at::Tensor pixels_;   ///< [batch, input, input, 3]
  at::Tensor targets_;  ///< [batch, features]
};

}  // namespace

Result<void> pretrain(const PretrainData& data, const PretrainSettings& settings, const fs::path& folder,
                      Watch& watch) {
  return guarded_training("pretraining the backbone", [&]() -> Result<void> {
    DEW_CHECK(check(data, settings));
    DEW_CHECK(make_folders(folder));
    return Pretrainer(data, settings, folder).run(watch);
  });
}

}  // namespace dew::student
