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

/// Builds a DataSet. Pictures and classes are known by the numbers that picture() and class_number() give.
/// The same picture may be named by several files: its boxes unite.
class BoxedPictures {
 public:
  /// Adds the class behind the others unless it is there.
  uint32_t class_number(const std::string& name);
  /// `file` is one of the tree's. `where` is kept from the first time.
  size_t picture(const std::string& file, const std::string& where);

  /// People looked for all classes, so that a picture without any shows none.
  void looked_at(size_t picture) { pictures_[picture].looked_at = true; }
  void shows(size_t picture, uint32_t class_number) { pictures_[picture].classes.add(class_number); }
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
    std::string file;
    std::string where;
    NumberSet classes;
    bool looked_at = false;
    std::optional<Split> split;
    bool in_several_splits = false;
  };
  std::vector<Picture> pictures_;
  std::unordered_map<std::string, size_t> by_file_;
  std::unordered_map<std::string, uint32_t> class_numbers_;
  DataSet set_;
};

}  // namespace dew::exchange
