// near_groups: pictures that are nearly the same, wherever and whenever they were taken.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace dew::label {

/// Groups of two or more samples whose hashes (media's difference_hash) differ in at most `bits`, which is
/// what Nearness::bits means to find_near(): each sample, in the order given, joins the group whose first
/// sample it is nearest to, or begins one. As there, none joins another that has joined, so that groups do
/// not drift. `hashed`: a sample's id and its hash. Ids of a group are in the order given, groups in that of
/// their first.
std::vector<std::vector<int64_t>> near_groups(const std::vector<std::pair<int64_t, uint64_t>>& hashed,
                                              int bits);

}  // namespace dew::label
