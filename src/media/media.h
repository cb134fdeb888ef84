// media: decodes images and video, cuts frames and tiles, resizes.
//
// OpenCV, FFmpeg's libraries and the image libraries stay behind these headers. A picture is always RGB,
// height x width x 3, 8 bits, rows top down.
#pragma once

#include "media/fragment.h"
#include "media/frames.h"
#include "media/geometry.h"
#include "media/hash.h"
#include "media/image.h"
#include "media/inspect.h"
#include "media/video.h"
