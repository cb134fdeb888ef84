// Numbered files: which of them are one recording, picture by picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "media/media.h"
#include "store/store.h"

namespace dew::store {

/// A still picture, as far as its split goes.
struct Gathered {
  int64_t source = 0;
  std::string path;  ///< where it came from: its folder and number are read from that
  std::string sha256;
  Look look;
  std::optional<Split> split;  ///< it has one, which stays
  std::string answer;          ///< its label's class; empty: none is known
};

/// Pictures of one recording, in order.
using Sequence = std::vector<const Gathered*>;

/// Distance of two hashes; nullopt: one of the pictures is flat, so that its hash says nothing.
std::optional<int> distance(const Look& a, const Look& b);

/// By all numbers in their paths, as people count: 2.jpg before 10.jpg.
bool comes_before(const Gathered& a, const Gathered& b);

/// Files of one folder whose names differ only in numbers, and which look alike from one to the next. Those
/// of a camera that counts its photos are none: what follows each other there does not look alike, but for
/// the photos of one thing, which come as short sequences. Each has two pictures or more.
std::vector<Sequence> find_series(const std::vector<Gathered>& all);

}  // namespace dew::store
