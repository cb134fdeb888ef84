// thumbnails: small pictures of samples, as JPEG; those asked for last are kept, up to a number of bytes.
#pragma once

#include <array>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "store/store.h"

namespace dew::verbs {

/// Calls may come from many threads: sources are spread over a few readers, each with a project of its own.
class Thumbnails {
 public:
  explicit Thumbnails(fs::path project) : project_(std::move(project)) {}

  /// Fits into side x side pixels, and is no larger than the picture. Error: it cannot be read.
  Result<std::shared_ptr<const std::string>> get(const Sample& sample, int side);

  static constexpr size_t kMostBytes = size_t{24} << 20;

 private:
  using Key = std::pair<int64_t, int>;
  using Jpeg = std::shared_ptr<const std::string>;
  struct Kept {
    Key key;
    Jpeg jpeg;
  };
  struct Reader {
    std::mutex mutex;
    std::optional<Project> project;
  };

  Result<Jpeg> make(const Sample& sample, int side);
  Jpeg kept(const Key& key);
  void keep(const Key& key, const Jpeg& jpeg);

  fs::path project_;
  std::array<Reader, 4> readers_;
  std::mutex mutex_;  ///< guards what is below
  std::list<Kept> newest_first_;
  std::map<Key, std::list<Kept>::iterator> places_;
  size_t bytes_ = 0;
};

}  // namespace dew::verbs
