// Progress bars live on stderr. OpenCV has a log level and FFmpeg a callback; libpng calls fprintf(stderr,
// ...) inside OpenCV. The GNU C library lets a program assign to `stderr`, so for the time of a decode it is
// a stream that sorts by thread: the decoding thread's words are collected, everyone else's go on to the
// descriptor.
#include "media/quiet.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <streambuf>

#include "base/base.h"

extern "C" {
#include <libavutil/log.h>
}

namespace dew::media {
namespace {

constexpr size_t kMostWords = 1000;

thread_local std::string* collected = nullptr;

void collect(const char* bytes, size_t count) {
  if (collected->size() < kMostWords) collected->append(bytes, count);
}

/// Behind std::cerr.
class SortingBuffer : public std::streambuf {
 public:
  std::streambuf* original = nullptr;

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char byte = traits_type::to_char_type(c);
    return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    if (collected == nullptr) return original->sputn(bytes, count);
    collect(bytes, static_cast<size_t>(count));
    return count;
  }
  int sync() override { return collected == nullptr ? original->pubsync() : 0; }
};

#ifdef __GLIBC__
/// Behind C's stderr. Made once and never closed: another thread may be about to use it.
std::FILE* sorting_stream() {
  static std::FILE* const stream = [] {
    cookie_io_functions_t functions{};
    functions.write = [](void*, const char* bytes, size_t count) -> ssize_t {
      if (collected == nullptr) return ::write(STDERR_FILENO, bytes, count);
      collect(bytes, count);
      return static_cast<ssize_t>(count);
    };
    std::FILE* made = ::fopencookie(nullptr, "w", functions);
    if (made != nullptr) std::setvbuf(made, nullptr, _IONBF, 0);
    return made;
  }();
  return stream;
}
#endif

/// What is exchanged while at least one Quiet lives.
class Exchange {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    if (lives_++ > 0) return;
    buffer_.original = std::cerr.rdbuf(&buffer_);
#ifdef __GLIBC__
    stream_ = stderr;
    if (sorting_stream() != nullptr) stderr = sorting_stream();
#endif
  }
  void end() {
    const std::lock_guard lock(mutex_);
    if (--lives_ > 0) return;
    std::cerr.rdbuf(buffer_.original);
#ifdef __GLIBC__
    stderr = stream_;
#endif
  }

 private:
  std::mutex mutex_;
  int lives_ = 0;
  SortingBuffer buffer_;
  std::FILE* stream_ = nullptr;
};

Exchange& exchange() {
  static Exchange one;
  return one;
}

/// FFmpeg's decoders log from their own threads too, where nobody collects: those words are dropped.
void collect_from_ffmpeg(void*, int level, const char* format, va_list arguments) {
  if (level > AV_LOG_ERROR || collected == nullptr) return;
  std::array<char, 500> line{};
  const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
  if (length > 0) collect(line.data(), std::min(static_cast<size_t>(length), line.size() - 1));
}

void take_over_logs() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  av_log_set_callback(collect_from_ffmpeg);
}

}  // namespace

Quiet::Quiet() : outer_(collected) {
  static std::once_flag once;
  std::call_once(once, take_over_logs);
  collected = &words_;
  exchange().begin();
}

Quiet::~Quiet() {
  exchange().end();
  collected = outer_;
}

std::string Quiet::words() const {
  std::string line = trim(words_);
  for (char& c : line)
    if (c == '\n') c = ' ';
  return printable(line);
}

}  // namespace dew::media
