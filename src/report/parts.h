// The parts of the page, one file each. A part writes its whole section, or nothing where it has no data.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "report/html.h"
#include "report/report.h"

namespace dew::report {

/// Longest name of anything (a class, a buffer, a picture) that is shown in full, bytes.
inline constexpr size_t kNameBytes = 96;
/// Longest text: a reason, a note, a setting.
inline constexpr size_t kTextBytes = 600;

struct Verdict {
  std::string line;  ///< one sentence
  std::string rest;  ///< what to hold against it; may be empty
};

/// What the last of the confusion matrices says, that of the board where there is one.
std::optional<Verdict> verdict(const Report& report);

// ---- page.cpp: what all pages have

using WritePart = std::function<void(Writer& out)>;
/// The whole file: head with the style in it, brand, what `header` and `main` write, foot. `title`: of the
/// project; `window`: of the browser's window.
std::string whole_page(const std::string& title, const std::string& window, const WritePart& header,
                       const WritePart& main);
/// A name and its value each; without those that have none.
void write_facts(Writer& out, const std::vector<std::pair<std::string_view, std::string>>& facts);

void write_figures(Writer& out, const Report& report);    ///< figures.cpp: headline and label counts
void write_frames(Writer& out, const Report& report);     ///< frames.cpp
void write_curve(Writer& out, const Report& report);      ///< curve.cpp
void write_confusion(Writer& out, const Report& report);  ///< confusion.cpp
void write_classes(Writer& out, const Report& report);    ///< classes.cpp
void write_mistakes(Writer& out, const Report& report);   ///< looks.cpp
void write_looks(Writer& out, const Report& report);      ///< looks.cpp
void write_map(Writer& out, const Report& report);        ///< map.cpp
void write_timeline(Writer& out, const Report& report);   ///< timeline.cpp
void write_layers(Writer& out, const Report& report);     ///< layers.cpp
void write_front(Writer& out, const Report& report);      ///< front.cpp
void write_tiles(Writer& out, const Report& report);      ///< tiles.cpp
void write_settings(Writer& out, const Report& report);   ///< figures.cpp

/// A heat map over its picture, `longest` pixels on the longer side: orange where it is positive, blue where
/// negative, the picture itself grey. The picture alone where the map is not as large as it says.
Image heated(const Image& picture, const HeatMap& heat, int longest);  ///< heat.cpp

/// The picture as a JPEG data URI, scaled down (never up) to `longest` pixels on its longer side.
/// Empty where there is no picture.
std::string data_uri(const Image& picture, int longest);

}  // namespace dew::report
