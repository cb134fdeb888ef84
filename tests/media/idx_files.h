// IDX files made for tests, plain and packed.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace dew::testing {

/// A header of these sizes over `bytes`; `type` 8 is unsigned bytes.
inline std::string idx_file(const std::vector<uint32_t>& sizes, const std::string& bytes, char type = 8) {
  std::string file{'\0', '\0', type, static_cast<char>(sizes.size())};
  for (const uint32_t size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(size >> shift & 0xff);
  return file + bytes;
}

/// `count` grey pictures of `side` x `side`, which all differ.
inline std::string idx_pictures(uint32_t count, uint32_t side = 4) {
  std::string bytes;
  for (uint32_t i = 0; i < count * side * side; ++i) bytes += static_cast<char>(i * 2654435761U >> 24);
  return idx_file({count, side, side}, bytes);
}

inline std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzip = 15 + 16;
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY);
  std::string in = bytes;
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace dew::testing
