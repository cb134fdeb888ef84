// Items gathered from statements about pictures, in any order and from several files.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "exchange/dataset.h"
#include "exchange/picture_numbers.h"
#include "exchange/statement.h"

namespace dew::exchange {

/// The model that an export names as the source of an answer. "import:m1" is what an earlier import called
/// m1: the name does not grow each time it goes out and in.
std::string imported_model(std::string by);

/// The person in what an export's row says of who labelled it; empty where models are named, "openai:gpt-4o":
/// whoever wrote "human" beside that did not say who that is.
std::string person_in(std::string by);

/// How statements about one picture go together.
enum class Together {
  kAgree,  ///< each is the whole truth: two that differ are an error
  kUnite,  ///< each tells of a part: one box
};

class ItemList {
 public:
  explicit ItemList(const Tree& tree) : numbers_(tree) {}
  /// `picture` is one of the tree's files. Error (usage): it contradicts what was said of the picture before.
  Result<void> add(const std::string& picture, Statement statement, Together together);
  /// The opinion of one of several annotators. Where they differ, the picture gets no class; those that
  /// `decide` (the ground truth) overrule the others.
  void add_opinion(const std::string& picture, Statement statement, bool decides);
  void add_answer(const std::string& picture, const Answer& answer, const std::string& where);
  /// The same, of an answer that was the picture's label: its class is one of the set's.
  void add_label_by_machine(const std::string& picture, const Answer& answer, const std::string& where);
  /// A picture that is told to be in several splits is in none.
  void set_split(const std::string& picture, std::optional<Split> split, const std::string& where);

  /// Whether something was said about any picture.
  [[nodiscard]] bool empty() const { return items_.empty(); }

  /// Moves items, their classes (in order, numbers by value, behind `first`) and notes into the set.
  void finish(DataSet& set, const std::vector<std::string>& first = {});

 private:
  /// How the opinions about an item stand; what they say is kept in the item.
  struct Opinions {
    bool any = false;
    bool differ = false;
    bool decided = false;
  };
  size_t number_of(const std::string& picture, const std::string& where);
  void unite(size_t number, Item known, std::vector<std::string> classes);
  void settle_opinions(DataSet& set);
  void settle_united();

  Items items_;
  PictureNumbers numbers_;
  std::vector<Opinions> opinions_;  ///< of each item
  /// Pictures of many classes, some of them several times: their classes are not in the item yet.
  std::unordered_map<size_t, std::vector<std::string>> many_;
  std::unordered_map<size_t, size_t> united_;  ///< of these: how many different ones there were when counted
  std::set<size_t> in_several_splits_;
  std::set<std::string> by_machines_;  ///< classes
};

}  // namespace dew::exchange
