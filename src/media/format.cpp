#include "media/format.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "media/idx.h"

namespace dew::media {
namespace {

using namespace std::string_view_literals;

struct Facts {
  Format format;
  const char* name;     ///< behind "it is", "it looks like"
  const char* demuxer;  ///< nullptr: FFmpeg is not used
};

constexpr std::array kFacts{
    Facts{Format::kJpeg, "a JPEG picture", nullptr},
    Facts{Format::kPng, "a PNG picture", "apng"},
    Facts{Format::kBmp, "a BMP picture", nullptr},
    Facts{Format::kWebp, "a WebP picture", nullptr},
    Facts{Format::kPnm, "a PNM picture", nullptr},
    Facts{Format::kTiff, "a TIFF picture", nullptr},
    Facts{Format::kJpeg2000, "a JPEG 2000 picture", nullptr},
    Facts{Format::kGif, "a GIF picture", "gif"},
    Facts{Format::kHeif, "a HEIC or AVIF picture", nullptr},
    Facts{Format::kAvi, "an AVI video", "avi"},
    Facts{Format::kIsoMedia, "an MP4 or MOV video", "mov"},
    Facts{Format::kMatroska, "a Matroska or WebM video", "matroska"},
    Facts{Format::kMpegProgram, "an MPEG video", "mpeg"},
    Facts{Format::kMpegTransport, "an MPEG transport stream", "mpegts"},
    Facts{Format::kMpegVideo, "an MPEG video", "mpegvideo"},
    Facts{Format::kMpeg4Video, "an MPEG-4 video", "m4v"},
    Facts{Format::kH264, "an H.264 video", "h264"},
    Facts{Format::kHevc, "an HEVC video", "hevc"},
    Facts{Format::kAsf, "a WMV video", "asf"},
    Facts{Format::kOgg, "an Ogg file", "ogg"},
    Facts{Format::kFlv, "an FLV video", "flv"},
    Facts{Format::kIvf, "an IVF video", "ivf"},
    Facts{Format::kY4m, "a YUV4MPEG video", "yuv4mpegpipe"},
    Facts{Format::kIdx, "an IDX file of pictures", nullptr},
};

const Facts& facts_of(Format format) {
  return *std::find_if(kFacts.begin(), kFacts.end(),
                       [format](const Facts& facts) { return facts.format == format; });
}

class Head {
 public:
  explicit Head(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] bool is(size_t at, std::string_view text) const {
    return at <= bytes_.size() && bytes_.substr(at, text.size()) == text;
  }
  [[nodiscard]] uint8_t byte(size_t at) const {
    return at < bytes_.size() ? static_cast<uint8_t>(bytes_[at]) : uint8_t{0};
  }
  [[nodiscard]] bool blank(size_t at) const { return std::isspace(byte(at)) != 0; }
  /// A byte 'G' every `step` bytes.
  [[nodiscard]] bool transport_packets(size_t first, size_t step) const {
    return is(first, "G") && is(first + step, "G") && is(first + 2 * step, "G");
  }

