// Whether a picture file holds more than one frame, by its outline.
#include <string_view>

#include "media/bytes.h"
#include "media/file.h"
#include "media/gif.h"
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

}  // namespace

bool is_animated(Format format, const fs::path& path) {
  if (format != Format::kPng && format != Format::kWebp && format != Format::kGif) return false;
  File file(path);
  if (format == Format::kPng) return is_animated_png(file);
  if (format == Format::kWebp) return is_animated_webp(file);
  return outline_of_gif([&](int64_t at, size_t count) { return file.read(at, count); }, 2).frames > 1;
}

}  // namespace dew::media
