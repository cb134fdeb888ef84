#include "store/stratify.h"

#include <algorithm>
#include <numeric>

namespace dew::store {

std::vector<Split> Strata::draw(const std::vector<Unit>& units) {
  std::vector<size_t> order(units.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return units[a].lot < units[b].lot; });
  double left = 0;
  for (const Unit& unit : units) left += static_cast<double>(unit.pictures);

  std::vector<Split> splits(units.size(), Split::kTrain);
  size_t next = 0;
  const auto give = [&](Split split, double share, double& owed) {
    owed += left * share;
    for (; next + 1 < order.size(); ++next) {  // the last one trains
      const auto pictures = static_cast<double>(units[order[next]].pictures);
      if (pictures / 2 > owed) break;
      splits[order[next]] = split;
      owed -= pictures;
      left -= pictures;
    }
    owed = std::min(owed, 1.0);  // classes of a single picture owe theirs to nobody
  };
  give(Split::kTest, test_share_, test_owed_);
  give(Split::kValidation, validation_share_, validation_owed_);
  return splits;
}

}  // namespace dew::store
