#include "verbs/project/class_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace dew::verbs {
namespace {

/// Error (usage): `name` is neither a class nor the unsure answer.
Result<void> check_ours(const std::string& name, const Settings& settings, const char* option) {
  const auto& classes = settings.classes;
  if (std::find(classes.begin(), classes.end(), name) != classes.end()) return {};
  if (!settings.unsure.empty() && name == settings.unsure) return {};
  const std::string near = closest(name, classes);
  return usage_error(fmt::format("'{}' is not one of the project's classes", printable(name, 60)), option,
                     near.empty() ? "they are " + join(classes) : fmt::format("did you mean '{}'?", near));
}

}  // namespace

Result<void> parse_mapping(const std::string& text, ClassMapping& mapping) {
  const size_t equals = text.rfind('=');
  const std::string theirs = trim(text.substr(0, equals));
  if (equals == std::string::npos || theirs.empty())
    return usage_error(fmt::format("'{}' does not say which class is which", printable(text, 60)), "--map",
                       "write THEIRS=OURS, for example --map pedestrian=yes");
  if (!mapping.as.emplace(theirs, trim(text.substr(equals + 1))).second)
    return usage_error(fmt::format("'{}' is given twice", printable(theirs, 60)), "--map",
                       "keep one of them");
  return {};
}

Result<ClassMap> ClassMap::make(const Settings& settings, const ClassMapping& mapping) {
  ClassMap map;
  map.classes_ = settings.classes;
  map.unsure_ = settings.unsure;
  std::set<std::string> twice;
  for (const std::string& name : settings.classes)
    if (!map.ours_by_key_.emplace(class_key(name), name).second) twice.insert(class_key(name));
  for (const std::string& key : twice)
    map.ours_by_key_.erase(key);  // "Yes" and "yes": only their own spelling
  if (!settings.unsure.empty()) map.ours_by_key_.emplace(class_key(settings.unsure), settings.unsure);
  for (const auto& [theirs, ours] : mapping.as) {
    if (!ours.empty()) DEW_CHECK(check_ours(ours, settings, "--map"));
    map.as_[class_key(theirs)] = ours;
  }
  if (!mapping.none.empty()) DEW_CHECK(check_ours(mapping.none, settings, "--none"));
  map.none_ = mapping.none;
  return map;
}

std::optional<std::string> ClassMap::ours(const std::string& theirs) const {
  if (const auto at = as_.find(class_key(theirs)); at != as_.end())
    return at->second.empty() ? std::nullopt : std::optional(at->second);
  const auto exact = std::find(classes_.begin(), classes_.end(), theirs);
  if (exact != classes_.end()) return *exact;
  const auto at = ours_by_key_.find(class_key(theirs));
  return at == ours_by_key_.end() ? std::nullopt : std::optional(at->second);
}

void ClassMap::find_none() {
  constexpr std::array kNames{"none", "nothing", "background", "negative", "empty", "no"};
  constexpr std::array kBefore{"no", "not", "non", "without"};  // "no person", "not_person"
  for (const char* name : kNames)
    if (const auto at = ours_by_key_.find(name);
        none_.empty() && at != ours_by_key_.end() && at->second != unsure_)
      none_ = at->second;
  if (!none_.empty()) return;
  std::vector<std::string> negated;
  for (const auto& [key, name] : ours_by_key_) {
    const size_t end = key.find_first_of(" _-");
    const bool says_no = end != std::string::npos &&
                         std::find(kBefore.begin(), kBefore.end(), key.substr(0, end)) != kBefore.end();
    if (says_no && name != unsure_) negated.push_back(name);
  }
  if (negated.size() == 1) none_ = negated.front();
}

ClassMap::Reading ClassMap::read(const exchange::Item& item) const {
  std::set<std::string> found;
  for (const std::string& theirs : item.classes)
    if (const auto own = ours(theirs)) found.insert(*own);
  if (found.size() > 1) return {Why::kSeveral, {}, false};
  if (found.size() == 1)
    return {Why::kLabel, *found.begin() == unsure_ ? std::string() : *found.begin(), false};
  if (item.looked_at)
    return none_.empty() ? Reading{Why::kNothing, {}, false} : Reading{Why::kLabel, none_, true};
  return {item.classes.empty() ? Why::kUnseen : Why::kUnknown, {}, false};
}

}  // namespace dew::verbs
