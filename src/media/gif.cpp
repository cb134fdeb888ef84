#include "media/gif.h"

namespace dew::media {
namespace {

constexpr int kMostBlocks = 10'000'000;
constexpr int64_t kScreenBytes = 13;
constexpr int64_t kFrameBytes = 10;

/// Bytes of a colour table, by the packed field that announces it.
int64_t colour_table(char packed) {
  const auto bits = static_cast<uint8_t>(packed);
  return (bits & 0x80) != 0 ? int64_t{3} << ((bits & 7) + 1) : 0;
}

/// Past the sub-blocks at `at`, each with a length byte, of which the last is 0; -1 where the file ends
/// before.
int64_t past_parts(const ReadPiece& read, int64_t at) {
  for (int part = 0; part < kMostBlocks; ++part) {
    const std::string length = read(at, 1);
    if (length.empty()) return -1;
    at += 1 + static_cast<uint8_t>(length[0]);
    if (length[0] == 0) return at;
  }
  return -1;
}

}  // namespace

GifOutline outline_of_gif(const ReadPiece& read, int64_t most_frames) {
  const std::string screen = read(0, kScreenBytes);
  if (screen.size() < kScreenBytes) return {0, false};
  GifOutline outline;
  int64_t at = kScreenBytes + colour_table(screen[10]);
  for (int block = 0; block < kMostBlocks && outline.frames < most_frames; ++block) {
    const std::string head = read(at, kFrameBytes);
    if (head.empty() || (head[0] != ',' && head[0] != '!')) return outline;
    const bool frame = head[0] == ',';
    if (frame && head.size() < kFrameBytes) return {outline.frames, false};
    // Behind a frame's header stands the code size, behind an extension's mark its kind.
    at = past_parts(read, frame ? at + kFrameBytes + colour_table(head[9]) + 1 : at + 2);
    if (frame) ++outline.frames;
    if (at < 0) return {outline.frames, !frame};
  }
  return outline;
}

}  // namespace dew::media
