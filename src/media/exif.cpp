#include "media/exif.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/base.h"

#include "media/bytes.h"

namespace dew::media {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kExifMark = "Exif\0\0"sv;

/// TIFF 6.0, section 2: byte order, 42, the offset of a directory of 12-byte entries: tag, type, count, and
/// the value or where it is.
class Directories {
 public:
  explicit Directories(std::string_view block) : bytes_(block), big_(bytes_.is(0, "MM\0*"sv)) {
    if (big_ || bytes_.is(0, "II*\0"sv)) first_ = number(4, 4);
  }
  [[nodiscard]] std::optional<uint32_t> first() const { return first_; }

  [[nodiscard]] std::optional<uint32_t> number(size_t at, size_t count) const {
    return big_ ? bytes_.big_endian(at, count) : bytes_.little_endian(at, count);
  }
  /// Where the tag's entry is; nullopt: the directory has none.
  [[nodiscard]] std::optional<size_t> entry(std::optional<uint32_t> directory, uint32_t wanted) const {
    const auto entries = directory ? number(*directory, 2) : std::nullopt;
    for (size_t i = 0; entries && i < *entries; ++i) {
      const size_t at = size_t{*directory} + 2 + 12 * i;
      const auto tag = number(at, 2);
      if (!tag || !bytes_.has(at, 12)) break;
      if (*tag == wanted) return at;
    }
    return std::nullopt;
  }
  /// A text, without what follows its first NUL and spaces around it.
  [[nodiscard]] std::string text(std::optional<uint32_t> directory, uint32_t wanted) const {
    constexpr uint32_t kInside = 4;  // bytes that stand in the entry itself
    constexpr uint32_t kLongest = 200;
    const auto at = entry(directory, wanted);
    if (!at) return {};
    const uint32_t count = std::min(*number(*at + 4, 4), kLongest);
    const std::string_view all = bytes_.part(count <= kInside ? *at + 8 : *number(*at + 8, 4), count);
    return trim(all.substr(0, all.find('\0')));
  }

 private:
  Bytes bytes_;
  bool big_;
  std::optional<uint32_t> first_;
};

/// "2024:05:31 17:03:59", as milliseconds since 1970. Cameras without a clock write zeros or spaces.
std::optional<int64_t> time_of(const std::string& date, const std::string& fraction) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (std::sscanf(date.c_str(), "%4d:%2u:%2u %2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
    return std::nullopt;
  const std::chrono::year_month_day on{std::chrono::year(year), std::chrono::month(month),
                                       std::chrono::day(day)};
  if (year < 1980 || !on.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const int64_t days = std::chrono::sys_days(on).time_since_epoch().count();
  int64_t milliseconds = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
  // Decimals, as many as the camera likes.
  int64_t scale = 100;
  for (const char digit : fraction) {
    if (digit < '0' || digit > '9') break;
    milliseconds += (digit - '0') * scale;
    scale /= 10;
  }
  return milliseconds;
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

}  // namespace

std::string_view exif_block(Format format, std::string_view bytes) {
  switch (format) {
    case Format::kJpeg:
      return block_of_jpeg(Bytes(bytes));
    case Format::kPng:
      return block_of_png(Bytes(bytes));
    case Format::kWebp:
      return block_of_webp(Bytes(bytes));
    case Format::kTiff:
      return bytes;
    default:
      return {};
  }
}

Orientation exif_orientation(std::string_view block) {
  constexpr uint32_t kOrientation = 0x0112;
  const Directories directories(block);
  const auto entry = directories.entry(directories.first(), kOrientation);
  const uint32_t value = entry ? *directories.number(*entry + 8, 2) : 0;
  return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::kUpright;
}

Shot exif_shot(std::string_view block) {
  constexpr uint32_t kMake = 0x010F;
  constexpr uint32_t kModel = 0x0110;
  constexpr uint32_t kExif = 0x8769;  // the directory with what follows
  constexpr uint32_t kDateTimeOriginal = 0x9003;
  constexpr uint32_t kSubSecTimeOriginal = 0x9291;
  const Directories directories(block);
  const auto first = directories.first();
  const auto entry = directories.entry(first, kExif);
  const auto inner = entry ? directories.number(*entry + 8, 4) : std::nullopt;
  return {time_of(directories.text(inner, kDateTimeOriginal), directories.text(inner, kSubSecTimeOriginal)),
          trim(directories.text(first, kMake) + " " + directories.text(first, kModel))};
}

Image oriented(Image image, Orientation orientation) {
  if (orientation == Orientation::kUpright) return image;
  const auto is_one_of = [orientation](std::initializer_list<Orientation> list) {
    return std::find(list.begin(), list.end(), orientation) != list.end();
  };
  using enum Orientation;
  const bool swapped = swaps_sides(orientation);
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
