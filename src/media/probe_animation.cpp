// Whether a picture file holds more than one frame, by its outline.
#include <string_view>

#include "media/bytes.h"
#include "media/file.h"
#include "media/probe.h"

namespace dew::media {
namespace {

constexpr int kMostBlocks = 1'000'000;

/// APNG 1.0: acTL, with the number of frames, stands before the pixels.
bool is_animated_png(File& file) {
  int64_t at = 8;
  for (int block = 0; block < kMostBlocks; ++block) {
    const std::string head = file.read(at, 12);
    const Bytes bytes(head);
    if (!bytes.has(0, 12) || bytes.is(4, "IDAT") || bytes.is(4, "IEND")) return false;
    if (bytes.is(4, "acTL")) return *bytes.big_endian(8, 4) > 1;
    at += 12 + int64_t{*bytes.big_endian(0, 4)};
  }
  return false;
}

/// RFC 9649, 2.7: each frame is an ANMF chunk.
bool is_animated_webp(File& file) {
  int frames = 0;
  int64_t at = 12;
  for (int block = 0; block < kMostBlocks && frames < 2; ++block) {
    const std::string head = file.read(at, 8);
    const Bytes bytes(head);
    if (!bytes.has(0, 8)) break;
    if (bytes.is(0, "ANMF")) ++frames;
    const int64_t length = *bytes.little_endian(4, 4);
    at += 8 + length + length % 2;
  }
  return frames > 1;
}

/// Bytes of a colour table, by the packed field that announces it.
int64_t colour_table(uint8_t packed) {
  return (packed & 0x80) != 0 ? int64_t{3} << ((packed & 7) + 1) : 0;
}

/// GIF89a: blocks that begin with ',' (a frame), '!' (an extension) or ';' (the end). Both of the former hold
/// runs of sub-blocks with a length byte each.
bool is_animated_gif(File& file) {
  const std::string screen = file.read(0, 13);
  if (screen.size() < 13) return false;
  int frames = 0;
  int64_t at = 13 + colour_table(static_cast<uint8_t>(screen[10]));
  for (int block = 0; block < kMostBlocks; ++block) {
    const std::string head = file.read(at, 10);
    if (head.empty() || (head[0] != ',' && head[0] != '!')) return false;
    if (head[0] == ',') {
      if (++frames > 1) return true;
      if (head.size() < 10) return false;
      at += 10 + colour_table(static_cast<uint8_t>(head[9])) + 1;  // and the code size
    } else {
      at += 2;
    }
    for (int part = 0; part < kMostBlocks; ++part) {
      const std::string length = file.read(at, 1);
      if (length.empty()) return false;
      at += 1 + static_cast<uint8_t>(length[0]);
      if (length[0] == 0) break;
    }
  }
  return false;
}

}  // namespace

bool is_animated(Format format, const fs::path& path) {
  if (format != Format::kPng && format != Format::kWebp && format != Format::kGif) return false;
  File file(path);
  if (format == Format::kPng) return is_animated_png(file);
  if (format == Format::kWebp) return is_animated_webp(file);
  return is_animated_gif(file);
}

}  // namespace dew::media
