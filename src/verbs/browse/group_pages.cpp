// Groups with the labels that stand now: which are asked for, in which order, and what they would hide.
#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "verbs/browse/groups.h"

namespace dew::verbs {
namespace {

/// A group with the labels of its samples: places in the classes, SampleColumns::kUnlabelled or kAside.
struct Labelled {
  const NearGroup* group = nullptr;
  std::vector<int16_t> labels;
  bool contradictory = false;  ///< two classes at least; what was set aside contradicts nothing
};

std::vector<Labelled> with_labels(const std::vector<NearGroup>& groups, const SampleColumns& all) {
  std::unordered_map<int64_t, int16_t> label_of;
  for (size_t i = 0; i < all.ids.size(); ++i) label_of[all.ids[i]] = all.labels[i];
  std::vector<Labelled> labelled;
  for (const NearGroup& group : groups) {
    Labelled one{&group, {}, false};
    std::set<int16_t> classes;
    for (const int64_t id : group.samples) {
      const auto found = label_of.find(id);
      one.labels.push_back(found == label_of.end() ? SampleColumns::kUnlabelled : found->second);
      if (one.labels.back() >= 0) classes.insert(one.labels.back());
    }
    one.contradictory = classes.size() > 1;
    labelled.push_back(std::move(one));
  }
  return labelled;
}

void keep_filtered(std::vector<Labelled>& groups, const SampleColumns& through) {
  const std::unordered_set<int64_t> wanted(through.ids.begin(), through.ids.end());
  std::erase_if(groups, [&wanted](const Labelled& one) {
    const auto& samples = one.group->samples;
    return std::none_of(samples.begin(), samples.end(), [&](int64_t id) { return wanted.count(id) != 0; });
  });
}

void sort_by_need(std::vector<Labelled>& groups) {
  std::stable_sort(groups.begin(), groups.end(), [](const Labelled& a, const Labelled& b) {
    if (a.contradictory != b.contradictory) return a.contradictory;
    return a.group->samples.size() > b.group->samples.size();
  });
}

Json to_json(const Labelled& one, double together) {
  const NearGroup& group = *one.group;
  Json splits = Json::object();
  for (const auto& [split, amount] : group.splits) splits[std::string(split_name(split))] = amount;
  Json warnings = Json::array();
  if (group.seconds > together) warnings.push_back("time");
  if (group.sources >= kManySources) warnings.push_back("sources");
  if (group.splits.size() > 1) warnings.push_back("splits");
  return Json{{"samples", group.samples}, {"labels", one.labels},     {"contradictory", one.contradictory},
              {"splits", splits},         {"sources", group.sources}, {"seconds", group.seconds},
              {"warnings", warnings}};
}

}  // namespace

Result<Json> groups_json(const SampleBrowser& browser, const NearGroups* groups, const SampleFilter& filter,
                         const std::vector<int64_t>& firsts) {
  DEW_TRY(const auto through, browser.columns(filter));
  DEW_TRY(const auto all, browser.columns({}));
  const auto labelled = groups == nullptr ? std::vector<Labelled>() : with_labels(groups->groups(), all);
  auto ordered = labelled;
  keep_filtered(ordered, through);
  sort_by_need(ordered);
  Json order = Json::array();
  int64_t contradictory = 0;
  Json shown = Json::array();
  for (const Labelled& one : ordered) {
    if (firsts.empty() && order.size() < kGroupsShown) shown.push_back(to_json(one, groups->together()));
    order.push_back(one.group->samples.front());
    contradictory += one.contradictory ? 1 : 0;
  }
  for (const int64_t first : firsts)
    for (const Labelled& one : labelled)
      if (one.group->samples.front() == first) shown.push_back(to_json(one, groups->together()));
  return Json{{"version", all.version},
              {"order", std::move(order)},
              {"contradictory", contradictory},
              {"groups", std::move(shown)}};
}

}  // namespace dew::verbs
