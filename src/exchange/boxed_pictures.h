// Pictures with boxes, gathered from files that tell of them in any order.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/dataset.h"
#include "exchange/label_file.h"
#include "exchange/picture_numbers.h"

namespace dew::exchange {

/// take(0) to take(count - 1), with progress, until one fails or the watch interrupts.
Result<void> for_each_watched(size_t count, Watch& watch, const std::function<Result<void>(size_t)>& take);

/// Small numbers without duplicates, cheap to add to.
class NumberSet {
 public:
  void add(uint32_t number);
  /// Sorted, each once.
  [[nodiscard]] const std::vector<uint32_t>& sorted();

 private:
  void compact();
  std::vector<uint32_t> numbers_;
  size_t compact_at_ = 16;
};

/// Which classes each of many pictures shows: four bytes for a picture with one.
class ClassSets {
 public:
  void add(size_t picture, uint32_t class_number);
  /// Sorted, each once.
  [[nodiscard]] std::vector<uint32_t> of(size_t picture);

 private:
  static constexpr uint32_t kNothing = UINT32_MAX;
  static constexpr uint32_t kMany = UINT32_MAX - 1;
  std::vector<uint32_t> only_;
  std::unordered_map<size_t, NumberSet> many_;
};

/// Builds a DataSet. Pictures and classes are known by the numbers that picture() and class_number() give.
/// The same picture may be named by several files: its boxes unite.
class BoxedPictures {
 public:
  explicit BoxedPictures(const Tree& tree) : by_file_(tree) {}
  /// Adds the class behind the others unless it is there.
  uint32_t class_number(const std::string& name);
  [[nodiscard]] const std::string& class_name(uint32_t number) const { return set_.classes[number]; }
  /// `file` is one of the tree's. `where` is kept from the first time.
  size_t picture(const std::string& file, const std::string& where);

  /// People looked for all classes, so that a picture without any shows none.
  void looked_at(size_t picture) { pictures_[picture].looked_at = true; }
  void shows(size_t picture, uint32_t class_number) { classes_.add(picture, class_number); }
  /// The same, and the item's place is where a class is told, not where the picture is merely listed.
  void shows(size_t picture, uint32_t class_number, const std::string& where);
  /// A picture whose splits differ gets none; a note counts such pictures.
  void split(size_t picture, std::optional<Split> split);
  void split_differs(size_t picture) { pictures_[picture].in_several_splits = true; }
  void count_boxes(int64_t boxes) { set_.boxes += boxes; }
  void missing(Missing missing) { set_.missing.push_back(std::move(missing)); }
  void read_from(const LabelFile& file);
  void note(std::string sentence) { set_.notes.push_back(std::move(sentence)); }
  /// "12 masks ..." where there are any.
  void note_count(int64_t count, std::string_view one, std::string_view many);

  enum class ClassOrder { kAsAdded, kByName };
  /// kByName where the format has no list of classes.
  [[nodiscard]] DataSet finish(ClassOrder order) &&;

 private:
  struct Picture {
    bool looked_at = false;
    bool in_several_splits = false;
    uint32_t told_by = 0;  ///< the file that told the last class; 0: none did
    std::optional<Split> split;
  };
  std::vector<Picture> pictures_;  ///< by the numbers of set_.items
  ClassSets classes_;
  PictureNumbers by_file_;
  std::unordered_map<std::string, uint32_t> class_numbers_;
  std::string telling_;  ///< the file that tells classes now
  uint32_t telling_number_ = 0;
  DataSet set_;
};

}  // namespace dew::exchange
