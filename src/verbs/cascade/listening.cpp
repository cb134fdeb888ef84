#include "verbs/cascade/listening.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>

#include "kernels/dew_sound.h"
#include "media/frames.h"
#include "media/sound.h"
#include "sound/manifest.h"
#include "sound/sound.h"
#include "verbs/cascade/lost_source.h"
#include "verbs/cascade/thread_watch.h"

namespace dew::verbs {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenCounts{200};
constexpr int kStepMs = 20;  ///< between features, where no manifest says another
constexpr int kJudgedMs =
    40;  ///< between two answers of a net that sees a whole word at once, and forgets it

/// The pictures of a video beside its sound; none of what has no pictures, or cannot be read twice.
class Pictures {
 public:
  Pictures(const std::string& source, const WatchPlan& plan, Watch& watch) : watch_(watch) {
    auto opened = FrameSource::open(source, plan.limits, watch);
    if (opened && !opened->live()) frames_.emplace(*std::move(opened));
  }

  /// What is to be seen at this time; empty where there is nothing.
  const Image& at(double seconds) {
    constexpr double kBetween = 0.1;  // more of them tell no more
    if (!frames_ || (seen_ && seconds - taken_ < kBetween)) return picture_;
    while (frames_->number() < 0 || frames_->seconds() < seconds) {
      const auto more = frames_->advance(watch_);
      if (!more) frames_.reset();
      if (!more || !*more) break;
    }
    if (!frames_ || frames_->number() < 0) return picture_;
    if (auto image = frames_->image()) picture_ = *std::move(image);
    seen_ = true;
    taken_ = seconds;
    return picture_;
  }

 private:
  Watch& watch_;
  std::optional<FrameSource> frames_;
  Image picture_;
  bool seen_ = false;
  double taken_ = 0;
};

/// The newest features, and the net's mean answer.
class Ear {
 public:
  explicit Ear(const WatchPlan& plan)
      : plan_(plan), feed_(*plan.sound), net_(plan.model.plan), temper_(plan.temperature) {}

  /// Absent: the net is not asked yet, or not this time.
  Result<std::optional<std::vector<uint8_t>>> hear(const sound::Features& features) {
    const size_t most = static_cast<size_t>(feed_.rows) * sound::kChannels;
    if (rows_.size() == most) rows_.erase(rows_.begin(), rows_.begin() + sound::kChannels);
    for (const uint16_t feature : features)
      rows_.push_back(static_cast<uint8_t>(dew_sound_quantize(feature, feed_.divisor, feed_.zero_point)));
    if (rows_.size() < most || heard_++ % feed_.every != 0) return std::optional<std::vector<uint8_t>>();
    DEW_TRY(const auto output, net_.run(rows_));
    return std::optional(mean_of(scores(output, plan_.model.plan)));
  }

  /// What comes next does not follow what was heard.
  void forget() {
    net_.forget();
    rows_.clear();
    last_.clear();
    heard_ = 0;
  }

 private:
  std::vector<uint8_t> mean_of(std::vector<double> now) {
    last_.push_back(std::move(now));
    if (std::ssize(last_) > feed_.average) last_.pop_front();
    std::vector<uint8_t> steps;
    for (size_t output = 0; output < last_.front().size(); ++output) {
      double sum = 0;
      for (const auto& one : last_) sum += one[output];
      steps.push_back(cascade::score_step(sum / feed_.average));
    }
    temper_.apply(steps);
    std::vector<uint8_t> found;
    for (const EventClass& one : plan_.events) found.push_back(steps[one.output]);
    return found;
  }

  const WatchPlan& plan_;
  const SoundFeed& feed_;
  target::HostNet net_;
  cascade::Temper temper_;
  std::vector<uint8_t> rows_;
  int64_t heard_ = 0;
  std::deque<std::vector<double>> last_;  ///< of the net's outputs, one a class
};

class Listening {
 public:
  Listening(size_t number, const WatchSource& source, const WatchPlan& plan, Inbox<Sight>& inbox,
            const std::atomic<bool>& stop)
      : plan_(plan),
        source_(source),
        inbox_(inbox),
        watch_(inbox, stop),
        lost_(source.source, watch_),
        ear_(plan),
        front_end_(plan.sound->step),
        watcher_(plan.settings) {
    counts_.source = number;
  }

  void run() {
    if (auto ended = follow_to_the_end(); !ended) counts_.broke_off = ended.error();
    tell(watcher_.finish());
    counts_.ended = true;
    inbox_.put(counts_);
  }

 private:
  /// A stream that breaks off is taken up again.
  Result<void> follow_to_the_end() {
    if (source_.regions.front())
      return usage_error("a sound has no parts", printable_source(source_.source), "leave out #xywh=");
    while (true) {
      const auto ended = follow();
      if (!endless_ || watch_.interrupted()) return ended;
      if (lost_.lost(ended ? "the stream has ended" : ended.error().what)) {
        ++counts_.breaks;
        tell(watcher_.finish());
        inbox_.put(counts_);
      }
      lost_.pause([this] { return watch_.interrupted(); });
    }
  }

  Result<void> follow() {
    DEW_TRY(SoundSource sound, SoundSource::open(source_.source, watch_));
    live_ = sound.live();
    endless_ = sound.endless();
    if (began_) listen_anew();
    if (!live_) pictures_.emplace(source_.source, plan_, watch_);
    while (true) {
      DEW_TRY(const auto samples, sound.read(watch_));
      if (samples.empty()) return {};
      if (!began_) began_ = Steady::now();
      lost_.is_back();
      Result<void> seen;
      front_end_.hear(samples, [&](const sound::Features& features) {
        if (seen) seen = hear(features, sound.start());
      });
      DEW_CHECK(seen);
      count();
    }
  }

