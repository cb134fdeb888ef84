// Pictures with something to learn in them: a light disc on a dark ground ("yes"), or none ("no").
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "base/base.h"
#include "media/media.h"

namespace dew::testing {

inline Image disc_picture(bool disc, uint64_t seed, int size = 64) {
  std::mt19937_64 random(seed);
  const auto below = [&](uint64_t limit) { return static_cast<int>(random() % limit); };
  Image image{size, size, std::vector<uint8_t>(static_cast<size_t>(size) * size * 3)};
  const int x0 = size / 3 + below(size / 3);
  const int y0 = size / 3 + below(size / 3);
  const int radius = size / 6 + below(size / 8);
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x)
      for (int c = 0; c < 3; ++c) {
        const bool inside = disc && (x - x0) * (x - x0) + (y - y0) * (y - y0) < radius * radius;
        image.rgb[static_cast<size_t>((y * size + x) * 3 + c)] =
            static_cast<uint8_t>((inside ? 180 : 40) + below(40));
      }
  return image;
}

/// `count` pictures disc-000.png, ... and answers.jsonl that says yes and no in turn. Every tenth is
/// "unsure".
inline void write_discs(const fs::path& folder, int count) {
  std::string answers;
  for (int i = 0; i < count; ++i) {
    const bool disc = i % 2 == 0;
    char name[32];
    std::snprintf(name, sizeof name, "disc-%03d.png", i);
    ASSERT_TRUE(write_file(folder / name, encode_png(disc_picture(disc, static_cast<uint64_t>(i)))));
    answers += std::string("{\"sample\": \"") + name + "\", \"label\": \"" +
               (i % 10 == 9 ? "unsure"
                : disc      ? "yes"
                            : "no") +
               "\", \"reason\": \"made by the test\"}\n";
  }
  ASSERT_TRUE(write_file(folder / "answers.jsonl", answers));
}

}  // namespace dew::testing
