// groups: pictures that are nearly the same, to be decided at once; and what that would hide.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "verbs/browse/browse.h"

namespace dew::verbs {

/// Near-identical samples, in the project's order.
struct NearGroup {
  std::vector<int64_t> samples;
  std::map<Split, int64_t> splits;
  int64_t sources = 0;
  double seconds = 0;  ///< between the first and the last frame of one video, the longest such stretch
};

/// All groups of a project, by the bits of label.spread_bits (see label::near_groups). They depend on the
/// pictures alone; labels do not change them.
class NearGroups {
 public:
  /// `project`: any folder inside it. Hashes are those that the project keeps, for its frames or beside its
  /// features; what is missing is computed. A sample whose picture cannot be read is told, and is in no
  /// group. Error: none can be read, interrupted.
  static Result<NearGroups> make(const fs::path& project, Watch& watch);

  [[nodiscard]] const std::vector<NearGroup>& groups() const { return groups_; }
  /// Label.spread_seconds: how far apart frames may be that are asked about once. A group that spans more
  /// time than that hides variety where it is decided at once.
  [[nodiscard]] double together() const { return together_; }
  /// Whether it was made of these samples and no others; ascending.
  [[nodiscard]] bool is_of(const std::vector<int64_t>& samples) const { return samples == samples_; }

 private:
  std::vector<int64_t> samples_;  ///< ascending
  std::vector<NearGroup> groups_;
  double together_ = 0;
};

/// So many sources in one group are many.
constexpr int64_t kManySources = 4;
constexpr size_t kGroupsShown = 20;

/// {"groups"}: how many; what a job says when it is done.
Json to_json(const NearGroups& groups);
/// {"version", "order", "contradictory", "groups"}: of the groups with a sample that the filter lets through,
/// "order" lists the first samples, those groups first whose labels contradict one another, the larger ones
/// before the smaller ones. A person goes through that order though labels change meanwhile: "groups" are
/// those that begin with `firsts`, in their order; where that is empty, the first kGroupsShown of "order". A
/// group: {"samples" (ids), "labels" (of each, as in map_json()), "contradictory", "splits", "sources",
/// "seconds", "warnings"}. "warnings" says in which ways deciding at once hides something: "time", "sources",
/// "splits". `groups` may be null. Error (usage): as SampleBrowser::page().
Result<Json> groups_json(const SampleBrowser& browser, const NearGroups* groups, const SampleFilter& filter,
                         const std::vector<int64_t>& firsts);

}  // namespace dew::verbs
