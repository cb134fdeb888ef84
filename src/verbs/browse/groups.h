// groups: pictures that are nearly the same, to be decided at once; and what that would hide.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verbs/browse/browse.h"

namespace dew::verbs {

/// Near-identical samples, in the project's order.
struct NearGroup {
  std::vector<int64_t> samples;
  int64_t sources = 0;
  double seconds = 0;  ///< between the first and the last frame of one video, the longest such stretch
};

/// All groups of a project, by the bits of label.spread_bits (see label::near_groups). They depend on the
/// pictures alone; labels do not change them.
class NearGroups {
 public:
  /// `project`: any folder inside it. Hashes are those that the project keeps, for its frames or beside its
  /// features; what is missing is computed. A sample whose picture cannot be read is told, and is in no
  /// group. They are kept beside the project, for kept(). Error: none can be read, interrupted.
  static Result<NearGroups> make(const fs::path& project, Watch& watch);
  /// Those that make() left last, whatever they were made of; absent: there are none that can be read.
  static std::optional<NearGroups> kept(const fs::path& project);

  [[nodiscard]] const std::vector<NearGroup>& groups() const { return groups_; }
  /// Samples that are in no group because their picture could not be read.
  [[nodiscard]] const std::vector<int64_t>& unreadable() const { return unreadable_; }
  /// Whether make() would make them of the same: these samples and no others, the same label.spread_bits.
  [[nodiscard]] bool is_of(const SampleBrowser& browser) const;

 private:
  [[nodiscard]] std::string packed() const;

  std::string made_of_;  ///< as made_of() in groups.cpp
  std::vector<NearGroup> groups_;
  std::vector<int64_t> unreadable_;
};

/// So many sources in one group are many.
constexpr int64_t kManySources = 4;
constexpr size_t kGroupsShown = 20;

/// {"groups"}: how many; what a job says when it is done.
Json to_json(const NearGroups& groups);
/// {"version", "order", "contradictory", "unreadable", "groups"}: of the groups with a sample that the filter
/// lets through, "order" lists the first samples, those groups first whose labels contradict one another, the
/// larger ones before the smaller ones. "unreadable" counts the filter's samples that no group can have. A
/// person goes through that order though labels change meanwhile: "groups" are those that begin with
/// `firsts`, in their order; where that is empty, the first kGroupsShown of "order". A group: {"samples"
/// (ids), "labels" (of each, as in map_json()), "contradictory", "splits", "sources", "seconds", "warnings"}.
/// "warnings" says in which ways deciding at once hides something: "time" (it spans more than
/// label.spread_seconds, how far apart frames may be that are asked about once), "sources", "splits".
/// `groups` may be null. Error (usage): as SampleBrowser::page().
Result<Json> groups_json(const SampleBrowser& browser, const NearGroups* groups, const SampleFilter& filter,
                         const std::vector<int64_t>& firsts);

}  // namespace dew::verbs
