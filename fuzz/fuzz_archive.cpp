// Archives of every kind: a refusal, or regular files with clean names within the limits, in the folder and
// nowhere else; and nothing is left behind.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "fuzz/expect.h"
#include "media/archive.h"

namespace {

namespace fs = std::filesystem;

constexpr dew::ArchiveLimits kLimits{.max_bytes = 1 << 18,
                                     .max_entry_bytes = 1 << 16,
                                     .max_entries = 64,
                                     .keep_free = 0,
                                     .max_ratio = 200,
                                     .ratio_from = 1 << 17};

/// In memory where the machine has such a disk.
const fs::path& folder() {
  static const auto made = fs::is_directory("/dev/shm")
                               ? dew::TemporaryFolder::create_in("/dev/shm", "fuzz-archive-")
                               : dew::TemporaryFolder::create("fuzz-archive");
  FUZZ_EXPECT(made);
  return made->path();
}

bool is_clean(const std::string& name) {
  return std::none_of(name.begin(), name.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\'; });
}

void check(const dew::Unpacked& unpacked) {
  int64_t files = 0;
  int64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(unpacked.folder.path())) {
    FUZZ_EXPECT(is_clean(entry.path().filename().string()));
    if (entry.symlink_status().type() == fs::file_type::directory) continue;
    FUZZ_EXPECT(entry.symlink_status().type() == fs::file_type::regular);
    FUZZ_EXPECT(static_cast<int64_t>(entry.file_size()) <= kLimits.max_entry_bytes);
    ++files;
    bytes += static_cast<int64_t>(entry.file_size());
  }
  FUZZ_EXPECT(files == unpacked.files && files <= kLimits.max_entries);
  FUZZ_EXPECT(bytes <= unpacked.bytes && unpacked.bytes <= kLimits.max_bytes);
  for (const auto& [why, entries] : unpacked.left_out)
    FUZZ_EXPECT(entries.count > 0 && !entries.first.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const int file = ::memfd_create("fuzz", MFD_CLOEXEC);
  FUZZ_EXPECT(::ftruncate(file, 0) == 0);
  FUZZ_EXPECT(::pwrite(file, bytes, size, 0) == static_cast<ssize_t>(size));
  const fs::path path = "/proc/self/fd/" + std::to_string(file);
  dew::Watch watch;
  dew::is_archive(path);
  {
    const auto unpacked = dew::unpack(path, folder(), kLimits, watch);
    FUZZ_EXPECT(unpacked);
    if (*unpacked)
      check(**unpacked);
    else
      FUZZ_EXPECT(!unpacked->error().error.what.empty() && !unpacked->error().error.next.empty());
  }
  FUZZ_EXPECT(fs::is_empty(folder()));
  return 0;
}
