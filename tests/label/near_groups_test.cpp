// Groups of near-identical pictures: as near as asked, never by a chain, the
// same as by comparing all with all.
#include "label/near_groups.h"

#include <gtest/gtest.h>

#include <random>

#include "media/hash.h"

namespace dew::label {
namespace {

using Groups = std::vector<std::vector<int64_t>>;
using Hashed = std::vector<std::pair<int64_t, uint64_t>>;

/// The rule in its plainest form.
Groups by_comparing_all(const Hashed& hashed, int bits) {
  std::vector<std::pair<uint64_t, std::vector<int64_t>>> groups;
  for (const auto& [sample, hash] : hashed) {
    std::vector<int64_t>* nearest = nullptr;
    int least = bits + 1;
    for (auto& [first, members] : groups)
      if (const int apart = hash_distance(first, hash); apart < least) least = apart, nearest = &members;
    if (nearest != nullptr)
      nearest->push_back(sample);
    else
      groups.push_back({hash, {sample}});
  }
  Groups several;
  for (auto& [first, members] : groups)
    if (members.size() > 1) several.push_back(std::move(members));
  return several;
}

TEST(NearGroups, JoinTheirFirstSampleAndDoNotDrift) {
  EXPECT_EQ(near_groups({{1, 0b0}, {2, 0b11}, {3, 0b1111}, {4, 0b1}}, 2), (Groups{{1, 2, 4}}))
      << "3 is near 2, which is not the first";
  EXPECT_EQ(near_groups({{1, 0b0}, {2, 0b111}, {3, 0b11}}, 2), (Groups{{2, 3}})) << "the nearer of two";
  EXPECT_EQ(near_groups({{7, 5}, {3, 6}, {9, 5}}, 0), (Groups{{7, 9}}));
  EXPECT_EQ(near_groups({}, 2), Groups());
  EXPECT_EQ(near_groups({{1, 0}, {2, ~uint64_t{0}}}, 32), Groups());
}

TEST(NearGroups, AreThoseOfComparingAllWithAll) {
  std::mt19937_64 random(3);
  Hashed hashed;
  std::vector<uint64_t> scenes;
  for (int i = 0; i < 40; ++i) scenes.push_back(random());
  for (int64_t i = 0; i < 600; ++i) {
    uint64_t hash = scenes[random() % scenes.size()];
    for (uint64_t flips = random() % 6; flips > 0; --flips) hash ^= uint64_t{1} << random() % 64;
    hashed.emplace_back(i, hash);
  }
  for (const int bits : {0, 1, 2, 3, 7, 20, 32})
    EXPECT_EQ(near_groups(hashed, bits), by_comparing_all(hashed, bits)) << bits;
}

}  // namespace
}  // namespace dew::label
