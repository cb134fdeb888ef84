// WAV files by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dew::testing {

inline void put_number(std::string& to, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(value >> (8 * i) & 0xff);
}

/// 16 bits a sample, channels interleaved.
inline std::string wav_of(const std::vector<int16_t>& samples, uint32_t rate = 16'000,
                          uint32_t channels = 1) {
  std::string data;
  for (const int16_t sample : samples) put_number(data, static_cast<uint16_t>(sample), 2);
  std::string wav = "RIFF";
  put_number(wav, static_cast<uint32_t>(36 + data.size()), 4);
  wav += "WAVEfmt ";
  put_number(wav, 16, 4);
  put_number(wav, 1, 2);
  put_number(wav, channels, 2);
  put_number(wav, rate, 4);
  put_number(wav, rate * channels * 2, 4);
  put_number(wav, channels * 2, 2);
  put_number(wav, 16, 2);
  wav += "data";
  put_number(wav, static_cast<uint32_t>(data.size()), 4);
  return wav + data;
}

}  // namespace dew::testing
