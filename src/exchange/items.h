// Pictures of a data set and what is said of them, in little memory: a data set of a million pictures is held
// as a whole, before any of it is taken.
#pragma once

#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/base.h"
#include "base/texts.h"
#include "exchange/spill.h"
#include "store/store.h"

namespace dew::exchange {

/// One picture, and what the data set says of it.
struct Item {
  std::string picture;  ///< below the tree's root, as it is on the disk, with '/'
  /// What people said it shows. Several where there are boxes of several classes; none where nobody looked,
  /// or where `looked_at` and nothing was there.
  std::vector<std::string> classes;
  bool looked_at = false;       ///< somebody drew boxes, or none: without classes it shows none of them
  std::optional<Split> split;   ///< as the data set has it
  std::vector<Answer> answers;  ///< what models said (Answer::sample is 0); empty in most formats
  std::string by;               ///< who said `classes`; empty: the data set does not tell
  std::string where;            ///< "labels.csv:17", for messages
};

/// "labels.csv" of "labels.csv:17", "a.json" of "a.json, images[3]" and "a.json, image 1.jpg".
std::string_view file_of_place(std::string_view where);

/// The place, and another one where that is in another file: "a.csv:17 and b.csv:3".
std::string with_place(std::string where, const std::string& another);

/// The files of such places, as with_place() joins them: "a.csv", "b.csv".
std::vector<std::string> files_of_places(std::string_view where);

/// Places in files, "labels.csv:17": what differs in a number alone stands once.
class FilePlaces {
 public:
  struct Place {
    uint32_t form = 0;
    uint32_t number = 0;
  };
  Place keep(std::string_view where);
  [[nodiscard]] std::string text(const Place& place) const;

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::pair<std::string, std::string>> forms_;  ///< before and behind the number
  Texts texts_;
  std::deque<std::string_view> others_;  ///< by their number, where forms are no use
};

/// A list of items. Each costs its picture's name and some fifty bytes; what many have in common (classes,
/// who said so, the file it stands in) stands once, and answers wait in a file.
class Items {
 public:
  size_t add(const Item& item);
  [[nodiscard]] size_t size() const { return records_.size(); }
  [[nodiscard]] bool empty() const { return records_.empty(); }
  /// Made anew each time.
  [[nodiscard]] Item operator[](size_t number) const;
  [[nodiscard]] Item back() const { return (*this)[size() - 1]; }
  /// Without its answers.
  [[nodiscard]] Item said(size_t number) const;
  [[nodiscard]] std::string_view picture(size_t number) const { return records_[number].picture; }
  [[nodiscard]] bool has_answers(size_t number) const { return records_[number].answers != kNone; }
  [[nodiscard]] std::optional<Split> split(size_t number) const;
  /// Classes, who looked, split and place anew; the picture and its answers stay.
  void change(size_t number, const Item& item);
  void add_answer(size_t number, const Answer& answer);
  /// False: answers could not be read again, because the disk failed.
  [[nodiscard]] bool intact() const { return answers_.intact(); }

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Item;
    using difference_type = std::ptrdiff_t;
    using pointer = const Item*;
    using reference = Item;
    Iterator(const Items* items, size_t number) : items_(items), number_(number) {}
    Item operator*() const { return (*items_)[number_]; }
    Iterator& operator++() {
      ++number_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Items* items_;
    size_t number_;
  };
  [[nodiscard]] Iterator begin() const { return {this, 0}; }
  [[nodiscard]] Iterator end() const { return {this, size()}; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Record {
    std::string_view picture;
    uint32_t words = 0;        ///< index into words_
    uint32_t answers = kNone;  ///< the newest: index into answered_
    FilePlaces::Place where;
  };
  struct Answered {
    Spill::Place place;
    uint32_t before = kNone;  ///< of the same item
  };
  uint32_t name_number(const std::string& name);
  uint32_t words_of(const Item& item);

  Texts pictures_;
  std::deque<Record> records_;
  std::vector<std::string> names_;  ///< classes, and who said so
  std::unordered_map<std::string, uint32_t> name_numbers_;
  Texts word_texts_;
  std::deque<std::string_view> words_;  ///< see words_of()
  std::unordered_map<std::string_view, uint32_t> word_numbers_;
  FilePlaces places_;
  std::deque<Answered> answered_;
  Spill answers_;
};

/// Names of files, each once, sorted.
class FileNames {
 public:
  using value_type = std::string_view;
  using const_iterator = std::vector<std::string_view>::const_iterator;
  void insert(std::string_view name) {
    sorted_ = sorted_ && (names_.empty() || names_.back() < name);
    names_.push_back(texts_.keep(name));
  }
  void insert(const FileNames& others) {
    for (const std::string_view name : others) insert(name);
  }
  [[nodiscard]] bool contains(std::string_view name) const;
  [[nodiscard]] const_iterator begin() const { return sorted().begin(); }
  [[nodiscard]] const_iterator end() const { return sorted().end(); }
  [[nodiscard]] size_t size() const { return sorted().size(); }
  [[nodiscard]] bool empty() const { return names_.empty(); }

 private:
  [[nodiscard]] const std::vector<std::string_view>& sorted() const;
  Texts texts_;
  mutable std::vector<std::string_view> names_;
  mutable bool sorted_ = true;
};

}  // namespace dew::exchange
