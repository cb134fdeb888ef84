#include "media/archive.h"

#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <set>

#include "media/archive_budget.h"
#include "media/archive_input.h"
#include "media/entry_name.h"
#include "media/files.h"
#include "media/utf8_thread.h"

namespace dew {
namespace {

using media::ArchiveInput;
using media::kUnpackYourself;
using media::refuse_archive;
using media::stop_unpacking;
using media::UnpackFailure;
template <typename T>
using Step = media::UnpackStep<T>;

/// A file that is being written.
class Output {
 public:
  explicit Output(int descriptor) : descriptor_(descriptor) {}
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

  /// False: errno says why.
  [[nodiscard]] bool write(const char* bytes, size_t count, int64_t at) const {
    while (count > 0) {
      const ssize_t written = ::pwrite(descriptor_, bytes, count, at);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes += written;
      at += written;
      count -= static_cast<size_t>(written);
    }
    return true;
  }

 private:
  int descriptor_;
};

/// Ends what it began, however the work ends.
class Stage {
 public:
  Stage(Watch& watch, const std::string& what, int64_t total) : watch_(watch) { watch_.begin(what, total); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;
  ~Stage() { watch_.end(); }

 private:
  Watch& watch_;
};

/// Of the folder that its files are unpacked into: its own name without the endings.
fs::path name_of(const fs::path& archive) {
  fs::path name = archive.filename();
  static const std::set<std::string> kEndings{".zip",  ".7z", ".tar", ".tgz", ".tbz2", ".txz",
                                              ".tzst", ".gz", ".bz2", ".xz",  ".zst"};
  while (kEndings.contains(lower(name.extension().string()))) name = name.stem();
  const auto clean = media::clean_entry_name(name.string(), media::NameBytes::kUnknown);
  return clean ? fs::path(*clean) : fs::path("archive");
}

class Unpacking {
 public:
  Unpacking(const fs::path& archive, const fs::path& disk, PassingFolder folder, const ArchiveLimits& limits,
            Watch& watch)
      : path_(archive),
        disk_(disk),
        watch_(watch),
        budget_(disk, limits),
        input_(archive, ArchiveInput::As::kArchive, watch),
        unpacked_{std::move(folder), {}, 0, 0, {}} {
    unpacked_.root = unpacked_.folder.path() / name_of(archive);
  }

  Step<Unpacked> run() {
    if (const auto checked = media::check_regular_file(path_); !checked)
      return tl::unexpected(UnpackFailure{ArchiveRefusal::kUnreadable, checked.error()});
    auto done = unpack_all();
    if (done) return std::move(unpacked_);
    if (Error& error = done.error().error; done.error().refused)
      error.where = media::shown(path_) + (entry_.empty() ? "" : ": " + printable(entry_));
    return tl::unexpected(std::move(done).error());
  }

 private:
  Step<void> unpack_all() {
    opened_ = input_.open();
    if (!opened_ || ::fstat(input_.file(), &stat_) != 0) return unread();
    if (input_.compressions() > 1)
      return refuse_archive(ArchiveRefusal::kDamaged, "the archive is compressed more than once",
                            kUnpackYourself);
    DEW_CHECK(budget_.begin(path_, stat_.st_size));
    std::error_code code;
    fs::create_directories(unpacked_.root, code);
    if (code) return disk_failure("create a folder", code.value());
    const Stage stage(watch_, "unpacking " + media::shown(path_.filename()), stat_.st_size);
    while (true) {
      DEW_TRY(archive_entry* const entry, next_entry());
      if (entry == nullptr) break;
      entry_ = raw_name(entry);
      DEW_CHECK(take(entry));
      entry_.clear();
    }
    unpacked_.bytes = budget_.bytes();
    return check_unchanged();
  }

  Step<void> check_unchanged() const {
    struct stat now {};
    if (::fstat(input_.file(), &now) == 0 && now.st_size == stat_.st_size &&
        now.st_mtim.tv_sec == stat_.st_mtim.tv_sec && now.st_mtim.tv_nsec == stat_.st_mtim.tv_nsec)
      return {};
    return refuse_archive(ArchiveRefusal::kChanging, "the archive changed while it was being unpacked",
                          "wait until it is complete, then add it again");
  }

