// Files of one shot: a live photo's picture and clip, a photo and its edited copies, the tiles of one
// picture.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/series.h"

namespace dew::store {

/// What a file's name says of the shot that it is of, in lower case: "img_0001" of IMG_0001.HEIC,
/// IMG_0001.MOV, IMG_E0001.JPG, IMG_0001-edited.jpg and IMG_0001~2.jpg; of a Pixel's
/// PXL_1.PORTRAIT-01.COVER.jpg "pxl_1", and a burst's name of its photos; "a.jpg" of a.jpg-0,0,64x48.png, a
/// tile that was exported. In one folder, files of one shot are the same picture, or of the same moment.
std::string shot_of(std::string_view name);

/// Where a tile's place begins in the name of its file as exports write it, "-0,0,64x48.png"; npos: it is
/// none.
size_t tile_at(std::string_view name);

/// Files of one folder and shot, two or more, in the order of `all`.
std::vector<Sequence> find_shots(const std::vector<Gathered>& all);

/// Takes clips out that no still is the shot of: their frames are split in order, as those of any video.
void leave_lone_clips(std::vector<Gathered>& all);

}  // namespace dew::store
