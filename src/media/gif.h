// The outline of a GIF file: how many frames, and whether they end.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace dew::media {

/// Up to `count` bytes at `at`; fewer at the end.
using ReadPiece = std::function<std::string(int64_t at, size_t count)>;

struct GifOutline {
  int64_t frames = 0;
  bool complete = true;  ///< false where the file ends inside a frame
};

/// Walks the blocks (GIF89a, appendix A) until `most_frames` have been seen. Nothing is decoded. The mark at
/// the end of the file is missing in many healthy ones and is not asked for.
GifOutline outline_of_gif(const ReadPiece& read, int64_t most_frames);

}  // namespace dew::media
