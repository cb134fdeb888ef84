// What the user named as a source of frames.
#pragma once

#include <string>

#include "base/base.h"
#include "media/format.h"

namespace dew::media {

enum class Origin { kFile, kNetwork, kCamera, kPipe, kMicrophone };

struct Source {
  Origin origin = Origin::kFile;
  std::string address;            ///< a path, an address, or the device of the camera or microphone
  std::string name;               ///< for messages: without a password, without control characters
  Format format = Format::kAvi;   ///< of a file
  const char* demuxer = nullptr;  ///< of a file that holds sound only: FFmpeg's name; nullptr: by `format`
};

/// Looks at the file, where it is one. Error: a file that is missing or not a video; no such camera.
Result<Source> find_source(const std::string& text);

/// A file, whatever its name looks like.
Result<Source> file_source(const fs::path& path);

/// As find_source(), for what it sounds like: also `microphone:NAME` and files that hold sound only (WAV,
/// FLAC, MP3, AAC).
Result<Source> find_sound(const std::string& text);

}  // namespace dew::media
