// A file that libarchive reads from.
#pragma once

#include <archive.h>
#include <zlib.h>

#include <array>
#include <memory>
#include <string>

#include "base/base.h"

namespace dew::media {

/// libarchive's reader over one file. It reads the formats and filters that archive.h names and no others:
/// libarchive knows more than are good for files from anywhere.
class ArchiveInput {
 public:
  enum class As { kArchive, kStream };  ///< kStream: one entry, what a compressed file unpacks to

  /// The watch is asked whenever bytes are read, so that a long run of bytes without an entry can be stopped.
  ArchiveInput(const fs::path& path, As as, const Watch& watch);
  ArchiveInput(const ArchiveInput&) = delete;
  ArchiveInput& operator=(const ArchiveInput&) = delete;
  ~ArchiveInput();

  /// False: see failure(). Call it first.
  bool open();
  [[nodiscard]] archive* get() const { return archive_.get(); }
  /// Compressed once or more; call it when it is open.
  [[nodiscard]] int compressions() const;
  /// What went wrong last, in libarchive's words.
  [[nodiscard]] std::string failure() const;
  /// Whether it was the disk that failed.
  [[nodiscard]] bool disk_failed() const { return disk_failed_; }

  /// How far it has been read, in its own bytes.
  [[nodiscard]] int64_t position() const { return position_; }
  [[nodiscard]] int file() const { return file_; }

 private:
  struct Free {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };
  struct CloseGzip {
    void operator()(gzFile file) const { gzclose(file); }
  };
  static la_ssize_t read(archive* reader, void* self, const void** block);
  static la_ssize_t read_gzip(archive* reader, void* self, const void** block);
  static la_int64_t seek(archive* reader, void* self, la_int64_t offset, int whence);

  const Watch& watch_;
  int file_ = -1;
  int64_t position_ = 0;
  bool disk_failed_ = false;
  std::array<char, 1 << 16> block_{};
  /// zlib's reader where the file is compressed with gzip: libarchive's does not look at the checksum.
  std::unique_ptr<gzFile_s, CloseGzip> gzip_;
  std::unique_ptr<archive, Free> archive_;
};

}  // namespace dew::media
