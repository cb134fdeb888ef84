// One function a corruption: changes the picture (3 channels, 0...1) in place; the caller clips. `severity`
// is 0...4 here, an index of the tables beside each function.
#pragma once

#include "compare/random_stream.h"
#include "compare/raster.h"

namespace dew::compare {

using Kind = void (*)(Raster& picture, int severity, RandomStream& random);

void gaussian_noise(Raster& picture, int severity, RandomStream& random);
void shot_noise(Raster& picture, int severity, RandomStream& random);
void impulse_noise(Raster& picture, int severity, RandomStream& random);

void defocus_blur(Raster& picture, int severity, RandomStream& random);
void glass_blur(Raster& picture, int severity, RandomStream& random);
void motion_blur(Raster& picture, int severity, RandomStream& random);
void zoom_blur(Raster& picture, int severity, RandomStream& random);

void snow(Raster& picture, int severity, RandomStream& random);
void frost(Raster& picture, int severity, RandomStream& random);
void fog(Raster& picture, int severity, RandomStream& random);
void brightness(Raster& picture, int severity, RandomStream& random);

void contrast(Raster& picture, int severity, RandomStream& random);
void elastic_transform(Raster& picture, int severity, RandomStream& random);
void pixelate(Raster& picture, int severity, RandomStream& random);
void jpeg_compression(Raster& picture, int severity, RandomStream& random);

void dark(Raster& picture, int severity, RandomStream& random);
void dirt(Raster& picture, int severity, RandomStream& random);
void angle(Raster& picture, int severity, RandomStream& random);
void shake(Raster& picture, int severity, RandomStream& random);

/// 0...1 to 0...255 and back.
std::vector<uint8_t> bytes_of(const Raster& picture);
Raster raster_of(const std::vector<uint8_t>& rgb, int side);

}  // namespace dew::compare
