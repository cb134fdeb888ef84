#include "label/feature_cache.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dew::label {
namespace {

class FeatureCache : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<FeatureRow> rows(int64_t first, int count) const {
    std::vector<FeatureRow> made;
    for (int64_t i = first; i < first + count; ++i)
      made.push_back({i, static_cast<uint64_t>(i) * 0x9e3779b97f4a7c15,
                      std::vector<float>(7, 0.1F * static_cast<float>(i))});
    return made;
  }
  /// The samples read, or -1 for an error.
  std::vector<int64_t> read() {
    std::vector<int64_t> samples;
    const auto columns = read_features(file_, [&](const FeatureRow& row) {
      samples.push_back(row.sample);
      EXPECT_EQ(row.hash, static_cast<uint64_t>(row.sample) * 0x9e3779b97f4a7c15);
      for (const float value : row.features)
        EXPECT_NEAR(value, 0.1F * static_cast<float>(row.sample), 0.004F * std::fabs(value) + 1e-6F);
    });
    return columns ? samples : std::vector<int64_t>{-1};
  }
  TemporaryFolder folder_ = *TemporaryFolder::create();
  fs::path file_ = folder_.path() / "features" / "a.bf16";
};

TEST_F(FeatureCache, GivesWhatWasAdded) {
  EXPECT_TRUE(read().empty());
  ASSERT_TRUE(append_features(file_, 7, rows(1, 2)));
  ASSERT_TRUE(append_features(file_, 7, rows(3, 1)));
  EXPECT_EQ(read(), (std::vector<int64_t>{1, 2, 3}));
  EXPECT_FALSE(append_features(file_, 8, rows(4, 1)));
}

TEST_F(FeatureCache, ATornRecordIsCutOff) {
  ASSERT_TRUE(append_features(file_, 7, rows(1, 3)));
  fs::resize_file(file_, fs::file_size(file_) - 5);
  EXPECT_EQ(read(), (std::vector<int64_t>{1, 2}));
  ASSERT_TRUE(append_features(file_, 7, rows(3, 2)));
  EXPECT_EQ(read(), (std::vector<int64_t>{1, 2, 3, 4}));
}

TEST_F(FeatureCache, AnyChangedByteIsDamage) {
  ASSERT_TRUE(append_features(file_, 7, rows(1, 2)));
  const std::string whole = *read_file(file_);
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x10);
    ASSERT_TRUE(write_file(file_, bytes));
    int64_t given = 0;
    const auto columns = read_features(file_, [&](const FeatureRow&) { ++given; });
    // A header with other columns can make all that follows one torn record: then nothing is given.
    EXPECT_TRUE(!columns || *columns != 7) << "byte " << i;
    EXPECT_LT(given, 2) << "byte " << i;
  }
}

}  // namespace
}  // namespace dew::label
