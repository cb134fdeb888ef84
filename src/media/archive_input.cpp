#include "media/archive_input.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace dew::media {
namespace {

bool is_gzip(int file) {
  std::array<unsigned char, 2> head{};
  return ::pread(file, head.data(), head.size(), 0) == std::ssize(head) && head[0] == 0x1F && head[1] == 0x8B;
}

}  // namespace

ArchiveInput::ArchiveInput(const fs::path& path, As as, const Watch& watch)
    : watch_(watch), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), archive_(archive_read_new()) {
  archive* const reader = archive_.get();
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_zstd(reader);
  if (as == As::kStream) {
    archive_read_support_format_raw(reader);
    return;
  }
  archive_read_support_format_tar(reader);
  // What follows an end mark is read too: archives that were put one after the other, and the checksum of a
  // compressed stream.
  archive_read_set_format_option(reader, "tar", "read_concatenated_archives", "1");
  // By its directory, at the end of the file: without it a ZIP is cut off.
  archive_read_support_format_zip_seekable(reader);
  archive_read_support_format_7zip(reader);
}

ArchiveInput::~ArchiveInput() {
  archive_.reset();
  gzip_.reset();
  if (file_ >= 0) ::close(file_);
}

bool ArchiveInput::open() {
  if (file_ < 0) {
    disk_failed_ = true;
    archive_set_error(archive_.get(), errno, "cannot be opened");
    return false;
  }
  archive_read_set_callback_data(archive_.get(), this);
  if (is_gzip(file_)) {
    const int copy = ::fcntl(file_, F_DUPFD_CLOEXEC, 0);
    gzip_.reset(gzdopen(copy, "rb"));
    if (gzip_ == nullptr && copy >= 0) ::close(copy);
  }
  archive_read_set_read_callback(archive_.get(), gzip_ ? &ArchiveInput::read_gzip : &ArchiveInput::read);
  if (!gzip_) archive_read_set_seek_callback(archive_.get(), &ArchiveInput::seek);
  return archive_read_open1(archive_.get()) >= ARCHIVE_WARN;
}

int ArchiveInput::compressions() const {
  return archive_filter_count(archive_.get()) - 1 + (gzip_ ? 1 : 0);  // libarchive counts the file itself
}

std::string ArchiveInput::failure() const {
  const char* const words = archive_error_string(archive_.get());
  return words == nullptr ? "unknown" : words;
}

la_ssize_t ArchiveInput::read(archive* reader, void* self, const void** block) {
  auto& input = *static_cast<ArchiveInput*>(self);
  if (input.watch_.interrupted()) {
    archive_set_error(reader, EINTR, "interrupted");
    return -1;
  }
  *block = input.block_.data();
  ssize_t got = 0;
  do {
    got = ::read(input.file_, input.block_.data(), input.block_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    input.disk_failed_ = true;
    archive_set_error(reader, errno, "cannot be read");
    return -1;
  }
  input.position_ += got;
  return got;
}

la_ssize_t ArchiveInput::read_gzip(archive* reader, void* self, const void** block) {
  auto& input = *static_cast<ArchiveInput*>(self);
  if (input.watch_.interrupted()) {
    archive_set_error(reader, EINTR, "interrupted");
    return -1;
  }
  *block = input.block_.data();
  const int got = gzread(input.gzip_.get(), input.block_.data(), static_cast<unsigned>(input.block_.size()));
  int code = Z_OK;
  const char* const words = gzerror(input.gzip_.get(), &code);
  input.position_ = gzoffset(input.gzip_.get());
  if (got > 0) return got;
  if (code == Z_OK || code == Z_STREAM_END) return 0;
  input.disk_failed_ = code == Z_ERRNO;
  archive_set_error(reader, EILSEQ, "%s", words);
  return -1;
}

la_int64_t ArchiveInput::seek(archive* /*reader*/, void* self, la_int64_t offset, int whence) {
  auto& input = *static_cast<ArchiveInput*>(self);
  const off_t at = ::lseek(input.file_, offset, whence);
  if (at < 0) return ARCHIVE_FATAL;
  input.position_ = at;
  return at;
}

}  // namespace dew::media
