#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace dew {
namespace {

/// Closes on every way out; close() is called once, its result given to whoever asks.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  [[nodiscard]] int get() const { return fd_; }
  int close() {
    if (fd_ < 0) return 0;
    const int status = ::close(fd_);
    fd_ = -1;
    return status;
  }

 private:
  int fd_;
};

std::string advice(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return "free some space on that disk, then run the same command again";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check who may write there";
    case ENOENT:
      return "check the path";
    default:
      return {};
  }
}

tl::unexpected<Error> system_failure(const std::string& doing, const fs::path& path, int code) {
  return work_error("cannot " + doing + ": " + std::strerror(code), path.string(), advice(code));
}

Result<void> write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("write", path, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return {};
}

/// Opens a fresh file beside `path` and lets `fill` write it; renames it into place when all went well.
template <typename Fill>
Result<void> replace_file(const fs::path& path, Fill fill) {
  if (path.has_parent_path()) DEW_CHECK(make_folders(path.parent_path()));
  std::string pattern = path.string() + ".XXXXXX";
  Descriptor fd(::mkstemp(pattern.data()));
  if (fd.get() < 0) return system_failure("create a file", path, errno);
  Result<void> result = fill(fd.get());
  if (result && (::fchmod(fd.get(), 0644) != 0 || ::fsync(fd.get()) != 0 || fd.close() != 0))
    result = system_failure("write", path, errno);
  if (result && ::rename(pattern.c_str(), path.c_str()) != 0)
    result = system_failure("rename into place", path, errno);
  if (!result) ::unlink(pattern.c_str());
  return result;
}

}  // namespace

Result<std::string> read_file(const fs::path& path, int64_t limit) {
  Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return system_failure("read", path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return system_failure("read", path, errno);
  if (S_ISDIR(info.st_mode)) return work_error("is a folder, not a file", path.string());
  std::string bytes;
  std::array<char, 1 << 16> block{};
  while (true) {
    const ssize_t got = ::read(fd.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read", path, errno);
    if (got == 0) return bytes;
    if (static_cast<int64_t>(bytes.size()) + got > limit)
      return work_error("is larger than " + std::to_string(limit) + " bytes", path.string());
    bytes.append(block.data(), static_cast<size_t>(got));
  }
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  return replace_file(path, [&](int fd) { return write_all(fd, bytes, path); });
}

Result<void> copy_whole_file(const fs::path& from, const fs::path& to) {
  Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return system_failure("read", from, errno);
  return replace_file(to, [&](int fd) -> Result<void> {
    std::array<char, 1 << 16> block{};
    while (true) {
      const ssize_t got = ::read(source.get(), block.data(), block.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_failure("read", from, errno);
      if (got == 0) return {};
      DEW_CHECK(write_all(fd, {block.data(), static_cast<size_t>(got)}, to));
    }
  });
}

Result<void> make_folders(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return system_failure("create the folder", path, code.value());
  return {};
}

Result<TemporaryFolder> TemporaryFolder::create(std::string_view stem) {
  std::error_code code;
  const fs::path base = fs::temp_directory_path(code);
  if (code) return system_failure("find a temporary folder", base, code.value());
  std::string pattern = (base / (std::string(stem) + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return system_failure("create a temporary folder", pattern, errno);
  return TemporaryFolder(pattern);
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) {
  other.path_.clear();
}

TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace dew
