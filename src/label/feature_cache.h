// feature_cache: features of pictures on disk, so that they are computed once.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/base.h"

namespace dew::label {

/// A backbone's features of one sample's picture.
struct FeatureRow {
  int64_t sample = 0;
  uint64_t hash = 0;            ///< the picture's difference hash
  std::vector<float> features;  ///< kept as bfloat16: 8 bits of mantissa
};

/// One file per backbone: "DEWFEAT1", the number of columns, then records of sample, hash, features and a
/// checksum, all little-endian. Gives the rows one after the other and returns the number of columns, 0 if
/// there is no file. A record that a kill cut short at the end is ignored. Error: any other damage; then
/// remove the file and compute the features again.
Result<size_t> read_features(const fs::path& file, const std::function<void(const FeatureRow&)>& give);

/// Appends rows, all of `columns` features. A kill may leave a part of a record, which the next call cuts
/// off. Error: the file has another number of columns, the disk is full.
Result<void> append_features(const fs::path& file, size_t columns, const std::vector<FeatureRow>& rows);

}  // namespace dew::label
