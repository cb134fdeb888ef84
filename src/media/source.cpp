#include "media/source.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "media/files.h"
#include "media/frames.h"
#include "media/probe.h"
#include "media/source_name.h"

namespace dew {
namespace media {
namespace {

constexpr std::array<std::string_view, 6> kSchemes{"http", "https", "rtsp", "rtsps", "rtmp", "udp"};

/// Of addresses whose pictures are pushed: they are read elsewhere, and shown like the others.
constexpr std::array<std::string_view, 4> kPushed{"mqtt", "mqtts", "frigate", "frigates"};

template <typename Schemes>
bool begins_with(std::string_view text, const Schemes& schemes) {
  const size_t end = text.find("://");
  if (end == std::string_view::npos) return false;
  const std::string scheme = lower(text.substr(0, end));
  return std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
}

bool is_address(std::string_view text) {
  return begins_with(text, kSchemes);
}

bool is_pipe(std::string_view text) {
  return text == "-" || text == "pipe:";
}

constexpr std::string_view kCamera = "camera:";

Result<Source> camera(const std::string& which) {
  const bool number = !which.empty() && std::all_of(which.begin(), which.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  const std::string device = number ? "/dev/video" + which : which;
  std::error_code code;
  if (!fs::is_character_file(device, code))
    return work_error("there is no camera " + printable(device), "camera:" + printable(which),
                      "list the cameras: ls /dev/video*");
  return Source{Origin::kCamera, device, "camera:" + printable(which), {}};
}

}  // namespace

Result<Source> file_source(const fs::path& path) {
  DEW_CHECK(check_regular_file(path));
  DEW_TRY(const VideoHeader header, probe_video(path));
  std::error_code code;
  return Source{Origin::kFile, fs::absolute(path, code).string(), shown(path), header.format};
}

Result<Source> find_source(const std::string& text) {
  if (is_pipe(text)) return Source{Origin::kPipe, text, "standard input", {}};
  if (text.starts_with(kCamera)) return camera(text.substr(kCamera.size()));
  if (is_address(text)) return Source{Origin::kNetwork, text, printable_source(text), {}};
  return file_source(text);
}

namespace {

/// FFmpeg's demuxer for a file that holds sound only; nullptr: it is another, or none.
const char* sound_demuxer(std::string_view head) {
  const auto byte = [&](size_t at) { return at < head.size() ? static_cast<uint8_t>(head[at]) : 0; };
  if (head.starts_with("RIFF") && head.substr(0, 12).ends_with("WAVE")) return "wav";
  if (head.starts_with("fLaC")) return "flac";
  if (head.starts_with("ID3")) return "mp3";
  if (byte(0) != 0xff || (byte(1) & 0xe0) != 0xe0) return nullptr;  // no frame of MPEG sound
  return (byte(1) & 0x06) == 0 ? "aac" : "mp3";
}

}  // namespace

Result<Source> find_sound(const std::string& text) {
  constexpr std::string_view kMicrophone = "microphone:";
  if (text.starts_with(kMicrophone)) {
    const std::string device = text.substr(kMicrophone.size());
    return Source{Origin::kMicrophone, device.empty() ? "default" : device, printable(text), {}};
  }
  const bool elsewhere = is_pipe(text) || text.starts_with(kCamera) || is_address(text);
  if (elsewhere) return find_source(text);
  DEW_CHECK(check_regular_file(text));
  DEW_TRY(const std::string head, read_head(text));
  const char* const demuxer = sound_demuxer(head);
  if (demuxer == nullptr) return file_source(text);
  std::error_code code;
  return Source{Origin::kFile, fs::absolute(text, code).string(), shown(text), {}, demuxer};
}

}  // namespace media

bool is_path_source(const std::string& source) {
  return !media::is_pipe(source) && !source.starts_with(media::kCamera) && !media::is_address(source) &&
         !media::begins_with(source, media::kPushed);
}

std::string printable_source(const std::string& source) {
  constexpr size_t kLongest = 4096;
  const bool pushed = media::begins_with(source, media::kPushed);
  if (!pushed && !media::is_address(source)) return printable(source, kLongest);
  const size_t host = source.find("://") + 3;
  const size_t end = std::min(source.find_first_of("/?#", host), source.size());
  const size_t user = source.rfind('@', end);
  const size_t from = user != std::string::npos && user >= host && user < end ? user + 1 : host;
  const size_t query = pushed ? source.size() : std::min(source.find_first_of("?#", end), source.size());
  return printable(source.substr(0, host) + source.substr(from, query - from), kLongest);
}

}  // namespace dew
