// Pictures by the names that tools on the web and tables give them.
#pragma once

#include <string>
#include <string_view>

#include "exchange/tree.h"
#include "exchange/uploads.h"

namespace dew::exchange {

/// Pictures by their names, as Tree::find() finds them; what is not found so may be
///
///     https://host/a/1.jpg?token=x        without the query, where a picture's name is left
///     /data/local-files/?d=a%2F1.jpg      the file that the query names (Label Studio)
///     /data/upload/3/1a2b3c4d-a_1.jpg     an upload of Label Studio's: see uploads.h
///     a%201.jpg                           with its escapes decoded
///     0001                                the picture 0001.jpg, 0001.png ...
///     {"path": "media/1.png"}             the path in it (W&B)
///
/// An address whose escapes make it mean two pictures ("a%20b.jpg" and "a b.jpg" are there) means none.
/// A frame of a video or a part of a picture ("v.mp4#frame=7") is none of the tree's files, and not found.
class PictureNames {
 public:
  /// The tree must outlive it.
  explicit PictureNames(const Tree& tree) : tree_(tree), uploads_(tree) {}

  /// Remembers an upload that find() will be asked for: where two of them can be one file, neither is.
  void note(std::string_view name, std::string_view file);
  /// `file`: the one with labels that names the picture.
  [[nodiscard]] Tree::Found find(std::string_view name, std::string_view file) const;

 private:
  [[nodiscard]] Tree::Found look(std::string_view name, std::string_view file) const;

  const Tree& tree_;
  Uploads uploads_;
};

}  // namespace dew::exchange
