// YOLO's label files: one line a box, "class x y width height" or "class" and a polygon or keypoints.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/base.h"

namespace dew::exchange {

/// Classes by their numbers.
using YoloNames = std::map<int64_t, std::string>;

/// "labels/train/a.txt" for "images/train/a.jpg": the last folder "images" becomes "labels". nullopt: the
/// picture lies in no such folder.
std::optional<std::string> label_in_labels(std::string_view picture);
/// "a.txt" beside "a.jpg".
std::string label_beside(std::string_view picture);

struct YoloLabels {
  std::vector<int64_t> classes;  ///< of each box that people may have drawn
  int64_t with_confidence = 0;   ///< other boxes, with a sixth number, as models write them
  int64_t with_points = 0;       ///< polygons and keypoints
};

/// Error (usage): a line is not a box, or its class has no name; `shown` names the file, `names_from` what
/// has the names.
Result<YoloLabels> parse_yolo_labels(std::string_view text, const YoloNames& names, const std::string& shown,
                                     const std::string& names_from);

/// Whether the first line that is not blank is a box's; nullopt: there is none.
std::optional<bool> looks_like_yolo_labels(std::string_view text);

}  // namespace dew::exchange
