// Which format a file has, by its first bytes. Nothing is decoded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "media/inspect.h"

namespace dew::media {

enum class Format {
  kJpeg,
  kPng,
  kBmp,
  kWebp,
  kPnm,
  kTiff,
  kJpeg2000,
  kGif,
  kHeif,  ///< HEIC and AVIF
  kAvi,
  kIsoMedia,  ///< MP4, MOV, 3GP, HEIC and AVIF sequences
  kMatroska,
  kMpegProgram,
  kMpegTransport,  ///< also with 192-byte packets (MTS, M2TS)
  kMpegVideo,      ///< MPEG-1 or MPEG-2 without a container
  kMpeg4Video,     ///< MPEG-4 part 2 without a container
  kH264,           ///< without a container (Annex B)
  kHevc,
  kAsf,
  kOgg,
  kFlv,
  kIvf,
  kY4m,
  kIdx,  ///< many pictures, as MNIST's
};

/// As many bytes as recognise() looks at.
constexpr size_t kHeadBytes = 600;

/// `head`: the first kHeadBytes of the file, or all of it. Formats that name other files or servers
/// (playlists, scripts) are not among them: reading a video must not open anything else.
std::optional<Format> recognise(std::string_view head);

/// True for a format of still pictures; GIF, WebP and PNG may also be animated.
bool is_picture(Format format);

/// FFmpeg's name of the demuxer that reads the format; nullptr where FFmpeg does not read it for us.
const char* demuxer_of(Format format);

/// "text", "a GIF picture", ...: what the bytes look like.
std::string looks_like(std::string_view head);

/// What can be given instead of a file that is not read.
constexpr const char* kReadFormats =
    "give a JPEG, PNG, WebP, HEIC, AVIF, TIFF, BMP, GIF, JPEG 2000 or PNM picture, an MP4, MOV, AVI, MKV, "
    "WebM, MPEG or H.264 video, or an IDX file of pictures";

}  // namespace dew::media
