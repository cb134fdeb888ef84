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

uint32_t BoxedPictures::class_number(const std::string& name) {
  const auto [at, is_new] = class_numbers_.emplace(name, static_cast<uint32_t>(set_.classes.size()));
  if (is_new) set_.classes.push_back(name);
  return at->second;
}

size_t BoxedPictures::picture(const std::string& file, const std::string& where) {
  const auto [at, is_new] = by_file_.emplace(file, pictures_.size());
  if (is_new) {
    pictures_.emplace_back();
    pictures_.back().file = file;
    pictures_.back().where = where;
  }
  return at->second;
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
  set_.items.reserve(pictures_.size());
  for (Picture& picture : pictures_) {
    Item item;
    item.picture = std::move(picture.file);
    item.where = std::move(picture.where);
    for (const uint32_t number : picture.classes.sorted()) item.classes.push_back(set_.classes[number]);
    if (order == ClassOrder::kByName) std::sort(item.classes.begin(), item.classes.end());
    item.looked_at = picture.looked_at;
    if (!picture.in_several_splits) item.split = picture.split;
    in_several += picture.in_several_splits ? 1 : 0;
    set_.items.push_back(std::move(item));
  }
  note_count(in_several, "picture is in several splits: it is taken without one",
             "pictures are in several splits: they are taken without one");
  if (order == ClassOrder::kByName) std::sort(set_.classes.begin(), set_.classes.end());
  return std::move(set_);
}

}  // namespace dew::exchange
