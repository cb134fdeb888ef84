// uploads: files that pages send, held in the project until `add` has taken them.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/passing_folder.h"
#include "studio/reply.h"
#include "studio/server.h"

namespace dew::studio {

/// Files that are to be added together, in a folder that goes with this object.
struct UploadedFiles {
  explicit UploadedFiles(PassingFolder made) : folder(std::move(made)) {}
  /// The text with the files' names as they were sent, in place of where they lie here.
  [[nodiscard]] std::string as_sent(std::string text) const;

  PassingFolder folder;
  std::vector<fs::path> files;
};

class Uploads {
 public:
  /// `project`: its folder. Files are held below .dewdrop, on the disk that they are to stay on.
  explicit Uploads(fs::path project) : project_(std::move(project)) {}

  /// Takes a file: a picture, a video, or an archive of them, by its content. Gives true where it is the
  /// first of those that take() will give. Error: 400 a name that cannot be used, 413 too large or no room on
  /// the disk, 415 another kind of file.
  Reply<bool> receive(const std::string& name, const ReadBody& read);
  /// All that have come since; null: none.
  std::shared_ptr<UploadedFiles> take();

 private:
  fs::path project_;
  std::mutex mutex_;  ///< guards what is below
  std::shared_ptr<UploadedFiles> waiting_;
  int64_t count_ = 0;
};

}  // namespace dew::studio
