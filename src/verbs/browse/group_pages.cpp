// Groups with the labels that stand now: which are asked for, in which order, and what they would hide.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "verbs/browse/groups.h"

namespace dew::verbs {
namespace {

/// A group with those of its samples that the project has still, and their labels: places in the classes,
/// SampleColumns::kUnlabelled or kAside.
struct Labelled {
  const NearGroup* group = nullptr;
  std::vector<int64_t> samples;
  std::vector<int16_t> labels;
  std::map<Split, int64_t> splits;
  bool contradictory = false;  ///< two classes at least; what was set aside contradicts nothing
};

std::vector<Labelled> with_labels(const std::vector<NearGroup>& groups, const SampleColumns& all) {
  std::unordered_map<int64_t, size_t> places;
  places.reserve(all.ids.size());
  for (size_t i = 0; i < all.ids.size(); ++i) places[all.ids[i]] = i;
  std::vector<Labelled> labelled;
  for (const NearGroup& group : groups) {
    Labelled one{&group, {}, {}, {}, false};
    std::set<int16_t> classes;
    for (const int64_t id : group.samples) {
      const auto found = places.find(id);
      if (found == places.end()) continue;
      one.samples.push_back(id);
      one.labels.push_back(all.labels[found->second]);
      ++one.splits[all.splits[found->second]];
      if (one.labels.back() >= 0) classes.insert(one.labels.back());
    }
    one.contradictory = classes.size() > 1;
    if (one.samples.size() > 1) labelled.push_back(std::move(one));
  }
  return labelled;
}

void keep_filtered(std::vector<Labelled>& groups, const SampleColumns& through) {
  const std::unordered_set<int64_t> wanted(through.ids.begin(), through.ids.end());
  std::erase_if(groups, [&wanted](const Labelled& one) {
    const auto& samples = one.samples;
    return std::none_of(samples.begin(), samples.end(), [&](int64_t id) { return wanted.count(id) != 0; });
  });
}

int64_t count_through(const std::vector<int64_t>& ids, const SampleColumns& through) {
  const std::unordered_set<int64_t> wanted(through.ids.begin(), through.ids.end());
  return std::count_if(ids.begin(), ids.end(), [&wanted](int64_t id) { return wanted.count(id) != 0; });
}

void sort_by_need(std::vector<Labelled>& groups) {
  std::stable_sort(groups.begin(), groups.end(), [](const Labelled& a, const Labelled& b) {
    if (a.contradictory != b.contradictory) return a.contradictory;
    return a.samples.size() > b.samples.size();
  });
}

Json to_json(const Labelled& one, double together) {
  const NearGroup& group = *one.group;
  Json splits = Json::object();
  for (const auto& [split, amount] : one.splits) splits[std::string(split_name(split))] = amount;
  Json warnings = Json::array();
  if (group.seconds > together) warnings.push_back("time");
  if (group.sources >= kManySources) warnings.push_back("sources");
  if (one.splits.size() > 1) warnings.push_back("splits");
  return Json{{"samples", one.samples}, {"labels", one.labels},     {"contradictory", one.contradictory},
              {"splits", splits},       {"sources", group.sources}, {"seconds", group.seconds},
              {"warnings", warnings}};
}

}  // namespace

Result<Json> groups_json(const SampleBrowser& browser, const NearGroups* groups, const SampleFilter& filter,
                         const std::vector<int64_t>& firsts) {
  DEW_TRY(const auto through, browser.columns(filter));
  DEW_TRY(const auto all, browser.columns({}));
  const double together = browser.settings()->spread_seconds;
  const auto labelled = groups == nullptr ? std::vector<Labelled>() : with_labels(groups->groups(), all);
  auto ordered = labelled;
  keep_filtered(ordered, through);
  sort_by_need(ordered);
  Json order = Json::array();
  int64_t contradictory = 0;
  Json shown = Json::array();
  for (const Labelled& one : ordered) {
    if (firsts.empty() && order.size() < kGroupsShown) shown.push_back(to_json(one, together));
    order.push_back(one.samples.front());
    contradictory += one.contradictory ? 1 : 0;
  }
  for (const int64_t first : firsts)
    for (const Labelled& one : labelled)
      if (one.samples.front() == first) shown.push_back(to_json(one, together));
  return Json{{"version", all.version},
              {"order", std::move(order)},
              {"contradictory", contradictory},
              {"unreadable", groups == nullptr ? 0 : count_through(groups->unreadable(), through)},
              {"groups", std::move(shown)}};
}

}  // namespace dew::verbs
