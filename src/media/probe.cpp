// Reads image headers by hand (JPEG, PNG, BMP, WebP, PNM), so that a picture is measured before memory is
// spent on it. Only the fields needed are read; the decoder behind checks the rest.
#include "media/probe.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <optional>

namespace dew::media {
namespace {

using namespace std::string_view_literals;

/// Reads numbers at offsets; what lies past the end is nullopt.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool has(size_t at, size_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }
  [[nodiscard]] bool is(size_t at, std::string_view text) const {
    return has(at, text.size()) && bytes_.substr(at, text.size()) == text;
  }
  [[nodiscard]] uint8_t byte(size_t at) const { return static_cast<uint8_t>(bytes_[at]); }
  [[nodiscard]] std::optional<uint32_t> big_endian(size_t at, size_t count) const {
    if (!has(at, count)) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i) value = value << 8 | byte(at + i);
    return value;
  }
  [[nodiscard]] std::optional<uint32_t> little_endian(size_t at, size_t count) const {
    if (!has(at, count)) return std::nullopt;
    uint32_t value = 0;
    for (size_t i = count; i-- > 0;) value = value << 8 | byte(at + i);
    return value;
  }

 private:
  std::string_view bytes_;
};

/// From the first entropy-coded byte to EOI. Inside it 0xFF is followed by 0x00 or a restart marker; every
/// other marker opens a segment that is skipped by its length (progressive files have tables in between).
bool jpeg_scan_ends(const Bytes& bytes, size_t at) {
  while (bytes.has(at, 2)) {
    if (bytes.byte(at) != 0xFF) {
      ++at;
      continue;
    }
    const uint8_t marker = bytes.byte(at + 1);
    if (marker == 0xD9) return true;
    if (marker == 0xFF) {
      ++at;
    } else if (marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += 2;
    } else {
      const auto length = bytes.big_endian(at + 2, 2);
      if (!length) return false;
      at += 2 + std::max<size_t>(*length, 2);
    }
  }
  return false;
}

/// ITU T.81, annex B: segments up to the frame header (SOFn), then to the first scan.
std::optional<ImageHeader> probe_jpeg(const Bytes& bytes) {
  ImageHeader header{ImageFormat::kJpeg, 0, 0, false};
  size_t at = 2;
  while (bytes.has(at, 4)) {
    if (bytes.byte(at) != 0xFF) {
      ++at;
      continue;
    }
    const uint8_t marker = bytes.byte(at + 1);
    if (marker == 0xFF) {
      ++at;
      continue;
    }
    if (marker == 0xD9) break;
    const bool alone = marker == 0x00 || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (alone) {
      at += 2;
      continue;
    }
    const size_t length = std::max<size_t>(*bytes.big_endian(at + 2, 2), 2);
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      if (!bytes.has(at, 9)) break;
      header.height = *bytes.big_endian(at + 5, 2);
      header.width = *bytes.big_endian(at + 7, 2);
    }
    at += 2 + length;
    if (marker == 0xDA) {
      header.complete = jpeg_scan_ends(bytes, at);
      break;
    }
  }
  if (header.width == 0) return std::nullopt;
  return header;
}

/// PNG specification, 5.2 and 11.2.2: the signature, IHDR first, IEND last.
std::optional<ImageHeader> probe_png(const Bytes& bytes) {
  if (!bytes.is(12, "IHDR") || !bytes.has(16, 8)) return std::nullopt;
  ImageHeader header{ImageFormat::kPng, *bytes.big_endian(16, 4), *bytes.big_endian(20, 4), false};
  for (size_t at = 8; bytes.has(at, 12);) {
    const size_t length = *bytes.big_endian(at, 4);
    if (!bytes.has(at + 12, length)) break;
    if (bytes.is(at + 4, "IEND")) {
      header.complete = true;
      break;
    }
    at += 12 + length;
  }
  return header;
}

std::optional<ImageHeader> probe_bmp(const Bytes& bytes) {
  const auto kind = bytes.little_endian(14, 4);
  if (!kind || !bytes.has(18, 8)) return std::nullopt;
  ImageHeader header{ImageFormat::kBmp, 0, 0, true};
  if (*kind == 12) {  // OS/2
    header.width = *bytes.little_endian(18, 2);
    header.height = *bytes.little_endian(20, 2);
  } else {  // a negative height means rows from the top
    header.width = static_cast<int32_t>(*bytes.little_endian(18, 4));
    header.height = std::abs(int64_t{static_cast<int32_t>(*bytes.little_endian(22, 4))});
  }
  return header;
}