  static tl::unexpected<UnpackFailure> encrypted() {
    return refuse_archive(ArchiveRefusal::kEncrypted, "the archive is encrypted",
                          "unpack it with its password, then add the folder");
  }

  [[nodiscard]] tl::unexpected<UnpackFailure> disk_failure(const std::string& doing, int code) const {
    return stop_unpacking(system_failure(doing, disk_, code).value());
  }

  /// After libarchive gave up.
  [[nodiscard]] tl::unexpected<UnpackFailure> unread() const {
    if (watch_.interrupted()) return stop_unpacking(interrupted_error().value());
    // libarchive 3.6 looks at a format that is not there where it knew none.
    if (opened_ && archive_read_has_encrypted_entries(input_.get()) == 1) return encrypted();
    return refuse_archive(input_.disk_failed() ? ArchiveRefusal::kUnreadable : ArchiveRefusal::kDamaged,
                          "the archive is damaged or cut off: " + printable(input_.failure()),
                          std::string("get it again; or ") + kUnpackYourself);
  }

  [[nodiscard]] bool is_format(int format) const {
    return (archive_format(input_.get()) & ARCHIVE_FORMAT_BASE_MASK) == format;
  }

  /// nullptr after the last one.
  Step<archive_entry*> next_entry() {
    if (watch_.interrupted()) return stop_unpacking(interrupted_error().value());
    watch_.advance(std::min<int64_t>(input_.position(), stat_.st_size));
    constexpr int64_t kTarBlock = 512;
    const int64_t end = (archive_filter_bytes(input_.get(), 0) + kTarBlock - 1) / kTarBlock * kTarBlock;
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(input_.get(), &entry);
    if (code == ARCHIVE_OK || code == ARCHIVE_WARN) return entry;
    if (code != ARCHIVE_EOF) return unread();
    const bool has_end_mark = archive_filter_bytes(input_.get(), 0) >= end + kTarBlock;
    if (is_format(ARCHIVE_FORMAT_TAR) && !has_end_mark)
      return refuse_archive(ArchiveRefusal::kDamaged,
                            "the archive has no end mark: it was cut off, or never finished",
                            std::string("get it again; or ") + kUnpackYourself);
    return nullptr;
  }

  /// In UTF-8 where the archive says in which charset it is; else its bytes.
  static std::string raw_name(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr) name = archive_entry_pathname_utf8(entry);
    return name == nullptr ? "" : name;
  }

  void leave_out(LeftOutEntry why) {
    constexpr size_t kFirst = 5;
    LeftOutEntries& entries = unpacked_.left_out[why];
    ++entries.count;
    if (entries.first.size() < kFirst) entries.first.push_back(entry_);
  }

  Step<void> take(archive_entry* entry) {
    const auto type = archive_entry_filetype(entry);
    if (type == AE_IFDIR) return skip(entry);  // made where a file needs it
    const auto name = media::clean_entry_name(
        entry_, is_format(ARCHIVE_FORMAT_ZIP) ? media::NameBytes::kCp437 : media::NameBytes::kUnknown);
    if (name && media::is_below_other_programs(*name)) return leave_out(entry, LeftOutEntry::kPassedOver);
    if (type == AE_IFLNK || archive_entry_hardlink(entry) != nullptr)
      return leave_out(entry, LeftOutEntry::kLink);
    if (type != AE_IFREG) return leave_out(entry, LeftOutEntry::kDevice);
    if (!name) return leave_out(entry, LeftOutEntry::kName);
    if (archive_entry_is_encrypted(entry) != 0) return encrypted();
    return take_file(entry, unpacked_.root / *name);
  }

  Step<void> leave_out(archive_entry* entry, LeftOutEntry why) {
    leave_out(why);
    return skip(entry);
  }

  Step<void> skip(archive_entry* entry) {
    if (archive_entry_is_encrypted(entry) == 0) return read_data(entry, nullptr);  // so that the limits hold
    if (archive_read_data_skip(input_.get()) < ARCHIVE_WARN) return unread();
    return budget_.begin_entry(0, false);
  }

