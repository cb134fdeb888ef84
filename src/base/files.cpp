#include "base/files.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <set>
#include <system_error>
#include <utility>

#include "base/descriptor.h"
#include "base/text.h"

namespace dew {
namespace {

std::string advice(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return "free some space on that disk, then run the same command again";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions there";
    case ENOENT:
      return "check the path";
    default:
      return {};
  }
}

/// A file system that a program serves (FUSE): syncfs() does not reach its disk.
bool is_of_a_program(int descriptor) {
  constexpr auto kFuse = 0x65735546;  // FUSE_SUPER_MAGIC
  struct statfs about {};
  return ::fstatfs(descriptor, &about) != 0 || about.f_type == kFuse;
}

}  // namespace

tl::unexpected<Error> system_failure(const std::string& doing, const fs::path& path, int code) {
  constexpr size_t kLongestPath = 4096;
  return work_error("cannot " + doing + ": " + std::strerror(code), printable(path.string(), kLongestPath),
                    advice(code));
}

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
  DEW_TRY(ReplacementFile file, ReplacementFile::create(path));
  DEW_CHECK(file.write(bytes));
  return file.commit();
}

Result<void> sync_files(const std::vector<fs::path>& paths) {
  constexpr size_t kFew = 8;
  std::set<fs::path> folders;
  for (const fs::path& path : paths) folders.insert(path.parent_path().empty() ? "." : path.parent_path());
  for (const fs::path& folder : folders) {
    const Descriptor in(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (in.get() < 0) return system_failure("open the folder", folder, errno);
    const bool at_once = paths.size() > kFew && !is_of_a_program(in.get());
    if (at_once && ::syncfs(in.get()) != 0) return system_failure("write", folder, errno);
    if (at_once) continue;
    for (const fs::path& path : paths) {
      if ((path.parent_path().empty() ? "." : path.parent_path()) != folder) continue;
      const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
      if (file.get() < 0 || ::fsync(file.get()) != 0) return system_failure("write", path, errno);
    }
    // Some network file systems sync no folders; there the server keeps names by itself.
    if (::fsync(in.get()) != 0 && errno != EINVAL) return system_failure("write", folder, errno);
  }
  return {};
}

bool is_of_other_programs(std::string_view name) {
  constexpr std::array<std::string_view, 14> kNames{".thumbnails",
                                                    "@eaDir",
                                                    ".git",
                                                    "__MACOSX",
                                                    ".dewdrop",
                                                    ".DS_Store",
                                                    "Thumbs.db",
                                                    "desktop.ini",
                                                    "$RECYCLE.BIN",
                                                    "RECYCLER",
                                                    "#recycle",
                                                    "@Recycle",
                                                    "System Volume Information",
                                                    "lost+found"};
  // Android keeps what was deleted, and what is not whole yet, beside the pictures; desktops have folders for
  // it
  // (".Trash-1000", ".Trashes"). "trash" without a dot may be a class.
  for (const char* deleted : {".trashed-", ".pending-", ".Trash", ".trash"})
    if (name.starts_with(deleted)) return true;
  if (name.ends_with(".lrdata")) return true;  // previews of Lightroom's
  return name.starts_with("._") || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

Result<void> make_folders(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return system_failure("create the folder", path, code.value());
  return {};
}

Result<ReplacementFile> ReplacementFile::create(const fs::path& path) {
  if (path.has_parent_path()) DEW_CHECK(make_folders(path.parent_path()));
  std::string pattern = path.string() + ".XXXXXX";
  const int descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor < 0) return system_failure("create a file", path, errno);
  std::FILE* file = ::fdopen(descriptor, "w+b");
  if (file != nullptr) return ReplacementFile(path, pattern, file);
  const int code = errno;
  ::close(descriptor);
  ::unlink(pattern.c_str());
  return system_failure("create a file", path, code);
}

ReplacementFile::ReplacementFile(ReplacementFile&& other) noexcept
    : path_(std::move(other.path_)),
      own_path_(std::exchange(other.own_path_, {})),
      file_(std::move(other.file_)) {}

ReplacementFile::~ReplacementFile() {
  if (!own_path_.empty()) ::unlink(own_path_.c_str());
}

Result<void> ReplacementFile::clear() {
  if (::fseeko(file_.get(), 0, SEEK_SET) == 0 && ::ftruncate(::fileno(file_.get()), 0) == 0) return {};
  return system_failure("write", path_, errno);
}

Result<void> ReplacementFile::sync() {
  if (std::fflush(file_.get()) == 0 && ::fsync(::fileno(file_.get())) == 0) return {};
  return system_failure("write", path_, errno);
}

Result<void> ReplacementFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
  return system_failure("write", path_, errno);
}

Result<void> ReplacementFile::copy_from(const fs::path& from) {
  const FilePtr source(std::fopen(from.c_str(), "rbe"));
  if (!source) return system_failure("read", from, errno);
  if (::ioctl(::fileno(file_.get()), FICLONE, ::fileno(source.get())) == 0) return {};
  std::array<char, 1 << 16> block{};
  while (const size_t got = std::fread(block.data(), 1, block.size(), source.get()))
    DEW_CHECK(write({block.data(), got}));
  if (std::ferror(source.get()) != 0) return system_failure("read", from, errno);
  if (std::fflush(file_.get()) != 0) return system_failure("write", path_, errno);
  return {};
}

Result<void> ReplacementFile::commit() {
  DEW_CHECK(sync());
  return place();
}

Result<void> ReplacementFile::place() {
  if (::fchmod(::fileno(file_.get()), 0644) != 0 || std::fclose(file_.release()) != 0)
    return system_failure("write", path_, errno);
  if (::rename(own_path_.c_str(), path_.c_str()) != 0)
    return system_failure("rename into place", path_, errno);
  own_path_.clear();
  return {};
}

Result<TemporaryFolder> TemporaryFolder::create(std::string_view stem) {
  std::error_code code;
  const fs::path base = fs::temp_directory_path(code);
  if (code) return system_failure("find a temporary folder", base, code.value());
  return create_in(base, std::string(stem) + "-");
}

Result<TemporaryFolder> TemporaryFolder::create_in(const fs::path& parent, std::string_view stem) {
  std::string pattern = (parent / (std::string(stem) + "XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr) return system_failure("create a folder", parent, errno);
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