/// RFC 9649: a RIFF file whose first chunk is VP8 (lossy), VP8L (lossless) or VP8X (extended).
std::optional<ImageHeader> probe_webp(const Bytes& bytes) {
  ImageHeader header{ImageFormat::kWebp, 0, 0, true};
  header.complete = bytes.size() - 8 >= *bytes.little_endian(4, 4);
  if (bytes.is(12, "VP8X") && bytes.has(24, 6)) {
    header.width = *bytes.little_endian(24, 3) + 1;
    header.height = *bytes.little_endian(27, 3) + 1;
  } else if (bytes.is(12, "VP8L") && bytes.has(21, 4)) {
    const uint32_t sizes = *bytes.little_endian(21, 4);
    header.width = (sizes & 0x3FFF) + 1;
    header.height = (sizes >> 14 & 0x3FFF) + 1;
  } else if (bytes.is(12, "VP8 ") && bytes.is(23, "\x9d\x01\x2a"sv) && bytes.has(26, 4)) {
    header.width = *bytes.little_endian(26, 2) & 0x3FFF;
    header.height = *bytes.little_endian(28, 2) & 0x3FFF;
  } else {
    return std::nullopt;
  }
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
  return ImageHeader{ImageFormat::kPnm, *width, *height, true};
}

std::optional<ImageHeader> probe(std::string_view bytes, bool* known) {
  const Bytes at(bytes);
  *known = true;
  if (at.is(0, "\xFF\xD8\xFF"sv)) return probe_jpeg(at);
  if (at.is(0, "\x89PNG\r\n\x1a\n"sv)) return probe_png(at);
  if (at.is(0, "RIFF") && at.is(8, "WEBP")) return probe_webp(at);
  if (at.is(0, "BM")) return probe_bmp(at);
  if (at.has(0, 3) && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' &&
      (std::isspace(at.byte(2)) != 0 || bytes[2] == '#'))
    return probe_pnm(bytes);
  *known = false;
  return std::nullopt;
}

bool is_text(std::string_view bytes) {
  const std::string_view head = bytes.substr(0, 512);
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7F : byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f';
  });
}

}  // namespace

std::string looks_like(std::string_view bytes) {
  const Bytes at(bytes);
  if (at.is(0, "GIF8")) return "a GIF picture";
  if (at.is(0, "II*\0"sv) || at.is(0, "MM\0*"sv)) return "a TIFF picture";
  if (at.is(4, "ftyphei") || at.is(4, "ftypmif1") || at.is(4, "ftypmsf1")) return "a HEIC picture";
  if (at.is(4, "ftypavif")) return "an AVIF picture";
  if (at.is(4, "ftyp") || at.is(0, "\x1A\x45\xDF\xA3"sv)) return "a video";
  if (at.is(0, "RIFF") && at.is(8, "AVI ")) return "a video";
  if (at.is(0, "\xFF\xD8\xFF"sv)) return "a JPEG picture";
  if (at.is(0, "\x89PNG"sv)) return "a PNG picture";
  if (at.is(0, "RIFF") && at.is(8, "WEBP")) return "a WebP picture";
  if (at.is(0, "%PDF")) return "a PDF document";
  if (at.is(0, "PK\x03\x04")) return "a ZIP archive";
  if (is_text(bytes)) return "text";
  return "something else";
}

Result<ImageHeader> probe_image(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    return work_error("the picture is empty (0 bytes)", name, "get the file again from where it came");
  bool known = false;
  const auto header = probe(bytes, &known);
  if (header && header->width > 0 && header->height > 0) return *header;
  if (known)
    return work_error("the picture's header is cut off or damaged", name,
                      "get the file again from where it came");
  return work_error("this is not a picture that Dewdrop reads: by its first bytes it is " + looks_like(bytes),
                    name, "give a JPEG, PNG, BMP, WebP or PPM file");
}

}  // namespace dew::media
