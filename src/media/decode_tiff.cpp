// TIFF by libtiff, the library behind OpenCV, which hides the orientation and drops transparency. The first
// page only.
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>

#include "media/decode.h"
#include "media/files.h"

namespace dew::media {
namespace {

/// A file in memory, for libtiff to read.
struct Memory {
  std::string_view bytes;
  uint64_t at = 0;
};

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t count) {
  Memory& memory = *static_cast<Memory*>(handle);
  if (memory.at >= memory.bytes.size() || count <= 0) return 0;
  const size_t some = std::min<size_t>(static_cast<size_t>(count), memory.bytes.size() - memory.at);
  std::memcpy(to, memory.bytes.data() + memory.at, some);
  memory.at += some;
  return static_cast<tmsize_t>(some);
}

tmsize_t write_nothing(thandle_t, void*, tmsize_t) {
  return -1;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
  Memory& memory = *static_cast<Memory*>(handle);
  if (whence == SEEK_SET) memory.at = offset;
  if (whence == SEEK_CUR) memory.at += offset;
  if (whence == SEEK_END) memory.at = memory.bytes.size() + offset;
  return memory.at;
}

int close_nothing(thandle_t) {
  return 0;
}

toff_t size_of(thandle_t handle) {
  return static_cast<Memory*>(handle)->bytes.size();
}

/// Keeps the first error's text in the std::string behind `words`, and keeps libtiff from printing it.
int keep_error(TIFF*, void* words, const char* module, const char* format, va_list arguments) {
  auto& kept = *static_cast<std::string*>(words);
  if (!kept.empty()) return 1;
  char text[500];
  std::vsnprintf(text, sizeof text, format, arguments);
  kept = std::string(module != nullptr ? module : "libtiff") + ": " + text;
  return 1;
}

int ignore_warning(TIFF*, void*, const char*, const char*, va_list) {
  return 1;
}

using Tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

Tiff open_tiff(Memory& memory, const MediaLimits& limits, std::string& words) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 TIFFOpenOptionsFree);
  // A strip or tile is at most the whole picture; 8 bytes a pixel are RGBA of 16 bits.
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(limits.max_pixels * 8));
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &words);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore_warning, nullptr);
  // "m": never map the file, it is in memory already.
  return {TIFFClientOpenExt("picture", "rm", &memory, read_bytes, write_nothing, seek, close_nothing, size_of,
                            nullptr, nullptr, options.get()),
          TIFFClose};
}

/// libtiff gives RGBA with the alpha multiplied in; white shows through by what is left.
Decoded premultiplied_over_white(const std::vector<uint32_t>& raster, int width, int height) {
  Decoded decoded{blank(width, height), false, Orientation::kUpright};
  uint8_t* to = decoded.image.rgb.data();
  for (const uint32_t pixel : raster) {
    const uint32_t through = 255 - TIFFGetA(pixel);
    if (through != 0) decoded.transparent = true;
    for (const uint32_t value : {TIFFGetR(pixel), TIFFGetG(pixel), TIFFGetB(pixel)})
      *to++ = static_cast<uint8_t>(std::min<uint32_t>(value + through, 255));
  }
  return decoded;
}

/// All pixels as they are stored, rows top down: the orientation is applied by our own code.
bool read_raster(TIFF* tiff, uint32_t width, uint32_t height, uint32_t* raster, std::string& words) {
  constexpr int kStopOnError = 1;
  TIFFRGBAImage image;
  char reason[1024] = "";
  if (TIFFRGBAImageBegin(&image, tiff, kStopOnError, reason) == 0) {
    words = reason;
    return false;
  }
  image.orientation = ORIENTATION_TOPLEFT;
  image.req_orientation = ORIENTATION_TOPLEFT;
  const bool read = TIFFRGBAImageGet(&image, raster, width, height) != 0;
  TIFFRGBAImageEnd(&image);
  return read;
}

}  // namespace

Result<Decoded> decode_tiff(std::string_view bytes, const DecodeRequest& request) {
  Memory memory{bytes};
  std::string words;
  const Tiff tiff = open_tiff(memory, request.limits, words);
  uint32_t width = 0;
  uint32_t height = 0;
  if (!tiff || TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width) == 0 ||
      TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height) == 0 || width == 0 || height == 0)
    return damaged(request.name, printable(words));
  DEW_CHECK(check_pixels(width, height, request.limits, request.name));
  std::vector<uint32_t> raster(size_t{width} * height);
  if (!read_raster(tiff.get(), width, height, raster.data(), words) || !words.empty())
    return damaged(request.name, printable(words));
  Decoded decoded = premultiplied_over_white(raster, static_cast<int>(width), static_cast<int>(height));
  uint16_t orientation = 0;
  if (TIFFGetField(tiff.get(), TIFFTAG_ORIENTATION, &orientation) != 0 && orientation >= 1 &&
      orientation <= 8)
    decoded.orientation = static_cast<Orientation>(orientation);
  return decoded;
}

}  // namespace dew::media
