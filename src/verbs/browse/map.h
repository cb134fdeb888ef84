// map: all samples as points, so that pictures that look alike lie together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verbs/browse/browse.h"

namespace dew::verbs {

struct MapArgs {
  fs::path project;      ///< any folder inside it
  std::string backbone;  ///< as RankingArgs has them, so that a ranking and a map share the kept features
  int input = 128;
};

/// Where the samples lie: what a backbone sees in each, laid out by report::lay_out(). It depends on the
/// pictures alone; labels do not move a point.
class SampleMap {
 public:
  /// Largest coordinate: kSide - 1 stands for 1.
  static constexpr uint16_t kSide = 0xffff;
  struct Point {
    uint16_t x = 0;
    uint16_t y = 0;
  };

  /// Features come from .dewdrop/features and are computed where they are missing. A sample whose picture
  /// cannot be read is told, and has no point. It is kept beside the project, for kept(). Error: there are no
  /// samples, no such backbone, interrupted.
  static Result<SampleMap> make(const MapArgs& args, Watch& watch);
  /// The one that make() left last, whatever it was made of; absent: there is none that can be read.
  static std::optional<SampleMap> kept(const fs::path& project);

  /// Absent: the sample came later, or its picture cannot be read.
  [[nodiscard]] std::optional<Point> point(int64_t sample) const;
  /// Whether make() would make it of the same: these samples and no others, the same backbone and input.
  [[nodiscard]] bool is_of(const SampleBrowser& browser, const MapArgs& args) const;
  [[nodiscard]] int64_t points() const;

 private:
  [[nodiscard]] std::string packed() const;

  std::string made_of_;           ///< as made_of() in map.cpp
  std::vector<int64_t> samples_;  ///< ascending
  std::vector<std::optional<Point>> points_;
};

/// {"points"}: what a job says when it is done.
Json to_json(const SampleMap& map);
/// The samples in their order as columns of a table: "ids", "labels" (places in "classes"; -1: none, -2: set
/// aside), and "x" and "y", base64 of 16-bit numbers, little-endian; where both are 65535 there is no point.
/// `map` may be null. "missing": how many of the samples have none.
Json map_json(const SampleColumns& columns, const Settings& settings, const SampleMap* map);

}  // namespace dew::verbs
