// From what the backbone sees to points, and the points with their labels as columns.
#include "verbs/browse/map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/layout.h"
#include "student/backbone_store.h"
#include "student/features.h"
#include "verbs/browse/kept.h"
#include "verbs/browse/sample_index.h"
#include "verbs/common/open.h"
#include "verbs/common/picture_features.h"

namespace dew::verbs {
namespace {

/// Without the rows of samples that have no features; gives the samples that stay.
std::vector<int64_t> keep_seen(const std::vector<Sample>& samples, const std::map<int64_t, uint64_t>& seen,
                               label::Evidence& evidence) {
  std::vector<int64_t> kept;
  const auto row = [&evidence](size_t at) {
    return evidence.features.begin() + static_cast<std::ptrdiff_t>(at * evidence.columns);
  };
  for (size_t i = 0; i < samples.size(); ++i) {
    if (seen.count(samples[i].id) == 0) continue;
    if (kept.size() != i) std::copy(row(i), row(i + 1), row(kept.size()));
    kept.push_back(samples[i].id);
  }
  evidence.features.resize(kept.size() * evidence.columns);
  return kept;
}

constexpr const char* kName = "map";
constexpr int kLayout = 1;  ///< to be raised with what report::lay_out() or the file's form changes
constexpr uint16_t kNowhere = SampleMap::kSide;
constexpr size_t kPacked = sizeof(int64_t) + 2 * sizeof(uint16_t);  // bytes a sample

/// A backbone by what it is, not by its name alone: another one may come under the same name.
std::string backbone_mark(const std::string& wanted) {
  const std::string name = wanted.empty() ? student::default_backbone() : wanted;
  static const std::string bundled = sha256(student::bundled_bytes()).substr(0, 16);
  if (name == "bundled") return name + ":" + bundled;
  std::error_code code;
  const bool imported = name.find('/') == std::string::npos && fs::exists(student::imported_path(name), code);
  const fs::path file = imported ? student::imported_path(name) : fs::path(name);
  const auto size = fs::file_size(file, code);
  if (code) return name;  // "random", or one that is gone
  return fmt::format("{}:{}:{}", name, size, fs::last_write_time(file, code).time_since_epoch().count());
}

std::string made_of(const std::string& samples, const MapArgs& args) {
  return fmt::format("layout {}, samples {}, backbone {}, input {}", kLayout, samples,
                     backbone_mark(args.backbone), args.input);
}

uint16_t coordinate(double part) {
  return static_cast<uint16_t>(std::lround(part * (SampleMap::kSide - 1)));
}

void put(std::string& bytes, uint16_t number) {
  bytes += static_cast<char>(number & 0xff);
  bytes += static_cast<char>(number >> 8);
}

}  // namespace

Result<SampleMap> SampleMap::make(const MapArgs& args, Watch& watch) {
  DEW_TRY(const Project project, open_project(args.project, watch));
  DEW_TRY(const auto samples, project.samples());
  if (samples.empty())
    return work_error("there are no samples yet", project.folder().string(), "add pictures or videos first");
  label::Evidence evidence;
  DEW_TRY(const auto seen, gather_features(project, samples, args.backbone, args.input, evidence, watch));
  const auto kept = keep_seen(samples, seen, evidence);
  DEW_TRY(const auto places, report::lay_out(evidence.features, evidence.columns, watch));
  SampleMap map;
  map.made_of_ = made_of(samples_mark(samples), args);
  map.samples_.reserve(samples.size());
  for (const Sample& sample : samples) map.samples_.push_back(sample.id);
  std::sort(map.samples_.begin(), map.samples_.end());
  map.points_.resize(samples.size());
  for (size_t i = 0; i < kept.size(); ++i) {
    const auto at = std::lower_bound(map.samples_.begin(), map.samples_.end(), kept[i]);
    map.points_[static_cast<size_t>(at - map.samples_.begin())] =
        Point{coordinate(places[i][0]), coordinate(places[i][1])};
  }
  if (const auto written = keep_beside(project.folder(), kName, map.packed()); !written)
    watch.warn("the map is not kept for the next time: " + written.error().what + " (" +
               written.error().where + ")");
  return map;
}

std::string SampleMap::packed() const {
  Packing packing;
  packing.put_text(made_of_);
  packing.put(static_cast<uint64_t>(samples_.size()));
  for (size_t i = 0; i < samples_.size(); ++i) {
    packing.put(samples_[i]);
    packing.put(points_[i] ? points_[i]->x : kNowhere);
    packing.put(points_[i] ? points_[i]->y : kNowhere);
  }
  return packing.bytes();
}

std::optional<SampleMap> SampleMap::kept(const fs::path& project) {
  const auto body = kept_beside(project, kName);
  if (!body) return std::nullopt;
  Unpacking packed(*body);
  SampleMap map;
  map.made_of_ = packed.take_text();
  const uint64_t count = packed.take_count(kPacked);
  map.samples_.reserve(count);
  map.points_.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const auto sample = packed.take<int64_t>();
    const Point point{packed.take<uint16_t>(), packed.take<uint16_t>()};
    if (i > 0 && sample <= map.samples_.back()) return std::nullopt;
    map.samples_.push_back(sample);
    map.points_.push_back(point.x == kNowhere ? std::nullopt : std::optional(point));
  }
  return packed.ended() ? std::optional(std::move(map)) : std::nullopt;
}

bool SampleMap::is_of(const SampleBrowser& browser, const MapArgs& args) const {
  return made_of_ == made_of(browser.samples_mark(), args);
}

std::optional<SampleMap::Point> SampleMap::point(int64_t sample) const {
  const auto at = std::lower_bound(samples_.begin(), samples_.end(), sample);
  if (at == samples_.end() || *at != sample) return std::nullopt;
  return points_[static_cast<size_t>(at - samples_.begin())];
}

int64_t SampleMap::points() const {
  return std::count_if(points_.begin(), points_.end(), [](const auto& point) { return point.has_value(); });
}

Json to_json(const SampleMap& map) {
  return Json{{"points", map.points()}};
}

Json map_json(const SampleColumns& columns, const Settings& settings, const SampleMap* map) {
  std::string x;
  std::string y;
  int64_t missing = 0;
  for (const int64_t id : columns.ids) {
    const auto point = map == nullptr ? std::nullopt : map->point(id);
    missing += point ? 0 : 1;
    put(x, point ? point->x : SampleMap::kSide);
    put(y, point ? point->y : SampleMap::kSide);
  }
  return Json{{"version", columns.version},
              {"classes", settings.classes},
              {"ids", columns.ids},
              {"labels", columns.labels},
              {"x", base64(x)},
              {"y", base64(y)},
              {"missing", missing}};
}

}  // namespace dew::verbs
