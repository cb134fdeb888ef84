// Perceptual hashes: pictures that look alike get numbers that are near each other.
#pragma once

#include <cstdint>

#include "media/image.h"

namespace dew {

/// A difference hash ("dHash"): bit by bit whether, in the picture scaled to 9 x 8 grey values, a pixel is
/// darker than its right neighbour. Pictures of the same scene differ in few bits; see hash_distance.
uint64_t difference_hash(const Image& image);

/// A difference hash, and how far it can be trusted.
struct DetailedHash {
  uint64_t hash = 0;
  /// Of its 64 comparisons, those between values that differ by four grey levels or more. Where they are few
  /// the picture is flat: noise decides the other bits, and pictures that have nothing in common share them.
  int detail = 0;
};
DetailedHash detailed_hash(const Image& image);

/// Bits in which two hashes differ, 0...64.
int hash_distance(uint64_t a, uint64_t b);

}  // namespace dew
