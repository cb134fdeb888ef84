// Numbered files: which of them are one recording, picture by picture.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

#include "base/texts.h"
#include "media/media.h"
#include "store/store.h"

namespace dew::store {

/// A still picture or a short clip, as far as its split goes. All of a project are in memory at once: some
/// hundred bytes each.
struct Gathered {
  static constexpr int64_t kNoTime = std::numeric_limits<int64_t>::min();
  int64_t source = 0;
  std::string_view folder;  ///< where it came from, with '/' at the end
  std::string_view name;    ///< of the file: its number is read from that
  std::string_view camera;  ///< Look::camera
  bool clip = false;        ///< a video of some seconds: its hash says nothing
  uint64_t lot = 0;         ///< see lot_of()
  DetailedHash hash;
  int64_t taken = kNoTime;     ///< Look::taken
  std::optional<Split> split;  ///< it has one, which stays
  std::string_view answer;     ///< its label's class; empty: none is known
};

/// All still pictures of a project, ordered by source, and the texts that they refer to.
struct Gathering {
  SharedTexts shared;
  Texts names;
  std::vector<Gathered> all;
  /// Fills in folder and name.
  void place(Gathered& one, std::string_view path) {
    const size_t name = path.rfind('/') + 1;  // npos + 1 is 0
    one.folder = shared.keep(path.substr(0, name));
    one.name = names.keep(path.substr(name));
  }
};

/// Pictures of one recording, in order.
using Sequence = std::vector<const Gathered*>;

/// Distance of two hashes; nullopt: one of the pictures is flat, so that its hash says nothing.
std::optional<int> distance(const Gathered& a, const Gathered& b);

/// By all numbers in their paths, as people count: 2.jpg before 10.jpg.
bool comes_before(const Gathered& a, const Gathered& b);

/// Files of one folder whose names differ only in numbers, and which look alike from one to the next. Those
/// of a camera that counts its photos are none: what follows each other there does not look alike, but for
/// the photos of one thing, which come as short sequences. Each has two pictures or more.
std::vector<Sequence> find_series(const std::vector<Gathered>& all);

}  // namespace dew::store
