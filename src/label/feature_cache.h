// Features of pictures on disk, so that a picture is looked at once.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/base.h"

namespace dew::label {

/// What a backbone sees in one sample's picture.
struct FeatureRow {
  int64_t sample = 0;
  uint64_t hash = 0;            ///< the picture's difference hash
  std::vector<float> features;  ///< kept as bfloat16: 8 bits of mantissa
};

/// One file a backbone: "DEWFEAT1", the number of columns, then records of sample, hash, features and a
/// checksum, all little-endian. Gives rows one after the other; 0 columns where there is no file. A record
/// that a kill cut off at the end is not given. Error: any other damage; whoever sees it may remove the file
/// and compute anew.
Result<size_t> read_features(const fs::path& file, const std::function<void(const FeatureRow&)>& give);

/// Adds rows, all of `columns` features, behind those that are there; whole records or, at a kill, a torn one
/// that the next call cuts off. Error: the file has other columns, the disk is full.
Result<void> append_features(const fs::path& file, size_t columns, const std::vector<FeatureRow>& rows);

}  // namespace dew::label