  /// Its time goes on by the clock of this machine.
  void listen_anew() {
    const double away = std::chrono::duration<double>(Steady::now() - *began_).count() - counts_.seconds;
    missed_ += std::max(0.0, away);
    ear_.forget();
    front_end_ = sound::FrontEnd(plan_.sound->step);
  }

  Result<void> hear(const sound::Features& features, double start) {
    const int64_t step = steps_++;
    counts_.seconds = missed_ + static_cast<double>(step * plan_.sound->step + sound::kWindow) / sound::kRate;
    DEW_TRY(auto scores, ear_.hear(features));
    if (!scores) return {};
    ++counts_.frames;
    const double now = start + counts_.seconds;
    tell(watcher_.see({pictures_ ? pictures_->at(now) : none_, step, now, std::move(*scores)}));
    return {};
  }

  void count() {
    if (Steady::now() - counted_ < kBetweenCounts) return;
    counted_ = Steady::now();
    inbox_.put(counts_);
  }

  void tell(std::vector<cascade::Happening> happenings) {
    for (cascade::Happening& one : happenings)
      inbox_.put(SawHappening{counts_.source, 0, live_, std::move(one)});
  }

  const WatchPlan& plan_;
  const WatchSource& source_;
  Inbox<Sight>& inbox_;
  ThreadWatch watch_;
  LostSource lost_;
  Ear ear_;
  sound::FrontEnd front_end_;
  cascade::Watcher watcher_;
  std::optional<Pictures> pictures_;
  const Image none_;
  SawFrames counts_;
  Steady::time_point counted_ = Steady::now();
  int64_t steps_ = 0;
  std::optional<Steady::time_point> began_;  ///< when the first samples came
  double missed_ = 0;                        ///< seconds, while the source was away
  bool live_ = false;
  bool endless_ = false;
};

/// How the net wants its features. Error (usage): it takes none.
Result<SoundFeed> feed_of(const Model& model, int step_ms) {
  const graph::Tensor& input = model.graph.tensors[static_cast<size_t>(model.graph.inputs[0])];
  const int64_t elements = input.elements();
  constexpr int64_t kMostRows = 1000;
  const auto channels = static_cast<int64_t>(sound::kChannels);
  if (input.type != graph::DType::kInt8 || elements % channels != 0 || elements > kMostRows * channels)
    return usage_error(
        "the net does not take features of 40 channels in int8", model.file.string(),
        "give a keyword model whose input is [1, steps, 40]: micro_speech, microWakeWord's kind");
  SoundFeed feed;
  feed.rows = static_cast<int>(elements / channels);
  feed.step = step_ms * sound::kRate / 1000;
  // A net that remembers has seen what came before, so all that it is given must be new.
  feed.every = model.plan.remembered.empty() ? std::max(1, kJudgedMs / step_ms) : feed.rows;
  // A feature of 25.6 is 1: dew_sound_quantize().
  const double divisor = input.quantisation.scale[0] * 25.6 * 256;
  if (!(divisor >= 1 && divisor < 1e6))
    return usage_error("the scale of the net's input is none of such features", model.file.string(),
                       "features reach from 0 to 26: the scale is 26/256");
  feed.divisor = static_cast<int>(std::lround(divisor));
  feed.zero_point = static_cast<int>(input.quantisation.zero_point[0]);
  return feed;
}

}  // namespace

Result<CascadeNet> net_that_listens(const fs::path& sound, const ModelArgs& args) {
  if (!args.model.empty() || !args.run.empty())
    return usage_error("--sound names the net that listens, and another net is named as well", sound.string(),
                       "leave out --model and --run; watch in a call of its own");
  ModelArgs which;
  which.model = sound;
  which.classes = args.classes;
  which.isa = compiler::isa_name(target::host_isa());  // all give the same bytes
  std::optional<sound::Manifest> manifest;
  if (lower(sound.extension().string()) == ".json") {
    DEW_TRY(manifest, sound::read_manifest(sound));
    which.model = manifest->model;
  }
  DEW_TRY(Model model, load_model(which));
  if (manifest && model.plan.scores() == 1) model.graph.classes = {manifest->word};
  if (model.graph.classes.empty())
    return usage_error("the sound model's classes have no names", model.file.string(),
                       "name them: --classes none,dewdrop, or a line each in " +
                           fs::path(model.file).replace_extension(".labels.txt").string());
  DEW_TRY(SoundFeed feed, feed_of(model, manifest ? manifest->step_ms : kStepMs));
  if (manifest) {
    feed.average = manifest->window;
    feed.cutoff = manifest->cutoff;
  }
  return CascadeNet{std::move(model), feed};
}

Result<std::vector<EventClass>> sound_events(Settings settings, const CascadeNet& net) {
  const std::vector<std::string>& classes = net.model.graph.classes;
  if (settings.when.all.empty() && classes.size() == 1) settings.when.all = classes;
  DEW_TRY(auto events, event_classes(settings, classes));
  if (!net.sound->cutoff) return events;
  for (EventClass& one : events) {
    one.rule.on = *net.sound->cutoff;
    one.rule.off = std::min(one.rule.off, one.rule.on);
    one.rule.n = one.rule.m = 1;
  }
  return events;
}

void listen(size_t number, const WatchSource& source, const WatchPlan& plan, Inbox<Sight>& inbox,
            const std::atomic<bool>& stop) {
  Listening(number, source, plan, inbox, stop).run();
}

}  // namespace dew::verbs
