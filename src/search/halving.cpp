// Successive halving: many candidates for few epochs, few candidates for many.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "search/search.h"

namespace dew::search {
namespace {

/// An accuracy after fewer epochs means nothing.
constexpr int kLeastEpochs = 2;

/// The share of its epochs that a candidate is trained for in each round: half as much as in the following
/// round, and all in the last one. From round to round half of the candidates stay.
std::vector<double> rounds(size_t candidates) {
  std::vector<double> result{1.0};
  for (size_t left = 2; left < candidates; left *= 2) result.insert(result.begin(), result.front() / 2);
  return result;
}

/// Trained longer, then more accurate; among equals the one with less RAM.
bool better(const NetCandidate& a, const NetCandidate& b) {
  if (a.trained_share != b.trained_share) return a.trained_share > b.trained_share;
  if (a.accuracy != b.accuracy) return a.accuracy > b.accuracy;
  return a.figures.ram_bytes < b.figures.ram_bytes;
}

/// Pictures by input size, loaded once: several candidates share them.
class PictureCache {
 public:
  explicit PictureCache(const Task& task) : task_(task) {}
  Result<const Pictures*> at(int input) {
    const auto found = loaded_.find(input);
    if (found != loaded_.end()) return &found->second;
    DEW_TRY(Pictures pictures, task_.load(input));
    if (pictures.validation.empty())
      return work_error("there is no validation picture to choose a net by", {},
                        "set validation_share in dewdrop.toml before adding files, or choose a net yourself: "
                        "dewdrop train --net ... --input ...");
    return &loaded_.emplace(input, std::move(pictures)).first->second;
  }

 private:
  const Task& task_;
  std::map<int, Pictures> loaded_;
};

Result<void> train_share(const Task& task, PictureCache& cache, NetCandidate& candidate, double share,
                         Watch& watch) {
  DEW_TRY(const Pictures* pictures, cache.at(candidate.settings.input));
  student::TrainSettings settings = candidate.settings;
  settings.epochs = std::max(kLeastEpochs, static_cast<int>(std::lround(share * settings.epochs)));
  DEW_TRY(const auto trained, student::train(pictures->train, pictures->validation, settings,
                                             training_folder(task.folder, settings), watch));
  candidate.trained_share = share;
  candidate.epochs = settings.epochs;
  candidate.accuracy = trained.validation_accuracy;
  return {};
}

/// Marks the candidates that no other one beats in accuracy, RAM and flash at once.
void mark_front(std::vector<NetCandidate>& candidates) {
  for (NetCandidate& one : candidates) {
    one.best_of_its_size =
        std::none_of(candidates.begin(), candidates.end(), [&one](const NetCandidate& other) {
          const bool no_worse = other.accuracy >= one.accuracy &&
                                other.figures.ram_bytes <= one.figures.ram_bytes &&
                                other.figures.flash_bytes <= one.figures.flash_bytes;
          const bool better_in_one = other.accuracy > one.accuracy ||
                                     other.figures.ram_bytes < one.figures.ram_bytes ||
                                     other.figures.flash_bytes < one.figures.flash_bytes;
          return no_worse && better_in_one;
        });
  }
}

/// Puts the candidate's name before each stage that its training reports.
class PrefixedWatch : public Watch {
 public:
  PrefixedWatch(Watch& watch, std::string name) : watch_(watch), name_(std::move(name)) {}
  void begin(std::string_view what, int64_t total) override {
    watch_.begin(fmt::format("{}: {}", name_, what), total);
  }
  void advance(int64_t done, std::string_view note) override { watch_.advance(done, note); }
  void end() override { watch_.end(); }
  void warn(const std::string& message) override { watch_.warn(message); }
  [[nodiscard]] bool interrupted() const override { return watch_.interrupted(); }

 private:
  Watch& watch_;
  const std::string name_;
};

}  // namespace

fs::path training_folder(const fs::path& folder, const student::TrainSettings& settings) {
  std::string name = fmt::format("{}, {} epochs", describe(settings), settings.epochs);
  std::replace(name.begin(), name.end(), ' ', '-');
  name.erase(std::remove(name.begin(), name.end(), ','), name.end());
  return folder / name;
}

Result<std::vector<NetCandidate>> halve(const Task& task, std::vector<NetCandidate> candidates,
                                        Watch& watch) {
  PictureCache cache(task);
  size_t left = candidates.size();
  for (const double share : rounds(candidates.size())) {
    for (size_t i = 0; i < left; ++i) {
      if (watch.interrupted()) return interrupted_error();
      PrefixedWatch prefixed(watch, describe(candidates[i].settings));
      DEW_CHECK(train_share(task, cache, candidates[i], share, prefixed));
    }
    std::stable_sort(candidates.begin(), candidates.end(), better);
    left = (left + 1) / 2;
  }
  mark_front(candidates);
  return candidates;
}

}  // namespace dew::search
