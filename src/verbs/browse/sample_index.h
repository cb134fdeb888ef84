// sample_index: what is known of every sample, small enough to be held for all of them, and the filters over
// it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/texts.h"
#include "store/store.h"
#include "verbs/browse/browse.h"

namespace dew::verbs {

/// One sample.
struct IndexedSample {
  static constexpr int16_t kUnlabelled = SampleColumns::kUnlabelled;
  static constexpr int16_t kAside = SampleColumns::kAside;
  enum class Origin : uint8_t { kNone, kPeople, kTeacher, kSpread, kLocal };

  int64_t id = 0;
  int64_t source = 0;
  int64_t frame = -1;  ///< -1: a still picture
  Rect region;         ///< of width 0: the whole picture
  std::string_view name;
  float confidence = -1;        ///< -1: not known
  int16_t label = kUnlabelled;  ///< index into the classes, or one of the above
  int16_t former = -1;  ///< index of the class it was given, where the project has that no more; -1: none
  Origin origin = Origin::kNone;
  Split split = Split::kTrain;
};

using Suspicions = std::unordered_map<int64_t, double>;

/// A state of the project: never changed once it is shared. Copies share the names.
class SampleIndex {
 public:
  static Result<SampleIndex> read(const Project& project);

  [[nodiscard]] const std::vector<IndexedSample>& samples() const { return samples_; }
  /// Without folder and version.
  [[nodiscard]] SetSummary summary() const;
  [[nodiscard]] const Settings& settings() const { return *settings_; }
  [[nodiscard]] size_t sources() const { return sources_->size(); }
  /// As SampleBrowser::samples_mark().
  [[nodiscard]] const std::string& mark() const { return mark_; }
  /// Null: there is none.
  [[nodiscard]] const IndexedSample* find(int64_t id) const;
  [[nodiscard]] std::string source_name(int64_t source) const;
  [[nodiscard]] ListedSample listed(const IndexedSample& sample, const Suspicions& suspicions) const;
  /// Places in samples(). Errors as SampleBrowser::page().
  [[nodiscard]] Result<std::vector<uint32_t>> filter(const SampleFilter& filter,
                                                     const Suspicions& suspicions) const;

  /// The labels that stand about these samples now; one that is not among `labels` has none.
  void relabel(const std::vector<int64_t>& samples, const std::vector<Label>& labels);

 private:
  void apply(IndexedSample& sample, const Label& label);

  std::shared_ptr<const Settings> settings_;
  std::shared_ptr<const std::map<int64_t, std::string>> sources_;  ///< names
  std::shared_ptr<const Texts> names_;
  std::shared_ptr<const std::vector<std::pair<int64_t, uint32_t>>> by_id_;  ///< places, sorted by id
  std::vector<IndexedSample> samples_;                                      ///< in the order of their names
  std::vector<std::string> former_;  ///< classes that labels name and the project has no more
  std::string mark_;
};

/// As the project knows it, to read its picture.
Sample sample_of(const IndexedSample& indexed);

/// Tells sets of samples apart, by their numbers and names, in whatever order they come.
std::string samples_mark(const std::vector<Sample>& samples);

std::string_view origin_name(IndexedSample::Origin origin);

}  // namespace dew::verbs
