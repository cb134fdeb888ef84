// Augmentation: changes to a picture that do not change its class.
#pragma once

#include <cstdint>
#include <span>

#include "student/random.h"
#include "student/train.h"

namespace dew::student {

/// How much pictures are changed. Every amount is drawn anew for each picture in each epoch. The amounts are
/// small because a camera on a device stands still: on the demo's training split (its last 30 % held out,
/// three seeds, 45 epochs) twice to three times as much reached 0.944, these 0.965.
struct Augmentation {
  double flip = 0.5;         ///< chance of a mirror image
  double zoom = 0.10;        ///< the window's side is 1 - zoom ... 1 + zoom of the picture's
  double shift = 0.05;       ///< the window's centre moves by up to this share of the side, each way
  double brightness = 0.05;  ///< added, as a share of the whole range
  double contrast = 0.10;    ///< factor 1 - contrast ... 1 + contrast about the middle
  double tint = 0.03;        ///< factor 1 - tint ... 1 + tint, for each colour separately
  double stretch = 0;        ///< one side of the window is up to 1 + stretch times longer than the other
  double plain = 0;          ///< chance of no change but the mirror: resampling makes pictures softer than
                             ///< those the net will see
  double cutout = 0;         ///< a grey square of up to this share of the side (arXiv 1708.04552)
  double crop = 0;  ///< the window leaves out up to this share of the picture's area and lies anywhere in it
};

/// `rgb`: size x size x 3 bytes, row major, channels last. `out`: out_size x out_size x 3 reals,
/// x = (p - 127) / 127.5, which is what the int8 graph reads from the same bytes. What lies outside the
/// picture repeats its border.
void augment(std::span<const uint8_t> rgb, int size, const Augmentation& augmentation, Random random,
             int out_size, std::span<float> out);

/// Pixels of a square picture's side.
int side_of(std::span<const uint8_t> rgb);

/// The same for an example, cut from its larger picture if it has one.
void augment(const Example& example, int input, const Augmentation& augmentation, Random random,
             std::span<float> out);

/// The same reals from an unchanged picture.
void normalise(std::span<const uint8_t> rgb, std::span<float> out);

}  // namespace dew::student
