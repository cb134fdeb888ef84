// A report as a real run gives it, made of figures that follow a formula: for tests and for looking at.
#pragma once

#include "report/report.h"

namespace dew::report {

/// MobileNetV2 alpha 0.35 at 96 x 96, planned layer by layer: 65 steps, a buffer for each tensor.
void add_memory_plan(Report& report);

/// All parts but the pictures.
Report sample_report();

/// Twenty classes, and every string from outside as bad as it can be.
Report hostile_report();

/// A picture with structure that JPEG cannot make vanish.
Image noise_picture(int width, int height, uint32_t seed);

/// The same page without what differs from one libjpeg or style sheet to the next.
std::string elided(const std::string& page);

}  // namespace dew::report
