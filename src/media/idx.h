// IDX, MNIST's form: many pictures of one size in one file, or their labels in another; plain or gzip.
//
//     00 00 08 03 | count | rows | columns | bytes ...             pictures, grey
//     00 00 08 04 | count | rows | columns | 3 | bytes ...         the same in RGB (1: grey)
//     00 00 08 01 | count | bytes ...                              labels
//
// Numbers are 32 bits, big-endian. 08 is the type, unsigned bytes; other types (floats) are not read.
// http://yann.lecun.com/exdb/mnist/
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew {

/// MediaInfo::frames_per_second of a file whose frames are pictures that have nothing to do with each other:
/// no time passes between them, and their order says nothing.
inline constexpr double kUnrelatedFrames = -1;

/// Whether a file is one of these, by its first bytes (600 or more, or all of it).
bool is_idx_pictures(std::string_view head);
bool is_idx_labels(std::string_view head);

/// How many pictures a file of them promises. Error: it cannot be opened, or is none.
Result<int64_t> count_idx_pictures(const fs::path& path);

/// The labels, at most `most`. Error: it cannot be opened, is none, holds more, is cut off or damaged.
Result<std::vector<uint8_t>> read_idx_labels(const fs::path& path, int64_t most);

}  // namespace dew
