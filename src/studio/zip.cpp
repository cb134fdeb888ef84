#include "studio/zip.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace dew::studio {
namespace {

constexpr int64_t kMostBytes = int64_t{256} << 20;

la_ssize_t take(archive*, void* text, const void* data, size_t size) {
  static_cast<std::string*>(text)->append(static_cast<const char*>(data), size);
  return static_cast<la_ssize_t>(size);
}

tl::unexpected<Error> failure(archive* writer, const fs::path& at) {
  const char* const why = archive_error_string(writer);
  return work_error(std::string("the package cannot be zipped: ") + (why == nullptr ? "no memory" : why),
                    at.string());
}

Result<void> add_file(archive* writer, const std::string& name, const std::string& bytes,
                      const fs::path& path) {
  const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                            archive_entry_free);
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return failure(writer, path);
  if (archive_write_data(writer, bytes.data(), bytes.size()) != static_cast<la_ssize_t>(bytes.size()))
    return failure(writer, path);
  return {};
}

}  // namespace

Result<std::string> zip_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  for (fs::recursive_directory_iterator at(folder, code), end; !code && at != end; at.increment(code))
    if (fs::is_regular_file(at->symlink_status())) files.push_back(at->path());
  std::sort(files.begin(), files.end());
  std::string zipped;
  const std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(),
                                                                       archive_write_free);
  if (!writer || archive_write_set_format_zip(writer.get()) != ARCHIVE_OK ||
      archive_write_set_bytes_in_last_block(writer.get(), 1) != ARCHIVE_OK ||
      archive_write_open(writer.get(), &zipped, nullptr, take, nullptr) != ARCHIVE_OK)
    return failure(writer.get(), folder);
  int64_t total = 0;
  for (const fs::path& file : files) {
    DEW_TRY(const std::string bytes, read_file(file, kMostBytes - total));
    total += std::ssize(bytes);
    DEW_CHECK(add_file(writer.get(), file.lexically_relative(folder).generic_string(), bytes, file));
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return failure(writer.get(), folder);
  return zipped;
}

}  // namespace dew::studio
