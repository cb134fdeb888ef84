// The pictures of an export: copied where they are whole files, else cut and written as PNG.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exchange/file_names.h"
#include "exchange/writers.h"

namespace dew::exchange {

/// Writes pictures, and remembers which names are taken.
class PictureWriter {
 public:
  PictureWriter(Export& out, const OutFormat& format);
  /// The pictures of the items, in their order. One that is damaged, and with Export::skip_missing one whose
  /// file is gone or has changed, is told, noted in out.written and left out. `before`: how many samples came
  /// on earlier pages. Error: a full disk, interrupted.
  Result<std::vector<OutPicture>> write(const OutgoingPage& page, int64_t before);
  /// Error: files are gone or have changed, with their number and the first of them; none could be read.
  Result<void> finish();

 private:
  /// All samples of one source; indices into the items.
  Result<void> write_source(const std::vector<size_t>& items);
  [[nodiscard]] std::string name_of_copy(const Source& source, const fs::path& file) const;
  std::string take_name(size_t item, const std::string& name);
  void done(size_t item, const std::string& path, int width, int height);
  Result<void> cut(const std::vector<size_t>& items, const Source& source);
  Result<void> write_png(size_t item, const Image& image, const Source& source);
  void leave_out(const std::vector<size_t>& items, const Error& error);
  void note_missing(const std::vector<size_t>& items, const Error& error);
  [[nodiscard]] tl::unexpected<Error> missing() const;

  Export& out_;
  const OutFormat& format_;
  PlaceOf place_;
  TakenNames names_;
  const OutgoingPage* page_ = nullptr;  ///< that is being written
  int64_t before_ = 0;
  std::vector<OutPicture> pictures_;  ///< of its items
  bool any_ = false;
  size_t bad_files_ = 0;
  std::vector<Error> missing_;  ///< the first of them
  int64_t missing_files_ = 0;
  int64_t missing_pictures_ = 0;
  std::optional<Error> first_;
};

}  // namespace dew::exchange
