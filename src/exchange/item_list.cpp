#include "exchange/item_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace dew::exchange {
namespace {

std::vector<std::string> each_once(std::vector<std::string> classes) {
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  return classes;
}

std::string told(const std::vector<std::string>& classes) {
  return classes.empty() ? "none" : fmt::format("'{}'", printable(join(classes, ", "), 100));
}

tl::unexpected<Error> contradiction(const Item& item, const Statement& statement) {
  return usage_error(fmt::format("'{}' is {} here, and {} in {}", printable(item.picture),
                                 told(statement.classes), told(item.classes), item.where),
                     statement.where, "keep one of them");
}

bool is_number(const std::string& text) {
  constexpr size_t kMostDigits = 9;
  return !text.empty() && text.size() <= kMostDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void sort_classes(std::vector<std::string>& classes) {
  std::sort(classes.begin(), classes.end());
  if (!std::all_of(classes.begin(), classes.end(), is_number)) return;
  std::stable_sort(classes.begin(), classes.end(),
                   [](const auto& a, const auto& b) { return std::stol(a) < std::stol(b); });
}

}  // namespace

Item& ItemList::item(const std::string& picture, const std::string& where) {
  const auto [at, fresh] = by_picture_.try_emplace(picture, items_.size());
  if (fresh) {
    Item item;
    item.picture = picture;
    item.where = where;
    items_.push_back(std::move(item));
    united_.push_back(0);
  }
  return items_[at->second];
}

Result<void> ItemList::add(const std::string& picture, Statement statement, Together together) {
  if (!statement.says_anything()) return {};
  Item& known = item(picture, statement.where);
  const auto index = static_cast<size_t>(&known - items_.data());
  auto classes = each_once(std::move(statement.classes));
  const bool first = !known.looked_at && known.classes.empty();
  if (first) {
    known.where = std::move(statement.where);
    known.by = std::move(statement.by);
    known.classes = std::move(classes);
  } else if (together == Together::kUnite) {
    unite(index, std::move(classes));
  } else {
    known.classes = each_once(std::move(known.classes));
    statement.classes = std::move(classes);
    if (statement.classes != known.classes) return contradiction(known, statement);
  }
  known.looked_at = known.looked_at || statement.looked_at;
  return {};
}

/// Appends; duplicates go when their number may have doubled, so that a picture of many boxes takes no time.
void ItemList::unite(size_t index, std::vector<std::string> classes) {
  constexpr size_t kFew = 16;
  auto& known = items_[index].classes;
  known.insert(known.end(), std::make_move_iterator(classes.begin()), std::make_move_iterator(classes.end()));
  if (known.size() < 2 * united_[index] + kFew) return;
  known = each_once(std::move(known));
  united_[index] = known.size();
}

void ItemList::add_opinion(const std::string& picture, Statement statement, bool decides) {
  if (!statement.says_anything()) return;
  Item& known = item(picture, statement.where);
  known.looked_at = known.looked_at || statement.looked_at;
  auto classes = each_once(std::move(statement.classes));
  const auto [at, fresh] = opinions_.try_emplace(by_picture_[picture]);
  Opinions& opinions = at->second;
  if (!decides && opinions.decided) return;
  if (fresh || (decides && !opinions.decided))
    opinions = {std::move(classes), false, decides, {}};
  else
    opinions.differ = opinions.differ || opinions.classes != classes;
  if (!statement.by.empty()) opinions.by.insert(std::move(statement.by));
}

void ItemList::add_answer(const std::string& picture, Answer answer, const std::string& where) {
  item(picture, where).answers.push_back(std::move(answer));
}

void ItemList::set_split(const std::string& picture, std::optional<Split> split, const std::string& where) {
  if (!split) return;
  Item& known = item(picture, where);
  if (known.split && *known.split != *split) in_several_splits_.insert(by_picture_[picture]);
  known.split = split;
}

void ItemList::settle_opinions(DataSet& set) {
  int64_t differ = 0;
  for (auto& [index, opinions] : opinions_) {
    Item& known = items_[index];
    if (opinions.differ) {
      ++differ;
      known.looked_at = false;
      continue;
    }
    known.classes = std::move(opinions.classes);
    known.by = join({opinions.by.begin(), opinions.by.end()});
  }
  if (differ > 0)
    set.notes.push_back(plural(differ, "picture has no class: its annotators disagree",
                               "pictures have no class: their annotators disagree"));
}

void ItemList::finish(DataSet& set, const std::vector<std::string>& first) {
  settle_opinions(set);
  for (Item& one : items_) one.classes = each_once(std::move(one.classes));
  for (const size_t index : in_several_splits_) items_[index].split.reset();
  if (!in_several_splits_.empty())
    set.notes.push_back(plural(static_cast<int64_t>(in_several_splits_.size()),
                               "picture is named in several splits and is in none",
                               "pictures are named in several splits and are in none"));
  const std::set<std::string> known(first.begin(), first.end());
  std::set<std::string> others;
  for (const Item& one : items_)
    for (const std::string& name : one.classes)
      if (!known.contains(name)) others.insert(name);
  std::vector<std::string> sorted(others.begin(), others.end());
  sort_classes(sorted);
  set.classes = first;
  set.classes.insert(set.classes.end(), sorted.begin(), sorted.end());
  set.items = std::move(items_);
}

}  // namespace dew::exchange
