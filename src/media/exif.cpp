#include "media/exif.h"

#include <algorithm>

#include "media/bytes.h"

namespace dew::media {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExifMark = "Exif\0\0"sv;

/// TIFF 6.0, section 2: byte order, 42, the offset of a directory of 12-byte entries.
Orientation orientation_of_tiff(std::string_view block) {
  const Bytes bytes(block);
  const bool big = bytes.is(0, "MM\0*"sv);
  if (!big && !bytes.is(0, "II*\0"sv)) return Orientation::kUpright;
  const auto number = [&](size_t at, size_t count) {
    return big ? bytes.big_endian(at, count) : bytes.little_endian(at, count);
  };
  constexpr uint32_t kOrientationTag = 0x0112;
  const auto directory = number(4, 4);
  const auto entries = directory ? number(*directory, 2) : std::nullopt;
  if (!entries) return Orientation::kUpright;
  for (size_t entry = 0; entry < *entries; ++entry) {
    const size_t at = size_t{*directory} + 2 + 12 * entry;
    const auto tag = number(at, 2);
    const auto value = number(at + 8, 2);
    if (!tag || !value) break;
    if (*tag == kOrientationTag && *value >= 1 && *value <= 8) return static_cast<Orientation>(*value);
  }
  return Orientation::kUpright;
}

/// The APP1 segment that begins with "Exif", before the first scan.
std::string_view block_of_jpeg(const Bytes& bytes) {
  for (size_t at = 2; bytes.has(at, 4);) {
    if (bytes.byte(at) != 0xFF) break;
    const uint8_t marker = bytes.byte(at + 1);
    if (marker == 0xFF) {  // a fill byte
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) break;
    const size_t length = std::max<size_t>(*bytes.big_endian(at + 2, 2), 2);
    if (marker == 0xE1 && bytes.is(at + 4, kExifMark) && length > 8) return bytes.part(at + 10, length - 8);
    at += 2 + length;
  }
  return {};
}

std::string_view block_of_png(const Bytes& bytes) {
  for (size_t at = 8; bytes.has(at, 12);) {
    const size_t length = *bytes.big_endian(at, 4);
    if (bytes.is(at + 4, "eXIf")) return bytes.part(at + 8, length);
    at += 12 + length;
  }
  return {};
}

/// RFC 9649, 2.7.1.5. Some writers keep JPEG's mark before the block.
std::string_view block_of_webp(const Bytes& bytes) {
  for (size_t at = 12; bytes.has(at, 8);) {
    const size_t length = *bytes.little_endian(at + 4, 4);
    if (bytes.is(at, "EXIF")) {
      std::string_view block = bytes.part(at + 8, length);
      if (block.starts_with(kExifMark)) block.remove_prefix(kExifMark.size());
      return block;
    }
    at += 8 + length + length % 2;
  }
  return {};
}

std::string_view block_of(Format format, std::string_view bytes) {
  if (format == Format::kJpeg) return block_of_jpeg(Bytes(bytes));
  if (format == Format::kPng) return block_of_png(Bytes(bytes));
  if (format == Format::kWebp) return block_of_webp(Bytes(bytes));
  return {};
}

}  // namespace

Orientation exif_orientation(Format format, std::string_view bytes) {
  return orientation_of_tiff(block_of(format, bytes));
}

Image oriented(Image image, Orientation orientation) {
  if (orientation == Orientation::kUpright) return image;
  const auto is_one_of = [orientation](std::initializer_list<Orientation> list) {
    return std::find(list.begin(), list.end(), orientation) != list.end();
  };
  using enum Orientation;
  const bool swapped = is_one_of({kTransposed, kTurnClockwise, kAntiTransposed, kTurnAnticlockwise});
  // Where the target's pixel (x, y) comes from: x and y change places first, then each may count backwards.
  const bool backwards_x = is_one_of({kMirrored, kUpsideDown, kAntiTransposed, kTurnAnticlockwise});
  const bool backwards_y = is_one_of({kUpsideDown, kFlipped, kTurnClockwise, kAntiTransposed});
  Image upright{swapped ? image.height : image.width, swapped ? image.width : image.height, {}};
  upright.rgb.resize(image.rgb.size());
  uint8_t* to = upright.rgb.data();
  for (int y = 0; y < upright.height; ++y) {
    for (int x = 0; x < upright.width; ++x) {
      const int column = swapped ? y : x;
      const int row = swapped ? x : y;
      const int from_x = backwards_x ? image.width - 1 - column : column;
      const int from_y = backwards_y ? image.height - 1 - row : row;
      const auto from =
          (static_cast<size_t>(from_y) * static_cast<size_t>(image.width) + static_cast<size_t>(from_x)) * 3;
      to = std::copy_n(image.rgb.data() + from, 3, to);
    }
  }
  return upright;
}

}  // namespace dew::media
