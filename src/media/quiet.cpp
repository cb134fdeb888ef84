// Progress bars live on stderr. OpenCV and FFmpeg have log levels; libjpeg and libpng call fprintf(stderr,
// ...) inside OpenCV. The GNU C library lets a program assign to `stderr`, so for the time of a decode it is
// a stream that sorts by thread: the decoding thread's words are collected, everyone else's go on to the
// descriptor.
#include "media/quiet.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>

#include "base/base.h"

namespace dew::media {
namespace {

constexpr size_t kMostWords = 1000;

thread_local std::string* collected = nullptr;

#ifdef __GLIBC__

ssize_t sort_by_thread(void* /*cookie*/, const char* bytes, size_t count) {
  if (collected == nullptr) return ::write(STDERR_FILENO, bytes, count);
  if (collected->size() < kMostWords) collected->append(bytes, count);
  return static_cast<ssize_t>(count);
}

/// Made once and never closed: another thread may be about to use it.
std::FILE* sorting_stream() {
  static std::FILE* const stream = [] {
    cookie_io_functions_t functions{};
    functions.write = &sort_by_thread;
    std::FILE* made = ::fopencookie(nullptr, "w", functions);
    if (made != nullptr) std::setvbuf(made, nullptr, _IONBF, 0);
    return made;
  }();
  return stream;
}

std::mutex exchange;
int lives = 0;
std::FILE* original = nullptr;

void begin_sorting() {
  const std::lock_guard lock(exchange);
  if (lives++ > 0 || sorting_stream() == nullptr) return;
  original = stderr;
  stderr = sorting_stream();
}

void end_sorting() {
  const std::lock_guard lock(exchange);
  if (--lives == 0 && original != nullptr) stderr = original;
}

#else

void begin_sorting() {}
void end_sorting() {}

#endif

/// FFmpeg's level can only be given through OpenCV's environment variable, which it reads when the first
/// video is opened. A user's own value stands.
void set_log_levels() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  ::setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET
}

}  // namespace

Quiet::Quiet() : outer_(collected) {
  static std::once_flag once;
  std::call_once(once, set_log_levels);
  collected = &words_;
  begin_sorting();
}

Quiet::~Quiet() {
  end_sorting();
  collected = outer_;
}

std::string Quiet::words() const {
  std::string line = trim(words_);
  for (char& c : line)
    if (c == '\n') c = ' ';
  return printable(line);
}

}  // namespace dew::media
