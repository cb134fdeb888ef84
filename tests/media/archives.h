// Archives for tests, written by libarchive as a user's program would.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/base.h"

namespace dew::testing {

struct Entry {
  std::string name;
  std::string bytes;
  int type = AE_IFREG;
  std::string link{};                     ///< where a link leads
  bool hard = false;                      ///< it is a hard one
  std::optional<int64_t> logical_size{};  ///< a sparse file: `bytes` at its beginning, then a hole
};

/// `format` and `filter` in bsdtar's words ("zip", "pax", "ustar", "v7tar", "gnutar", "7zip"; "gzip", ...).
inline void write_archive(const fs::path& path, const std::string& format, const std::vector<Entry>& entries,
                          const std::string& filter = "", const std::string& options = "",
                          const std::string& password = "") {
  const std::unique_ptr<archive, int (*)(archive*)> writer(archive_write_new(), archive_write_free);
  archive* const to = writer.get();
  const auto told = [&] { return archive_error_string(to) == nullptr ? "" : archive_error_string(to); };
  ASSERT_EQ(archive_write_set_format_by_name(to, format.c_str()), ARCHIVE_OK) << told();
  if (!filter.empty()) {
    ASSERT_EQ(archive_write_add_filter_by_name(to, filter.c_str()), ARCHIVE_OK) << told();
  }
  ASSERT_EQ(archive_write_set_options(to, options.c_str()), ARCHIVE_OK) << told();
  if (!password.empty()) {
    ASSERT_EQ(archive_write_set_passphrase(to, password.c_str()), ARCHIVE_OK);
  }
  ASSERT_EQ(archive_write_open_filename(to, path.c_str()), ARCHIVE_OK) << told();
  for (const Entry& made : entries) {
    const std::unique_ptr<archive_entry, void (*)(archive_entry*)> owned(archive_entry_new(),
                                                                         archive_entry_free);
    archive_entry* const entry = owned.get();
    archive_entry_copy_pathname(entry, made.name.c_str());
    archive_entry_set_filetype(entry, static_cast<unsigned>(made.type));
    archive_entry_set_perm(entry, made.type == AE_IFDIR ? 0755 : 0644);
    archive_entry_set_size(entry, made.logical_size.value_or(static_cast<int64_t>(made.bytes.size())));
    if (made.logical_size) archive_entry_sparse_add_entry(entry, 0, static_cast<int64_t>(made.bytes.size()));
    if (!made.link.empty() && made.hard) archive_entry_copy_hardlink(entry, made.link.c_str());
    if (!made.link.empty() && !made.hard) archive_entry_copy_symlink(entry, made.link.c_str());
    ASSERT_GE(archive_write_header(to, entry), ARCHIVE_WARN) << told();
    ASSERT_EQ(archive_write_data(to, made.bytes.data(), made.bytes.size()),
              static_cast<la_ssize_t>(made.bytes.size()))
        << told();
  }
  ASSERT_EQ(archive_write_close(to), ARCHIVE_OK) << told();
}

}  // namespace dew::testing
