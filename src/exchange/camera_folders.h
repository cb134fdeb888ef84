// Folders that nobody named after what the pictures in them show.
#pragma once

#include <string_view>

namespace dew::exchange {

/// True for what cameras, phones and programs that sort by date call folders: "DCIM", "100APPLE" (three
/// digits and five letters, by the rule that cameras follow), "Camera", "Screenshots", "WhatsApp Images",
/// "2024", "2024-05", "20240517", "202405__".
bool is_camera_folder(std::string_view name);

}  // namespace dew::exchange
