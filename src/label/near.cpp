// Near-duplicates: which samples need not be asked about, and the labels they take.
#include <algorithm>
#include <tuple>

#include "label/label.h"

namespace dew::label {
namespace {

constexpr std::string_view kSpread = "spread:";  // before the basis of a label that was lent

/// One tile of one video: what can be the same picture a moment later.
using Place = std::tuple<int64_t, int, int, int, int>;

Place place_of(const Sample& sample) {
  const Rect region = sample.region.value_or(Rect{});
  return {sample.source, region.x, region.y, region.width, region.height};
}

struct Asked {
  int64_t sample;
  double seconds;
  uint64_t hash;
};

}  // namespace

std::vector<Spread> find_near(const std::vector<Sample>& samples, const std::vector<Source>& sources,
                              const std::map<int64_t, uint64_t>& hashes, const Nearness& nearness) {
  std::map<int64_t, double> rate;
  for (const Source& source : sources)
    if (source.info.kind == MediaKind::kVideo && source.info.frames_per_second > 0)
      rate[source.id] = source.info.frames_per_second;
  std::map<Place, std::vector<const Sample*>> places;
  for (const Sample& sample : samples)
    if (sample.frame && rate.count(sample.source) != 0 && hashes.count(sample.id) != 0)
      places[place_of(sample)].push_back(&sample);

  std::vector<Spread> spreads;
  for (auto& [place, there] : places) {
    std::sort(there.begin(), there.end(),
              [](const Sample* a, const Sample* b) { return a->frame < b->frame; });
    std::vector<Asked> asked;
    for (const Sample* sample : there) {
      const double seconds = static_cast<double>(*sample->frame) / rate[sample->source];
      const uint64_t hash = hashes.at(sample->id);
      const Asked* nearest = nullptr;
      int least = nearness.bits + 1;
      for (auto at = asked.rbegin(); at != asked.rend() && seconds - at->seconds <= nearness.seconds; ++at)
        if (const int distance = hash_distance(at->hash, hash); distance < least) {
          least = distance;
          nearest = &*at;
        }
      if (nearest != nullptr)
        spreads.push_back({sample->id, nearest->sample});
      else
        asked.push_back({sample->id, seconds, hash});
    }
  }
  return spreads;
}

std::string_view without_spread(std::string_view basis) {
  if (basis.starts_with(kSpread)) basis.remove_prefix(kSpread.size());
  return basis;
}

std::vector<Label> spread_labels(const std::vector<Label>& decided, const std::vector<Spread>& spreads) {
  std::map<int64_t, const Label*> of;
  for (const Label& label : decided) of[label.sample] = &label;
  std::vector<Label> lent;
  for (const Spread& spread : spreads) {
    const auto like = of.find(spread.like);
    if (like == of.end() || of.count(spread.sample) != 0) continue;
    Label label = *like->second;
    label.sample = spread.sample;
    label.basis = std::string(kSpread) + like->second->basis;
    lent.push_back(std::move(label));
  }
  return lent;
}

}  // namespace dew::label
