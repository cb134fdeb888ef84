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

/// As a project compares names of classes: in any case, without blanks around, accents encoded either way.
bool same_classes(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  if (a == b) return true;
  const auto keys = [](const std::vector<std::string>& classes) {
    std::set<std::string> all;
    for (const std::string& name : classes) all.insert(lower(composed(trim(name))));
    return all;
  };
  return keys(a) == keys(b);
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

constexpr char kBetweenNames = '\n';

/// Names in one text, sorted, each once.
std::string with_another(const std::string& names, const std::string& name) {
  std::vector<std::string> all = split_list(names, kBetweenNames);
  all.push_back(name);
  return join(each_once(std::move(all)), std::string(1, kBetweenNames));
}

}  // namespace

size_t ItemList::number_of(const std::string& picture, const std::string& where) {
  uint32_t& number = numbers_[picture];
  if (number != PictureNumbers::kNone) return number;
  Item item;
  item.picture = picture;
  item.where = where;
  number = static_cast<uint32_t>(items_.add(item));
  opinions_.emplace_back();
  return number;
}

Result<void> ItemList::add(const std::string& picture, Statement statement, Together together) {
  if (!statement.says_anything()) return {};
  const size_t number = number_of(picture, statement.where);
  if (opinions_[number].any) return {};  // what annotators say counts
  Item known = items_.said(number);
  auto classes = each_once(std::move(statement.classes));
  const bool first = !known.looked_at && known.classes.empty() && !many_.contains(number);
  known.looked_at = known.looked_at || statement.looked_at;
  if (first) {
    known.where = std::move(statement.where);
    known.by = std::move(statement.by);
    known.classes = std::move(classes);
  } else if (together == Together::kUnite) {
    if (!classes.empty()) {
      const bool silent = known.classes.empty() && !many_.contains(number);
      known.where = silent ? std::move(statement.where) : with_place(known.where, statement.where);
    }
    unite(number, std::move(known), std::move(classes));
    return {};
  } else {
    if (const auto many = many_.find(number); many != many_.end()) known.classes = many->second;
    known.classes = each_once(std::move(known.classes));
    statement.classes = std::move(classes);
    if (!same_classes(statement.classes, known.classes)) return contradiction(known, statement);
    if (many_.contains(number)) known.classes.clear();
  }
  items_.change(number, known);
  return {};
}

/// Of many classes duplicates go when their number may have doubled, so that a picture of many boxes takes no
/// time.
void ItemList::unite(size_t number, Item known, std::vector<std::string> classes) {
  constexpr size_t kFew = 16;
  const bool many = many_.contains(number);
  auto& all = many ? many_[number] : known.classes;
  all.insert(all.end(), std::make_move_iterator(classes.begin()), std::make_move_iterator(classes.end()));
  if (!many || all.size() >= 2 * united_[number] + kFew) {
    all = each_once(std::move(all));
    if (many) united_[number] = all.size();
  }
  if (!many && all.size() > kFew) {
    united_[number] = all.size();
    many_[number] = std::exchange(known.classes, {});
  }
  items_.change(number, known);
}

void ItemList::settle_united() {
  for (auto& [number, classes] : many_) {
    Item known = items_.said(number);
    known.classes = std::move(classes);
    items_.change(number, known);
  }
  many_.clear();
}

void ItemList::add_opinion(const std::string& picture, Statement statement, bool decides) {
  if (!statement.says_anything()) return;
  const size_t number = number_of(picture, statement.where);
  Item known = items_.said(number);
  Opinions& opinions = opinions_[number];
  known.looked_at = known.looked_at || statement.looked_at;
  auto classes = each_once(std::move(statement.classes));
  if (decides || !opinions.decided) {
    if (!opinions.any || (decides && !opinions.decided)) {
      opinions = {true, false, decides};
      known.by.clear();
      known.classes = std::move(classes);
      many_.erase(number);
    } else {
      opinions.differ = opinions.differ || !same_classes(known.classes, classes);
    }
    if (!statement.by.empty()) known.by = with_another(known.by, statement.by);
  }
  items_.change(number, known);
}

void ItemList::add_answer(const std::string& picture, const Answer& answer, const std::string& where) {
  items_.add_answer(number_of(picture, where), answer);
}

void ItemList::add_label_by_machine(const std::string& picture, const Answer& answer,
                                    const std::string& where) {
  by_machines_.insert(answer.answer_class);
  add_answer(picture, answer, where);
}

void ItemList::set_split(const std::string& picture, std::optional<Split> split, const std::string& where) {
  if (!split) return;
  const size_t number = number_of(picture, where);
  if (items_.split(number) == split) return;
  Item known = items_.said(number);
  if (known.split) in_several_splits_.insert(number);
  known.split = split;
  items_.change(number, known);
}

void ItemList::settle_opinions(DataSet& set) {
  int64_t differ = 0;
  for (size_t number = 0; number < opinions_.size(); ++number) {
    if (!opinions_[number].any) continue;
    Item known = items_.said(number);
    if (opinions_[number].differ) {
      ++differ;
      known.looked_at = false;
      known.classes.clear();
      known.by.clear();
    } else if (known.by.find(kBetweenNames) != std::string::npos) {
      known.by = join(split_list(known.by, kBetweenNames));
    } else {
      continue;
    }
    items_.change(number, known);
  }
  if (differ > 0)
    set.notes.push_back(plural(differ, "picture has no class: its annotators disagree",
                               "pictures have no class: their annotators disagree"));
}

void ItemList::finish(DataSet& set, const std::vector<std::string>& first) {
  settle_united();
  settle_opinions(set);
  for (const size_t number : in_several_splits_) {
    Item known = items_.said(number);
    known.split.reset();
    items_.change(number, known);
  }
  if (!in_several_splits_.empty())
    set.notes.push_back(plural(static_cast<int64_t>(in_several_splits_.size()),
                               "picture is named in several splits and is in none",
                               "pictures are named in several splits and are in none"));
  const std::set<std::string> known(first.begin(), first.end());
  std::set<std::string> others;
  std::set_difference(by_machines_.begin(), by_machines_.end(), known.begin(), known.end(),
                      std::inserter(others, others.end()));
  for (size_t number = 0; number < items_.size(); ++number) {
    const Item one = items_.said(number);
    for (const std::string& name : one.classes)
      if (!known.contains(name)) others.insert(name);
  }
  std::vector<std::string> sorted(others.begin(), others.end());
  sort_classes(sorted);
  set.classes = first;
  set.classes.insert(set.classes.end(), sorted.begin(), sorted.end());
  set.items = std::move(items_);
}

std::string imported_model(std::string by) {
  constexpr std::string_view kImport = "import:";
  while (by.starts_with(kImport)) by.erase(0, kImport.size());
  if (by.ends_with('#')) by.pop_back();  // in place of a prompt's hash
  return by;
}

std::string person_in(std::string by) {
  const size_t colon = by.find(':');
  const bool model = colon != std::string::npos && colon > 0 && colon + 1 < by.size() &&
                     by[colon + 1] != ' ' && by.find(' ') > colon;
  return model ? std::string() : by;
}

}  // namespace dew::exchange
