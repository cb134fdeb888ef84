// Gathers the pictures' hashes from where they are kept, and makes groups of the samples.
#include "verbs/browse/groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "label/feature_cache.h"
#include "label/near_groups.h"
#include "media/hash.h"
#include "media/idx.h"
#include "verbs/browse/kept.h"
#include "verbs/browse/sample_index.h"
#include "verbs/common/open.h"
#include "verbs/common/pictures.h"

namespace dew::verbs {
namespace {

using Hashes = std::map<int64_t, uint64_t>;

constexpr size_t kTogether = 500;  // hashes that are stored at once

/// A ranking and the map have looked at pictures before; whichever backbone did, the hash is the picture's.
void take_from_features(const fs::path& folder, Hashes& hashes) {
  std::error_code none;
  for (const auto& file : fs::directory_iterator(folder / ".dewdrop" / "features", none))
    // One that is damaged is told and made anew by those who need the features.
    (void)label::read_features(file.path(),
                               [&hashes](const label::FeatureRow& row) { hashes[row.sample] = row.hash; });
}

/// Of those that have none. The project keeps those of frames, as for labelling; a still picture's would
/// change what a training takes for near-duplicates.
Result<void> compute_missing(Project& project, const std::vector<Sample>& samples, Hashes& hashes,
                             Watch& watch) {
  std::vector<Sample> missing;
  for (const Sample& sample : samples)
    if (hashes.count(sample.id) == 0) missing.push_back(sample);
  if (missing.empty()) return {};
  Hashes fresh;
  const auto keep = [&]() -> Result<void> {
    DEW_CHECK(project.set_hashes(fresh));
    fresh.clear();
    return {};
  };
  int64_t done = 0;
  watch.begin("comparing pictures", static_cast<int64_t>(missing.size()));
  const auto looked = readable_pictures(
      project, missing,
      [&](size_t index, const Image& image) -> Result<void> {
        const uint64_t hash = hashes[missing[index].id] = difference_hash(image);
        if (missing[index].frame) fresh[missing[index].id] = hash;
        watch.advance(++done);
        return fresh.size() == kTogether ? keep() : Result<void>();
      },
      watch);
  watch.end();
  DEW_CHECK(keep());  // what was read counts, also before an error
  if (!looked) return tl::unexpected(looked.error());
  if (*looked && hashes.empty()) return tl::unexpected(**looked);
  return {};
}

constexpr const char* kName = "groups";
constexpr int kForm = 2;  ///< to be raised with what label::near_groups() or the file's form changes
constexpr size_t kLeastGroup = 5 * sizeof(uint64_t);  // bytes of a group: two samples and three numbers

std::string made_of(const std::string& samples, const Settings& settings) {
  return fmt::format("form {}, samples {}, bits {}", kForm, samples, settings.spread_bits);
}

/// What is known of a group beside its samples.
void describe(NearGroup& group, const std::unordered_map<int64_t, const Sample*>& of,
              const std::map<int64_t, double>& rates) {
  std::map<int64_t, std::pair<double, double>> spans;  // of each source, from when to when
  for (const int64_t id : group.samples) {
    const Sample& sample = *of.at(id);
    const auto rate = rates.find(sample.source);
    const double at =
        sample.frame && rate != rates.end() ? static_cast<double>(*sample.frame) / rate->second : 0;
    const auto [span, fresh] = spans.emplace(sample.source, std::pair(at, at));
    span->second = {std::min(span->second.first, at), std::max(span->second.second, at)};
  }
  group.sources = std::ssize(spans);
  for (const auto& [source, span] : spans) group.seconds = std::max(group.seconds, span.second - span.first);
}

}  // namespace

Result<NearGroups> NearGroups::make(const fs::path& folder, Watch& watch) {
  DEW_TRY(Project project, open_project(folder, watch));
  DEW_TRY(const auto samples, project.samples());
  DEW_TRY(Hashes hashes, project.hashes());
  take_from_features(project.folder(), hashes);
  DEW_CHECK(compute_missing(project, samples, hashes, watch));
  DEW_TRY(const auto sources, project.sources());
  std::map<int64_t, double> rates;
  for (const Source& source : sources)
    if (source.info.frames_per_second > 0 && source.info.frames_per_second != kUnrelatedFrames)
      rates[source.id] = source.info.frames_per_second;
  std::vector<std::pair<int64_t, uint64_t>> hashed;
  std::unordered_map<int64_t, const Sample*> of;
  NearGroups made;
  for (const Sample& sample : samples) {
    of[sample.id] = &sample;
    if (const auto hash = hashes.find(sample.id); hash != hashes.end())
      hashed.emplace_back(sample.id, hash->second);
    else
      made.unreadable_.push_back(sample.id);
  }
  made.made_of_ = made_of(samples_mark(samples), project.settings());
  for (auto& group : label::near_groups(hashed, project.settings().spread_bits)) {
    made.groups_.push_back({std::move(group), 0, 0});
    describe(made.groups_.back(), of, rates);
  }
  if (const auto written = keep_beside(project.folder(), kName, made.packed()); !written)
    watch.warn("the groups are not kept for the next time: " + written.error().what + " (" +
               written.error().where + ")");
  return made;
}

std::string NearGroups::packed() const {
  Packing packing;
  packing.put_text(made_of_);
  packing.put(static_cast<uint64_t>(groups_.size()));
  for (const NearGroup& group : groups_) {
    packing.put(group.sources);
    packing.put(group.seconds);
    packing.put(static_cast<uint64_t>(group.samples.size()));
    for (const int64_t sample : group.samples) packing.put(sample);
  }
  packing.put(static_cast<uint64_t>(unreadable_.size()));
  for (const int64_t sample : unreadable_) packing.put(sample);
  return packing.bytes();
}

std::optional<NearGroups> NearGroups::kept(const fs::path& project) {
  const auto body = kept_beside(project, kName);
  if (!body) return std::nullopt;
  Unpacking packed(*body);
  NearGroups made;
  made.made_of_ = packed.take_text();
  const uint64_t count = packed.take_count(kLeastGroup);
  made.groups_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    NearGroup group;
    group.sources = packed.take<int64_t>();
    group.seconds = packed.take<double>();
    const uint64_t samples = packed.take_count(sizeof(int64_t));
    if (samples < 2 || !std::isfinite(group.seconds)) return std::nullopt;
    for (uint64_t s = 0; s < samples; ++s) group.samples.push_back(packed.take<int64_t>());
    made.groups_.push_back(std::move(group));
  }
  const uint64_t unreadable = packed.take_count(sizeof(int64_t));
  for (uint64_t i = 0; i < unreadable; ++i) made.unreadable_.push_back(packed.take<int64_t>());
  return packed.ended() ? std::optional(std::move(made)) : std::nullopt;
}

bool NearGroups::is_of(const SampleBrowser& browser) const {
  return made_of_ == made_of(browser.samples_mark(), *browser.settings());
}

Json to_json(const NearGroups& groups) {
  return Json{{"groups", groups.groups().size()}};
}

}  // namespace dew::verbs