 private:
  std::string_view bytes_;
};

std::optional<Format> still_picture(const Head& head) {
  if (head.is(0, "\xFF\xD8\xFF"sv)) return Format::kJpeg;
  if (head.is(0, "\x89PNG\r\n\x1a\n"sv)) return Format::kPng;
  if (head.is(0, "RIFF") && head.is(8, "WEBP")) return Format::kWebp;
  if (head.is(0, "BM")) return Format::kBmp;
  if (head.is(0, "GIF87a") || head.is(0, "GIF89a")) return Format::kGif;
  if (head.is(0, "II*\0"sv) || head.is(0, "MM\0*"sv) || head.is(0, "II+\0"sv) || head.is(0, "MM\0+"sv))
    return Format::kTiff;
  if (head.is(0, "\0\0\0\x0CjP  \r\n\x87\n"sv) || head.is(0, "\xFF\x4F\xFF\x51"sv)) return Format::kJpeg2000;
  if (head.byte(0) == 'P' && head.byte(1) >= '1' && head.byte(1) <= '6' &&
      (head.blank(2) || head.byte(2) == '#'))
    return Format::kPnm;
  return std::nullopt;
}

/// ISO/IEC 14496-12, 4.3 for the brand; ISO/IEC 23008-12 and AVIF 1.0 for those of pictures. The brands of
/// sequences (msf1, hevc, avis) hold a track as a video does. A Canon raw file ("crx ") is neither.
std::optional<Format> iso_media(const Head& head) {
  if (head.is(4, "ftyp")) {
    for (const std::string_view brand : {"heic", "heix", "heim", "heis", "mif1", "mif2", "avif"})
      if (head.is(8, brand)) return Format::kHeif;
    if (head.is(8, "crx ")) return std::nullopt;
    return Format::kIsoMedia;
  }
  for (const std::string_view box : {"moov", "mdat", "free", "skip", "wide"})
    if (head.is(4, box)) return Format::kIsoMedia;
  return std::nullopt;
}

/// Elementary streams begin with a start code, 00 00 01 (Annex B: 00 00 00 01 as well), and a unit that names
/// the codec: H.264's parameter set or delimiter, HEVC's (nal_unit_type 32, 33 or 35), or MPEG's sequence.
std::optional<Format> elementary_stream(const Head& head) {
  const size_t code = head.is(0, "\0\0\0\1"sv) ? 4 : 3;
  if (code == 3 && !head.is(0, "\0\0\1"sv)) return std::nullopt;
  const uint8_t unit = head.byte(code);
  if (unit == 0xBA) return Format::kMpegProgram;
  if (unit == 0xB3) return Format::kMpegVideo;
  const bool video_object =
      unit <= 0x1F && head.is(code + 1, "\0\0\1\x20"sv);  // 00 00 01 00 alone is an icon
  if (unit == 0xB0 || unit == 0xB5 || unit == 0x20 || video_object) return Format::kMpeg4Video;
  const bool hevc_header = (unit & 0x81) == 0 && head.byte(code + 1) == 0x01;
  const int hevc_type = unit >> 1;
  if (hevc_header && (hevc_type == 32 || hevc_type == 33 || hevc_type == 35)) return Format::kHevc;
  const int h264_type = unit & 0x1F;
  if ((unit & 0x80) == 0 && (h264_type == 7 || h264_type == 9)) return Format::kH264;
  return std::nullopt;
}

std::optional<Format> video(const Head& head) {
  if (head.is(0, "RIFF") && head.is(8, "AVI ")) return Format::kAvi;
  if (const auto iso = iso_media(head)) return iso;
  if (head.is(0, "\x1A\x45\xDF\xA3"sv)) return Format::kMatroska;
  if (head.transport_packets(0, 188) || head.transport_packets(4, 192)) return Format::kMpegTransport;
  if (head.is(0, "\x30\x26\xB2\x75"sv)) return Format::kAsf;
  if (head.is(0, "OggS")) return Format::kOgg;
  if (head.is(0, "FLV")) return Format::kFlv;
  if (head.is(0, "DKIF")) return Format::kIvf;
  if (head.is(0, "YUV4MPEG2 ")) return Format::kY4m;
  return elementary_stream(head);
}

bool is_text(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7F : byte == '\n' || byte == '\r' || byte == '\t' || byte == '\f';
  });
}

}  // namespace

std::optional<Format> recognise(std::string_view head) {
  const Head bytes(head.substr(0, kHeadBytes));
  if (const auto picture = still_picture(bytes)) return picture;
  if (const auto moving = video(bytes)) return moving;
  if (is_idx_pictures(head)) return Format::kIdx;
  return std::nullopt;
}

bool is_picture(Format format) {
  return format <= Format::kHeif;
}

const char* demuxer_of(Format format) {
  return facts_of(format).demuxer;
}

std::string looks_like(std::string_view head) {
  head = head.substr(0, kHeadBytes);
  if (const auto format = recognise(head)) return facts_of(*format).name;
  const Head bytes(head);
  if (bytes.is(0, "%PDF")) return "a PDF document";
  if (bytes.is(0, "PK\x03\x04")) return "a ZIP archive";
  if (bytes.is(0, "\xFF\x0A"sv) || bytes.is(4, "JXL ")) return "a JPEG XL picture";
  if (bytes.is(8, "crx ")) return "a camera's raw picture";
  if (bytes.is(0, "ID3") || bytes.is(0, "fLaC") || (bytes.is(0, "RIFF") && bytes.is(8, "WAVE")))
    return "a sound file";
  if (is_idx_labels(head)) return "an IDX file of labels";
  if (is_text(head)) return "text";
  return "something else";
}

}  // namespace dew::media
