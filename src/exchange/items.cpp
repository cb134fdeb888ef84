#include "exchange/items.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace dew::exchange {
namespace {

constexpr uint32_t kOther = UINT32_MAX;  // Place::form of what stands as it is

constexpr std::string_view kAndPlace = " and ";

template <typename T>
void put(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void put_text(std::string& bytes, const std::string& text) {
  put(bytes, static_cast<uint32_t>(text.size()));
  bytes += text;
}

template <typename T>
T get(std::string_view& bytes) {
  T value{};
  if (bytes.size() < sizeof value) return value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

std::string get_text(std::string_view& bytes) {
  const auto size = get<uint32_t>(bytes);
  std::string text(bytes.substr(0, size));
  bytes.remove_prefix(text.size());
  return text;
}

std::string bytes_of(const Answer& answer) {
  std::string bytes;
  for (const std::string* text : {&answer.teacher, &answer.model, &answer.prompt_hash, &answer.raw,
                                  &answer.answer_class, &answer.reason, &answer.at})
    put_text(bytes, *text);
  put(bytes, answer.confidence.has_value());
  put(bytes, answer.confidence.value_or(0));
  put(bytes, answer.tokens_in);
  put(bytes, answer.tokens_out);
  put(bytes, answer.cost_usd);
  return bytes;
}

Answer answer_of(std::string_view bytes) {
  Answer answer;
  for (std::string* text : {&answer.teacher, &answer.model, &answer.prompt_hash, &answer.raw,
                            &answer.answer_class, &answer.reason, &answer.at})
    *text = get_text(bytes);
  const bool has_confidence = get<bool>(bytes);
  const auto confidence = get<double>(bytes);
  if (has_confidence) answer.confidence = confidence;
  answer.tokens_in = get<int64_t>(bytes);
  answer.tokens_out = get<int64_t>(bytes);
  answer.cost_usd = get<double>(bytes);
  return answer;
}

/// Where the last number of a text stands that can be written back from its value.
struct LastNumber {
  size_t begin = 0;
  size_t end = 0;
  uint32_t value = 0;
};
std::optional<LastNumber> last_number(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr size_t kMostDigits = 9;
  const size_t last = text.find_last_of(kDigits);
  if (last == std::string_view::npos) return std::nullopt;
  const size_t before = text.find_last_not_of(kDigits, last);
  LastNumber number{before == std::string_view::npos ? 0 : before + 1, last + 1, 0};
  const std::string_view digits = text.substr(number.begin, number.end - number.begin);
  if (digits.size() > kMostDigits || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  for (const char digit : digits) number.value = number.value * 10 + static_cast<uint32_t>(digit - '0');
  return number;
}

}  // namespace

std::string_view file_of_place(std::string_view where) {
  const size_t entry = where.rfind(", ");
  const std::string_view in_file = where.substr(std::min(entry, where.size()));
  if (in_file.starts_with(", image ") || in_file.find('[') != std::string_view::npos)
    return where.substr(0, entry);
  const size_t colon = where.find_last_not_of("0123456789");
  return colon != std::string_view::npos && where[colon] == ':' ? where.substr(0, colon) : where;
}

std::string with_place(std::string where, const std::string& another) {
  if (file_of_place(where) == file_of_place(another)) return where;
  const std::vector<std::string> files = files_of_places(where);
  if (std::find(files.begin(), files.end(), file_of_place(another)) != files.end()) return where;
  return where.append(kAndPlace).append(another);
}

std::vector<std::string> files_of_places(std::string_view where) {
  std::vector<std::string> files;
  for (size_t from = 0; from != std::string_view::npos;) {
    const size_t next = where.find(kAndPlace, from);
    files.emplace_back(file_of_place(where.substr(from, next - from)));
    from = next == std::string_view::npos ? next : next + kAndPlace.size();
  }
  return files;
}

FilePlaces::Place FilePlaces::keep(std::string_view where) {
  constexpr size_t kMostForms = 1000;  // of a file for each picture, forms would be no use
  const auto number = last_number(where);
  if (number) {
    const std::string_view before = where.substr(0, number->begin);
    const std::string_view behind = where.substr(number->end);
    std::string key = fmt::format("{}\n{}", before, behind);
    const auto known = numbers_.find(key);
    if (known != numbers_.end()) return {known->second, number->value};
    if (forms_.size() < kMostForms) {
      numbers_.emplace(std::move(key), static_cast<uint32_t>(forms_.size()));
      forms_.emplace_back(before, behind);
      return {static_cast<uint32_t>(forms_.size() - 1), number->value};
    }
  }
  others_.push_back(texts_.keep(where));
  return {kOther, static_cast<uint32_t>(others_.size() - 1)};
}

std::string FilePlaces::text(const Place& place) const {
  if (place.form == kOther) return std::string(others_[place.number]);
  const auto& [before, behind] = forms_[place.form];
  return before + std::to_string(place.number) + behind;
}

uint32_t Items::name_number(const std::string& name) {
  const auto [at, fresh] = name_numbers_.try_emplace(name, static_cast<uint32_t>(names_.size()));
  if (fresh) names_.push_back(name);
  return at->second;
}

/// All that is said of an item but its place: numbers of names behind two bytes.
uint32_t Items::words_of(const Item& item) {
  std::string bytes;
  put(bytes, item.looked_at);
  put(bytes, static_cast<int8_t>(item.split ? static_cast<int>(*item.split) : -1));
  put(bytes, name_number(item.by));
  for (const std::string& name : item.classes) put(bytes, name_number(name));
  const auto known = word_numbers_.find(bytes);
  if (known != word_numbers_.end()) return known->second;
  words_.push_back(word_texts_.keep(bytes));
  word_numbers_.emplace(words_.back(), static_cast<uint32_t>(words_.size() - 1));
  return static_cast<uint32_t>(words_.size() - 1);
}

size_t Items::add(const Item& item) {
  Record record;
  record.picture = pictures_.keep(item.picture);
  record.words = words_of(item);
  record.where = places_.keep(item.where);
  records_.push_back(record);
  for (const Answer& answer : item.answers) add_answer(size() - 1, answer);
  return size() - 1;
}

void Items::change(size_t number, const Item& item) {
  Record& record = records_[number];
  record.words = words_of(item);
  if (places_.text(record.where) != item.where) record.where = places_.keep(item.where);
}

void Items::add_answer(size_t number, const Answer& answer) {
  answered_.push_back({answers_.add(bytes_of(answer)), records_[number].answers});
  records_[number].answers = static_cast<uint32_t>(answered_.size() - 1);
}

std::optional<Split> Items::split(size_t number) const {
  const auto split = static_cast<int8_t>(words_[records_[number].words][1]);
  return split < 0 ? std::nullopt : std::optional(static_cast<Split>(split));
}

Item Items::said(size_t number) const {
  const Record& record = records_[number];
  std::string_view words = words_[record.words];
  Item item;
  item.picture = record.picture;
  item.where = places_.text(record.where);
  item.looked_at = get<bool>(words);
  item.split = split(number);
  get<int8_t>(words);
  item.by = names_[get<uint32_t>(words)];
  while (!words.empty()) item.classes.push_back(names_[get<uint32_t>(words)]);
  return item;
}

Item Items::operator[](size_t number) const {
  Item item = said(number);
  for (uint32_t at = records_[number].answers; at != kNone; at = answered_[at].before)
    item.answers.push_back(answer_of(answers_.read(answered_[at].place)));
  std::reverse(item.answers.begin(), item.answers.end());
  return item;
}

bool FileNames::contains(std::string_view name) const {
  const auto& names = sorted();
  return std::binary_search(names.begin(), names.end(), name);
}

const std::vector<std::string_view>& FileNames::sorted() const {
  if (sorted_) return names_;
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  sorted_ = true;
  return names_;
}

}  // namespace dew::exchange
