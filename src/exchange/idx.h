// IDX, MNIST's form: what a file of many pictures has beside it.
#pragma once

#include "base/base.h"

namespace dew::exchange {

struct Format;
extern const Format kIdx;  ///< beside those in formats.h

/// The key of the format. An item of it is a file of many pictures, and Item::classes are those of its
/// frames: as many as there are frames, in their order.
inline constexpr std::string_view kManyPictures = "idx";

/// The file with labels that belongs to a file of many pictures by its name, and lies beside it; empty: there
/// is none.
fs::path labels_beside(const fs::path& pictures);

}  // namespace dew::exchange
