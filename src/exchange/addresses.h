// Pictures by the names that tools on the web and tables give them.
#pragma once

#include <string>
#include <string_view>

#include "exchange/tree.h"

namespace dew::exchange {

/// As Tree::find(), and of what is not found so:
///
///     https://host/a/1.jpg?token=x        without the query, where a picture's name is left
///     /data/local-files/?d=a%2F1.jpg      the file that the query names (Label Studio)
///     /data/upload/3/1a2b3c4d-a_1.jpg     without the eight digits that the upload put before it; where
///                                         one picture fits, its '_' may be blanks
///     a%201.jpg                           with its escapes decoded
///     0001                                the picture 0001.jpg, 0001.png ...
///     {"path": "media/1.png"}             the path in it (W&B)
///
/// An address whose escapes make it mean two pictures ("a%20b.jpg" and "a b.jpg" are there) means none.
/// A frame of a video or a part of a picture ("v.mp4#frame=7") is none of the tree's files, and not found.
Tree::Found find_picture_named(const Tree& tree, std::string_view name, std::string_view file);

}  // namespace dew::exchange
