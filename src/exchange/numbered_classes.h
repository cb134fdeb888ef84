// A column that numbers the classes which another one names: a line on which the two differ is a mistake.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace dew::exchange {

class NumberedClasses {
 public:
  /// Only the first ten thousand pairs: more are no classes.
  void note(const std::string& number, const std::string& name, int64_t line);

  /// A line that says something else of a number, or of a name, than most lines.
  struct Odd {
    std::string number;
    std::string name;
    int64_t line = 0;
  };
  /// The first one; nullopt: there is none, or there are so many that the numbers say something else than
  /// the names (stars from 1 to 5).
  [[nodiscard]] std::optional<Odd> odd() const;

 private:
  struct Lines {
    int64_t count = 0;
    int64_t first = 0;

    /// Of two pairs with one number or name, the one of most lines is right; of as many, the earlier one.
    [[nodiscard]] bool beats(const Lines& other) const {
      return count > other.count || (count == other.count && first < other.first);
    }
  };
  std::map<std::pair<std::string, std::string>, Lines> pairs_;  ///< by number and name
};

}  // namespace dew::exchange
