// Samples of sound, one piece after the other, from a file, the network, a microphone or a pipe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/base.h"

namespace dew {

/// A source of sound that is read forwards: one channel, 16,000 samples a second. Memory stays flat.
class SoundSource {
 public:
  static constexpr int kRate = 16'000;

  /// `source`: a sound file (WAV, FLAC, Ogg, MP3, AAC) or a video with a sound track, an address (http,
  /// https, rtsp, rtsps, rtmp, udp), `microphone:` or `microphone:hw:0` (ALSA's names), `-` or `pipe:` for
  /// standard input. Error: cannot be opened, holds no sound, a rate or a number of channels that no sound
  /// has; the network or the microphone gave nothing for 30 seconds; interrupted.
  static Result<SoundSource> open(const std::string& source, Watch& watch);
  SoundSource(SoundSource&&) noexcept;
  SoundSource& operator=(SoundSource&&) noexcept;
  ~SoundSource();

  /// The next samples, valid until the next call; none at the end. Error: interrupted, the stream broke off
  /// or stalled.
  Result<std::span<const int16_t>> read(Watch& watch);

  /// Where the first sample lies, in seconds from the start of the file; of a live source 0. After read().
  [[nodiscard]] double start() const;
  [[nodiscard]] bool live() const;  ///< a microphone, a pipe or an address: cannot be read again
  /// A microphone or a stream on the network: where it ends, it broke off.
  [[nodiscard]] bool endless() const;

 private:
  struct Inside;
  explicit SoundSource(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace dew
