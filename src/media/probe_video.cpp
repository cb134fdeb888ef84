// Reads the outline of video containers by hand: which one it is, and whether the file is as long as its own
// sizes say. The outline of an AVI, MP4 or Matroska file is a chain of boxes with lengths, so a cut-off copy
// shows without decoding.
#include <algorithm>
#include <optional>

#include "media/file.h"
#include "media/files.h"
#include "media/gif.h"
#include "media/probe.h"

namespace dew::media {
namespace {

constexpr int kMostBoxes = 100'000;      // a fragmented MP4 of hours has a few thousand
constexpr int kMostChunks = 10'000'000;  // of an AVI: one a frame and a piece of sound

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<uint8_t>(c);
  return value;
}

uint32_t little_endian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(bytes[i]);
  return value;
}

/// How far `end` lies past the end of the file; 0 where it does not.
int64_t beyond(uint64_t end, const File& file) {
  const auto size = static_cast<uint64_t>(file.size());
  constexpr uint64_t kMost = uint64_t{1} << 62;
  return end > size ? static_cast<int64_t>(std::min(end - size, kMost)) : 0;
}

/// RIFF chunks one after another (OpenDML files have several). A size of 0 is what a recorder that was
/// killed leaves: nothing can be said then.
int64_t missing_from_avi(File& file) {
  int64_t at = 0;
  for (int box = 0; box < kMostBoxes; ++box) {
    const std::string head = file.read(at, 8);
    if (head.size() < 8 || !head.starts_with("RIFF")) return 0;
    const int64_t size = little_endian(std::string_view(head).substr(4));
    if (size == 0) return 0;
    const int64_t end = at + 8 + size;
    if (end > file.size()) return end - file.size();
    at = end + size % 2;
  }
  return 0;
}

/// ISO/IEC 14496-12, 4.2: 32-bit size and type, size 1: a 64-bit size follows, size 0: to the end.
int64_t missing_from_iso_media(File& file) {
  uint64_t at = 0;
  for (int box = 0; box < kMostBoxes && at < static_cast<uint64_t>(file.size()); ++box) {
    const std::string head = file.read(static_cast<int64_t>(at), 16);
    if (head.size() < 8) return 8 - static_cast<int64_t>(head.size());
    uint64_t size = big_endian(std::string_view(head).substr(0, 4));
    if (size == 0) return 0;
    if (size == 1) {
      if (head.size() < 16) return 16 - static_cast<int64_t>(head.size());
      size = big_endian(std::string_view(head).substr(8));
    }
    if (size < 8 || size > uint64_t{1} << 62) return 0;  // trailing rubbish, which players ignore too
    if (const int64_t missing = beyond(at + size, file); missing > 0) return missing;
    at += size;
  }
  return 0;
}

/// RFC 8794, 4: a number whose first byte tells its length. All ones: unknown (a live recording).
struct VariableInteger {
  uint64_t value = 0;
  size_t length = 0;
  bool unknown = false;
};

std::optional<VariableInteger> variable_integer(std::string_view bytes) {
  if (bytes.empty() || bytes[0] == 0) return std::nullopt;
  const auto first = static_cast<uint8_t>(bytes[0]);
  size_t length = 1;
  while ((first & 0x80 >> (length - 1)) == 0) ++length;
  if (bytes.size() < length) return std::nullopt;
  const uint64_t mask = (uint64_t{1} << 7 * length) - 1;
  const uint64_t value = big_endian(bytes.substr(0, length)) & mask;
  return VariableInteger{value, length, value == mask};
}

/// RFC 8794: the EBML header, then one Segment (0x18538067) that holds everything.
int64_t missing_from_matroska(File& file) {
  const std::string head = file.read(0, 4 + 8);
  const auto header = variable_integer(std::string_view(head).substr(4));
  if (!header || header->unknown) return 0;
  const uint64_t segment = 4 + header->length + header->value;
  if (const int64_t missing = beyond(segment + 5, file); missing > 0) return missing;
  const std::string box = file.read(static_cast<int64_t>(segment), 4 + 8);
  if (!box.starts_with("\x18\x53\x80\x67")) return 0;
  const auto size = variable_integer(std::string_view(box).substr(4));
  if (!size || size->unknown) return 0;
  return beyond(segment + 4 + size->length + size->value, file);
}

}  // namespace

int64_t repeated_frames_of_avi(const fs::path& path) {
  File file(path);
  int64_t repeated = 0;
  int64_t at = 0;
  for (int chunk = 0; chunk < kMostChunks; ++chunk) {
    const std::string head = file.read(at, 12);
    if (head.size() < 8) break;
    const std::string_view id = std::string_view(head).substr(0, 4);
    const int64_t size = little_endian(std::string_view(head).substr(4, 4));
    if (id == "RIFF" || id == "LIST") {  // 'movi' and the 'rec ' in it are walked through, other lists over
      const bool holds_frames = id == "RIFF" || head.ends_with("movi") || head.ends_with("rec ");
      at += holds_frames ? 12 : 8 + size + size % 2;
      continue;
    }
    const bool video = id.ends_with("dc") || id.ends_with("db");
    if (video && size == 0) ++repeated;
    at += 8 + size + size % 2;
  }
  return repeated;
}

Result<VideoHeader> probe_video(const fs::path& path) {
  File file(path);
  const std::string head = file.read(0, kHeadBytes);
  const auto format = recognise(head);
  const bool animated_webp = format == Format::kWebp && is_animated(*format, path);
  const bool by_ffmpeg = format && demuxer_of(*format) != nullptr;
  if (!format || (!by_ffmpeg && !animated_webp && *format != Format::kIdx))
    return work_error("this is not a video that Dewdrop reads: by its first bytes it is " + looks_like(head),
                      shown(path), kReadFormats);
  VideoHeader header{*format, 0};
  if (*format == Format::kAvi) header.missing_bytes = missing_from_avi(file);
  if (*format == Format::kIsoMedia) header.missing_bytes = missing_from_iso_media(file);
  if (*format == Format::kMatroska) header.missing_bytes = missing_from_matroska(file);
  if (*format == Format::kGif) {
    const auto piece = [&](int64_t at, size_t count) { return file.read(at, count); };
    header.missing_bytes = outline_of_gif(piece, INT64_MAX).complete ? 0 : 1;
  }
  return header;
}

}  // namespace dew::media
