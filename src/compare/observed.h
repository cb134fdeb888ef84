// What was seen: the same pictures, what people and both label sets say of them, and what every net said.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dew::compare {

/// [seed][picture]: a class; negative: it was not asked.
using Said = std::vector<std::vector<int>>;

/// All vectors have one entry a picture, and every picture has a gold label.
struct Observed {
  std::vector<std::string> classes;
  std::vector<int> gold;
  std::vector<int64_t> group;  ///< pictures of one group are nearly the same: they are drawn together
  std::vector<int> fold;       ///< by which nets it was tested, from 0
  std::vector<int> label_a;    ///< what label set A says of it; negative: nothing
  std::vector<int> label_b;
  Said a, b, noise;  ///< by the int8 nets, as many seeds in each; noise may be empty
  Said a_float, b_float;
};

/// [seed][picture]: 1 where the net was right, else 0.
using Right = std::vector<std::vector<float>>;
Right right_of(const Said& said, const std::vector<int>& gold);

}  // namespace dew::compare
