#include "exchange/out_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/descriptor.h"

namespace dew::exchange {
namespace {

int create_file(const fs::path& path) {
  constexpr mode_t kMode = 0666;  // the user's umask takes from it
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
}

bool write_all(int to, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t wrote = ::write(to, bytes, size);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    bytes += wrote;
    size -= static_cast<size_t>(wrote);
  }
  return true;
}

/// By the kernel alone, which on some file systems shares the blocks. False: errno says why; EXDEV, EINVAL,
/// ENOSYS and EOPNOTSUPP where it cannot, and nothing has been copied.
bool copy_in_kernel(int from, int to) {
  constexpr size_t kMost = size_t{1} << 30;
  while (true) {
    const ssize_t copied = ::copy_file_range(from, nullptr, to, nullptr, kMost, 0);
    if (copied < 0 && errno == EINTR) continue;
    if (copied <= 0) return copied == 0;
  }
}

bool copy_by_blocks(int from, int to) {
  std::array<char, 1 << 16> block{};
  while (true) {
    const ssize_t got = ::read(from, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    if (!write_all(to, block.data(), static_cast<size_t>(got))) return false;
  }
}

bool copy_bytes(int from, int to) {
  if (copy_in_kernel(from, to)) return true;
  const bool cannot = errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
  return cannot && copy_by_blocks(from, to);
}

Result<void> check_place(const fs::path& place) {
  std::error_code code;
  const fs::file_status status = fs::symlink_status(place, code);
  if (!fs::exists(status)) return {};
  const std::string shown = printable(place.string());
  if (!fs::is_directory(status))
    return usage_error("there is a file in the way", shown, "name a folder that does not exist yet");
  if (fs::is_empty(place, code) && !code) return {};
  return usage_error("this folder is not empty", shown, "name a new folder, or empty this one");
}

fs::path whole_path(const fs::path& place) {
  std::error_code code;
  fs::path whole = fs::absolute(place, code).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

/// Makes what is missing above `folder`; gives the first folder made, or nothing.
Result<fs::path> make_above(const fs::path& folder) {
  std::error_code code;
  fs::path first;
  for (fs::path at = folder; !at.empty() && !fs::exists(at, code); at = at.parent_path()) {
    first = at;
    if (at == at.parent_path()) break;
  }
  DEW_CHECK(make_folders(folder));
  return first;
}

}  // namespace

void TextFile::add(std::string_view text) {
  if (failure_ == 0 && std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) failure_ = errno;
}

Result<void> TextFile::close() {
  if (std::fclose(file_.release()) != 0 && failure_ == 0) failure_ = errno;
  if (failure_ != 0) return system_failure("write", path_, failure_);
  return {};
}

Result<WaitingText> WaitingText::create(const OutFolder& folder) {
  for (int number = 1;; ++number) {
    fs::path path = folder.own_.path() / ("waiting-" + std::to_string(number));
    FilePtr file(std::fopen(path.c_str(), "wbxe"));
    if (!file && errno == EEXIST) continue;
    if (!file) return system_failure("write", path, errno);
    return WaitingText(path, TextFile(path, std::move(file)));
  }
}

Result<void> WaitingText::pour_into(TextFile& file) {
  DEW_CHECK(file_.close());
  const FilePtr from(std::fopen(path_.c_str(), "rbe"));
  if (!from) return system_failure("read", path_, errno);
  std::array<char, 1 << 16> block{};
  for (size_t got = block.size(); got == block.size();) {
    got = std::fread(block.data(), 1, block.size(), from.get());
    file.add({block.data(), got});
  }
  if (std::ferror(from.get()) != 0) return system_failure("read", path_, errno);
  return {};
}

Result<void> OutFolder::check(const fs::path& place) {
  return check_place(whole_path(place));
}

Result<OutFolder> OutFolder::create(const fs::path& place) {
  fs::path whole = whole_path(place);
  DEW_CHECK(check_place(whole));
  DEW_TRY(fs::path made, make_above(whole.parent_path()));
  auto own = PassingFolder::create_in(whole.parent_path(), ".dewdrop-export-");
  if (!own) return tl::unexpected(std::move(own).error());
  OutFolder folder(std::move(whole), std::move(made), std::move(*own));
  DEW_CHECK(make_folders(folder.root()));
  return folder;
}

OutFolder::~OutFolder() {
  if (own_.path().empty()) return;
  { const PassingFolder removed(std::move(own_)); }
  std::error_code code;
  for (fs::path at = place_.parent_path(); !made_above_.empty() && fs::remove(at, code);
       at = at.parent_path())
    if (at == made_above_) break;
}

Result<fs::path> OutFolder::path_for(const std::string& path) {
  fs::path whole = root() / path;
  const size_t slash = path.rfind('/');
  if (slash != std::string::npos && folders_.insert(path.substr(0, slash)).second)
    DEW_CHECK(make_folders(whole.parent_path()));
  return whole;
}

Result<void> OutFolder::write(const std::string& path, std::string_view bytes) {
  DEW_TRY(const fs::path whole, path_for(path));
  Descriptor to(create_file(whole));
  if (to.get() < 0 || !write_all(to.get(), bytes.data(), bytes.size()) || !to.close())
    return system_failure("write", place_ / path, errno);
  return {};
}

Result<void> OutFolder::copy(const fs::path& from, const std::string& path) {
  DEW_TRY(const fs::path whole, path_for(path));
  const Descriptor source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (source.get() < 0) return system_failure("read", from, errno);
  Descriptor to(create_file(whole));
  if (to.get() < 0 || !copy_bytes(source.get(), to.get()) || !to.close())
    return system_failure("copy to", place_ / path, errno);
  return {};
}

Result<TextFile> OutFolder::text(const std::string& path) {
  DEW_TRY(const fs::path whole, path_for(path));
  FilePtr file(std::fopen(whole.c_str(), "wbxe"));
  if (!file) return system_failure("write", place_ / path, errno);
  return TextFile(place_ / path, std::move(file));
}

Result<void> OutFolder::commit() {
  const Descriptor own(::open(root().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (own.get() < 0 || ::syncfs(own.get()) != 0) return system_failure("write", place_, errno);
  if (::rename(root().c_str(), place_.c_str()) != 0)
    return system_failure("rename into place", place_, errno);
  made_above_.clear();
  return {};
}

}  // namespace dew::exchange
