// Reads image headers by hand, so that a picture is measured before memory is spent on it. Only the fields
// needed are read; the decoder behind checks the rest.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <optional>

#include "media/bytes.h"
#include "media/gif.h"
#include "media/probe.h"

namespace dew::media {
namespace {

using namespace std::string_view_literals;

/// PNG specification, 5.2 and 11.2: the signature, IHDR first, IEND last. Colour types 4 and 6 have an alpha
/// channel; a tRNS chunk makes a palette entry or a colour transparent.
std::optional<ImageHeader> probe_png(const Bytes& bytes) {
  if (!bytes.is(12, "IHDR") || !bytes.has(16, 13)) return std::nullopt;
  ImageHeader header{*bytes.big_endian(16, 4), *bytes.big_endian(20, 4), false, false};
  header.transparent = (bytes.byte(25) & 4) != 0;
  for (size_t at = 8; bytes.has(at, 12);) {
    const size_t length = *bytes.big_endian(at, 4);
    if (!bytes.has(at + 12, length)) break;
    if (bytes.is(at + 4, "tRNS")) header.transparent = true;
    if (bytes.is(at + 4, "IEND")) {
      header.complete = true;
      break;
    }
    at += 12 + length;
  }
  return header;
}

/// Rows are padded to four bytes. Of a compressed file the end is not known beforehand.
std::optional<ImageHeader> probe_bmp(const Bytes& bytes) {
  const auto kind = bytes.little_endian(14, 4);
  if (!kind || !bytes.has(18, 8)) return std::nullopt;
  ImageHeader header;
  int64_t bits = 0;
  bool compressed = false;
  if (*kind == 12) {  // OS/2
    header.width = *bytes.little_endian(18, 2);
    header.height = *bytes.little_endian(20, 2);
    bits = bytes.little_endian(24, 2).value_or(0);
  } else {  // a negative height means rows from the top
    constexpr uint32_t kRgb = 0;
    constexpr uint32_t kBitFields = 3;
    header.width = static_cast<int32_t>(*bytes.little_endian(18, 4));
    header.height = std::abs(int64_t{static_cast<int32_t>(*bytes.little_endian(22, 4))});
    bits = bytes.little_endian(28, 2).value_or(0);
    const uint32_t compression = bytes.little_endian(30, 4).value_or(kRgb);
    compressed = compression != kRgb && compression != kBitFields;
  }
  constexpr int64_t kMostSide = 1 << 24;  // more is refused by the limits, whatever they are
  constexpr int64_t kMostBits = 64;
  if (compressed || header.width > kMostSide || header.height > kMostSide || bits > kMostBits) return header;
  const int64_t row = (header.width * bits + 31) / 32 * 4;
  header.complete = static_cast<int64_t>(bytes.size()) >= *bytes.little_endian(10, 4) + row * header.height;
  return header;
}

/// Netpbm: "P1"..."P6", then width and height in decimal, comments from '#' to the end of the line.
std::optional<ImageHeader> probe_pnm(std::string_view text) {
  text.remove_prefix(2);
  const auto number = [&text]() -> std::optional<int64_t> {
    while (!text.empty() && (std::isspace(static_cast<unsigned char>(text[0])) != 0 || text[0] == '#'))
      text.remove_prefix(text[0] == '#' ? std::min(text.find('\n'), text.size()) : 1);
    int64_t value = 0;
    size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
      if (digits == 10) return std::nullopt;
      value = value * 10 + (text[digits] - '0');
    }
    text.remove_prefix(digits);
    return digits > 0 ? std::optional(value) : std::nullopt;
  };
  const auto width = number();
  const auto height = number();
  if (!width || !height) return std::nullopt;
  return ImageHeader{*width, *height, true, false};
}

/// GIF89a: the logical screen, and whether the first frame ends.
std::optional<ImageHeader> probe_gif(const Bytes& bytes) {
  if (!bytes.has(6, 4)) return std::nullopt;
  const auto piece = [&](int64_t at, size_t count) {
    return std::string(bytes.part(static_cast<size_t>(at), count));
  };
  const GifOutline outline = outline_of_gif(piece, 1);
  return ImageHeader{*bytes.little_endian(6, 2), *bytes.little_endian(8, 2),
                     outline.frames > 0 && outline.complete, false};
}

/// ITU T.800, annex A.5.1: the SIZ marker, behind the start of the codestream (FF4F), holds the reference
/// grid and the offset of the image in it. In a JP2 file the codestream lies in the box jp2c. It ends with
/// FFD9.
std::optional<ImageHeader> probe_jpeg2000(const Bytes& bytes) {
  size_t at = 0;
  size_t end = bytes.size();
  while (!bytes.is(at, "\xFF\x4F\xFF\x51"sv)) {
    const auto length = bytes.big_endian(at, 4);
    if (!length || !bytes.has(at, 8)) return std::nullopt;
    if (bytes.is(at + 4, "jp2c")) {  // length 0: to the end; 1: a 64-bit length follows
      if (*length > 8) end = at + *length;
      at += *length == 1 ? 16 : 8;
      if (!bytes.is(at, "\xFF\x4F\xFF\x51"sv)) return std::nullopt;
      break;
    }
    if (*length < 8) return std::nullopt;
    at += *length;
  }
  if (!bytes.has(at, 24)) return std::nullopt;
  const int64_t right = *bytes.big_endian(at + 8, 4);
  const int64_t bottom = *bytes.big_endian(at + 12, 4);
  const int64_t left = *bytes.big_endian(at + 16, 4);
  const int64_t top = *bytes.big_endian(at + 20, 4);
  return ImageHeader{right - left, bottom - top, bytes.is(end - 2, "\xFF\xD9"sv), false};
}

std::optional<ImageHeader> probe(Format format, std::string_view bytes) {
  if (format == Format::kPng) return probe_png(Bytes(bytes));
  if (format == Format::kBmp) return probe_bmp(Bytes(bytes));
  if (format == Format::kPnm) return probe_pnm(bytes);
  if (format == Format::kGif) return probe_gif(Bytes(bytes));
  if (format == Format::kJpeg2000) return probe_jpeg2000(Bytes(bytes));
  return std::nullopt;
}

}  // namespace

Result<ImageHeader> probe_image(Format format, std::string_view bytes, const std::string& name) {
  const auto header = probe(format, bytes);
  if (header && header->width > 0 && header->height > 0) return *header;
  return work_error("the picture's header is cut off or damaged", name,
                    "get the file again from where it came");
}

}  // namespace dew::media
