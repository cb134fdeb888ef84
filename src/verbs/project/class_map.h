// From a data set's classes to the project's.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"
#include "exchange/dataset.h"
#include "verbs/common/class_key.h"
#include "verbs/project/project.h"

namespace dew::verbs {

/// Reads a data set's classes as a project's. A class is the project's one of the same name, in any case, or
/// what ClassMapping::as makes of it.
class ClassMap {
 public:
  /// Error (usage): the mapping names a class that the project does not have, with the nearest that it does.
  static Result<ClassMap> make(const Settings& settings, const ClassMapping& mapping);

  enum class Why {
    kLabel,    ///< `name` is the class; empty: the unsure answer, set aside
    kUnknown,  ///< its classes are none of the project's
    kSeveral,  ///< it shows several of the project's classes
    kNothing,  ///< it shows none of them, and no class says that
    kUnseen,   ///< nobody looked
  };
  struct Reading {
    Why why = Why::kUnseen;
    std::string name;
    bool by_absence = false;  ///< the class that says that nothing is there
  };
  [[nodiscard]] Reading read(const exchange::Item& item) const;

  /// The project's class for theirs; nullopt: it has none, or it is left out.
  [[nodiscard]] std::optional<std::string> ours(const std::string& theirs) const;

  /// Another spelling of ours, or of what sets a picture aside (""), as an export has it; nothing where it
  /// means a class already.
  void add_spelling(const std::string& theirs, const std::string& ours) {
    ours_by_key_.emplace(class_key(theirs), ours);
  }

  /// Decides which class says that nothing is there, where the user did not: one called none, nothing,
  /// background, negative, empty or no; or the only one that begins with no, not, non or without.
  void find_none();
  [[nodiscard]] const std::string& none() const { return none_; }

 private:
  std::vector<std::string> classes_;
  std::map<std::string, std::string> ours_by_key_;  ///< lower case, composed
  std::map<std::string, std::string> as_;
  std::string unsure_;
  std::string none_;
};

}  // namespace dew::verbs