  Step<void> take_file(archive_entry* entry, const fs::path& path) {
    std::error_code code;
    if (path.parent_path() != last_parent_) {
      fs::create_directories(path.parent_path(), code);
      if (code == std::errc::not_a_directory || code == std::errc::file_exists)
        return leave_out(entry, LeftOutEntry::kNameTaken);
      if (code) return disk_failure("create a folder", code.value());
      last_parent_ = path.parent_path();
    }
    const fs::file_status there = fs::symlink_status(path, code);
    if (fs::is_directory(there)) return leave_out(entry, LeftOutEntry::kNameTaken);
    if (fs::exists(there)) {
      leave_out(LeftOutEntry::kReplaced);
      --unpacked_.files;
      fs::remove(path, code);
    }
    DEW_CHECK(write_file(entry, path));
    if (is_archive(path)) {
      leave_out(LeftOutEntry::kArchive);
      fs::remove(path, code);
    } else {
      ++unpacked_.files;
    }
    return {};
  }

  Step<void> write_file(archive_entry* entry, const fs::path& path) {
    constexpr int kMode = 0644;
    const Output output(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
    if (output.get() < 0) return disk_failure("create a file", errno);
    DEW_CHECK(read_data(entry, &output));
    const timespec times[2] = {stat_.st_mtim, stat_.st_mtim};
    if (::futimens(output.get(), times) != 0) return disk_failure("set a file's time", errno);
    return {};
  }

  /// Into the file, or nowhere.
  Step<void> read_data(archive_entry* entry, const Output* output) {
    const int64_t promised = archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : 0;
    DEW_CHECK(budget_.begin_entry(promised, output != nullptr));
    int64_t end = 0;
    while (true) {
      const void* bytes = nullptr;
      size_t count = 0;
      la_int64_t at = 0;
      const int code = archive_read_data_block(input_.get(), &bytes, &count, &at);
      if (code == ARCHIVE_EOF) break;
      // A warning here means that the data is not what its checksum or size says.
      if (code != ARCHIVE_OK || at < end) return unread();
      if (watch_.interrupted()) return stop_unpacking(interrupted_error().value());
      end = at + static_cast<int64_t>(count);
      DEW_CHECK(budget_.grow_to(end));
      if (output != nullptr && !output->write(static_cast<const char*>(bytes), count, at))
        return disk_failure("write", errno);
      watch_.advance(std::min<int64_t>(input_.position(), stat_.st_size));
    }
    if (promised <= end) return {};
    DEW_CHECK(budget_.grow_to(promised));  // a hole at the end of a sparse file
    if (output != nullptr && ::ftruncate(output->get(), promised) != 0) return disk_failure("write", errno);
    return {};
  }

  const fs::path& path_;
  const fs::path& disk_;  ///< below which the folder is
  Watch& watch_;
  media::ArchiveBudget budget_;
  const media::Utf8Thread names_;  ///< before input_, which asks for the charset
  ArchiveInput input_;
  bool opened_ = false;
  Unpacked unpacked_;
  struct stat stat_ {};   ///< of the archive
  std::string entry_;     ///< the one in hand, as the archive calls it
  fs::path last_parent_;  ///< that is known to be there
};

}  // namespace

Result<tl::expected<Unpacked, RefusedArchive>> unpack(const fs::path& archive, const fs::path& into,
                                                      const ArchiveLimits& limits, Watch& watch) {
  using Outcome = tl::expected<Unpacked, RefusedArchive>;
  DEW_TRY(PassingFolder folder, PassingFolder::create_in(into, "unpacked-"));
  auto unpacked = Unpacking(archive, into, std::move(folder), limits, watch).run();
  if (unpacked) return Outcome(*std::move(unpacked));
  UnpackFailure& failure = unpacked.error();
  if (!failure.refused) return tl::unexpected(std::move(failure.error));
  return Outcome(tl::unexpect, RefusedArchive{*failure.refused, std::move(failure.error)});
}

}  // namespace dew
