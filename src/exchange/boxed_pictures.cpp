#include "exchange/boxed_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dew::exchange {
Result<void> for_each_watched(size_t count, Watch& watch, const std::function<Result<void>(size_t)>& take) {
  constexpr size_t kBetweenLooks = 256;
  watch.begin("reading labels", static_cast<int64_t>(count));
  Result<void> done;
  for (size_t i = 0; done && i < count; ++i) {
    if (i % kBetweenLooks == 0) watch.advance(static_cast<int64_t>(i));
    done = watch.interrupted() ? interrupted_error() : take(i);
  }
  watch.end();
  return done;
}

void NumberSet::add(uint32_t number) {
  if (!numbers_.empty() && numbers_.back() == number) return;
  numbers_.push_back(number);
  if (numbers_.size() < compact_at_) return;
  compact();
  compact_at_ = std::max<size_t>(16, 2 * numbers_.size());
}

void NumberSet::compact() {
  std::sort(numbers_.begin(), numbers_.end());
  numbers_.erase(std::unique(numbers_.begin(), numbers_.end()), numbers_.end());
}

const std::vector<uint32_t>& NumberSet::sorted() {
  compact();
  return numbers_;
}

void ClassSets::add(size_t picture, uint32_t class_number) {
  if (picture >= only_.size()) only_.resize(std::max(picture + 1, only_.size() + only_.size() / 2), kNothing);
  uint32_t& only = only_[picture];
  if (only == class_number) return;
  if (only == kNothing) {
    only = class_number;
    return;
  }
  NumberSet& many = many_[picture];
  if (only != kMany) many.add(std::exchange(only, kMany));
  many.add(class_number);
}

std::vector<uint32_t> ClassSets::of(size_t picture) {
  if (picture >= only_.size() || only_[picture] == kNothing) return {};
  if (only_[picture] != kMany) return {only_[picture]};
  return many_[picture].sorted();
}

uint32_t BoxedPictures::class_number(const std::string& name) {
  const auto [at, is_new] = class_numbers_.emplace(name, static_cast<uint32_t>(set_.classes.size()));
  if (is_new) set_.classes.push_back(name);
  return at->second;
}

size_t BoxedPictures::picture(const std::string& file, const std::string& where) {
  uint32_t& number = by_file_[file];
  if (number != PictureNumbers::kNone) return number;
  Item item;
  item.picture = file;
  item.where = where;
  number = static_cast<uint32_t>(set_.items.add(item));
  pictures_.emplace_back();
  return number;
}

void BoxedPictures::shows(size_t picture, uint32_t class_number, const std::string& where) {
  shows(picture, class_number);
  if (const std::string_view file = file_of_place(where); file != telling_ || telling_number_ == 0) {
    telling_ = file;
    ++telling_number_;
  }
  const uint32_t before = std::exchange(pictures_[picture].told_by, telling_number_);
  if (before == telling_number_) return;
  Item item = set_.items.said(picture);
  item.where = before == 0 ? where : with_place(item.where, where);
  set_.items.change(picture, item);
}

void BoxedPictures::split(size_t picture, std::optional<Split> split) {
  Picture& of = pictures_[picture];
  if (split && of.split && *split != *of.split) of.in_several_splits = true;
  if (split) of.split = split;
}

void BoxedPictures::read_from(const LabelFile& file) {
  set_.files.insert(file.known_name());
}

void BoxedPictures::note_count(int64_t count, std::string_view one, std::string_view many) {
  if (count > 0) note(plural(count, one, many));
}

DataSet BoxedPictures::finish(ClassOrder order) && {
  int64_t in_several = 0;
  for (size_t number = 0; number < pictures_.size(); ++number) {
    const Picture& picture = pictures_[number];
    Item item = set_.items.said(number);
    for (const uint32_t one : classes_.of(number)) item.classes.push_back(set_.classes[one]);
    if (order == ClassOrder::kByName) std::sort(item.classes.begin(), item.classes.end());
    item.looked_at = picture.looked_at;
    if (!picture.in_several_splits) item.split = picture.split;
    in_several += picture.in_several_splits ? 1 : 0;
    set_.items.change(number, item);
  }
  note_count(in_several, "picture is in several splits: it is taken without one",
             "pictures are in several splits: they are taken without one");
  if (order == ClassOrder::kByName) std::sort(set_.classes.begin(), set_.classes.end());
  return std::move(set_);
}

}  // namespace dew::exchange
